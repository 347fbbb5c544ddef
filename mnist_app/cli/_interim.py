"""Interim click commands for runs."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

import click

from mnist_app.cli import exchange, options
from mnist_app.cli import runs as old
from mnist_app.cli.compare import compare as compare_runs
from mnist_app.cli.options import PATH
from mnist_app.cli.run_tables import COLUMNS


class _Column(click.Choice[str]):
    def normalize_choice(self, choice: str, ctx: click.Context | None) -> str:  # noqa: ARG002
        return choice.replace("-", " ").replace("_", " ").lower()


@click.group()
def runs() -> None:
    """List, compare, rename, delete, export or import runs."""


@runs.command("list")
@click.option(
    "--sort", type=_Column(list(COLUMNS)), default="name", metavar="COLUMN", help=", ".join(COLUMNS)
)
@options.as_json
def list_runs(**o: Any) -> int:
    """a"""
    o["json"] = o.pop("as_json")
    return old.list_runs(Namespace(**o))


@runs.command()
@click.argument("name")
@options.as_json
def show(**o: Any) -> int:
    """a"""
    o["json"] = o.pop("as_json")
    return old.show(Namespace(**o))


@runs.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
def compare(**o: Any) -> int:
    """a"""
    return compare_runs(Namespace(**o))


@runs.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@options.yes
def delete(**o: Any) -> int:
    """a"""
    return old.delete(Namespace(names=o["names"], yes=o["is_sure"]))


@runs.command()
@click.argument("old")
@click.argument("new")
def rename(**o: Any) -> int:
    """a"""
    return old.rename(Namespace(**o))


@runs.command()
@click.argument("name")
@click.argument("text", required=False)
@click.option("--clear", is_flag=True)
def note(**o: Any) -> int:
    """a"""
    return old.note(Namespace(**o))


@runs.command("export")
@click.argument("name")
@click.argument("file", required=False, type=PATH)
@click.option("--force", is_flag=True)
def export_run(**o: Any) -> int:
    """a"""
    return exchange.export(Namespace(**o))


@runs.command("import")
@click.argument("file", type=PATH)
@click.option("--name")
@options.yes
def import_run(**o: Any) -> int:
    """a"""
    return exchange.import_run(Namespace(file=o["file"], name=o["name"], yes=o["is_sure"]))
