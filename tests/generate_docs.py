"""Generated parts of the documentation, between `<!-- generated: NAME -->` and `<!-- end -->`.

python -m tests.generate_docs
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click

from mnist_app.cli import commands
from mnist_app.domain import PRESETS, Kind
from mnist_app.learning.data import test_sets
from mnist_app.learning.model_card import score_table
from mnist_app.runs import DEFAULT_RUN, RunStore
from mnist_app.runs.results import read_scores
from mnist_app.ui.words import duration

ROOT = Path(__file__).parent.parent
WIDTH = 100  # characters of a line of help


def command_reference() -> str:
    """Return the help of every command as Markdown."""
    return "\n\n".join(_sections(commands, "", None))


def _sections(command: click.Command, path: str, parent: click.Context | None) -> Iterator[str]:
    name = command.name if parent else "python -m mnist_app"
    with click.Context(command, info_name=name, parent=parent, terminal_width=WIDTH) as context:
        if path:
            yield f"### {path}\n\n```text\n{command.get_help(context)}\n```"
        if isinstance(command, click.Group):
            for child in command.list_commands(context):
                found = command.get_command(context, child)
                assert found
                yield from _sections(found, f"{path} {child}".strip(), context)


def default_scores() -> str:
    """Return a table of the default run's scores on every test set."""
    store = RunStore(ROOT / "models")
    return "\n".join(score_table(read_scores(store.open(DEFAULT_RUN))))


def results() -> str:
    """Return a table of the shipped runs, one a preset, with their scores on sets of unseen people."""
    store = RunStore(ROOT / "models")
    titles = ("run", "parameters", *(test.title for test in RESULTS), "no digit, rejected", "training")
    lines = [f"| {' | '.join(titles)} |", f"|{'---|' * len(titles)}"]
    for name in reversed(PRESETS):
        run = store.open(name)
        scores = {score.name: score for score in read_scores(run)}
        of_digits = [f"{(scores[test.key].accuracy or 0) * 100:.2f} %" for test in RESULTS]
        others = [score for score in scores.values() if score.kind is Kind.NON_DIGITS]
        rejected = sum(s.rejection_rate * s.images for s in others) / sum(s.images for s in others)
        title = f"`{name}`{' (the default)' * (name == DEFAULT_RUN)}"
        cells = (title, f"{run.parameters:,}", *of_digits, f"{rejected * 100:.1f} %", duration(run.seconds))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


RESULTS = (test_sets.MNIST, test_sets.PEN, test_sets.PENS, test_sets.SPAIN, test_sets.PAPER)
PARTS: dict[str, tuple[Path, Callable[[], str]]] = {
    "commands": (ROOT / "mnist_app" / "cli" / "README.md", command_reference),
    "results": (ROOT / "README.md", results),
    "scores": (ROOT / "models" / "README.md", default_scores),
}


def with_part(text: str, name: str, part: str) -> str:
    """Return a document with a generated part in its place. Raises ValueError if it has no such place."""
    head, found, rest = text.partition(f"<!-- generated: {name} -->\n")
    _, end, tail = rest.partition("<!-- end -->")
    if not (found and end):
        raise ValueError(f"There is no place for {name!r}. Mark one with {found!r} and '<!-- end -->'.")
    return f"{head}{found}\n{part}\n\n{end}{tail}"


def main() -> None:
    """Write every generated part."""
    for name, (file, make) in PARTS.items():
        file.write_text(with_part(file.read_text(), name, make()))


if __name__ == "__main__":
    main()
