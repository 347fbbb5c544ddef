"""The command line: parse, call, print. Imports no page; errors become messages here.

A command is declared beside the function that does it. Its module is imported once it is asked for, so that
`read` does not wait for what only training needs.
"""

from __future__ import annotations

import io
import os
import runpy
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from mnist_app.cli.options import EXIT_FAILED, EXIT_INTERRUPTED
from mnist_app.cli.tables import printable
from mnist_app.errors import MnistAppError
from mnist_app.runs.audit import acting, start_log
from mnist_app.runs.folders import SHIPPED

__all__ = ["main"]

MODULES = {
    "read": "read",
    "train": "train",
    "tune": "train",
    "evaluate": "evaluate",
    "data": "data",
    "runs": "runs",
    "corrections": "corrections",
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *MODULES]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in MODULES:
            return super().get_command(ctx, cmd_name)
        command: click.Command = getattr(import_module(f"{__name__}.{MODULES[cmd_name]}"), cmd_name)
        return command


@click.group(cls=_LazyGroup)
def commands() -> None:
    """Read handwritten digits."""


@commands.command(context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[STREAMLIT OPTIONS]...")
def app(options: tuple[str, ...]) -> None:
    """Start the web app and open it in the browser.

    Options are Streamlit's, as in --server.port 8502; `streamlit run --help` lists them.
    """
    sys.argv = ["streamlit", "run", *options, str(SHIPPED / "app.py")]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)  # as `python -m streamlit` does


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0, 2 if something failed, 130 after Ctrl-C.

    Raises SystemExit(2) for a command line that makes no sense.
    """
    words = sys.argv[1:] if arguments is None else list(arguments)
    program = "mnist-app" if Path(sys.argv[0]).stem == "mnist-app" else "python -m mnist_app"
    for stream in (sys.stdout, sys.stderr):  # a file name may not be text in any encoding
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        start_log()
        with acting(by="command line"), commands.make_context(program, words) as context:
            status = int(commands.invoke(context) or 0)
            sys.stdout.flush()  # here, where a closed pipe is handled
            return status
    except click.exceptions.Exit as finished:  # after --help
        return finished.exit_code
    except click.ClickException as error:
        text = io.StringIO()
        error.show(text)
        _complain(text.getvalue())
        sys.exit(error.exit_code)
    except MnistAppError as error:
        _complain(str(error))
        return EXIT_FAILED
    except ModuleNotFoundError as error:
        from mnist_app.runs.job_process import missing_package

        if (message := missing_package(error)) is None:
            raise
        print(message, file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt as interrupt:
        print(f"\nStopped. {interrupt}".rstrip(), file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED


def _complain(text: str) -> None:
    print(*map(printable, text.splitlines()), sep="\n", file=sys.stderr)
