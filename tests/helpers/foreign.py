"""A run from elsewhere that has markup wherever such a run can have a text."""

from __future__ import annotations

import shutil

from mnist_app.runs import CARD_FILE, NOTE_FILE, SCORES_FILE, RunStore
from mnist_app.runs.files import encode_scores, parse_scores, write_run
from mnist_app.runs.folders import SHIPPED

MARKUP = "[click](http://evil.test/a) ![x](http://evil.test/b.png) www.evil.test a@evil.test :red[x] <b>x</b>"
FOREIGN = "www.evil.test"  # which can be a run's name


def add_foreign_run(store: RunStore) -> None:
    """Make the run: its note, its card, its tags, its preset, and the names of its sets."""
    folder = store.path(FOREIGN)
    shutil.copytree(SHIPPED / "models" / "dense-128", folder)
    run = store.open(FOREIGN)
    assert run.config
    (folder / NOTE_FILE).write_text(MARKUP)
    (folder / "tags.txt").write_text("www.evil.test\n")
    (folder / CARD_FILE).write_text(f"# {MARKUP}\n\n{MARKUP}")
    scores = parse_scores((folder / SCORES_FILE).read_bytes())
    for score in scores:
        object.__setattr__(score, "title", f"{MARKUP} {score.title}")
    (folder / SCORES_FILE).write_bytes(encode_scores(scores))
    object.__setattr__(run.config, "preset", MARKUP)
    write_run(folder, run)
