"""The run store: one folder a run, written whole or not at all, its files pinned by SHA-256."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from mnist_app.domain import Epoch, Evaluation, Run, SetPredictions, SetScore
from mnist_app.errors import (
    RunDamagedError,
    RunError,
    RunExistsError,
    RunNewerError,
    RunNotFoundError,
    RunProtectedError,
)
from mnist_app.runs import files, scored
from mnist_app.runs.atomic import DELETED, delete_atomically, tidy, write_atomically
from mnist_app.runs.files import (
    EVALUATIONS_FILE,
    HISTORY_FILE,
    MAX_NOTE,
    NOTE_FILE,
    PREDICTIONS_FILE,
    RUN_FILE,
    SCORES_FILE,
    SERVED_FILE,
)
from mnist_app.runs.folders import SHIPPED

DEFAULT_RUN = "world"
DRAFT = ".draft-"  # how folders begin that are no runs yet
TRAINING = ".training-"  # how those folders begin
_ROOM = 58  # characters of a name that gets a number behind it
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_T = TypeVar("_T")


def models_dir() -> Path:
    """Return the folder of runs: MNIST_APP_MODELS, else the shipped one."""
    named = os.environ.get("MNIST_APP_MODELS")
    return Path(named) if named else SHIPPED / "models"


class RunStore:
    """The runs in one folder."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = models_dir() if root is None else root

    def names(self) -> list[str]:
        """The names of all runs, sorted; folders without a run.json are not runs."""
        folders = (file.parent.name for file in self.root.glob(f"*/{RUN_FILE}"))
        return sorted(name for name in folders if _NAME.fullmatch(name))

    def models(self) -> list[str]:
        """The names of the runs that can be read with, sorted: those that have a model, not curves only."""
        return [name for name in self.names() if (self.path(name) / SERVED_FILE).exists()]

    def open(self, name: str) -> Run:
        """The run of this name. Raises RunNotFoundError, RunNewerError or RunDamagedError."""
        path = self.path(name)
        try:
            text = (path / RUN_FILE).read_text(encoding="utf-8")
        except FileNotFoundError:
            known = ", ".join(self.names()) or "none yet; train one with `python -m mnist_app train`"
            raise RunNotFoundError(f"There is no run named {name!r}. Runs: {known}.") from None
        except (OSError, UnicodeDecodeError) as error:
            raise _damaged(name, RUN_FILE, f"cannot be read ({error})") from error
        try:
            raw = json.loads(text)
            found = files.format_of(raw)
            if found <= files.FORMAT:
                return files.run_from(name, path, raw, _note(path))
        except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError) as error:
            raise _damaged(name, RUN_FILE, f"is not a run description ({_what(error)})") from error
        raise RunNewerError(
            f"The run {name!r} was made by a newer version of this app (format {found}; this one knows "
            f"{files.FORMAT}). Update the app to open it."
        )

    def open_all(self) -> tuple[list[Run], dict[str, RunError]]:
        """Every run that can be opened, by name, and why each other can't."""
        runs: list[Run] = []
        errors: dict[str, RunError] = {}
        for name in self.names():
            try:
                runs.append(self.open(name))
            except RunError as error:
                errors[name] = error
        return runs, errors

    def read(self, run: Run, file: str) -> bytes:
        """The bytes of one of the run's files, checked against run.json. Raises RunDamagedError."""
        expected = run.files.get(file)
        if expected is None:
            raise _damaged(run.name, file, f"is not listed in {RUN_FILE}")
        try:
            content = (run.path / file).read_bytes()
        except OSError as error:
            if not run.path.exists():
                raise RunNotFoundError(f"The run {run.name!r} is not there any more.") from None
            raise _damaged(run.name, file, f"cannot be read ({error.strerror})") from error
        if hashlib.sha256(content).hexdigest() != expected:
            raise _damaged(run.name, file, f"is not the file that {RUN_FILE} names (its SHA-256 differs)")
        return content

    def history(self, run: Run) -> list[Epoch]:
        """Every epoch of the run, the best one among them. Raises RunDamagedError."""
        history = self._parsed(run, HISTORY_FILE, files.history_from, "a training history")
        if not 1 <= run.best_epoch <= len(history):
            raise _damaged(run.name, HISTORY_FILE, f"has {len(history)} epochs, the best is {run.best_epoch}")
        return history

    def scores(self, run: Run) -> list[SetScore]:
        """The run's score on every test set. Raises RunDamagedError."""
        return self._parsed(run, SCORES_FILE, scored.scores_from, "a list of scores")

    def evaluations(self, run: Run) -> dict[str, Evaluation]:
        """What the run took for what in each labelled test set, by the set's name. Raises RunDamagedError."""
        return self._parsed(run, EVALUATIONS_FILE, scored.evaluations_from, "a table of evaluations")

    def answers(self, run: Run, name: str) -> SetPredictions:
        """What the run said of each image of one of its `evaluations`. Raises RunDamagedError."""
        what = f"an archive of answers to {name!r}"
        return self._parsed(
            run, PREDICTIONS_FILE, lambda content: scored.predictions_from(content, name), what
        )

    def _parsed(self, run: Run, file: str, parse: Callable[[bytes], _T], what: str) -> _T:
        try:
            return parse(self.read(run, file))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise _damaged(run.name, file, f"is not {what} ({_what(error)})") from error

    def rename(self, name: str, new: str) -> Run:
        """Give a run another name.

        Raises RunProtectedError, RunNotFoundError, RunExistsError, or as `open` where it is damaged.
        """
        self._change(name, "renamed")
        self.open(name)
        self.claim(new)
        if self.training(new).exists():
            raise RunExistsError(f"A training named {new!r} is not finished. Choose another name.")
        try:
            self.path(name).rename(self.path(new))
        except OSError as error:
            raise self.unwritable(error) from error
        return self.open(new)

    def delete(self, name: str) -> None:
        """Delete a run for good, a damaged one too. Raises RunProtectedError or RunNotFoundError."""
        self._change(name, "deleted")
        try:
            delete_atomically(self.path(name))
        except OSError as error:
            raise self.unwritable(error) from error

    def annotate(self, name: str, note: str) -> None:
        """Keep what people say about a run; an empty note takes it away.

        Raises RunNotFoundError, or RunError where the note is too long or cannot be written.
        """
        if len(note) > MAX_NOTE:
            raise RunError(f"A note has at most {MAX_NOTE:,} characters, this one {len(note):,}.")
        self._exists(name)
        try:
            write_atomically(self.path(name) / NOTE_FILE, note.strip().encode("utf-8", "replace"))
        except OSError as error:
            raise self.unwritable(error) from error

    def _change(self, name: str, what: str) -> None:
        self._exists(name)
        if name == DEFAULT_RUN:
            raise RunProtectedError(f"{name!r} is what the app reads with: it can't be {what}.")

    def _exists(self, name: str) -> None:
        self.path(name)  # what is no name has an error of its own
        if name not in self.names():  # asked so, because some disks take World for world
            raise RunNotFoundError(f"There is no run named {name!r} any more.")

    def begin(self, name: str, content: Mapping[str, bytes] | None = None) -> Path:
        """A new folder, with this content, for a training that will be the run of this name.

        Raises RunExistsError where there is such a run or training, RunError where none can be saved.
        """
        self.claim(name)
        folder = self.training(name)
        with self.draft() as draft:
            try:
                if not folder.exists():
                    for file, its_bytes in (content or {}).items():
                        write_atomically(draft / file, its_bytes)
                    draft.chmod(0o755)
                    return draft.rename(folder)
            except OSError as error:
                if not folder.exists():
                    raise self.unwritable(error) from error
        raise RunExistsError(
            f"A training named {name!r} was not finished. `train --resume {name}` goes on with it and `runs "
            f"delete {name}` discards it; the Training page has a button for either."
        )

    def training(self, name: str) -> Path:
        """The folder of a training that has not become a run yet; it is there as long as that is so."""
        return self.path(name).with_name(f"{TRAINING}{name}")

    def claim(self, name: str) -> None:
        """Check that a run of this name can be made. Raises RunExistsError or RunNotFoundError."""
        if self.path(name).exists():
            raise _exists(name)

    @contextmanager
    def draft(self, inside: Path | None = None) -> Iterator[Path]:
        """A folder to write a run into. Unless it is published, nothing of it is left, Ctrl-C included.

        It is in the store, or `inside` another folder of it, with which it goes if this process is killed.
        Raises RunError where the store cannot be written.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            tidy(self.root, DRAFT, DELETED)
            folder = Path(tempfile.mkdtemp(prefix=DRAFT, dir=inside or self.root))
        except OSError as error:
            raise self.unwritable(error) from error
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, draft: Path, name: str) -> Run:
        """Make a draft the run of this name, in one step. Raises RunExistsError where the name is taken."""
        draft.chmod(0o755)
        try:
            draft.rename(self.path(name))
        except OSError:
            if not self.path(name).exists():
                raise
            raise _exists(name) from None
        return self.open(name)

    def free_name(self, name: str) -> str:
        """The first of name, name-2, name-3 … that no run and no unfinished training has."""
        names = (name if n == 1 else f"{name[:_ROOM]}-{n}" for n in itertools.count(1))
        return next(n for n in names if not (self.path(n).exists() or self.training(n).exists()))

    def unwritable(self, error: OSError) -> RunError:
        """What to say where the store cannot be written."""
        return RunError(f"Runs cannot be saved in {self.root}: {error.strerror}.")

    def path(self, name: str) -> Path:
        """The folder of the run of this name. Raises RunNotFoundError for what is no name."""
        if not _NAME.fullmatch(name):
            raise RunNotFoundError(
                f"{name!r:.80} is no run name: use letters, digits, '.', '_' and '-', at most 64."
            )
        return self.root / name


def _what(error: Exception) -> str:
    """What is wrong, for people."""
    if isinstance(error, json.JSONDecodeError):
        return f"it is no JSON, line {error.lineno}"
    if isinstance(error, KeyError):
        return f"it lacks {error}"
    return f"{error!s:.80}" if isinstance(error, ValueError) else f"{error!r:.80}"


def _note(path: Path) -> str:
    try:
        with (path / NOTE_FILE).open(encoding="utf-8", errors="replace") as file:
            return file.read(MAX_NOTE)
    except OSError:  # most runs have none
        return ""


def _exists(name: str) -> RunExistsError:
    return RunExistsError(f"A run named {name!r} exists. Choose another name, or delete it.")


def _damaged(name: str, file: str, what: str) -> RunDamagedError:
    return RunDamagedError(f"The run {name!r} is damaged: {file} {what}. Restore it, or choose another run.")
