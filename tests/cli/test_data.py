from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mnist_app.cli import main
from mnist_app.learning.data import mnist
from mnist_app.learning.data.mnist import Dataset


def test_a_preview_is_a_picture_of_what_is_trained_on(
    small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mnist, "load_mnist", lambda _: small)
    file = tmp_path / "sheet.png"
    assert main(["data", "preview", "convnet", "--output", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}\n"
    assert np.asarray(Image.open(file)).std() > 30
    assert main(["data", "preview", "convnet", "--output", str(tmp_path / "no" / "sheet.png")]) == 2
    assert "cannot be written" in capsys.readouterr().err
