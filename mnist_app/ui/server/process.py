"""The server's process: its memory and descriptors, and what is ready before anybody comes."""

from __future__ import annotations

import ctypes
import functools
import gc
import sys
from contextlib import suppress

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

from mnist_app.errors import RunError
from mnist_app.runs import DEFAULT_RUN
from mnist_app.ui import resources

# Of glibc's malloc.h. A photo's arrays go back to the system as soon as they are freed; with an arena for
# each of many threads, and thresholds that grow by themselves, most of that memory would stay.
MALLOC = {-1: 128 * 1024, -3: 128 * 1024, -8: 2}  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD (bytes), M_ARENA_MAX
MAX_DESCRIPTORS = 65_536  # each visitor takes four, and most systems allow 1,024 unless asked


def prepare() -> None:
    """Prepare the process, once, while it has no visitors."""
    bound_malloc()
    raise_descriptor_limit()
    keep_theme()
    with suppress(RunError):  # the pages say what is wrong with it
        resources.reader(DEFAULT_RUN)
    gc.collect()
    gc.freeze()  # collections need not look at what stays for ever


def bound_malloc() -> None:
    """Let glibc give memory back; nothing elsewhere, where malloc has no such settings."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt:
        for parameter, value in MALLOC.items():
            mallopt(parameter, value)


def trim_malloc() -> None:
    """Give free memory back to the system now, with glibc."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim:
        trim(0)


def raise_descriptor_limit() -> None:
    """Allow as many open files and connections as the system lets this process have."""
    if sys.platform == "win32":
        return
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_DESCRIPTORS if most == resource.RLIM_INFINITY else min(MAX_DESCRIPTORS, most)
    with suppress(OSError, ValueError):  # macOS has a lower limit than it says
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def keep_theme() -> None:
    """Let Streamlit put its theme together once.

    It does so anew for each run, for six places, which takes 0.3 ms, a twentieth of what a stroke costs. A
    version that has no such function is only slower.
    """
    populate = getattr(app_session, "_populate_theme_msg", None)
    if not callable(populate) or hasattr(populate, "theme"):
        return

    @functools.cache
    def theme(section: str) -> CustomThemeConfig:
        message = CustomThemeConfig()
        populate(message, section)
        return message

    def merge(message: CustomThemeConfig, section: str = "theme") -> None:
        message.MergeFrom(theme(section))

    merge.theme = theme  # type: ignore[attr-defined]
    app_session._populate_theme_msg = merge  # type: ignore[assignment]
