"""Importing contacts: check every row, then write the contacts, tag them, and add them to an automation."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Final, Unpack
from uuid import UUID

import anyio.to_thread

from grinfi_async import ConfigurationError, ContactAction, Grinfi, InvalidArgumentError
from grinfi_support.values import uuid_text

from .actions import StepOptions
from .choices import Enrol, Existing, Merge, Via, check_choice
from .columns import Columns, CustomFields, UnknownColumns
from .file_steps import FileSteps
from .import_report import ImportReport
from .import_steps import Claim, Step
from .items import as_json
from .looking_up import find_existing
from .problems import ImportProblems, Problem
from .reading import ReadingOptions, RowSource, RowTable, SourceRow, open_source
from .verifying import DEFAULT_SETTLE, check_verify
from .who_is_who import WhoIsWho

__all__ = ["import_contacts"]

FEW: Final = 200
"""Fewer rows are upserted one by one: that takes less than a minute of the limit, and needs no trial."""


async def import_contacts(
    grinfi: Grinfi,
    source: RowSource,
    *,
    list_uuid: str | UUID,
    mapping: Mapping[str, str | None] | None = None,
    custom_fields: CustomFields | None = None,
    tags: Iterable[str | UUID] = (),
    pipeline_stage_uuid: str | UUID | None = None,
    sender_profile_uuid: str | UUID | None = None,
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
        raise ConfigurationError(f'via="{via}" updates existing contacts; existing="{existing}" needs via="upsert".')
    check_verify("all", settle)
    if isinstance(tags, str):
        raise InvalidArgumentError("tags", "expected a list of UUIDs of tags, got a string")
    actions = [ContactAction.add_tags(tag) for tag in tags]
    if pipeline_stage_uuid is not None:
        actions.append(ContactAction.change_pipeline_stage(pipeline_stage_uuid))
    sender_uuid = None if sender_profile_uuid is None else uuid_text("sender_profile_uuid", sender_profile_uuid)
    flow = None if flow_uuid is None else str(flow_uuid)
    columns = Columns(mapping, custom_fields, unknown_columns)
    target = {
        "list": str(list_uuid),
        "existing": existing,
        "merge": merge,
        "tags": [action.payload for action in actions],
        "sender": sender_uuid,
        "automation": flow,
    }
    reading = ReadingOptions(encoding, delimiter, header_row)
    who = WhoIsWho()
    async with open_source(source, reading, columns.is_known) as opened:
        is_over = threading.Event()
        try:
            own, wrong, problems = await anyio.to_thread.run_sync(
                columns.check, opened, who, merge, is_over.is_set, abandon_on_cancel=True
            )
        finally:
            is_over.set()  # a thread cannot be cancelled, and the process would wait for it at its end
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
        await _check_targets(grinfi, str(list_uuid), actions, sender_uuid, flow)
        report = ImportReport(
            name="Import contacts",
            rows=count,
            dry_run=dry_run,
            merge=merge,
            plan=plan,
            capacity=getattr(grinfi.rate_limiter, "capacity", None),
            period=getattr(grinfi.rate_limiter, "period", 60.0),
        )
        if dry_run:
            with ExitStack() as files:
                asked = ImportReport(name="Look up contacts")
                only_reads: StepOptions = {**options, "journal": None}
                steps = FileSteps(grinfi, columns, who, as_json(target), only_reads, asked, files, settle)

                async def look_up() -> ImportReport:
                    own_rows = (row for row in _read(opened) if who.find(row.number) is None)
                    await steps.look_up(own_rows, own)
                    return asked

                existing_rows, how = await find_existing(grinfi, who, own, report, look_up)
            report.plan = replace(plan, existing=existing_rows, looked_up=how, requests=report.requests)
        else:
            for name, new in missing.items():
                await grinfi.custom_fields.create(name=new, object="lead")
                columns.rename_custom_field(name, new)
            with ExitStack() as files:
                # `target` is part of the names in the journals: an import into another list is another job.
                steps = FileSteps(grinfi, columns, who, as_json(target), options, report, files, settle, claim)
                # [look up] -> write (one of three ways) -> [tag] -> [sender] -> [automation]; see import_steps.py
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
                if sender_uuid is not None:
                    todo.append(lambda rows: steps.set_sender(rows, sender_uuid))
                if flow is not None:
                    in_masses = enrol == "mass" or (enrol is None and (creates or via == "file"))
                    enters = steps.enrol if in_masses else steps.add_to_automation
                    todo.append(lambda rows: enters(rows, flow))
                await steps.run(todo, _read(opened) if merge == "report" else steps.first_rows(_read(opened)))
        return report


async def _check_targets(
    grinfi: Grinfi, list_uuid: str, actions: Iterable[ContactAction], sender_uuid: str | None, flow_uuid: str | None
) -> None:
    """Fail before the first row is written if the list, a tag, the stage, the sender or the automation is missing."""
    await grinfi.lists.get(list_uuid)
    if sender_uuid is not None:
        await grinfi.sender_profiles.get(sender_uuid)
    if flow_uuid is not None:
        await grinfi.automations.get(flow_uuid)
    wanted = [(name, value) for action in actions for name, value in (action.payload or {}).items()]
    tags = {value for name, value in wanted if name == "tag_uuid"}
    missing = tags and tags - {tag.uuid async for tag in grinfi.tags.list()}
    if missing:
        raise InvalidArgumentError("tags", f"not found: {', '.join(sorted(missing))}")
    stage = dict(wanted).get("pipeline_stage_uuid")
    if stage and stage not in {it.uuid async for it in grinfi.pipeline_stages.list(filter={"object": "lead"})}:
        raise InvalidArgumentError("pipeline_stage_uuid", f"contacts have no pipeline stage {stage}")


def _read(source: RowTable) -> Iterator[SourceRow]:
    for row in source.read():
        if isinstance(row, Problem):
            raise ConfigurationError(f"source has changed since it was checked: {row}. Import it again.")
        yield row
