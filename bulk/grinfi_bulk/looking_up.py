"""Which rows of an import are existing contacts: looked up by reading, where that is cheap."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import aclosing, suppress
from typing import Any, Final

from grinfi_async import Grinfi, InvalidArgumentError, LinkedInIdentity, observe

from .import_report import ImportReport
from .jobs import count_requests
from .known_columns import IDENTITY_FIELDS
from .who_is_who import Mark, WhoIsWho
from .wording import counted

__all__ = ["find_existing", "marks_of"]

MAX_PAGES: Final = 100
"""Most requests to read all contacts: well within the limit of a minute."""
MAX_ROWS: Final = 200
"""Most rows that are looked up one by one; each takes two requests or more."""
PAGE: Final = 1000


async def find_existing(
    grinfi: Grinfi, who: WhoIsWho, count: int, report: ImportReport, look_up: Callable[[], Awaitable[ImportReport]]
) -> tuple[int | None, str]:
    """The number of rows whose contact exists, and how that was found out; None and why, if it was not looked up.

    Args:
        grinfi: The client.
        who: The rows, without merged ones and duplicates.
        count: Number of these rows.
        report: Gets the number of requests.
        look_up: Looks up each row.
    """
    with observe(count_requests(report, grinfi.rate_limiter)):
        total = (await grinfi.contacts.search(limit=1, disable_aggregation=True)).total
        if total is not None and total <= PAGE * min(MAX_PAGES, 2 * count):
            async with aclosing(_rows(grinfi)) as rows:
                async for row in rows:
                    who.meet(marks_of(row))
            return who.met, f"found by reading the team's {counted(total, 'contact')}"
    if count <= MAX_ROWS:
        asked = await look_up()
        report.requests += asked.requests
        failed = f"; {asked.failed:,} failed" if asked.failed else ""
        return asked.existing, f"each row was looked up{failed}"
    team = "contacts" if total is None else counted(total, "contact")
    return None, f"the team has {team}, too many to read for {counted(count, 'row')}"


async def _rows(grinfi: Grinfi) -> AsyncGenerator[dict[str, Any]]:
    async for contact in grinfi.contacts.search(disable_aggregation=True):
        yield contact.to_dict()


def marks_of(contact: Mapping[str, Any]) -> Iterator[Mark]:
    """The marks by which the server recognises an existing contact, like `Columns._marks` of a row."""
    for name in (*IDENTITY_FIELDS, "ln_member_id"):
        with suppress(InvalidArgumentError):
            if (value := contact.get(name)) not in (None, ""):
                yield Mark("profile", LinkedInIdentity.parse(str(value)).value)
    for name in ("email", "work_email", "personal_email"):
        if isinstance(value := contact.get(name), str) and value:
            yield Mark("email", value.casefold())
    parts = [str(value) for name in ("first_name", "last_name") if (value := contact.get(name))]
    who, company = " ".join(parts) or contact.get("name"), contact.get("company_name")
    if who and company:
        yield Mark("name and company", f"{who}\0{company}".casefold())
