from __future__ import annotations

import dataclasses
import json
import re

from mnist_app.runs import RUN_FILE, SCORES_FILE, RunStore
from tests.conftest import TINY_CONFIG
from tests.helpers.shell import LOG, Shell, copy_run
from tests.helpers.zips import with_file


def test_compare_shows_what_differs_and_on_which_images(store: RunStore, shell: Shell) -> None:
    config = dataclasses.asdict(TINY_CONFIG) | {"seed": 7}
    copy_run(store, "other", config=config)
    assert shell("compare", "tiny", "other") == 0
    lines = [re.split(r"  +", line.strip()) for line in shell.out.splitlines()]
    assert ["tiny", "other"] in lines
    assert ["seed", "1", "7"] in lines
    assert not [line for line in lines if line[0] in ("preset", "batch size")]
    accuracy = f"{store.open('tiny').metrics['test_accuracy']:.2%}"
    assert ["test accuracy", accuracy, accuracy] in lines
    assert ["MNIST test, right", accuracy, accuracy] in lines
    only = "MNIST test: only tiny is right on 0 images, only other on 0 (McNemar's p = 1)"
    assert shell.out.splitlines()[-1].strip() == only


def test_compare_does_not_compare_other_images_one_by_one(store: RunStore, shell: Shell) -> None:
    folder = copy_run(store, "other")
    scores = json.loads((folder / SCORES_FILE).read_text())
    scores[0]["digest"] = "0" * 64
    files = {f"tiny/{RUN_FILE}": (folder / RUN_FILE).read_bytes()}
    for name, content in with_file(files, SCORES_FILE, json.dumps(scores).encode()).items():
        (folder / name.removeprefix("tiny/")).write_bytes(content)
    assert shell("compare", "tiny", "other") == 0
    assert "MNIST test: not the same images" in shell.out
    assert "McNemar" not in shell.out


def test_compare_takes_any_number_of_runs_with_curves_only_too(store: RunStore, shell: Shell) -> None:
    copy_run(store, "other")
    (store.root / "log.csv").write_text(LOG)
    assert shell("import", store.root / "log.csv") == 0
    assert shell("compare", "tiny", "other", "log") == 0
    assert re.search(r"^ +parameters +101,770 +101,770 +–$", shell.out, re.MULTILINE)
    assert "McNemar" not in shell.out
    assert shell("compare", "tiny", "log") == 0
    assert shell("compare", "tiny", "tiny") == 2
    assert "two runs or more" in shell.err
    assert shell("compare", "tiny", "nobody") == 2
