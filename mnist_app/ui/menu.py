"""The menu on top of each page, and a page for addresses that have none."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

import streamlit as st
from streamlit.navigation.page import Page

NAME = "Digit reader"
_LANDMARK = Path(__file__).with_name("menu.js").read_text()


def show_menu(pages: Sequence[Page], title: str) -> None:
    """Show the app's name and links to its pages; Streamlit's own menu would cover the page on phones."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="menu"):
        st.html(f'<h1 class="name">{NAME}<span class="unseen">: {title}</span></h1>', width="content")
        with st.container(horizontal=True, gap="small", key="pages", width="content"):
            for page in pages:
                st.page_link(page, width="content")
        script = f"<script>{_LANDMARK}\nmarkMenu({json.dumps(title)})</script>"
        st.html(script, width="content", unsafe_allow_javascript=True)


def missing_page(pages: Sequence[Page]) -> list[Page]:
    """Return a page for the visitor's address if none of `pages` has it, else nothing."""
    path = unknown_path(st.context.url or "", {page.url_path for page in pages})
    # The default page is at the root; its name leads there as well.
    named = next((page for page in pages if page.title.lower() == path), None)

    def show() -> None:
        if named:
            st.switch_page(named)
        st.info("There is no page at this address. Draw a digit, show a photo, or look at the training.")
        for page in pages:
            st.page_link(page, label=f"Go to {page.title}", icon=":material/arrow_forward:")

    return [st.Page(show, title="Not found", url_path=path, visibility="hidden")] if path else []


def unknown_path(url: str, known: Collection[str], base: str | None = None) -> str:
    """Return the page that a URL asks for if it is not a known one; empty if it is, or can't be a page's."""
    base = st.get_option("server.baseUrlPath") if base is None else base
    path = f"{unquote(urlsplit(url).path).strip('/')}/".removeprefix(f"{base.strip('/')}/").strip("/ ")
    return "" if "/" in path or path in known else path
