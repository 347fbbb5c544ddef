"""Who may change anything here: train, rename, annotate, delete. Everybody may look.

Asked where something is done, not only where its button is shown.
"""

from __future__ import annotations

import os
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

import streamlit as st

from mnist_app.errors import NotAllowedError

OWNERS = "MNIST_APP_OWNERS"
READ_ONLY = (
    "You can look at everything here. Training, renaming, annotating and deleting are for visitors on the "
    f"server's own machine, or from addresses that {OWNERS} names there."
)


def may_change() -> bool:
    """Whether this visitor may change runs and trainings."""
    try:
        check()
    except NotAllowedError:
        return False
    return True


def check() -> None:
    """Raise NotAllowedError unless this visitor may change runs and trainings."""
    address = _address()
    is_owner = any(address in network for network in _owners())
    if not (is_owner or (address.is_loopback and _is_page_of_this_machine())):
        raise NotAllowedError(READ_ONLY)


def _address() -> IPv4Address | IPv6Address:
    """The visitor's address; Streamlit says None for its own machine."""
    named = st.context.ip_address or "127.0.0.1"
    try:
        address = ip_address(named)
    except ValueError:  # a socket without a network
        raise NotAllowedError(READ_ONLY) from None
    return getattr(address, "ipv4_mapped", None) or address


def _is_page_of_this_machine() -> bool:
    """Whether the browser shows the page under a name of this machine.

    Behind a proxy on the same machine every visitor seems to come from it, but their browsers say where they
    believe to be, and pages can't change that.
    """
    host = urlsplit(st.context.headers.get("Origin", "")).hostname or ""
    if host in ("localhost", socket.gethostname()):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _owners() -> list[IPv4Network | IPv6Network]:
    listed = [part.strip() for part in os.environ.get(OWNERS, "").split(",")]
    try:
        return [ip_network(part, strict=False) for part in listed if part]
    except ValueError as error:
        raise NotAllowedError(
            f"{OWNERS} must list addresses or networks, apart by commas: {error}."
        ) from None
