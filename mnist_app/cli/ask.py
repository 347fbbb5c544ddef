"""Asking before something is done that can't be undone."""

from __future__ import annotations

import sys

from mnist_app.errors import RunError

_YES = ("y", "yes")


def is_wanted(question: str, is_sure: bool) -> bool:
    """Whether a person says yes; unasked if that is sure. Raises RunError where nobody can be asked."""
    if is_sure:
        return True
    if not sys.stdin.isatty():
        raise RunError("This asks first, and there is no terminal to ask on. Say --yes to do it unasked.")
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in _YES
