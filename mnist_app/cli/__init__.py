"""The command line: parse, call, print. The only place beside the pages where errors become messages."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

from mnist_app.cli.arguments import parser
from mnist_app.cli.exits import EXIT_INTERRUPTED, EXIT_UNREADABLE
from mnist_app.cli.tables import words
from mnist_app.errors import MnistAppError

__all__ = ["main", "words"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit status: 0, 2 for what can't be done, 130 for Ctrl-C."""
    options = parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):  # a file's name may be no text in any encoding
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = int(options.command(options))
        sys.stdout.flush()  # here, where a closed pipe is handled
        return status
    except MnistAppError as error:
        print(error, file=sys.stderr)
        return EXIT_UNREADABLE
    except KeyboardInterrupt:
        print("\nStopped." + getattr(options, "stopped", ""), file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_UNREADABLE
