"""Importing contacts: every row is checked, then the contacts are written, tagged, and put into an automation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import Final, Unpack
from uuid import UUID

import anyio.to_thread

from grinfi_async import ConfigurationError, ContactAction, Grinfi, InvalidArgumentError

from .actions import StepOptions
from .choices import Enrol, Existing, Merge, Via, check_choice
from .columns import Columns, CustomFields, UnknownColumns
from .file_steps import FileSteps
from .import_report import ImportReport
from .import_steps import Claim, Step
from .items import as_json
from .problems import ImportProblems, Problem
from .reading import ReadingOptions, RowSource, RowTable, SourceRow, open_source
from .verifying import DEFAULT_SETTLE, check_verify
from .who_is_who import WhoIsWho

__all__ = ["import_contacts"]

FEW: Final = 200
"""Fewer rows are upserted one by one: that takes less than a minute of the limit, and nothing has to be tried first."""


async def import_contacts(
    grinfi: Grinfi,
    source: RowSource,
    *,
    list_uuid: str | UUID,
    mapping: Mapping[str, str | None] | None = None,
    custom_fields: CustomFields | None = None,
    tags: Iterable[str | UUID] = (),
    flow_uuid: str | UUID | None = None,
    existing: Existing = "update",
    unknown_columns: UnknownColumns = "refuse",
    create_custom_fields: bool = False,
    merge: Merge = "report",
    encoding: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
    dry_run: bool = False,
    via: Via = "auto",
    enrol: Enrol | None = None,
    settle: float = DEFAULT_SETTLE,
    claim: Claim | None = None,
    **options: Unpack[StepOptions],
) -> ImportReport:
    """See `Bulk.import_contacts`."""
    check_choice("existing", existing, Existing)
    check_choice("merge", merge, Merge)
    check_choice("via", via, Via)
    if enrol is not None:
        check_choice("enrol", enrol, Enrol)
    if via in ("create", "file") and existing != "update":
        raise ConfigurationError(f'via="{via}" updates contacts that are there; existing="{existing}" needs "upsert".')
    check_verify("all", settle)
    if isinstance(tags, str):
        raise InvalidArgumentError("tags", "expected a list of UUIDs of tags, got a string")
    actions = [ContactAction.add_tags(tag) for tag in tags]
    columns = Columns(mapping, custom_fields, unknown_columns)
    target = {
        "list": str(list_uuid),
        "existing": existing,
        "merge": merge,
        "tags": [action.payload for action in actions],
        "automation": None if flow_uuid is None else str(flow_uuid),
    }
    reading = ReadingOptions(encoding, delimiter, header_row)
    who = WhoIsWho()
    async with open_source(source, reading, columns.is_known) as opened:
        own, wrong, problems = await anyio.to_thread.run_sync(columns.check, opened, who, merge)
        count = own + who.merged + who.duplicates
        missing: dict[str, str] = {}
        if columns.has_custom_fields:
            known = {
                field.uuid: field.name
                async for field in grinfi.custom_fields.list()
                if field.object == "lead" and field.uuid and field.name
            }
            for problem, name, new in columns.match_custom_fields(known):
                if create_custom_fields:
                    missing[name] = new
                else:
                    problems.append(problem)
        problems.sort(key=lambda problem: problem.row)
        plan = columns.plan(opened.form, own, wrong, problems, None if merge == "refuse" else who)
        if problems:
            raise ImportProblems(problems, complete=plan.complete, plan=plan)
        await _check_targets(grinfi, str(list_uuid), actions, None if flow_uuid is None else str(flow_uuid))
        report = ImportReport(
            name="Import contacts",
            rows=count,
            dry_run=dry_run,
            merge=merge,
            plan=plan,
            capacity=getattr(grinfi.rate_limiter, "capacity", None),
            period=getattr(grinfi.rate_limiter, "period", 60.0),
        )
        if not dry_run:
            for name, new in missing.items():
                await grinfi.custom_fields.create(name=new, object="lead")
                columns.rename_custom_field(name, new)
            with ExitStack() as files:
                # An import into another list, for example, is another job.
                steps = FileSteps(grinfi, columns, who, as_json(target), options, report, files, settle, claim)
                creates = via == "create" or (via == "auto" and existing == "update" and count >= FEW)
                todo: list[Step] = []
                if existing == "skip":
                    todo.append(lambda rows: steps.look_up(rows, count))
                if via == "file":
                    todo.append(lambda rows: steps.import_files(rows, str(list_uuid), actions))
                elif creates:
                    todo.append(lambda rows: steps.create(rows, str(list_uuid), actions))
                else:
                    todo.append(lambda rows: steps.upsert(rows, count, str(list_uuid), existing))
                if actions:
                    todo.append(lambda rows: steps.tag(rows, actions))
                if flow_uuid is not None:
                    in_masses = enrol == "mass" or (enrol is None and (creates or via == "file"))
                    enters = steps.enrol if in_masses else steps.add_to_automation
                    todo.append(lambda rows: enters(rows, str(flow_uuid)))
                await steps.run(todo, _read(opened) if merge == "report" else steps.first_rows(_read(opened)))
        return report


async def _check_targets(
    grinfi: Grinfi, list_uuid: str, actions: Iterable[ContactAction], flow_uuid: str | None
) -> None:
    """Find out that a list, tag or automation is not there before thousands of rows do."""
    await grinfi.lists.get(list_uuid)
    if flow_uuid is not None:
        await grinfi.automations.get(flow_uuid)
    wanted = {action.payload["tag_uuid"] for action in actions if action.payload is not None}
    if wanted:
        missing = wanted - {tag.uuid async for tag in grinfi.tags.list()}
        if missing:
            raise InvalidArgumentError("tags", f"there is no tag {' and no tag '.join(sorted(missing))}")


def _read(source: RowTable) -> Iterator[SourceRow]:
    for row in source.read():
        if isinstance(row, Problem):
            raise ConfigurationError(f"source: it has changed since it was checked: {row}.")
        yield row
