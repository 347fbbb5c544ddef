"""Evaluation view without a browser, and what its tests share."""

from __future__ import annotations

import hashlib
import json

from streamlit.testing.v1 import AppTest

from mnist_app.runs import RUN_FILE, RunStore
from tests.ui.pages import open_page

RUN, OTHER = "dense-128", "world"
MNIST, FONTS, CORRUPTED = "MNIST test", "handwriting fonts", "MNIST, "


def evaluation_page() -> None:
    from mnist_app.runs import RunStore
    from mnist_app.ui.training.evaluation import view

    view.show(RunStore().open_all()[0])


def opened(**link: str) -> AppTest:
    """Open the view as a link with these parameters does."""
    return open_page(evaluation_page, link)


def tiles(app: AppTest) -> list[str]:
    """Return the text below each small image."""
    groups = [group for group in app.get("button_group") if "![image" in group.proto.options[0].content]
    return [option.content.split(") ")[1] for group in groups for option in group.proto.options]


def pin(store: RunStore, name: str) -> None:
    """Make the digests in a run's description those of its files as they are now."""
    description = store.root / name / RUN_FILE
    raw = json.loads(description.read_text())
    raw["files"] = {f: hashlib.sha256((store.root / name / f).read_bytes()).hexdigest() for f in raw["files"]}
    description.write_text(json.dumps(raw))


def unlist(store: RunStore, name: str, file: str) -> None:
    """Take a file out of a run's description."""
    description = store.root / name / RUN_FILE
    raw = json.loads(description.read_text())
    raw["files"].pop(file)
    description.write_text(json.dumps(raw))
