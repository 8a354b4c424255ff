"""Many changes at once of the committed description, at places that a seed chooses, each with its expected effect.

`python -m tests.codegen.real_mutations [SEED]` tries all of them, dozens in each edition.
"""

from __future__ import annotations

import copy
import json
import random
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Final, NamedTuple, cast

import anyio
import httpx

from codegen.description import Document, operations
from codegen.diff import Difference
from codegen.diff.description import references
from codegen.edition import ROOT, compare_editions, correct
from codegen.generate import build
from codegen.overrides import read_overrides
from tests.codegen.helpers import STRING, Json, edition, imported, obj, parameter
from tests.codegen.mutations import FIELDS, NOT_OF, PLACES, FieldChange, calls, laboratory
from tests.codegen.rewriting import as_3_1, with_other_case, with_other_names, with_shared_parts
from tests.codegen.texts import rewritten

REWRITINGS: Final[tuple[Callable[[Document], Document], ...]] = (
    copy.deepcopy,
    as_3_1,
    with_shared_parts,
    with_other_case,
    with_other_names,
    rewritten,
)
"""An edition for each: written so, which changes nothing."""


class Planted(NamedTuple):
    """A change of a field somewhere in the real description."""

    where: str
    kind: str
    field: str
    change: FieldChange

    def problems(self, difference: Difference) -> Iterator[str]:
        """Wrong statements of a comparison about this change."""
        there = re.compile(rf"\.{re.escape(self.field)}(?!\w)")
        found = [it for each in difference.changed for it in each.changes if there.search(it.where)]
        breaking = self.change.read if self.where == "answer" else self.change.sent
        if any(it.breaking for it in found) is not breaking:
            yield f"{self.where}: {self.field} {self.kind}: breaking is not {breaking}; {found}"
        if not any(self.change.told in it.what for it in found) if self.change.told else found:
            yield f"{self.where}: {self.field} {self.kind}: expected {self.change.told or 'nothing'!r}; {found}"


def editions(seed: int, number: int) -> tuple[Document, Document, list[Planted]]:
    """An old and a new edition, and their differences."""
    chance = random.Random(f"{seed} {number}")
    old = edition()
    kinds = [(where, kind) for where in PLACES for kind in FIELDS if (where, kind) not in NOT_OF]
    planted: list[Planted] = []
    edits: list[tuple[Callable[[Document], None], Callable[[Document], None]]] = []
    for index, (where, kind) in [*enumerate(kinds)][number :: len(REWRITINGS)]:
        change = FIELDS[kind]
        field = f"{change.field}_{index}"
        before = None if change.told == "was added" else PLACES[where].schema(laboratory(), change.field)
        place, after = chance.randrange(10**9), change.edit(copy.deepcopy(before or {}))
        edits.append(tuple(_put(where, place, field, copy.deepcopy(schema)) for schema in (before, after)))  # type: ignore[arg-type]
        planted.append(Planted(where, kind, field, change))
    new = copy.deepcopy(old)
    for put_old, put_new in edits:
        put_old(old)
        put_new(new)
    return old, REWRITINGS[number](new), planted


def _put(where: str, place: int, field: str, schema: Json | None) -> Callable[[Document], None]:
    """Put a field at the place of this number, if it has a schema."""

    def put(document: Document) -> None:
        known = {} if schema is None else {field: copy.deepcopy(schema)}
        if where == "query":
            listed = [cast(Json, it.value) for it in operations(document) if it.method == "get"]
            parameters = listed[place % len(listed)].setdefault("parameters", [])
            parameters += [parameter(name, schema=it) for name, it in known.items()]
        elif where == "answer":
            owners = _answers(document)
            owners[place % len(owners)]["properties"] |= known
        else:
            owners = _bodies(document)
            fields = owners[place % len(owners)]["properties"]
            fields |= known if where == "body" else {f"within_{field}": obj(anchor=STRING, **known)}

    return put


def _bodies(document: Document) -> list[Json]:
    """Objects that are sent as JSON, apart from those of mass actions, whose method is of another form."""
    found = [
        it.value.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        for it in operations(document)
        if not it.path.endswith("/mass-action")
    ]
    return [it for it in found if "properties" in it]


def _answers(document: Document) -> list[Json]:
    """Schemas that occur in answers, and are never sent."""
    schemas = cast("dict[str, Json]", document["components"]["schemas"])

    def reached(values: list[Any]) -> set[str]:
        found: set[str] = set()
        while more := {it.rsplit("/", 1)[-1] for it in references(values)} - found:
            found |= more
            values = [schemas[name] for name in more]
        return found

    sent = reached([it.value.get("requestBody") for it in operations(document)])
    came = reached([it.value["responses"].get("200") for it in operations(document)])
    return [it for name, it in schemas.items() if name in came - sent and "properties" in it]


def problems(number: int, seed: int = 0) -> list[str]:
    """The problems of an edition: a line each."""
    old, new, planted = editions(seed, number)
    difference = compare_editions(old, new)
    found = [line for it in planted for line in it.problems(difference)]
    if difference.added or difference.removed or difference.renamed or difference.models or difference.unmet:
        found.append(f"told besides: {difference.to_text()}")
    package = build(new, pinned=dict(difference.kept_models))
    with tempfile.TemporaryDirectory() as folder, imported(package, Path(folder), f"grinfi_real_{number}") as module:
        found += calls(package, module, correct(new, "it")[0])
        found += _corrections(module)
    return found


def _corrections(module: ModuleType) -> Iterator[str]:
    """Whether every correction is at work, and one of them as it should be."""
    lost = {f"{home}.{name}" for name, home in read_overrides(ROOT).corrections.items()}
    lost -= {it.correction for it in module.OPERATIONS.values()}
    if lost:
        yield f"corrections that no operation has: {sorted(lost)}"
    sent: list[tuple[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append((f"{request.method} {request.url.path}", json.loads(request.content or b"null")))
        return httpx.Response(200, json={"uuid": "c", "data": [], "total": 0})

    async def update() -> None:
        transport = httpx.MockTransport(answer)
        grinfi = module.Grinfi("key", base_url="http://x", transport=transport, rate_limiter=None)
        await grinfi.contacts.update("c", first_name="Ada", pipeline_stage_uuid="s")

    anyio.run(update)
    who = {"all": False, "ids": ["c"], "excludeIds": []}
    move = {"type": "contact_change_pipeline_stage", "filter": who, "payload": {"pipeline_stage_uuid": "s"}}
    if sent != [("PUT /leads/api/leads/c", {"first_name": "Ada"}), ("PUT /leads/api/leads/mass-action", move)]:
        yield f"contacts.update sent {sent}"


def main(seed: int) -> int:
    """Try all of them; how many editions go wrong."""
    wrong = 0
    for number, rewriting in enumerate(REWRITINGS):
        try:
            found = problems(number, seed)
        except Exception as error:  # any is a finding
            found = [f"{type(error).__name__}: {error}"]
        wrong += bool(found)
        changes = len(editions(seed, number)[2])
        print(
            f"{'WRONG' if found else 'ok':6} {changes} changes of the real description, {rewriting.__name__}",
            flush=True,
        )
        for line in found:
            print(f"       {line}")
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)))
