"""What maintainers rely on: documented targets, and workflows with the least that they need."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def test_every_target_is_documented() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    targets = {name for line in re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE) for name in line.split()}
    assert targets
    assert targets == set(re.findall(r"^([a-z-]+):.* ## .+$", text, re.MULTILINE))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_few_rights_an_end_and_pinned_actions(path: Path) -> None:
    text = path.read_text("utf-8")
    workflow: dict[str, Any] = yaml.safe_load(text)
    assert workflow["permissions"] == {}
    assert workflow["concurrency"]["group"]
    for job in workflow["jobs"].values():
        assert job["permissions"]
        assert 0 < job["timeout-minutes"] <= 60
    actions = re.findall(r"uses: (.*)", text)
    assert [action for action in actions if not re.fullmatch(r"\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_job_that_may_write_runs_no_code_of_others(path: Path) -> None:
    """What is published by others is generated, built and tested by jobs that can only read."""
    for job in yaml.safe_load(path.read_text("utf-8"))["jobs"].values():
        if "write" in job["permissions"].values():
            commands = [step.get("run", "") for step in job["steps"]]
            assert not any(re.search(r"\b(make|pip|python)\b", command) for command in commands)
