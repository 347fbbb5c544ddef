"""The server's process: its memory and descriptors, and what is ready before anybody comes."""

from __future__ import annotations

import ctypes
import functools
import gc
import sys
from contextlib import suppress

from streamlit import config

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
    keep_settings()
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


def keep_settings() -> None:
    """Let Streamlit look its theme up once: it goes through all settings seven times for each stroke."""
    look_up = config.get_options_for_section
    if not hasattr(look_up, "cache_info"):
        config.get_options_for_section = functools.cache(look_up)
