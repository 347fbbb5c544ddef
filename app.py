"""The web app: page settings and navigation, nothing else. Run it with `streamlit run app.py`.

Streamlit imports this file once, for the server, and runs it for each visitor.
"""

import streamlit as st

from mnist_app.ui import draw, menu, resources, style
from mnist_app.ui.photo import page as photo
from mnist_app.ui.quiz import page as quiz
from mnist_app.ui.server import middleware, routes, sessions, start
from mnist_app.ui.training import page as training

if __name__ != "__main__":
    app = st.App(
        __file__,
        lifespan=start.lifespan,
        on_script_error=start.on_script_error,
        routes=routes.ROUTES,
        middleware=middleware.MIDDLEWARE,
        exception_handlers={Exception: routes.failed},
    )
else:
    sessions.remember()
    st.set_page_config(page_title=menu.NAME, page_icon=resources.icon(), layout="centered")
    pages = [
        st.Page(draw.page, title="Draw", url_path="", default=True),
        st.Page(photo.page, title="Photo", url_path="photo"),
        st.Page(training.page, title="Training", url_path="training"),
    ]
    aside = st.Page(quiz.page, title="Quiz", url_path="quiz")  # the Draw page leads there
    chosen = st.navigation([*pages, aside, *menu.missing_page([*pages, aside])], position="hidden")
    style.show_style()
    menu.show_menu(pages, chosen.title)
    chosen.run()
