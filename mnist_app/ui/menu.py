"""The menu on top of each page, and the page for addresses that have none."""

from __future__ import annotations

import json
from collections.abc import Sequence
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
    """Return a page for the visitor's address if none of ours has it, else nothing."""
    base = st.get_option("server.baseUrlPath").strip("/")
    path = unquote(urlsplit(st.context.url or "").path).strip("/").removeprefix(base).strip("/")
    if not path or "/" in path or path in {page.url_path for page in pages}:
        return []

    def missing() -> None:
        if path in (page.title.lower() for page in pages):
            st.switch_page(next(page for page in pages if page.title.lower() == path))
        st.info("There is no page at this address. Draw a digit, show a photo, or look at the training.")
        for page in pages:
            st.page_link(page, label=f"Go to {page.title}", icon=":material/arrow_forward:")

    return [st.Page(missing, title="Not found", url_path=path, visibility="hidden")]
