"""The start of the server: the log, the owner's link in the terminal, and the browser."""

from __future__ import annotations

import asyncio
import os
import threading
import traceback
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

import click
import streamlit as st
from streamlit.starlette import App

from mnist_app.runs.audit import Event, record, start_log
from mnist_app.ui import address, rights
from mnist_app.ui.server import process, sessions
from mnist_app.ui.server.routes import OWNER


@asynccontextmanager
async def lifespan(_: App) -> AsyncIterator[None]:
    """Prepare the process, start the log, and print the owner's link; open it unless there is no screen."""
    process.prepare()
    start_log(is_server=True)
    if len(given := os.environ.get(rights.TOKEN, "")) < rights.MIN_TOKEN and given:
        click.echo(f"  {rights.TOKEN} has fewer than {rights.MIN_TOKEN} characters, so it is not used.")
    link = f"{address.local_url()}{OWNER}?token={quote(rights.token())}"
    click.echo(
        f"  To train, rename and delete as well, open the owner's link, and keep it to yourself:\n  {link}\n"
    )
    if not st.get_option("server.headless"):
        threading.Thread(target=webbrowser.open, args=[link], daemon=True).start()
    sweeping = asyncio.create_task(sessions.sweep())
    yield
    sweeping.cancel()


def on_script_error(error: Exception) -> None:
    """Record where a page failed. Streamlit logs the traceback, and shows visitors a sentence."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    record(Event.ERROR, error=type(error).__name__, where=f"{where.filename}:{where.lineno}")
