"""The web app: page settings and navigation, nothing else. Run it with `streamlit run app.py`."""

import streamlit as st

from mnist_app.ui import draw, menu, resources, style
from mnist_app.ui.photo import page as photo
from mnist_app.ui.training import page as training

st.set_page_config(page_title=menu.NAME, page_icon=resources.icon(), layout="centered")
pages = [
    st.Page(draw.page, title="Draw", url_path="", default=True),
    st.Page(photo.page, title="Photo", url_path="photo"),
    st.Page(training.page, title="Training", url_path="training"),
]
chosen = st.navigation([*pages, *menu.missing_page(pages)], position="hidden")
style.show_style()
menu.show_menu(pages, chosen.title)
chosen.run()
