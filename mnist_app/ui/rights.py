"""Who may change something. It fails closed: everybody may look, nobody else may change anything.

The owner has opened the link that the server printed when it started: its token is the browser's from then
on, as a cookie. Others sign in (OpenID Connect, `st.login`), and [rights] in .streamlit/secrets.toml says
what each may. An address is no right: proxies, other programs and pages of other sites share it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from enum import StrEnum
from fnmatch import fnmatchcase

import streamlit as st

TOKEN = "MNIST_APP_TOKEN"
MIN_TOKEN = 16  # characters
_MADE = secrets.token_urlsafe(32)
_READ_ONLY = (
    "You can look at everything here. To train, rename, annotate and delete, open the owner's link: the "
    "terminal that the app was started in shows it."
)
_FOREIGN = (
    "You can look at everything here, and change nothing: the page is not from the app's own address. A "
    "proxy must pass the header Host on as it came."
)


class Right(StrEnum):
    """What somebody may do, as [rights] names it."""

    TRAIN = "train"  # start, stop and resume trainings, get image sets
    DELETE = "delete"  # rename, annotate, tag and delete runs


def token() -> str:
    """Return the secret of the owner's link: the environment's, if it is long enough, else this process's."""
    given = os.environ.get(TOKEN, "")
    return given if len(given) >= MIN_TOKEN else _MADE


def is_token(text: str) -> bool:
    """Return whether a text is the owner's token, in a time that says nothing about it."""
    return hmac.compare_digest(text.encode("utf-8", "replace"), token().encode())


def cookie() -> tuple[str, str]:
    """Return the name and the value of the owner's cookie: another name for each server on this machine."""
    value = hashlib.sha256(token().encode()).hexdigest()
    return f"digit_reader_owner_{st.get_option('server.port')}", value


def may(right: Right) -> bool:
    """Return whether this visitor has a right."""
    return not refusal(right)


def refusal(right: Right) -> str:
    """Return why this visitor does not have a right; empty if they have it."""
    if not _is_own_page():
        return _FOREIGN
    if _has_cookie() or right in _roles():
        return ""
    if user := visitor():
        return f"{user} may look at everything here. Whoever runs this app can allow more: see SECURITY.md."
    is_sign_in_wanted = "is_logged_in" in st.user.to_dict()
    return f"{_READ_ONLY} Or sign in." if is_sign_in_wanted else _READ_ONLY


def visitor() -> str:
    """Return who this visitor is: the owner, or who has signed in; empty for others."""
    email, subject = _signed_in()
    return "owner" if _has_cookie() else email or (f"subject {subject}" if subject else "")


def _is_own_page() -> bool:
    """Return whether the page that the browser shows comes from this very server.

    Streamlit lets pages of every port of this machine connect, and browsers send them our cookies.
    """
    headers = st.context.headers
    host = headers.get("Host", "").lower()
    return bool(host) and headers.get("Origin", "").lower() in (f"http://{host}", f"https://{host}")


def _has_cookie() -> bool:
    name, value = cookie()
    return hmac.compare_digest(st.context.cookies.get(name, "").encode("utf-8", "replace"), value.encode())


def _signed_in() -> tuple[str, str]:
    """Return a visitor's e-mail address, if it is verified, and subject; empty for none."""
    user = st.user.to_dict()
    if user.get("is_logged_in") is not True:
        return "", ""
    is_verified = user.get("email_verified") is True
    return str(user.get("email") or "").lower() if is_verified else "", str(user.get("sub") or "")


def _roles() -> set[Right]:
    """Return the rights of a visitor who has signed in."""
    listed = st.secrets.get("rights") if st.secrets.load_if_toml_exists() else None
    if not isinstance(listed, Mapping):
        return set()
    return {right for right in Right if _is_named(listed.get(right), *_signed_in())}


def _is_named(names: object, email: str, subject: str) -> bool:
    """Return whether a list names somebody: by subject, or by e-mail address, as in "*@school.example"."""
    if not isinstance(names, list):
        return False
    is_address = any(fnmatchcase(email, str(name).lower()) for name in names) if email else False
    return is_address or (bool(subject) and subject in names)
