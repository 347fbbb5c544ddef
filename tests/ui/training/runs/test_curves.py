from __future__ import annotations

import pytest

from mnist_app.runs import HISTORY_FILE, RunStore
from tests.ui.training_page import opened


@pytest.mark.parametrize("content", [b"", b"epoch,loss\n1,2\n", b"\xff\xfe\x00", b"epoch\nnan\n"])
def test_a_history_that_somebody_edited_is_named_and_other_curves_are_shown(
    store: RunStore, content: bytes
) -> None:
    (store.root / "convnet" / HISTORY_FILE).write_bytes(content)
    app = opened(runs=["convnet", "dense-128"])
    assert HISTORY_FILE in app.warning[0].value
    assert len(app.get("vega_lite_chart")) == 2
