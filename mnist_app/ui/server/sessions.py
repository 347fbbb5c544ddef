"""Sessions whose visitors have gone: Streamlit keeps each of them until somebody else comes, or for ever."""

from __future__ import annotations

import asyncio
import gc
import time

from streamlit.runtime import Runtime, get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mnist_app.ui.photo import memory
from mnist_app.ui.server.process import trim_malloc

SWEEP = 10.0  # seconds from one look at the sessions to the next
GRACE = (
    100.0  # seconds in which a browser may come back to its session; Streamlit's own 120 are the last resort
)

_gone_since: dict[str, float | None] = {}  # by session; None while its browser is connected


def remember() -> None:
    """Remember the session of this run of the script, to be closed some time after its visitor has gone."""
    if context := get_script_run_ctx():
        _gone_since.setdefault(context.session_id, None)


async def sweep() -> None:
    """Close sessions whose visitors have gone, for as long as the server runs."""
    while True:
        await asyncio.sleep(SWEEP)
        if close_abandoned(get_instance(), time.monotonic()):
            await asyncio.to_thread(gc.collect)  # sessions have cycles
            trim_malloc()


def close_abandoned(runtime: Runtime, now: float) -> bool:
    """Let sessions without a browser keep only what can't be made again, and close them after GRACE.

    Returns whether something was given back. Call it on the server's event loop.
    """
    is_changed = False
    for session, since in list(_gone_since.items()):
        if runtime.is_active_session(session):
            _gone_since[session] = None
        elif since is None:
            _gone_since[session] = now
            is_changed |= memory.close_photo(session)
        elif now - since >= GRACE:
            runtime.close_session(session)
            del _gone_since[session]
            is_changed = True
    return is_changed
