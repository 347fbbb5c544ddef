from __future__ import annotations

import shutil

import pyarrow as pa
import pytest

from mnist_app.runs import HISTORY_FILE, RunStore
from tests.helpers.trainings import held, write_status
from tests.ui.pages import charts, rerun
from tests.ui.training_page import opened, stopped_run


@pytest.mark.parametrize("content", [b"", b"epoch,loss\n1,2\n", b"\xff\xfe\x00", b"epoch\nnan\n"])
def test_a_history_that_somebody_edited_is_named_and_other_curves_are_shown(
    store: RunStore, content: bytes
) -> None:
    (store.root / "convnet" / HISTORY_FILE).write_bytes(content)
    app = opened(runs=["convnet", "dense-128"])
    assert HISTORY_FILE in app.warning[0].value
    assert len(app.get("vega_lite_chart")) == 2


def test_a_training_is_compared_up_to_this_moment_and_ends_as_a_finished_run(store: RunStore) -> None:
    stopped_run(store)
    with held(store, "half"):
        write_status(store, "half", done=2.5, loss=0.125, accuracy=0.9)
        app = opened(runs=["half", "convnet"], curves=["Loss"])
        alone = opened(run="half", curves=["Loss"])
    for page in (app, alone):
        rows = pa.ipc.open_stream(charts(page)[0].data.data).read_all().to_pylist()
        last = [row for row in rows if row["run"] == "half" and row["split"] == "Training"][-1]
        assert (last["epoch"], last["raw"], last["last"]) == (2.5, 0.125, True)
    shutil.copytree(store.path("dense-128"), store.root / "new")
    shutil.rmtree(store.path("half"))
    (store.root / "new").rename(store.root / "half")
    assert "half" in set(rerun(app).dataframe[0].value["name"])
