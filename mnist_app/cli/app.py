"""`app`: start the web app."""

from __future__ import annotations

import runpy
import sys

import click

from mnist_app.runs.folders import SHIPPED


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[STREAMLIT OPTIONS]...")
def app(options: tuple[str, ...]) -> None:
    """Start the web app and open it in the browser.

    Options are Streamlit's, as in --server.port 8502; `streamlit run --help` lists them.
    """
    sys.argv = ["streamlit", "run", *options, str(SHIPPED / "app.py")]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)  # as `python -m streamlit` does
