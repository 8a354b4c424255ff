"""The page of the command line: what `grinfi` prints when this site is built."""

from __future__ import annotations

import os
import re
import shlex
import tempfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from typer.main import get_command

from grinfi_bulk.cli import main
from grinfi_bulk.cli.app import app
from grinfi_sandbox import run_in_thread

CONTACTS = "linkedin,first_name,last_name\nada-lovelace,Ada,Lovelace\ngrace-hopper,Grace,Hopper\n"
SHOWN = (
    "grinfi whoami",
    "grinfi call lists.create --arg name=Prospects",
    "grinfi import people.csv --list Prospects --dry-run",
    "grinfi import people.csv --list Prospects",
    "grinfi call contacts.search --all --fields first_name,last_name,linkedin",
    "grinfi export contacts -o contacts.csv",
    "grinfi call lists.list --output table --fields name,uuid",
    "grinfi report stages",
)
REFUSED = "grinfi call contacts.search --arg filter='company_name=Acme'"
TEXT = """# Command line

The output of `grinfi` on this page was recorded when this site was built, against a sandbox.
[The command `grinfi`](../cli.md) explains how to use it.

## Examples

`people.csv` has two contacts.
"""


@contextmanager
def environment(changes: Mapping[str, str]) -> Generator[None]:
    """Set variables for a while."""
    before = dict(os.environ)
    os.environ.update(changes)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def output(command: str, status: int = 0) -> str:
    """What a command prints; it must end with that status."""
    written = StringIO()
    with redirect_stdout(written), redirect_stderr(written):
        try:
            ended: int | str | None = main(shlex.split(command)[1:])
        except SystemExit as end:
            ended = end.code
    if (ended or 0) != status:
        raise RuntimeError(f"{command} ended with {ended}: {written.getvalue()}")
    return f"$ {command}\n{written.getvalue().rstrip()}"


def names(command: Any, name: str = "grinfi") -> Iterator[str]:
    """The names of all commands, each after its group."""
    if not command.hidden:
        yield name
        for below, each in getattr(command, "commands", {}).items():
            yield from names(each, f"{name} {below}")


def page() -> str:
    """The page, as Markdown."""
    with tempfile.TemporaryDirectory() as folder, run_in_thread() as server, chdir(folder):
        Path("people.csv").write_text(CONTACTS, "utf-8")
        access = {"GRINFI_API_KEY": server.key, "GRINFI_BASE_URL": server.url}
        fixed = {"NO_COLOR": "1", "COLUMNS": "80", "TERM": "dumb", "HOME": folder}
        with environment({**access, **fixed}):
            shown = "\n\n".join([*map(output, SHOWN), output(REFUSED, status=2)])
            helped = {name: output(f"{name} --help") for name in names(get_command(app))}
        shown = shown.replace(folder, "~").replace(server.url, "http://127.0.0.1:8000")
    lines = [TEXT, f"```console\n{shown}\n```\n"]
    for name, text in helped.items():
        lines.append(f"## {name} {{ #{name.replace(' ', '-')} }}\n\n```console\n{text}\n```\n")
    return re.sub(r"[ \t]+$", "", "\n".join(lines), flags=re.MULTILINE)
