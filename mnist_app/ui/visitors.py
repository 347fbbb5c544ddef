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
NOBODY = "nobody"
_READ_ONLY = (
    "You can look at everything here. Training, renaming, annotating and deleting are for visitors on the "
    f"server's own machine, or from addresses that {OWNERS} names there."
)
# Whose connection has one of these came through somebody who says where it is from.
_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")


def refusal() -> str:
    """Why this visitor may not change runs and trainings; empty where that is allowed."""
    try:
        check()
    except NotAllowedError as error:
        return str(error)
    return ""


def check() -> None:
    """Raise NotAllowedError unless this visitor may change runs and trainings."""
    owners = os.environ.get(OWNERS, "")
    if owners == NOBODY or any(header in st.context.headers for header in _FORWARDED):
        raise NotAllowedError(_READ_ONLY)
    address = _address()
    is_owner = any(address in network for network in _networks(owners))
    if not (is_owner or (address.is_loopback and _is_page_of_this_machine())):
        raise NotAllowedError(_READ_ONLY)


def _address() -> IPv4Address | IPv6Address:
    """The visitor's address; Streamlit says None for its own machine."""
    named = st.context.ip_address or "127.0.0.1"
    try:
        address = ip_address(named)
    except ValueError:  # a socket without a network
        raise NotAllowedError(_READ_ONLY) from None
    return getattr(address, "ipv4_mapped", None) or address


def _is_page_of_this_machine() -> bool:
    """Whether the browser shows the page under a name of this machine.

    A page of somebody else that is open in the owner's browser has another name, and can't change that.
    """
    return all(_is_own(_host(header)) for header in ("Origin", "Host"))


def _host(header: str) -> str:
    said = st.context.headers.get(header, "")
    try:
        return urlsplit(said if "//" in said else f"//{said}").hostname or ""
    except ValueError:
        return ""


def _is_own(host: str) -> bool:
    if host in ("localhost", socket.gethostname()):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _networks(owners: str) -> list[IPv4Network | IPv6Network]:
    listed = [part.strip() for part in owners.split(",")]
    try:
        return [ip_network(part, strict=False) for part in listed if part]
    except ValueError as error:
        raise NotAllowedError(
            f"{OWNERS} must list addresses or networks, with commas, or be {NOBODY!r}: {error}. Until then "
            "nobody can change anything here."
        ) from None
