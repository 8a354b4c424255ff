"""The step of an import that uploads files. What reading the list back shows is done."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
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
from .mass_steps import PAGE, MassSteps, is_tagged, profiles_of
from .reading import SourceRow
from .report import Outcome
from .who_is_who import temporary

__all__ = ["FileSteps"]

ItemT = TypeVar("ItemT")
TRIAL: Final = 500
"""Rows of the first file, which is read back before there is another."""
PART: Final = 10_000
"""Rows that are held in memory to make files of."""
MOST_TEXT: Final = 8_000_000
"""Characters that are held. The API allows 20 MB for attachments, and names no limit for these files."""
FEWEST: Final = 5
"""Fewer rows are upserted, as a file takes two requests and has to be read back."""
LONGEST_PAUSE: Final = 30.0
UPSERT_TIME: Final = 0.2
"""Seconds of the limit that an upsert takes: a slow import is waited for as long as upserting its rows would take."""
SHOWN_BY: Final = {"email": ("work_email", "personal_email", "email")}
NOT_SHOWN: Final = {"domain"}
"""Fields that are written, and that contacts do not have."""


class FileSteps(MassSteps):
    """An import that may write contacts by the server's own import of files."""

    async def import_files(
        self, rows: Iterable[SourceRow], list_uuid: str, actions: Sequence[ContactAction]
    ) -> Iterable[SourceRow]:
        """Write the contacts by files that the server imports.

        The first file is a trial and read back, then the others are imported and read back. Rows that the new contacts
        of the list do not show as they were sent are upserted: nobody has published whether an import changes contacts
        that are there. So are rows with custom fields, and rows that share a contact. An empty cell might clear a
        field: the rows of a file have the same fields.

        No file is imported twice: the journal has its rows, and the newest contact of the list before, from before its
        import is started. If that is interrupted, the list is read back, and what is missing is upserted. An upload
        alone creates no contact.
        """
        self._begin()
        unseen, written = self._new_rows(), self._new_rows()
        ledger = self._ledger("Import contacts", "")
        tagged = self._ledger("Tag contacts", ".tags", by_key=True)
        self._sought, self._sent, self._leads = Sought(), self._new_rows(), dict[int, dict[str, Any]]()
        try:
            unsent = self._to_write(self._unsent(rows, ledger), ledger, written, unseen)
            parts = self._parts(unsent)
            await self._import([part for _, part in zip(range(1), parts, strict=False)], list_uuid, actions, ledger)
            await self._read_back(list_uuid, actions, ledger, written, tagged, is_trial=True)
            await self._import(parts, list_uuid, actions, ledger)
            await self._read_back(list_uuid, actions, ledger, written, tagged)
            await self._confirm(unseen, ledger, written, actions, tagged)
        finally:
            self._let_go(ledger, tagged)
        return await self._upsert_each(written, list_uuid)

    def _unsent(self, rows: Iterable[SourceRow], ledger: Journal) -> Iterator[SourceRow]:
        """The rows without those whose import an interrupted run has started, or was about to start."""
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
        """The rows that go into a file together: those with the same fields."""
        groups: dict[tuple[str, ...], tuple[list[SourceRow], list[int]]] = {}
        held, text, most = 0, 0, TRIAL
        for row in rows:
            if self._who.is_overwritten(row.number) and self._report.merge == "report":
                self._each.add(row)  # so that the contact shows the last of its rows
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
        self, parts: Iterable[list[SourceRow]], list_uuid: str, actions: Sequence[ContactAction], ledger: Journal
    ) -> None:
        """Upload files and start their imports, one after the other."""
        tags = [str(action.payload["tag_uuid"]) for action in actions if action.payload]

        async def start(part: list[SourceRow]) -> None:
            leads = [self._leads.pop(row.number) for row in part]
            columns = sorted(leads[0])
            file = await self._grinfi.files.upload_csv(
                file=Upload(_csv_of(columns, leads), f"contacts-{part[0].number}.csv", "text/csv")
            )
            if not file.uuid:
                raise DecodeError("POST", "/leads/api/file-imports/upload-csv", 200, "it names no uuid")
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

        await self._in_batches("Import files", start, parts, "write", settle, 1)
        self._stop_if_failed("could not be imported")

    async def _newest(self, list_uuid: str) -> str:
        """When the newest contact of the list was created, by the server's clock; "" if it has none."""
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
        *,
        is_trial: bool = False,
    ) -> None:
        """Read the new contacts of the list; rows that they do not show in time are to be upserted."""
        self._step, self._done, self._latest = "Read contacts back", 0, written
        sought, sent = self._sought, self._sent
        self._sought, self._sent, self._latest = Sought(), self._new_rows(), written
        filter: dict[str, Any] = {"list_uuid": list_uuid}
        if sought.since:
            filter["created_at"] = {">=": sought.since}
        started = anyio.current_time()
        try:
            with observe(count_requests(self._report, self._grinfi.rate_limiter)):
                await self._watch(filter, sought, actions)
        finally:
            self._report.elapsed += anyio.current_time() - started
        missing, known = 0, sought.count - sought.left
        async for row in _without_blocking(sent):
            uuid, has_tags = sought.found(row.number)
            if uuid:
                row.uuid = uuid
                self._is_written(row, ledger, written, tagged if actions and has_tags else None)
            elif uuid is not None:
                missing += 1
                self._each.add(row)
        ledger.commit()
        tagged.commit()
        if missing:
            why = f"{missing:,} rows did not show as new contacts of the list within {self._settle:g} s"
            if is_trial and not known:
                self._fall_back(f"after the import of a file, {why}")
            else:
                self._report.notes.append(f"After the import of files, {why}; they were upserted.")

    async def _watch(self, filter: dict[str, Any], sought: Sought, actions: Sequence[ContactAction]) -> None:
        """Look until all rows are seen, or no more contacts have come for `settle` seconds."""
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
                    await self._read(filter, sought, actions)
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

    async def _read(self, filter: dict[str, Any], sought: Sought, actions: Sequence[ContactAction]) -> None:
        match = Match(filter)
        async for contact in self._grinfi.contacts.search(
            filter=filter, order_field="created_at", order_type="asc", page_size=PAGE
        ):
            row = contact.to_dict()
            if match.broken_by(row) is not None:
                raise FilterIgnoredError(f"F.list_uuid == {filter['list_uuid']!r}", str(row.get("uuid")))
            sought.see(row, actions)
            if not sought.left:
                return


class Sought:
    """Rows that were sent in files, by their profiles, in a temporary file.

    Attributes:
        count: How many there are.
        left: How many of them no contact has shown.
        since: When the newest contact of the list was created before the first of them was sent; "" if there was none.
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
        """Seek a row, which may show up in a contact that was created at this time or later."""
        self.since = min(self.since, since) if self.count else since
        self.count, self.left = self.count + 1, self.left + 1
        self._db.execute("INSERT INTO sought VALUES (?, ?, '', 0)", (row, json.dumps(lead)))
        self._db.executemany("INSERT OR IGNORE INTO profiles VALUES (?, ?)", [(it, row) for it in profiles_of(lead)])

    def drop(self, row: int) -> None:
        """Seek a row no longer, if it was."""
        gone = self._db.execute("DELETE FROM sought WHERE row = ?", (row,)).rowcount
        self._db.execute("DELETE FROM profiles WHERE row = ?", (row,)) if gone else None
        self.count, self.left = self.count - gone, self.left - gone

    def see(self, contact: Mapping[str, Any], actions: Sequence[ContactAction]) -> None:
        """Note the row that a contact shows, if it shows all that was sent."""
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
                (uuid, bool(is_tagged(contact, actions)), found[0]),
            )
            self.left -= not found[2]
            return

    def found(self, row: int) -> tuple[str | None, bool]:
        """The UUID of the contact that shows a row, "" if none does, None if it is not sought; whether it is tagged."""
        found = self._db.execute("SELECT uuid, is_tagged FROM sought WHERE row = ?", (row,)).fetchone()
        return (None, False) if found is None else (found[0], bool(found[1]))


async def _without_blocking(items: Iterable[ItemT]) -> AsyncIterator[ItemT]:
    for place, item in enumerate(items):
        if place % TRIAL == 0:
            await anyio.lowlevel.checkpoint()
        yield item


def _shows(contact: Mapping[str, Any], lead: Mapping[str, Any]) -> bool:
    """Whether a contact shows what was sent, as far as contacts have such fields."""
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
    """A text without what servers change: spaces around and between words, and capitals."""
    return " ".join(str(value).split()).casefold()


def _csv_of(columns: Sequence[str], leads: Iterable[Mapping[str, Any]]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([lead[column] for column in columns] for lead in leads)
    return file.getvalue().encode()
