"""Text from outside is shown as it is: nothing of it reaches a field that a browser takes for Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mnist_app.domain import Status
from mnist_app.runs import RunStore
from mnist_app.runs.job import Job, JobStatus
from mnist_app.ui.photo.files import SAMPLES
from tests.helpers.foreign import FOREIGN, MARKUP, add_foreign_run
from tests.ui.pages import press
from tests.ui.photo_page import drop
from tests.ui.training_page import opened, stopped_run

# Elements, and fields of others, that show text as it is. `html` is escaped by the pages, tested below.
_PLAIN_ELEMENTS = {
    "Code",
    "Text",
    "TextInput",
    "TextArea",
    "Html",
    "Dataframe",
    "Arrow",
    "VegaLiteChart",
    "BidiComponent",
}
_PLAIN_FIELDS = {
    "options",
    "alt",
    "id",
    "url",
    "default",
    "raw_value",
    "raw_values",
    "user_key",
    "query_param_key",
    "key",
}


def markdown_of(message: Any) -> Iterator[str]:
    """Return each text of a message that may be taken for Markdown."""
    if message.DESCRIPTOR.name in _PLAIN_ELEMENTS:
        return
    # The options of these are Markdown; those of a selectbox are plain.
    fields = _PLAIN_FIELDS - ({"options"} if message.DESCRIPTOR.name == "ButtonGroup" else set())
    for field, value in message.ListFields():
        if field.name in fields:
            continue
        for each in value if hasattr(value, "extend") else [value]:  # a repeated field's values, or one
            if hasattr(each, "ListFields"):
                yield from markdown_of(each)
            elif isinstance(each, str):
                yield f"{message.DESCRIPTOR.name}.{field.name}: {each}"


def texts(app: AppTest) -> list[str]:
    """Return all Markdown on a page."""

    def nodes(node: Any) -> Iterator[Any]:
        yield node
        for child in getattr(node, "children", {}).values():
            yield from nodes(child)

    found = [node.proto for node in nodes(app._tree) if hasattr(getattr(node, "proto", None), "ListFields")]
    return [text for proto in found for text in markdown_of(proto)]


def expect_plain(app: AppTest) -> None:
    for text in texts(app):
        for markup in ("[click]", "![x]", "www.evil", "@evil", ":red[", "<b>"):
            assert markup not in text
    for element in app.get("html"):
        assert "<b>x" not in element.proto.body


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    """A store whose runs, finished or not, come from elsewhere."""
    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path / "models"))
    store = RunStore()
    add_foreign_run(store)
    folder = stopped_run(store, "www.evil.test-half")
    Job(folder).report(JobStatus(Status.FAILED, reason=MARKUP))
    (folder / "job.log").write_text(MARKUP)
    damaged = store.path("www.evil.test-damaged")
    damaged.mkdir()
    (damaged / "run.json").write_text(f'{{"format": 2, "created": "{MARKUP}"}}')
    return store


@pytest.mark.usefixtures("store", "owner", "clean_environment")
@pytest.mark.parametrize(
    "link",
    [
        {"runs": [FOREIGN]},
        {"runs": [FOREIGN, "www.evil.test-half", MARKUP], "filter": MARKUP, "tags": MARKUP},
        {"run": FOREIGN},
        {"run": "www.evil.test-half"},
        {"run": MARKUP},
        {"view": "Evaluation", "run": FOREIGN, "set": MARKUP, "against": MARKUP},
        *({"view": "Evaluation", "run": FOREIGN, "look": look} for look in ("Sets", "Corruptions")),
        {"view": "Train", "preset": MARKUP},
        {"view": "Data", "data": MARKUP},
    ],
    ids=lambda link: "-".join(link),
)
def test_no_text_of_a_link_or_a_run_is_markup(link: dict[str, Any]) -> None:
    app = opened(**link)
    assert any("evil" in text for text in texts(app)) or link.keys() & {"preset", "data"}
    expect_plain(app)


@pytest.mark.usefixtures("store", "owner")
def test_no_answer_to_a_button_is_markup() -> None:
    app = opened(runs=[FOREIGN])
    app.text_input(key=f"name-{FOREIGN}").set_value(MARKUP)
    press(app, f"do-rename-{FOREIGN}")
    assert app.error
    expect_plain(app)


def test_no_files_name_is_markup() -> None:
    photo = next(SAMPLES.glob("*.jpg")).read_bytes()
    app = drop((f"{MARKUP}.jpg", photo), (f"{MARKUP}.png", b"no picture"))
    assert len(app.session_state["photos"]) == 2
    expect_plain(app)
