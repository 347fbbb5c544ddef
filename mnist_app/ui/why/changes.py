"""What would change the answer: the smallest part to remove, and the smallest stroke to add."""

from __future__ import annotations

import streamlit as st

from mnist_app.explaining.changes import Change, addition, removal
from mnist_app.explaining.occlusion import occlusion
from mnist_app.ui import resources
from mnist_app.ui.why.pictures import changed_url, figure
from mnist_app.ui.why.subject import Subject
from mnist_app.ui.words import percent


def show(subject: Subject) -> None:
    """Show both changes, or that none was found."""
    classifier, image = resources.reader(subject.model).classifier, subject.digit.image
    less = removal(image, occlusion(image, classifier), classifier)
    more = addition(image, classifier)
    pictures = [
        figure(
            changed_url(image, change.mask, is_added),
            _caption("With" if is_added else "Without", change),
            "What was added is blue" if is_added else "What was removed is orange",
        )
        for change, is_added in ((less, False), (more, True))
        if change
    ]
    if pictures:
        st.html(f'<div class="why-maps">{"".join(pictures)}</div>')
    if missing := [what for change, what in ((less, "to remove"), (more, "to add")) if change is None]:
        st.caption(f"No small part {' or '.join(missing)} would change the answer.")


def _caption(word: str, change: Change) -> str:
    return f"{word} this, it would be read as {change.digit}, {percent(change.probability)}"
