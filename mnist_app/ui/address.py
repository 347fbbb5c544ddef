"""The app's address: whether browsers give it a camera there, and a code to open it on a phone."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit, urlunsplit

import segno
import streamlit as st

DRAWING = "drawing"  # the parameter of a link that has one
_SOMEWHERE = ("192.0.2.1", 9)  # an address for examples (RFC 5737); nothing is sent to it


def show_address() -> None:
    """Show a code with the app's address, if other machines can reach it."""
    if url := network_url():
        with st.popover("Open on a phone", icon=":material/qr_code_2:", key="open-on-a-phone"):
            code = segno.make(url, error="m").svg_data_uri(scale=6, border=3, light="white")
            st.html(f'<img class="code" src="{code}" alt="A code with the address {url}">')
            st.code(url, language=None)
            st.caption("For phones in the same network.")


def network_url() -> str:
    """Return the address of this app for other machines; empty if they can't reach it."""
    seen = urlsplit(st.context.url or "")
    if seen.hostname and not _is_this_machine(seen.hostname):
        return urlunsplit((seen.scheme, seen.netloc, seen.path.removesuffix("/draw"), "", ""))
    listens = st.get_option("server.address") or ""
    if _is_this_machine(listens):
        return ""
    host = _own_address() if listens in ("", "0.0.0.0", "::") else listens
    if not host:
        return ""
    port = seen.port or st.get_option("server.port")
    return f"{seen.scheme or 'http'}://{_place(host)}:{port}{base_path()}"


def local_url() -> str:
    """Return the address of this app for this machine, or the only one that the server listens on."""
    listens = st.get_option("server.address") or ""
    host = "localhost" if listens in ("", "0.0.0.0", "::") else listens
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    return f"{scheme}://{_place(host)}:{st.get_option('server.port')}{base_path()}"


def drawing_url(text: str) -> str:
    """Return the address of the Draw page with a drawing in it, for other machines if they can reach it."""
    base = network_url() or (st.context.url or "").removesuffix("/draw")
    return f"{base.rstrip('/')}/?{urlencode({DRAWING: text})}"


def is_secure() -> bool:
    """Return whether browsers give this page a camera: it comes by https or from their own machine."""
    seen = urlsplit(st.context.url or "")
    return seen.scheme == "https" or _is_this_machine(seen.hostname or "localhost")


def _place(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def base_path() -> str:
    """Return the path that the app is served below, without a slash at its end; empty for none."""
    return f"/{st.get_option('server.baseUrlPath').strip('/')}".rstrip("/")


def _own_address() -> str:
    """Return this machine's address in its network; empty if it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_SOMEWHERE)
        except OSError:
            return ""
        host = str(probe.getsockname()[0])
    return "" if _is_this_machine(host) else host


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
