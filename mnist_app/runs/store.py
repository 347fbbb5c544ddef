"""The run store: one folder a run, written whole or not at all, its files pinned by SHA-256."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import itertools
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from mnist_app.domain import Calibration, Epoch, Run, SetScore, TrainConfig
from mnist_app.errors import RunDamagedError, RunError, RunExistsError, RunNotFoundError

DEFAULT_RUN = "world"
RUN_FILE = "run.json"
HISTORY_FILE = "history.csv"
SERVED_FILE = "model.tflite"
KERAS_FILE = "model.keras"
TEST_FILE = "test_probabilities.npz"
SCORES_FILE = "scores.json"
CARD_FILE = "README.md"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def models_dir() -> Path:
    """Where runs live: MNIST_APP_MODELS, else `models` beside the package."""
    named = os.environ.get("MNIST_APP_MODELS")
    return Path(named) if named else Path(__file__).resolve().parent.parent / "models"


class RunStore:
    """The runs in one folder."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = models_dir() if root is None else root

    def names(self) -> list[str]:
        """The names of all runs, sorted; folders without a run.json are not runs."""
        folders = (file.parent.name for file in self.root.glob(f"*/{RUN_FILE}"))
        return sorted(name for name in folders if _NAME.fullmatch(name))

    def open(self, name: str) -> Run:
        """The run of this name. Raises RunNotFoundError or RunDamagedError."""
        path = self._path(name)
        try:
            text = (path / RUN_FILE).read_text(encoding="utf-8")
        except FileNotFoundError:
            known = ", ".join(self.names()) or "none yet; train one with `python -m mnist_app train`"
            raise RunNotFoundError(f"There is no run named {name!r}. Runs: {known}.") from None
        except (OSError, UnicodeDecodeError) as error:
            raise _damaged(name, RUN_FILE, f"cannot be read ({error})") from error
        try:
            return _run_from_json(name, path, json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError) as error:
            raise _damaged(name, RUN_FILE, f"is not a run description ({error!r:.80})") from error

    def open_all(self) -> tuple[list[Run], list[RunError]]:
        """Every run that can be opened, by name, and an error for each that can't."""
        runs: list[Run] = []
        errors: list[RunError] = []
        for name in self.names():
            try:
                runs.append(self.open(name))
            except RunError as error:
                errors.append(error)
        return runs, errors

    def read(self, run: Run, file: str) -> bytes:
        """The bytes of one of the run's files, checked against run.json. Raises RunDamagedError."""
        expected = run.files.get(file)
        if expected is None:
            raise _damaged(run.name, file, f"is not listed in {RUN_FILE}")
        try:
            content = (run.path / file).read_bytes()
        except OSError as error:
            raise _damaged(run.name, file, f"cannot be read ({error.strerror})") from error
        if hashlib.sha256(content).hexdigest() != expected:
            raise _damaged(run.name, file, f"is not the file that {RUN_FILE} names (its SHA-256 differs)")
        return content

    def history(self, run: Run) -> list[Epoch]:
        """Every epoch of the run, the best one among them. Raises RunDamagedError."""
        lines = self.read(run, HISTORY_FILE).decode("utf-8", "replace").splitlines()
        try:
            history = _epochs(lines)
        except ValueError as error:
            raise _damaged(run.name, HISTORY_FILE, f"is not a training history ({error!r:.80})") from error
        if not 1 <= run.best_epoch <= len(history):
            raise _damaged(run.name, HISTORY_FILE, f"has {len(history)} epochs, the best is {run.best_epoch}")
        return history

    def scores(self, run: Run) -> list[SetScore]:
        """The run's score on every test set. Raises RunDamagedError."""
        try:
            return [SetScore(**row) for row in json.loads(self.read(run, SCORES_FILE))]
        except (ValueError, TypeError) as error:
            raise _damaged(run.name, SCORES_FILE, f"is no list of scores ({error!r:.80})") from error

    def begin(self, name: str) -> Path:
        """A new folder for a training that will be the run of this name.

        Raises RunExistsError where there is such a run or training, RunError where none can be saved.
        """
        self.claim(name)
        folder = self.training(name)
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            raise RunExistsError(
                f"A training named {name!r} was not finished. Go on with `train --resume {name}`, or delete "
                f"{folder}."
            ) from None
        except OSError as error:
            raise self._unwritable(error) from error
        return folder

    def training(self, name: str) -> Path:
        """The folder of a training that has not become a run yet; it is there as long as that is so."""
        return self._path(name).with_name(f".training-{name}")

    def claim(self, name: str) -> None:
        """Check that a run of this name can be made. Raises RunExistsError or RunNotFoundError."""
        if self._path(name).exists():
            raise _exists(name)

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """A folder to write a run into. Unless it is published, nothing of it is left, Ctrl-C included.

        Raises RunError where the store cannot be written.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(prefix=".draft-", dir=self.root))
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, draft: Path, name: str) -> Run:
        """Make a draft the run of this name, in one step. Raises RunExistsError where the name is taken."""
        draft.chmod(0o755)
        try:
            draft.rename(self._path(name))
        except OSError:
            if not self._path(name).exists():
                raise
            raise _exists(name) from None
        return self.open(name)

    def free_name(self, name: str) -> str:
        """The first of name, name-2, name-3 … that no run and no unfinished training has."""
        names = (name if n == 1 else f"{name}-{n}" for n in itertools.count(1))
        return next(n for n in names if not (self._path(n).exists() or self.training(n).exists()))

    def _unwritable(self, error: OSError) -> RunError:
        return RunError(f"Runs cannot be saved in {self.root}: {error.strerror}.")

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise RunNotFoundError(
                f"{name!r:.80} is no run name: use letters, digits, '.', '_' and '-', at most 64."
            )
        return self.root / name


def write_history(folder: Path, history: list[Epoch]) -> None:
    """Write history.csv, whole or not at all."""
    unfinished = folder / f"{HISTORY_FILE}.tmp"
    with unfinished.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [f.name for f in dataclasses.fields(Epoch)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(dataclasses.asdict(epoch) for epoch in history)
    unfinished.replace(folder / HISTORY_FILE)


def read_history(folder: Path) -> list[Epoch]:
    """Every epoch that a folder's history.csv lists; none where there is no such file. Raises ValueError."""
    try:
        lines = (folder / HISTORY_FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return _epochs(lines)


def write_run(folder: Path, run: Mapping[str, Any]) -> None:
    """Write run.json into a folder that holds all the run's other files already."""
    files = {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in sorted(folder.iterdir())}
    (folder / RUN_FILE).write_text(json.dumps({**run, "files": files}, indent=2) + "\n", encoding="utf-8")


def _run_from_json(name: str, path: Path, raw: dict[str, Any]) -> Run:
    return Run(
        name=name,
        path=path,
        created=datetime.fromisoformat(raw["created"]),
        config=TrainConfig(**raw["config"]),
        versions={str(k): str(v) for k, v in raw["versions"].items()},
        commit=raw["commit"],
        parameters=int(raw["parameters"]),
        seconds=float(raw["seconds"]),
        best_epoch=int(raw["best_epoch"]),
        calibration=Calibration(**{str(k): float(v) for k, v in raw["calibration"].items()}),
        metrics={str(k): float(v) for k, v in raw["metrics"].items()},
        files={str(k): str(v) for k, v in raw["files"].items()},
    )


def _epochs(lines: list[str]) -> list[Epoch]:
    try:
        return [_epoch(row) for row in csv.DictReader(lines)]
    except (TypeError, KeyError) as error:
        raise ValueError(f"a line of {HISTORY_FILE} is incomplete: {error!r}") from error


def _epoch(row: Mapping[str, str]) -> Epoch:
    numbers = {f.name: float(row[f.name]) for f in dataclasses.fields(Epoch) if f.name != "epoch"}
    return Epoch(epoch=int(row["epoch"]), **numbers)


def _exists(name: str) -> RunExistsError:
    return RunExistsError(f"A run named {name!r} exists. Choose another name, or delete it.")


def _damaged(name: str, file: str, what: str) -> RunDamagedError:
    return RunDamagedError(f"The run {name!r} is damaged: {file} {what}. Restore it, or choose another run.")
