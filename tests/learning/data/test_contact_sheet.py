from __future__ import annotations

from pathlib import Path

import pytest

from mnist_app.domain import Split, TrainConfig
from mnist_app.errors import DataError
from mnist_app.learning.data.contact_sheet import contact_sheet, write_contact_sheet
from mnist_app.learning.data.sources import load_sources

CONFIG = TrainConfig("dense-8", 1, 32)


def test_a_contact_sheet_has_ink_and_paper(mnist: Split) -> None:
    sheet = contact_sheet(CONFIG, load_sources(CONFIG, mnist))
    assert sheet.dtype == "uint8"
    assert sheet.std() > 30


def test_a_sheet_that_cannot_be_written_is_a_sentence(mnist: Split, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be written"):
        write_contact_sheet(CONFIG, load_sources(CONFIG, mnist), tmp_path / "nowhere" / "sheet.png")
