"""Buttons that change something: who may press them, and what they say after the page has been drawn anew.

Owners may train, rename, annotate and delete. Everybody may look. It is asked when a button is shown, and
again before it acts. It fails closed: visitors on the server's own machine are trusted only if no other
machine can reach the server, or if the environment names owners. A server that is opened to a network trusts
nobody until then.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from mnist_app.errors import MnistAppError


def action_button(label: str, key: str, action: Callable[..., str], *args: Any, **look: Any) -> None:
    """Show a button, to owners only, that runs an action and says what it returns."""
    if is_owner():
        st.button(label, key=key, on_click=run_action, args=[partial(action, *args)], **look)


def run_action(action: Callable[[], str]) -> None:
    """Run what only owners may do, and keep what it says, or why it can't be done."""
    why_not = refusal()  # asked again: a browser can send a click on a button that it was never shown
    try:
        st.session_state[_MESSAGE] = (False, why_not) if why_not else (True, action())
    except MnistAppError as error:
        st.session_state[_MESSAGE] = (False, str(error))


def flash(text: str) -> None:
    """Keep a message until the page is drawn anew."""
    st.session_state[_MESSAGE] = (True, text)


def show_message() -> None:
    """Show the message that was kept, once."""
    is_done, text = st.session_state.pop(_MESSAGE, (True, ""))
    if text and is_done:
        st.toast(text, icon=":material/check:")
    elif text:
        st.error(text)


OWNERS = "MNIST_APP_OWNERS"
NOBODY = "nobody"
_READ_ONLY = (
    "You can look at everything here. Training, renaming, annotating and deleting are for visitors on the "
    f"server's own machine, or from addresses that {OWNERS} names there."
)
_OPEN = (
    "You can look at everything here. Other machines can reach this server, so it trusts nobody by itself: "
    f"start it with {OWNERS}=127.0.0.1 to train, rename, annotate and delete on this machine."
)
_MESSAGE = "message"
# A connection with one of these came through a proxy, which says where it is from.
_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")


def is_owner() -> bool:
    """Return whether this visitor may change runs and image sets."""
    return not refusal()


def refusal() -> str:
    """Return why this visitor may not change runs and image sets; empty for an owner."""
    owners = os.environ.get(OWNERS, "").strip()
    if owners == NOBODY or any(header in st.context.headers for header in _FORWARDED):
        return _READ_ONLY
    try:
        networks = [ip_network(part.strip(), strict=False) for part in owners.split(",") if part.strip()]
    except ValueError as error:
        rule = f"{OWNERS} must list addresses or networks, with commas, or be {NOBODY!r}"
        return f"{rule}: {error}. Until then nobody can change anything here."
    address = _address()
    if address is None or not address.is_loopback:
        is_named = any(address in network for network in networks if address)
        return "" if is_named else _READ_ONLY
    if not (networks or _is_loopback(st.get_option("server.address") or "")):
        return _OPEN
    return "" if _is_page_of_this_machine() else _READ_ONLY


def _address() -> IPv4Address | IPv6Address | None:
    """Return the visitor's address; None if there is none, as with a socket without a network."""
    named = st.context.ip_address
    try:
        address = ip_address("127.0.0.1" if named is None else named)  # Streamlit's None is its own machine
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_page_of_this_machine() -> bool:
    """Return whether the browser shows the page under a loopback name.

    Another site that is open in the owner's browser has another name, and can't change that.
    """
    for header in ("Origin", "Host"):
        value = st.context.headers.get(header, "")
        try:
            host = urlsplit(value if "//" in value else f"//{value}").hostname or ""
        except ValueError:
            return False
        if not _is_loopback(host):
            return False
    return True


def _is_loopback(host: str) -> bool:
    """Return whether a host is this machine for itself alone."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
