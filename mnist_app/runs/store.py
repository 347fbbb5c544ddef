"""The run store: one folder a run from its first second, the files of a finished run pinned by SHA-256.

`run.json` is written last: it means that the run is finished. Until then the folder holds the settings, the
history, the latest and the best weights, and the job that trains it.
"""

from __future__ import annotations

import itertools
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from mnist_app.domain import Run, TrainConfig
from mnist_app.errors import (
    RunError,
    RunExistsError,
    RunNewerError,
    RunNotFoundError,
    RunProtectedError,
)
from mnist_app.runs import files, results, unfinished
from mnist_app.runs.annotations import TAGS_FILE, checked_tags, encode_tags, read_note, read_tags
from mnist_app.runs.atomic import DELETED, delete_abandoned, delete_atomically, write_atomically
from mnist_app.runs.audit import Event, record
from mnist_app.runs.files import CONFIG_FILE, HISTORY_FILE, MAX_NOTE, NOTE_FILE, RUN_FILE
from mnist_app.runs.folders import models_dir, shipped_models_dir
from mnist_app.runs.job import Job
from mnist_app.runs.results import damaged

DEFAULT_RUN = "world"
DRAFT = ".draft-"  # prefix of folders that are being written
MAX_NAME = 64  # characters
_NUMBERED = MAX_NAME - 6  # characters of a name that gets a number behind it
_NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{MAX_NAME - 1}}}")
_T = TypeVar("_T")


class RunStore:
    """The runs in one folder; by default the app's own, with an installed package's runs beside them."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = models_dir() if root is None else root
        shipped = shipped_models_dir() if root is None else None
        self._roots = (self.root, shipped) if shipped else (self.root,)

    def names(self) -> list[str]:
        """Return the names of all runs, finished or not, sorted."""
        unfinished.adopt_older(self.root)
        marks = (RUN_FILE, CONFIG_FILE, HISTORY_FILE)
        marked = (file for root in self._roots for mark in marks for file in root.glob(f"*/{mark}"))
        folders = {file.parent.name for file in marked}
        return sorted(name for name in folders if _NAME.fullmatch(name))

    def models(self) -> list[str]:
        """Return the names of the runs that can be read with, sorted: finished, and not curves only."""
        folders = {file.parent for root in self._roots for file in root.glob(f"*/{RUN_FILE}")}
        names = {folder.name for folder in folders if (folder / files.SERVED_FILE).exists()}
        return sorted(name for name in names if _NAME.fullmatch(name))

    def open(self, name: str) -> Run:
        """Return the run of this name, whatever its status.

        Raises RunNotFoundError, and RunNewerError or RunDamagedError for a run.json that can't be read.
        """
        path = self.path(name)
        try:
            return self._opened(name, path)
        except FileNotFoundError:
            if name not in self.names():
                raise self._not_found(name) from None
            return unfinished.open_run(name, path, read_note(path), read_tags(path))

    def _opened(self, name: str, path: Path) -> Run:
        try:
            content = (path / RUN_FILE).read_bytes()
        except FileNotFoundError:
            raise
        except OSError as error:
            raise damaged(name, RUN_FILE, f"cannot be read ({error})") from error
        try:
            found = files.parse_format(content)
            if found <= files.FORMAT:
                return files.parse_run(content, name, path, read_note(path), read_tags(path))
        except ValueError as error:
            raise damaged(name, RUN_FILE, f"is not a run description ({error!s:.80})") from error
        raise RunNewerError(
            f"The run {name!r} was made by a newer version of this app (format {found}; this one knows "
            f"{files.FORMAT}). Update the app to open it."
        )

    def unfinished(self, name: str) -> Run:
        """Return a run that is not finished. Raises RunNotFoundError, or RunExistsError if it is finished."""
        run = self.open(name)
        if run.is_finished:
            raise RunExistsError(f"The run {name!r} is finished. Choose another name, or delete it.")
        return run

    def settings(self, name: str) -> TrainConfig:
        """Return the settings of a run that is not finished. Raises as `unfinished`, and RunError."""
        run = self.unfinished(name)
        if run.config is None:
            raise RunError(run.progress.reason)
        return run.config

    def change_settings(self, name: str, config: TrainConfig) -> TrainConfig:
        """Write other settings of a run that is not finished, and return them. Raises RunError."""
        if config != self.settings(name):
            try:
                write_atomically(self.path(name) / CONFIG_FILE, files.encode_config(config))
            except OSError as error:
                raise self.unwritable(error) from error
        return config

    def open_all(self) -> tuple[list[Run], dict[str, RunError]]:
        """Return every run that can be opened, and by name why each other can't."""
        runs: list[Run] = []
        errors: dict[str, RunError] = {}
        for name in self.names():
            try:
                runs.append(self.open(name))
            except RunNotFoundError:  # it was deleted a moment ago
                continue
            except RunError as error:
                errors[name] = error
        return runs, errors | unfinished.refused(self.root)

    def create(self, config: TrainConfig, name: str | None = None) -> Run:
        """Make the folder of a new run. Without a name it gets the preset's, or the next free one.

        Raises RunExistsError if the name is taken, RunError if nothing can be written.
        """
        while True:
            chosen = self.free_name(config.preset) if name is None else name
            try:
                with self.draft() as draft:
                    write_atomically(draft / CONFIG_FILE, files.encode_config(config))
                    return self.publish(draft, chosen)
            except RunExistsError:
                if name is not None:
                    raise
            except OSError as error:
                raise self.unwritable(error) from error

    @contextmanager
    def draft(self, inside: Path | None = None) -> Iterator[Path]:
        """Make a folder to write a run into. Unless it is published, nothing of it is left, Ctrl-C included.

        It is in the store, or `inside` a run's folder, with which it goes if this process is killed. Raises
        RunError if the store cannot be written.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            delete_abandoned(self.root, DRAFT, DELETED)
            folder = Path(tempfile.mkdtemp(prefix=DRAFT, dir=inside or self.root))
        except OSError as error:
            raise self.unwritable(error) from error
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, draft: Path, name: str) -> Run:
        """Make a draft the run of this name, in one step.

        Raises RunExistsError if the name is taken, RunDamagedError if it could not be opened afterwards.
        """
        draft.chmod(0o755)
        if (draft / RUN_FILE).exists():
            self._opened(name, draft)  # what can't be opened is not kept
        try:
            draft.rename(self._free_path(name))
        except OSError:
            self._free_path(name)  # another process was faster
            raise
        return self.open(name)

    def finish(self, draft: Path, name: str) -> Run:
        """Move the files of a draft into the folder of an unfinished run, run.json last. Raises OSError.

        The files that only a training needs are deleted then.
        """
        for file in sorted(draft.iterdir(), key=lambda file: file.name == RUN_FILE):
            file.replace(self.path(name) / file.name)
        unfinished.delete_working_files(self.path(name))
        return self.open(name)

    def rename(self, name: str, new: str) -> Run:
        """Give a run another name.

        Raises RunProtectedError, RunNotFoundError, RunExistsError, RunError while it is being trained, or as
        `open` if it is damaged.
        """
        self.check_changeable(name, "renamed")
        self.open(name)
        try:
            self.path(name).rename(self._free_path(new))
        except OSError as error:
            raise self.unwritable(error) from error
        record(Event.RUN_RENAMED, run=name, new=new)
        return self._upgraded(new)

    def delete(self, name: str) -> None:
        """Delete a run for good, finished or not, damaged or not.

        Raises RunProtectedError, RunNotFoundError, or RunError while it is being trained.
        """
        self.check_changeable(name, "deleted")
        try:
            delete_atomically(self.path(name))
        except FileNotFoundError:
            raise self._not_found(name) from None
        except OSError as error:
            raise self.unwritable(error) from error
        record(Event.RUN_DELETED, run=name)

    def annotate(self, name: str, note: str) -> None:
        """Keep a note on a run; an empty one removes it.

        Raises RunNotFoundError, or RunError if the note is too long or cannot be written.
        """
        if len(note) > MAX_NOTE:
            raise RunError(f"A note has at most {MAX_NOTE:,} characters, this one {len(note):,}.")
        self._write_beside(name, NOTE_FILE, note.strip().encode("utf-8", "replace"))

    def tag(self, name: str, tags: Iterable[str]) -> None:
        """Give a run these tags instead of those that it has.

        Raises RunNotFoundError, or RunError for what can't be a tag, for too many, or if they cannot be
        written.
        """
        self._write_beside(name, TAGS_FILE, encode_tags(checked_tags(tags)))

    def _write_beside(self, name: str, file: str, content: bytes) -> None:
        self._check_exists(name)
        self._check_writable(name, "annotated")
        try:
            write_atomically(self.path(name) / file, content)
        except OSError as error:
            raise self.unwritable(error) from error
        record(Event.RUN_ANNOTATED, run=name, file=file)
        self._upgraded(name)

    def check_changeable(self, name: str, what: str) -> None:
        """Raise RunProtectedError, RunNotFoundError or RunError unless the run may be renamed or deleted."""
        self._check_exists(name)
        if name == DEFAULT_RUN and (self.path(name) / RUN_FILE).exists():
            raise RunProtectedError(f"{name!r} is what the app reads with: it can't be {what}.")
        self._check_writable(name, what)
        if Job(self.path(name)).is_alive():
            raise RunError(f"The training {name!r} is running. Stop it first.")

    def free_name(self, name: str) -> str:
        """Return the first of name, name-2, name-3 … that no run has."""
        names = (name if n == 1 else f"{name[:_NUMBERED]}-{n}" for n in itertools.count(1))
        return next(n for n in names if not self.path(n).exists())

    def path(self, name: str) -> Path:
        """Return the folder of the run of this name. Raises RunNotFoundError for what can't be a name."""
        if not _NAME.fullmatch(name):
            raise RunNotFoundError(
                f"{name!r:.80} is no run name: use letters, digits, '.', '_' and '-', at most {MAX_NAME}."
            )
        folders = [root / name for root in self._roots]
        return next((folder for folder in folders if folder.exists()), folders[0])

    def unwritable(self, error: OSError) -> RunError:
        """Return the error for a store that cannot be written."""
        return RunError(f"Runs cannot be saved in {self.root}: {error.strerror}.")

    def _free_path(self, name: str) -> Path:
        path = self.path(name)
        if (path / CONFIG_FILE).exists() and not (path / RUN_FILE).exists():
            raise RunExistsError(
                f"A run named {name!r} was not finished. `train --resume {name}` goes on with it and `runs "
                f"delete {name}` deletes it; the Training page has a button for either."
            )
        if path.exists():
            raise RunExistsError(f"A run named {name!r} exists. Choose another name, or delete it.")
        return path

    def _check_writable(self, name: str, what: str) -> None:
        if self.path(name).parent != self.root:
            raise RunProtectedError(f"{name!r} came with the app: it can't be {what}.")

    def _check_exists(self, name: str) -> None:
        self.path(name)  # raises its own error for what can't be a name
        if name not in self.names():  # asked so, because some disks take World for world
            raise self._not_found(name)

    def _upgraded(self, name: str) -> Run:
        try:
            results.upgrade(self.open(name))
        except OSError as error:
            raise self.unwritable(error) from error
        return self.open(name)

    def _not_found(self, name: str) -> RunNotFoundError:
        known = ", ".join(self.names()) or "none yet; train one with `python -m mnist_app train`"
        return RunNotFoundError(f"There is no run named {name!r}. Runs: {known}.")
