"""`python -m codegen diff` and `sync` say how many texts changed, and which."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from codegen.diff import compare_texts
from codegen.edition import released_version
from tests.codegen.helpers import STRING, Json, body, dump, edition, obj, operation, parameter, ref, run, small
from tests.codegen.texts import rewritten

pytestmark = pytest.mark.usefixtures("uncorrected")


def described(word: str = "Old") -> Json:
    text: Json = {"description": f"{word} text."}
    fields = obj(description={**STRING, **text}, parts={**obj(example={**STRING, **text})})
    made: Json = operation(
        "makeA",
        {**parameter("sid"), **text},
        parameter("other", description="The same."),
        answer=ref("part"),
        requestBody=body(fields),
    )
    made |= text
    paths = {"/a": {"post": made, "get": {**operation("getA"), "x-note": f"{word} note."}}}
    example = {"example": {"description": f"{word} data."}}
    return small(paths, {"part": {**obj(), **text, **example}}, tags=[{"name": "Odds & Ends", **text}])


PLACES = {
    "makeA": [
        "requestBody.description",
        "requestBody.parts.example",
        "parameters.sid",
        "description",
    ],
    "schemas/part": ["description"],
    "tag Odds & Ends": ["description"],
}


def test_texts_are_compared_by_their_places() -> None:
    changes = compare_texts(described(), described("New"))
    assert changes.groups() == PLACES
    assert changes.total > len(changes.places) == 6
    assert compare_texts(described(), described()).places == ()


def test_missing_parts_and_line_breaks_are_not_changes_of_texts() -> None:
    old, new = described("Old\n\nfolded"), described("Old folded")
    del old["paths"]["/a"]["get"]
    new["paths"]["/a"]["post"]["parameters"].pop(0)
    assert compare_texts(old, new).places == ()


def test_a_text_that_comes_or_goes_is_a_change() -> None:
    old, new = described(), described()
    del new["components"]["schemas"]["part"]["description"]
    new["paths"]["/a"]["get"]["description"] = "It is new."
    assert compare_texts(old, new).groups() == {"getA": ["description"], "schemas/part": ["description"]}


def leaves(node: Any, path: str = "$") -> Iterator[tuple[str, Any]]:
    """All texts of a document, with their places."""
    if isinstance(node, dict):
        for key, child in cast(Json, node).items():
            yield from leaves(child, f"{path}/{key}")
    elif isinstance(node, list):
        for index, child in enumerate(cast("list[Any]", node)):
            yield from leaves(child, f"{path}/{index}")
    else:
        yield path, node


def test_every_text_of_the_description_is_found() -> None:
    emptied = rewritten(edition(), empty=True)
    changes = compare_texts(edition(), emptied)
    before, after = dict(leaves(edition())), dict(leaves(emptied))
    assert len(changes.places) == len([place for place in before if before[place] != after[place]])
    assert compare_texts(emptied, copy.deepcopy(emptied)).total == changes.total


def test_diff_and_sync_say_how_many_texts_changed_and_which(tmp_path: Path) -> None:
    old, new = dump(described(), tmp_path / "openapi.yaml"), dump(described("New"), tmp_path / "new.yaml")
    shown = {format: run("diff", old, new, "--format", format).stdout for format in ("text", "markdown", "json")}
    found = json.loads(shown["json"])
    assert found["texts"]["changed"] == 6
    assert found["texts"]["places"] == PLACES
    assert found["changed"] == []
    line = f"makeA: {', '.join(PLACES['makeA'])}"
    count = f"6 of {found['texts']['total']} texts changed"
    assert {count, f"  {line}", "  tag Odds & Ends: description"} < set(shown["text"].splitlines())
    assert "### Texts" in shown["markdown"]
    assert "- `schemas/part`: `description`" in shown["markdown"].splitlines()
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text("# Changelog\n\n## [Unreleased]\n", "utf-8")
    synced = run("sync", new, "--spec", old, "--output", tmp_path / "package")
    assert synced.exit_code == 0, synced.output
    entry = f"- Changed {count.removesuffix(' changed')}: `makeA`, `schemas/part`, `tag Odds & Ends`."
    assert entry in changelog.read_text("utf-8").splitlines()
    assert f"after {released_version()} (nothing breaks)" in synced.stdout
    assert {count, f"  {line}"} < set(synced.stdout.splitlines())
    again = run("sync", new, "--spec", old, "--output", tmp_path / "package")
    assert "texts changed" not in again.stdout
