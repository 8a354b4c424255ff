"""The scripts behind the weekly workflows: a new edition becomes a pull request, or an issue where it cannot.

make, the generator and GitHub's command are replaced; git is real.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
COMMANDS = {
    "make": """
all="$*"; source="${all##*SOURCE=}"
case "$all" in
    *sync*) cat "$source"; ! grep -q broken "$source" && cp "$source" openapi.yaml ;;
    *) echo "ran: $*"; ! grep -q untested openapi.yaml ;;
esac""",
    "python": """
case "$*" in
    *--fail-on-breaking*) ! grep -q breaking openapi.yaml ;;
    *) echo "- A change." ;;
esac""",
    "gh": """
echo "$*" >>"$LOG"
case "$*" in *" list "*) echo "$OPEN" ;; esac""",
}


class Place(NamedTuple):
    """A clone with the scripts, and what they are told."""

    root: Path
    proposal: Path
    log: Path
    environment: dict[str, str]

    def run(self, *command: str | Path, **environment: str) -> str:
        env = self.environment | environment
        done = subprocess.run(command, cwd=self.root, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def sync(self, edition: str) -> dict[str, str]:
        """Take an edition with this text: the files of the proposal."""
        source = self.proposal.parent / "edition"
        source.write_text(edition)
        self.run(".ci/sync", self.proposal, source)
        return {path.name: path.read_text() for path in self.proposal.iterdir()}

    def propose(self, number: str = "") -> list[str]:
        """Open what is proposed, beside an open one with this number: the commands of GitHub."""
        self.log.write_text("")
        self.run("git", "reset", "--quiet", "--hard")
        self.run(".ci/propose", "sync", self.proposal, OPEN=number)
        return [line for line in self.log.read_text().splitlines() if "label create" not in line]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    root, tools, log = tmp_path / "clone", tmp_path / "tools", tmp_path / "log"
    (root / ".ci").mkdir(parents=True)
    for name in ("sync", "propose", "proposal.sh"):
        shutil.copy(ROOT / ".ci" / name, root / ".ci")
    (root / ".venv" / "bin").mkdir(parents=True)
    tools.mkdir()
    for name, text in COMMANDS.items():
        path = (root / ".venv" / "bin" if name == "python" else tools) / name
        path.write_text(f"#!/usr/bin/env bash{text}\n")
        path.chmod(0o755)
    (root / "openapi.yaml").write_text("old\n")
    (root / ".gitignore").write_text(".venv/\n")
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "LOG": str(log)}
    environment |= {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    made = Place(root, tmp_path / "proposal", log, environment)
    made.run("git", "init", "--quiet", "--bare", tmp_path / "origin.git")
    made.run("git", "init", "--quiet", "--initial-branch", "main")
    made.run("git", "remote", "add", "origin", tmp_path / "origin.git")
    made.run("git", "add", ".")
    made.run("git", "commit", "--quiet", "--message", "First")
    return made


def test_an_edition_without_a_change_proposes_nothing(place: Place) -> None:
    assert place.sync("old\n")["state"] == "unchanged\n"
    assert place.propose() == []


@pytest.mark.parametrize("kind", ["breaking", "not breaking"])
def test_an_edition_becomes_a_pull_request_that_says_what_it_breaks(kind: str, place: Place) -> None:
    files = place.sync("breaking\n" if kind == "breaking" else "more\n")
    assert (files["state"], files["labels"]) == ("ready\n", f"sync\n{kind}\n")
    assert files["body.md"] == "- A change.\n\n`make check test` passes.\n"
    title, text = f"Take a new edition of the API ({kind})", place.proposal / "text.md"
    assert place.propose() == [
        "pr list --state open --head sync --json number --jq .[0].number // empty",
        f"pr create --head sync --base main --title {title} --body-file {text} --label sync,{kind}",
        "workflow run test.yml --ref sync",
    ]
    assert place.run("git", "show", "origin/sync:openapi.yaml") in {"breaking\n", "more\n"}
    assert place.run("git", "log", "--format=%s", "origin/sync").splitlines() == [title, "First"]


def test_an_open_pull_request_is_updated_and_loses_the_label_that_no_longer_holds(place: Place) -> None:
    place.sync("breaking\n")
    assert place.propose("7")[1:-1] == [
        "pr edit 7 --remove-label not breaking",
        "pr edit 7 --title Take a new edition of the API (breaking) "
        f"--body-file {place.proposal / 'text.md'} --add-label sync,breaking",
    ]


def test_a_change_that_fails_its_tests_is_a_draft(place: Place) -> None:
    files = place.sync("untested\n")
    assert "`make check test` fails:\n\n~~~~\nran: check test\n~~~~\n" in files["body.md"]
    assert place.propose()[1].endswith("--label sync,not breaking --draft")


@pytest.mark.parametrize("number", ["", "7"])
def test_an_edition_that_generates_nothing_becomes_an_issue(number: str, place: Place) -> None:
    files = place.sync("broken: no such schema\n")
    assert files["state"] == "failed\n"
    assert "broken: no such schema" in files["body.md"]
    assert place.run("git", "status", "--porcelain") == ""
    told = place.propose(number)[1]
    assert told.startswith("issue edit 7 --title Taking" if number else "issue create --title Taking")
    assert "pr " not in place.log.read_text()


def test_work_that_is_not_committed_is_left_alone(place: Place) -> None:
    (place.root / "openapi.yaml").write_text("mine\n")
    done = subprocess.run([".ci/sync", place.proposal], cwd=place.root, env=place.environment, capture_output=True)
    assert done.returncode == 2
    assert (place.root / "openapi.yaml").read_text() == "mine\n"
