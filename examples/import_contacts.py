"""Import contacts from a CSV file into a new list, tag the decision makers, and search them back.

    GRINFI_API_KEY=... python examples/import_contacts.py [FILE.csv]

Columns that are fields of a contact are sent as such; the others are custom fields. Rows that fail are written to
failed.csv, to be fixed and fed in again.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio

from grinfi_async import Grinfi, GrinfiError
from grinfi_bulk import ImportProblems

DEFAULT_FILE = Path(__file__).with_name("contacts.csv")
DEFAULT_CUSTOM_FIELDS = ("budget", "lead_source")
DECISION_MAKERS = ("Chief", "Founder", "VP", "Head", "Director")


async def import_contacts(grinfi: Grinfi, source: Any) -> None:
    """Import the rows and show what happened."""
    contact_list = await grinfi.lists.create(name=f"Import of {datetime.now(UTC):%Y-%m-%d %H:%M:%S}")
    tag = await grinfi.tags.create(name=f"Decision maker {datetime.now(UTC):%H%M%S}")

    report = await grinfi.bulk.import_contacts(
        source, list_uuid=contact_list.uuid, existing="move", custom_fields=True, progress=True
    )
    print(report)
    if report.failed:
        report.write_failures("failed.csv")
        print("Fix the rows in failed.csv, and import that file.")

    tagged = (await grinfi.bulk.tag(tag.uuid, ids=decision_makers(grinfi, contact_list.uuid))).succeeded
    in_list = {"list_uuid": contact_list.uuid, "tags": [tag.uuid]}
    print(f"Tagged {tagged} decision makers with {tag.name!r}. Found again by a filter:")

    by_company: dict[str, list[str]] = {}
    async for contact in grinfi.contacts.search(filter=in_list, limit=100, order_field="name", order_type="asc"):
        by_company.setdefault(contact.company_name or "no company", []).append(contact.name or "no name")
    for company, names in sorted(by_company.items()):
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        print(f"  {company}: {shown}")
    print(f"{sum(map(len, by_company.values()))} contacts found.")


async def decision_makers(grinfi: Grinfi, list_uuid: str) -> AsyncIterator[str]:
    """The ids of the contacts of a list whose position is a leading one."""
    async for contact in grinfi.contacts.search(filter={"list_uuid": list_uuid}, limit=100):
        if contact.uuid and (contact.position or "").startswith(DECISION_MAKERS):
            yield contact.uuid


async def make_custom_fields(grinfi: Grinfi) -> None:
    """Create the custom fields of the default file that do not exist yet."""
    present = {field.name async for field in grinfi.custom_fields.list() if field.object == "lead"}
    for name in DEFAULT_CUSTOM_FIELDS:
        if name not in present:
            await grinfi.custom_fields.create(name=name, object="lead")


async def main(file: Path) -> None:
    async with Grinfi() as grinfi:
        if file == DEFAULT_FILE:
            await make_custom_fields(grinfi)
        await import_contacts(grinfi, file)


if __name__ == "__main__":
    try:
        anyio.run(main, Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FILE)
    except ImportProblems as problems:
        raise SystemExit(str(problems)) from None
    except (GrinfiError, OSError) as error:
        raise SystemExit(f"{type(error).__name__}: {error}") from None
