"""Import contacts from a CSV file into a new list, tag the decision makers, and search them back.

    GRINFI_API_KEY=... python examples/import_contacts.py [FILE.csv]

Columns that are fields of a contact are sent as such; the others become custom fields.
"""

from __future__ import annotations

import csv
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio

from grinfi_async import ContactAction, Grinfi, GrinfiError, NewContact

DEFAULT_FILE = Path(__file__).with_name("contacts.csv")
CONTACT_FIELDS = frozenset(NewContact.wire_fields())
DECISION_MAKERS = ("Chief", "Founder", "VP", "Head", "Director")
CALLS_AT_ONCE = 10
MASS_ACTION_SECONDS = 30


async def import_contacts(grinfi: Grinfi, rows: list[dict[str, str]]) -> None:
    """Import the rows and tell what happened."""
    started = time.monotonic()
    custom_fields = [column for column in rows[0] if column not in CONTACT_FIELDS]
    await make_custom_fields(grinfi, custom_fields)
    contact_list = await grinfi.lists.create(name=f"Import of {datetime.now(UTC):%Y-%m-%d %H:%M:%S}")
    tag = await grinfi.tags.create(name=f"Decision maker {datetime.now(UTC):%H%M%S}")
    if contact_list.uuid is None or tag.uuid is None:
        raise SystemExit("The API did not tell the id of the new list or tag.")

    list_uuid = contact_list.uuid
    imported: dict[str, str] = {}
    failures: list[str] = []
    limiter = anyio.CapacityLimiter(CALLS_AT_ONCE)

    async def import_row(number: int, row: dict[str, str]) -> None:
        given = {column: value for column, value in row.items() if value}
        try:
            async with limiter:
                contact = await grinfi.contacts.upsert(
                    lead={column: value for column, value in given.items() if column in CONTACT_FIELDS},
                    custom_fields={column: value for column, value in given.items() if column in custom_fields},
                    list_uuid=list_uuid,
                    move_to_list=True,
                )
        except GrinfiError as error:
            failures.append(f"line {number}: {error}")
        else:
            imported[contact.uuid or f"line {number}"] = row.get("position", "")

    async with anyio.create_task_group() as tasks:
        for number, row in enumerate(rows, 2):
            tasks.start_soon(import_row, number, row)
    print(f"Imported {len(imported)} of {len(rows)} contacts into the list {contact_list.name!r}.")
    for failure in failures:
        print(f"  failed: {failure}")

    chosen = [uuid for uuid, position in imported.items() if position.startswith(DECISION_MAKERS)]
    if not chosen:
        print("None of them is a decision maker.")
        return
    await grinfi.contacts.mass_action(ContactAction.add_tags(tag.uuid), ids=chosen)
    tagged = {"list_uuid": contact_list.uuid, "tags": [tag.uuid]}
    await wait_for_tags(grinfi, tagged, len(chosen))
    print(f"Tagged {len(chosen)} decision makers with {tag.name!r}. Found again by a filter:")

    by_company: dict[str, list[str]] = {}
    async for contact in grinfi.contacts.search(filter=tagged, limit=100, order_field="name", order_type="asc"):
        by_company.setdefault(contact.company_name or "no company", []).append(contact.name or "no name")
    for company, names in sorted(by_company.items()):
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        print(f"  {company}: {shown}")
    print(f"{sum(map(len, by_company.values()))} contacts found, in {time.monotonic() - started:.1f} s altogether.")


async def make_custom_fields(grinfi: Grinfi, names: list[str]) -> None:
    """Make those custom fields that are not there yet."""
    present = {field.name async for field in grinfi.custom_fields.list() if field.object == "lead"}
    for name in names:
        if name not in present:
            await grinfi.custom_fields.create(name=name, object="lead")


async def wait_for_tags(grinfi: Grinfi, tagged: dict[str, Any], expected: int) -> None:
    """Mass actions run in the background: wait until the search shows the tags."""
    with anyio.move_on_after(MASS_ACTION_SECONDS):
        while ((await grinfi.contacts.search(filter=tagged, limit=1)).total or 0) < expected:
            await anyio.sleep(0.5)
        return
    raise SystemExit(f"The tags of {expected} contacts do not show after {MASS_ACTION_SECONDS} s; look again later.")


async def main(file: Path) -> None:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SystemExit(f"{file} cannot be read: {error}") from None
    if not rows:
        raise SystemExit(f"{file} has no rows.")
    async with Grinfi() as grinfi:
        await import_contacts(grinfi, rows)


if __name__ == "__main__":
    try:
        anyio.run(main, Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FILE)
    except GrinfiError as error:
        raise SystemExit(f"{type(error).__name__}: {error}") from None
