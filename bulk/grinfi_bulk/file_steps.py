"""The step of an import that uploads files. A row counts as done when a new contact of the list shows it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, TypeVar

import anyio.lowlevel

from grinfi_async import (
    ContactAction,
    DecodeError,
    FilterIgnoredError,
    GrinfiError,
    InvalidArgumentError,
    LinkedInIdentity,
    NotFoundError,
    UnprocessableEntityError,
    Upload,
    observe,
)
from grinfi_support.matching import Match

from .failures import FATAL_ERRORS
from .import_steps import Rows
from .jobs import count_requests
from .journal import Journal
from .known_columns import IDENTITY_FIELDS
from .mass_steps import PAGE, MassSteps, profiles_of
from .reading import SourceRow
from .report import Outcome
from .verifying import Check
from .who_is_who import temporary

__all__ = ["FileSteps"]

ItemT = TypeVar("ItemT")
HasEffect = Callable[[Mapping[str, Any]], bool | None]
"""Whether a contact shows its tags and stage; None if it has no such fields."""
TRIAL: Final = 500
"""Rows of the first file."""
PART: Final = 9_500
"""Most rows of a file. Sorted by creation, all of them are among the newest 10,000, which is what a list returns."""
MOST_TEXT: Final = 8_000_000
"""Most characters that are held. The API allows 20 MB for attachments, and documents no limit for these files."""
FEWEST: Final = 5
"""Fewer rows are upserted, as a file takes two requests and has to be read back."""
LONGEST_PAUSE: Final = 30.0
UPSERT_TIME: Final = 0.2
"""Seconds that the limit allows an upsert: a slow import is waited for as long as upserting its rows would take."""
SHOWN_BY: Final = {"email": ("work_email", "personal_email", "email")}
NOT_SHOWN: Final = {"domain"}
"""Fields that can be written, but that contacts do not show."""


class FileSteps(MassSteps):
    """Steps of an import that may use the server's import of files."""

    async def import_files(
        self, rows: Iterable[SourceRow], list_uuid: str, actions: Sequence[ContactAction]
    ) -> Iterable[SourceRow]:
        """Write the contacts by files that the server imports.

        The files are imported and read back one after the other; the first is small. Rows that no new contact of the
        list shows as sent are upserted: it is not documented whether an import changes existing contacts. So are rows
        with custom fields, and rows that share a contact. An empty cell might clear a field, so the rows of a file all
        have the same fields.

        No file is imported twice: before an import starts, the journal gets its rows and the creation time of the
        newest contact of the list. After an interruption, the list is read back from that time on, and missing rows
        are upserted. An upload alone creates no contact.
        """
        # upload -- newest contact of the list -- journal: rows "started", with that time -- start the import -- watch
        #   |                                        |                                            |
        #   crash: nothing was created,              crash: the import may run. The next run       |
        #   the rows are sent again                  reads the list back and starts no other     shown -> written
        #                                                                                        not   -> `_each`
        self._begin()
        unseen, written = self._new_rows(), self._new_rows()
        ledger = self._ledger("Import contacts", "")
        tagged = self._ledger("Tag contacts", ".tags", by_key=True)
        self._sought, self._sent, self._leads = Sought(), self._new_rows(), dict[int, dict[str, Any]]()
        self._missing = 0
        try:
            unsent = self._to_write(self._unsent(rows, ledger), ledger, written, unseen)
            for part in self._parts(unsent):
                await self._read_back(list_uuid, actions, ledger, written, tagged)  # what an interrupted run has sent
                await self._import(part, list_uuid, actions, ledger)
                await self._read_back(list_uuid, actions, ledger, written, tagged)
            await self._read_back(list_uuid, actions, ledger, written, tagged)
            if self._missing and not self._is_refused:
                self._report.notes.append(f"{self._unseen()}; they were upserted.")
            await self._confirm(unseen, ledger, written, actions, tagged)
        finally:
            self._let_go(ledger, tagged)
        return await self._upsert_each(written, list_uuid)

    def _unsent(self, rows: Iterable[SourceRow], ledger: Journal) -> Iterator[SourceRow]:
        """The rows without those whose import an interrupted run started, or was about to start."""
        for row in rows:
            known = ledger.find(row.number, self._columns.key(row))
            if known is not None and known.row == row.number and known.state == "started" and known.result is not None:
                self._seek(row, self._columns.ready(row).lead, str(known.result))
            else:
                yield row

    def _seek(self, row: SourceRow, lead: Mapping[str, Any], since: str) -> None:
        self._sought.add(row.number, lead, since)
        self._sent.add(row)

    def _parts(self, rows: Iterable[SourceRow]) -> Iterator[list[SourceRow]]:
        """The rows of each file: rows with the same fields."""
        # Rows are collected in groups by their fields. When PART rows are held, the largest group becomes a file.
        groups: dict[tuple[str, ...], tuple[list[SourceRow], list[int]]] = {}
        held, text, most = 0, 0, TRIAL
        for row in rows:
            if self._who.is_overwritten(row.number) and self._report.merge == "report":
                self._each.add(row)  # after the files, in order, so that the contact shows the last of its rows
                continue
            lead = self._leads[row.number] = self._columns.ready(row).lead
            members, size = groups.setdefault(tuple(sorted(lead)), ([], [0]))
            members.append(row)
            size[0] += (length := sum(len(str(value)) for value in lead.values()))
            held, text = held + 1, text + length
            if held >= most or text >= MOST_TEXT:
                part, size = groups.pop(max(groups, key=lambda fields: len(groups[fields][0])))
                held, text, most = held - len(part), text - size[0], PART
                yield from self._unless_refused(part)
        for part, _ in groups.values():
            yield from self._unless_refused(part)

    def _unless_refused(self, part: list[SourceRow]) -> Iterator[list[SourceRow]]:
        if not self._is_refused and len(part) >= FEWEST:
            yield part
            return
        for row in part:
            del self._leads[row.number]
            self._each.add(row)

    async def _import(
        self, part: list[SourceRow], list_uuid: str, actions: Sequence[ContactAction], ledger: Journal
    ) -> None:
        """Upload a file and start its import."""
        tags = [str(payload["tag_uuid"]) for payload in map(_payload, actions) if "tag_uuid" in payload]

        async def start(part: list[SourceRow]) -> None:
            leads = [self._leads.pop(row.number) for row in part]
            columns = sorted(leads[0])
            file = await self._grinfi.files.upload_csv(
                file=Upload(_csv_of(columns, leads), f"contacts-{part[0].number}.csv", "text/csv")
            )
            if not file.uuid:
                raise DecodeError("POST", "/leads/api/file-imports/upload-csv", 200, "it has no uuid")
            since = await self._newest(list_uuid)
            async for row, lead in _without_blocking(zip(part, leads, strict=True)):
                key = self._columns.key(row)
                ledger.start(row.number, key)
                ledger.end(row.number, key, "started", result=since)
                self._seek(row, lead, since)
            ledger.commit()
            await self._grinfi.files.import_contacts(
                file.uuid,
                columns=[{"source": column, "target": column} for column in columns],
                list_uuid=list_uuid,
                tags=tags,
            )

        def settle(outcome: Outcome[list[SourceRow], None]) -> None:
            error, is_lost = outcome.error, outcome.status == "unknown"
            is_refusal = isinstance(error, NotFoundError | UnprocessableEntityError | DecodeError)
            if is_refusal:
                self._fall_back(f"the server does not import files ({error})")
            for row in outcome.item if error is not None else ():
                key = self._columns.key(row)
                if is_lost and self._sought.found(row.number)[0] is not None:
                    continue  # its import may have started
                self._sought.drop(row.number)
                if is_lost:
                    self._fall_back(f"a file could not be uploaded ({error})")
                if is_refusal or is_lost:
                    self._each.add(row)
                else:
                    ledger.start(row.number, key)
                    ledger.end(row.number, key, "failed", error=str(error))
                    self._record(Outcome(row.number, key, row, "failed", error=error))
            ledger.commit()

        await self._in_batches("Import file", start, [part], "write", settle)
        self._stop_if_failed("could not be imported")

    async def _newest(self, list_uuid: str) -> str:
        """Creation time of the newest contact of the list, by the server's clock; "" for an empty list."""
        page = await self._grinfi.contacts.search(
            filter={"list_uuid": list_uuid}, order_field="created_at", order_type="desc", limit=1
        )
        shown = page[0].to_dict().get("created_at") if len(page) else None
        return shown if isinstance(shown, str) else ""

    async def _read_back(
        self,
        list_uuid: str,
        actions: Sequence[ContactAction],
        ledger: Journal,
        written: Rows,
        tagged: Journal,
    ) -> None:
        """Read the new contacts of the list; rows that do not show in time are to be upserted."""
        if not self._sought.count:
            return
        self._step, self._done, self._latest = "Read contacts back", 0, written
        sought, sent = self._sought, self._sent
        self._sought, self._sent, self._latest = Sought(), self._new_rows(), written
        filter: dict[str, Any] = {"list_uuid": list_uuid}
        if sought.since:
            filter["created_at"] = {">=": sought.since}
        check = Check(self._grinfi, self._grinfi.contacts.search, actions, verify="all", settle=self._settle)
        started = anyio.current_time()
        try:
            with observe(count_requests(self._report, self._grinfi.rate_limiter)):
                await self._watch(filter, sought, check.has_effect)
        finally:
            self._report.elapsed += anyio.current_time() - started
        self._missing += sought.left
        async for row in _without_blocking(sent):
            uuid, has_tags = sought.found(row.number)
            if uuid:
                row.uuid = uuid
                self._is_written(row, ledger, written, tagged if actions and has_tags else None)
            elif uuid is not None:
                self._each.add(row)
        ledger.commit()
        tagged.commit()
        if sought.left == sought.count:
            self._fall_back(self._unseen())

    def _unseen(self) -> str:
        return (
            f"After the import of files, {self._missing:,} rows did not show as new contacts of the list "
            f"within {self._settle:g} s"
        )

    async def _watch(self, filter: dict[str, Any], sought: Sought, has_effect: HasEffect) -> None:
        """Look until all rows are seen, or no new contact has appeared for `settle` seconds."""
        # A count (one request) is cheap, reading the contacts is not. So look at the count at growing intervals, and
        # read only when it may have all rows, or when the time is over:
        #
        #   0.2 s   count = 0        no progress yet
        #   0.7 s   count = 900      progress: the `settle` seconds begin again, but end at `patience`
        #   2.0 s   count = 4,500    of 4,500: read
        search = self._grinfi.contacts.search
        started = progressed = anyio.current_time()
        patience = started + self._settle + sought.count * UPSERT_TIME
        latest: tuple[int | None, int] = (0, sought.left)
        pause = 0.2
        while sought.left:
            over = min(progressed + self._settle, patience)
            await anyio.sleep(max(0.0, min(pause, over - anyio.current_time())))
            pause = min(pause * 2.5, LONGEST_PAUSE)
            is_last, total = anyio.current_time() >= over, None
            try:
                total = (await search(filter=filter, limit=1)).total
                if is_last or total is None or (total >= sought.left and total != latest[0]):
                    await self._read(filter, sought, has_effect)
            except FilterIgnoredError:
                return
            except GrinfiError as error:
                if isinstance(error, FATAL_ERRORS):
                    raise
            now, seen = (total, sought.left), anyio.current_time()
            if now != latest:
                latest, progressed = now, seen
            elif is_last:
                return
            if seen >= patience:
                return

    async def _read(self, filter: dict[str, Any], sought: Sought, has_effect: HasEffect) -> None:
        match = Match(filter)
        async for contact in self._grinfi.contacts.search(
            filter=filter, order_field="created_at", order_type="desc", page_size=PAGE
        ):
            row = contact.to_dict()
            if match.broken_by(row) is not None:
                raise FilterIgnoredError(f"F.list_uuid == {filter['list_uuid']!r}", str(row.get("uuid")))
            sought.see(row, has_effect)
            if not sought.left:
                return


class Sought:
    """Rows that were sent in files and are looked for in the list, by their profiles, in a temporary file.

    Attributes:
        count: Number of rows.
        left: Number of rows that no contact has shown yet.
        since: Creation time of the newest contact of the list before the first row was sent; "" if there was none.
    """

    def __init__(self) -> None:
        self._db = temporary(
            self,
            "CREATE TABLE profiles (profile TEXT PRIMARY KEY, row INTEGER) WITHOUT ROWID;"
            "CREATE TABLE sought (row INTEGER PRIMARY KEY, lead TEXT, uuid TEXT, is_tagged INTEGER);"
            "CREATE INDEX uuids ON sought (uuid);",
        )
        self.count = self.left = 0
        self.since: str = ""

    def add(self, row: int, lead: Mapping[str, Any], since: str) -> None:
        """Look for a row among contacts that were created at this time or later."""
        self.since = min(self.since, since) if self.count else since
        self.count, self.left = self.count + 1, self.left + 1
        self._db.execute("INSERT INTO sought VALUES (?, ?, '', 0)", (row, json.dumps(lead)))
        self._db.executemany("INSERT OR IGNORE INTO profiles VALUES (?, ?)", [(it, row) for it in profiles_of(lead)])

    def drop(self, row: int) -> None:
        """Stop looking for a row."""
        gone = self._db.execute("DELETE FROM sought WHERE row = ?", (row,)).rowcount
        self._db.execute("DELETE FROM profiles WHERE row = ?", (row,)) if gone else None
        self.count, self.left = self.count - gone, self.left - gone

    def see(self, contact: Mapping[str, Any], has_effect: HasEffect) -> None:
        """Record the row that a contact shows, if it shows every field that was sent."""
        uuid = contact.get("uuid")
        for profile in profiles_of(contact) if isinstance(uuid, str) and uuid else ():
            query = "SELECT row, lead, uuid FROM sought WHERE row = (SELECT row FROM profiles WHERE profile = ?)"
            found = self._db.execute(query, (profile,)).fetchone()
            if found is None or (found[2] and found[2] != uuid):
                continue
            if not _shows(contact, json.loads(found[1])):
                continue
            self._db.execute(
                "UPDATE sought SET uuid = ?, is_tagged = ? WHERE row = ?",
                (uuid, bool(has_effect(contact)), found[0]),
            )
            self.left -= not found[2]
            return

    def found(self, row: int) -> tuple[str | None, bool]:
        """UUID of the contact that shows a row ("" if none does, None if it is not looked for), and if it is tagged."""
        found = self._db.execute("SELECT uuid, is_tagged FROM sought WHERE row = ?", (row,)).fetchone()
        return (None, False) if found is None else (found[0], bool(found[1]))


def _payload(action: ContactAction) -> Mapping[str, Any]:
    return action.payload or {}


async def _without_blocking(items: Iterable[ItemT]) -> AsyncIterator[ItemT]:
    for place, item in enumerate(items):
        if place % TRIAL == 0:
            await anyio.lowlevel.checkpoint()
        yield item


def _shows(contact: Mapping[str, Any], lead: Mapping[str, Any]) -> bool:
    """Whether a contact shows every field that was sent and that contacts have."""
    profiles = set(profiles_of(contact))
    for name, value in lead.items():
        if name in NOT_SHOWN or value is None:
            continue
        if name in IDENTITY_FIELDS:
            with suppress(InvalidArgumentError):
                if LinkedInIdentity.parse(str(value)).value in profiles:
                    continue
            return False
        if _plain(value) not in [_plain(contact.get(it)) for it in SHOWN_BY.get(name, (name,))]:
            return False
    return True


def _plain(value: Any) -> str:
    """A text for comparison, without differences in spaces and capitals, which servers may change."""
    return " ".join(str(value).split()).casefold()


def _csv_of(columns: Sequence[str], leads: Iterable[Mapping[str, Any]]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([lead[column] for column in columns] for lead in leads)
    return file.getvalue().encode()
