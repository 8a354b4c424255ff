"""The steps of an import that send many contacts in a request. A contact counts as done when a later read shows it."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, Literal, TypeVar

import anyio

from grinfi_async import (
    ContactAction,
    FilterIgnoredError,
    GrinfiError,
    InvalidArgumentError,
    LinkedInIdentity,
    NotFoundError,
    RetryClass,
    UnprocessableEntityError,
    observe,
)

from .actions import chunks_of
from .engine import BulkJob
from .errors import LeftAloneError, NotSeenError, UnknownOutcomeError
from .failures import FATAL_ERRORS
from .import_steps import CLAIMED, Rows, Steps, tag_title
from .jobs import count_requests
from .journal import Journal
from .known_columns import IDENTITY_FIELDS
from .options import DEFAULT_GRACE
from .reading import SourceRow
from .reasons import reason_of
from .report import Outcome
from .verifying import LOOKS, Check, places_of, rows_of
from .who_is_who import Written
from .wording import counted

__all__ = ["MassSteps", "profiles_of"]

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")
BATCH: Final = 500
"""Contacts that one request creates. The first request is a trial."""
PAGE: Final = 2500
"""Contacts that one request reads back: the most that a search returns."""
PLACES: Final = 100
"""Contacts that are looked for in the automation by one call, which reads them 20 in a request."""
PARALLEL_BATCHES: Final = 4
"""Batches that are held in memory, and may have to be sent again after a crash."""
ROWS_A_SECOND: Final = 2000
"""Rows per second that a server may create at best: an earlier look would only cost a request."""


class MassSteps(Steps):
    """Steps that need few requests."""

    # -- writing -------------------------------------------------------------------------------------------------------

    async def create(
        self, rows: Iterable[SourceRow], list_uuid: str, actions: Sequence[ContactAction]
    ) -> Iterable[SourceRow]:
        """Write the contacts, many in a request.

        The first request is a trial, and read back. Then the others are created, all are tagged, and read back.
        Rows that do not show are upserted, and so are rows that need their own request: rows with custom fields,
        further rows of a contact, and rows that an interrupted run was sending.
        """
        # 500 rows -- create -- read back --+-- shown --------> `written`, or `unseen` if they are still to be tagged
        #  (trial)                          +-- not shown ----> `_each`, and so are all rows to come (`_fall_back`)
        #
        # the rest -- create --> `unseen` -- tag -- read back --+-- shown --------------> `written`
        #                                                       +-- shown, not tagged --> `written`; the next step tags
        #                                                       +-- not shown ----------> `_each`
        #
        # `_each`  -- upsert --> `written`
        #
        # Upserting is idempotent, so a row whose fate is unclear can always take that way. Reading back comes last,
        # once for writing and tagging: 10,000 contacts with tags take 20 + 20 + 4 requests, and 1 for the trial.
        self._begin()
        unseen, trial, written = self._new_rows(), self._new_rows(), self._new_rows()
        ledger = self._ledger("Import contacts", "")
        tagged = self._ledger(tag_title(actions), ".tags", by_key=True)
        try:
            batches = self._batches(rows, ledger, written, unseen)
            await self._send([batch for _, batch in zip(range(1), batches, strict=False)], list_uuid, ledger, trial)
            await self._confirm(trial, ledger, unseen if actions else written, [], tagged, is_last=not actions)
            await self._send(batches, list_uuid, ledger, unseen)
            if actions:
                await self._tag_unseen(unseen, actions)
            await self._confirm(unseen, ledger, written, actions, tagged)
        finally:
            self._let_go(ledger, tagged)
        return await self._upsert_each(written, list_uuid)

    def _begin(self) -> None:
        self._index, self._each, self._is_refused = Written(first_wins=False), self._new_rows(), False

    async def _upsert_each(self, written: Rows, list_uuid: str) -> Iterable[SourceRow]:
        """Upsert the rows that could not be written in batches."""
        self._latest = written
        await self._upsert(self._each, len(self._each), list_uuid, "update", written, self._index)
        return self._contacts(written, self._index)

    def _batches(
        self, rows: Iterable[SourceRow], ledger: Journal, written: Rows, unseen: Rows
    ) -> Iterator[list[SourceRow]]:
        """The rows of each request."""
        batch: list[SourceRow] = []
        for row in self._to_write(rows, ledger, written, unseen):
            batch.append(row)
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    def _to_write(self, rows: Iterable[SourceRow], ledger: Journal, written: Rows, unseen: Rows) -> Iterator[SourceRow]:
        """The rows that can be written in batches; the others are added to `written`, `unseen` or `_each`."""
        # journal: done -> written; sent (with a UUID) -> unseen, to be read back; anything else -> `_each`
        for row in rows:
            key = self._columns.key(row)
            known, same = ledger.find(row.number, key), self._who.find(row.number)
            if same is not None and same.is_duplicate:
                self._report.record(Outcome(row.number, key, row, "duplicate"))
            elif known is not None and known.state in {"done", "sent"} and known.result:
                row.uuid = str(known.result)
                if known.state == "done":
                    self._index.add(row.uuid, row.number, is_new=False)
                (written if known.state == "done" else unseen).add(row)
            elif known is not None or same is not None or self._is_refused or self._columns.has_custom_values(row):
                self._each.add(row)
            else:
                yield row

    async def _send(self, batches: Iterable[list[SourceRow]], list_uuid: str, ledger: Journal, unseen: Rows) -> None:
        """Create contacts. Rows that the answers show become `unseen`, the others are to be upserted."""

        async def create(batch: list[SourceRow]) -> dict[int, str]:
            for row in batch:
                ledger.start(row.number, self._columns.key(row))
            ledger.commit()
            leads: list[Any] = [self._columns.ready(row).lead for row in batch]
            answer = await self._grinfi.contacts.create_many(list_uuid=list_uuid, leads=leads)
            uuids = _uuids([contact.to_dict() for contact in answer])
            found = ((row.number, _uuid_of(lead, uuids)) for row, lead in zip(batch, leads, strict=True))
            return {number: uuid for number, uuid in found if uuid is not None}

        def settle(outcome: Outcome[list[SourceRow], dict[int, str]]) -> None:
            uuids, error = outcome.result or {}, outcome.error
            is_refusal = isinstance(error, NotFoundError | UnprocessableEntityError)
            if isinstance(error, NotFoundError):
                self._fall_back(f"the server does not create many at once ({error})")
            elif error is None and not uuids:
                self._fall_back("the answer to a request that creates many does not show them")
            for row in outcome.item:
                key = self._columns.key(row)
                if row.number in uuids:
                    row.uuid = uuids[row.number]
                    ledger.end(row.number, key, "sent", result=row.uuid)
                    unseen.add(row)
                elif error is None or is_refusal or outcome.status == "unknown":
                    self._each.add(row)
                else:
                    ledger.end(row.number, key, "failed", error=reason_of(error))
                    self._record(Outcome(row.number, key, row, "failed", error=error))
            ledger.commit()

        await self._in_batches("Create contacts", create, batches, "write", settle)
        self._stop_if_failed("could not be created")

    def _fall_back(self, why: str) -> None:
        """From now on, upsert all rows."""
        if not self._is_refused:
            self._is_refused = True
            self._report.notes.append(f"Contacts were written one by one: {why}.")

    async def _tag_unseen(self, rows: Rows, actions: Sequence[ContactAction]) -> None:
        """Tag contacts before they are read back. Those that are not tagged then are tagged by the next step."""

        async def tag(batch: list[SourceRow]) -> None:
            ids = list(dict.fromkeys(row.uuid or "" for row in batch))
            for action in actions:
                await self._grinfi.contacts.mass_action(action, ids=ids)

        await self._in_batches(tag_title(actions), tag, chunks_of(rows), "idempotent", lambda outcome: None)

    async def _confirm(
        self,
        rows: Rows,
        ledger: Journal,
        seen: Rows,
        actions: Sequence[ContactAction],
        tagged: Journal,
        is_last: bool = True,
    ) -> None:
        """Read contacts back, with their tags; those that do not show within `settle` seconds are to be upserted."""
        check = Check(self._grinfi, self._grinfi.contacts.search, actions, verify="all", settle=self._settle)
        started = anyio.current_time()

        async def look(batch: list[SourceRow]) -> dict[str, bool | None]:
            """UUID -> whether the contact is tagged, for those that exist."""
            shown: dict[str, bool | None] = {}
            for pause in self._pauses(started, len(rows) if actions else 0):
                await anyio.sleep(pause)
                left = {row.uuid or "": None for row in batch if shown.get(row.uuid or "", False) is False}
                try:
                    found = await rows_of(self._grinfi.contacts.search, list(left))
                except FilterIgnoredError:
                    break
                except GrinfiError as error:
                    if isinstance(error, FATAL_ERRORS):
                        raise
                    continue
                shown |= {uuid: check.has_effect(row) for uuid, row in found.items()}
                if all(shown.get(row.uuid or "", False) is not False for row in batch):
                    break
            return shown

        missing = 0

        def settle(outcome: Outcome[list[SourceRow], dict[str, bool | None]]) -> None:
            nonlocal missing
            for row in outcome.item:
                uuid = row.uuid or ""
                if outcome.result is None or uuid not in outcome.result:
                    missing += 1
                    self._each.add(row)
                elif is_last:
                    self._is_written(row, ledger, seen, tagged if actions and outcome.result[uuid] else None)
                else:
                    seen.add(row)
            ledger.commit()
            tagged.commit()

        # One batch at once: while the first does not show its tags, it is too early to read the others.
        await self._in_batches("Read contacts back", look, chunks_of(rows, PAGE), "read", settle, 1)
        if missing:
            self._fall_back(f"{counted(missing, 'contact')} created in a batch did not show within {self._settle:g} s")

    def _is_written(self, row: SourceRow, ledger: Journal, written: Rows, tagged: Journal | None) -> None:
        """Record a contact that was read back; with `tagged` also that it is tagged."""
        uuid = row.uuid or ""
        ledger.end(row.number, self._columns.key(row), "done", result=uuid)
        self._index.add(uuid, row.number, is_new=True)
        row.changed = True
        written.add(row)
        if tagged is not None:
            tagged.start(row.number, uuid)
            tagged.end(row.number, uuid, "done")

    # -- automation ----------------------------------------------------------------------------------------------------

    async def enrol(self, rows: Iterable[SourceRow], flow_uuid: str) -> Iterable[SourceRow]:
        """Add the contacts to the automation by mass actions, none of them twice.

        If the automation then has exactly that many more contacts, all were added; otherwise each contact is looked up
        there.
        """
        # count the contacts of the automation
        #   v
        # mass actions, one after the other --> accepted, or unclear (the answer was lost)
        #   v
        # count again --> exactly as many more as were accepted, none unclear or doubtful: all are done
        #   v
        # otherwise look up each contact --> done; sent (accepted, not there); unknown (unclear, not there)
        #
        # Contacts that an earlier run sent are `doubtful`: they are looked up, and sent again only with
        # repeat_unknown=True. A higher count than expected proves nothing, as others may add contacts too. Counting
        # saves requests: a look-up reads only 20 contacts in a request.
        accepted, unclear, added = self._new_rows(), self._new_rows(), self._new_rows()
        doubtful, repeated = self._new_rows(), self._new_rows()  # sent by an earlier run; to be sent again
        ledger = self._ledger("Add to automation", ".automation", by_key=True)
        action = ContactAction.add_to_flow(flow_uuid)

        def done(row: SourceRow) -> None:
            ledger.end(row.number, row.uuid or "", "done")
            row.changed = True
            added.add(row)

        def new() -> Iterator[SourceRow]:
            for row in rows:
                known = ledger.find(row.number, row.uuid or "")
                if known is None or known.state in {"pending", "failed"}:
                    yield row
                else:
                    (added if known.state == "done" else doubtful).add(row)

        async def add(batch: list[SourceRow]) -> set[str]:
            ids = [row.uuid or "" for row in batch]
            if self._claim is not None:
                ids = [uuid for uuid in ids if await self._claim(uuid)]
            for row in batch:
                if row.uuid in ids:
                    ledger.start(row.number, row.uuid)
            ledger.commit()
            if ids:
                await self._grinfi.contacts.mass_action(action, ids=ids)
            return set(ids)

        def settle(outcome: Outcome[list[SourceRow], set[str]]) -> None:
            for row in outcome.item:
                uuid, error = row.uuid or "", outcome.error
                if outcome.result is not None and uuid not in outcome.result:
                    error = LeftAloneError(CLAIMED)
                    left: Outcome[SourceRow, Any] = Outcome(
                        row.number, self._columns.key(row), row, "skipped", error=error
                    )
                    self._report.record(left)
                elif error is None:
                    ledger.end(row.number, uuid, "sent")
                    accepted.add(row)
                elif outcome.status == "unknown":
                    ledger.end(row.number, uuid, "unknown", error=reason_of(error))
                    unclear.add(row)
                else:
                    ledger.end(row.number, uuid, "failed", error=reason_of(error))
                    self._record(Outcome(row.number, self._columns.key(row), row, "failed", error=error))
            ledger.commit()

        def give_up(batch: list[SourceRow]) -> None:
            for row in batch:
                known = ledger.find(row.number, row.uuid or "")
                if known is not None and known.state == "started":
                    error = UnknownOutcomeError("It was being added to the automation when the import was interrupted.")
                    self._report.record(Outcome(row.number, self._columns.key(row), row, "unknown", error=error))

        async def look(batch: list[SourceRow]) -> set[str]:
            there: set[str] = set()
            failure: GrinfiError | None = None
            is_read = False
            for pause in self._pauses(started):
                await anyio.sleep(pause)
                left = [row.uuid or "" for row in batch if row.uuid not in there]
                try:
                    there |= {uuid for uuid, _ in await places_of(self._grinfi, flow_uuid, left)}
                    is_read = True
                except FilterIgnoredError:
                    break
                except GrinfiError as error:
                    if isinstance(error, FATAL_ERRORS):
                        raise
                    failure = error
                if len(there) == len(batch):
                    break
            if failure is not None and not is_read:
                raise failure
            return there

        async def look_for(rows: Rows, missing: Callable[[SourceRow], None]) -> None:
            def settle(outcome: Outcome[list[SourceRow], set[str]]) -> None:
                for row in outcome.item:
                    is_there = outcome.result is not None and row.uuid in outcome.result
                    (done if is_there else missing if outcome.error is None else report)(row)
                ledger.commit()

            await self._in_batches("Read the automation", look, chunks_of(rows, PLACES), "read", settle)

        def report(row: SourceRow) -> None:
            known = ledger.find(row.number, row.uuid or "")
            is_sent = known is not None and known.state == "sent"
            error: Exception = (
                NotSeenError(f"the automation did not show it within {self._settle:g} s")
                if is_sent
                else UnknownOutcomeError(
                    "It was being added to the automation, which does not show it. Check whether it was; "
                    "repeat_unknown=True adds it again."
                )
            )
            status: Literal["sent", "unknown"] = "sent" if is_sent else "unknown"
            self._report.record(Outcome(row.number, self._columns.key(row), row, status, error=error))

        try:
            with observe(count_requests(self._report, self._grinfi.rate_limiter)):
                before = await self._count_places(flow_uuid)
            # One batch at once: if the process is killed, only the batch in flight is unknown.
            await self._in_batches("Add to automation", add, chunks_of(new()), "write", settle, 1, give_up)
            started, is_done = anyio.current_time(), False
            await look_for(doubtful, repeated.add if self._options.get("repeat_unknown") else report)
            if len(repeated):
                await self._in_batches("Add to automation", add, chunks_of(repeated), "write", settle, 1, give_up)
                started = anyio.current_time()
            self._stop_if_failed("could not be added to the automation")
            # Contacts in doubt may appear while they are counted, and would make the count exact by accident.
            if before is not None and len(accepted) and not len(unclear) + len(doubtful):
                with observe(count_requests(self._report, self._grinfi.rate_limiter)):
                    for pause in self._pauses(started, len(accepted)):
                        await anyio.sleep(pause)
                        if (now := await self._count_places(flow_uuid)) is not None and now - before >= len(accepted):
                            is_done = now - before == len(accepted)
                            break
            for row in accepted:
                if is_done:
                    done(row)
                else:
                    unclear.add(row)
            ledger.commit()
            await look_for(unclear, report)
        finally:
            self._let_go(ledger)
        self._latest = added
        return added

    async def _count_places(self, flow_uuid: str) -> int | None:
        """How many contacts are in the automation; None if the server does not say."""
        try:
            page = await self._grinfi.automations.list_contacts(filter={"flow_uuid": [flow_uuid]}, limit=1)
        except GrinfiError as error:
            if isinstance(error, FATAL_ERRORS):
                raise
            return None
        is_heard = all(str(row.get("flow_uuid")).casefold() == flow_uuid.casefold() for row in page)
        return page.total if is_heard else None

    # -- shared parts --------------------------------------------------------------------------------------------------

    def _pauses(self, started: float, rows: int = 0) -> Iterator[float]:
        """Seconds to sleep before each look: longer for many rows, none for a batch whose turn comes late."""
        least, now = min(rows / ROWS_A_SECOND, LOOKS[-1]), anyio.current_time()
        moments = [started + it for it in (*(it for it in LOOKS if least <= it < self._settle), self._settle)]
        if moments[0] < now:
            moments = [now, *([it for it in moments if it > now] or [now + LOOKS[1]])]
        for moment in moments:
            yield max(0.0, moment - anyio.current_time())

    async def _in_batches(
        self,
        title: str,
        call: Callable[[list[SourceRow]], Awaitable[ResultT]],
        batches: Iterable[list[SourceRow]] | AsyncIterable[list[SourceRow]],
        retry_class: RetryClass,
        settle: Callable[[Outcome[list[SourceRow], ResultT]], None],
        concurrency: int = PARALLEL_BATCHES,
        give_up: Callable[[list[SourceRow]], None] = lambda batch: None,
    ) -> None:
        """Call a function for each batch and settle its outcome; `give_up` batches in flight at an interruption."""
        self._step, self._done = title, 0
        under_way: dict[int, list[SourceRow]] = {}

        async def watched(batch: list[SourceRow]) -> ResultT:
            under_way[batch[0].number] = batch
            return await call(batch)

        job: BulkJob[list[SourceRow], ResultT] = BulkJob(
            self._grinfi.rate_limiter,
            watched,
            batches,
            name=f"{title} (requests)",
            key=lambda batch: str(batch[0].number),
            retry_class=retry_class,
            concurrency=concurrency,
            progress=self._options.get("progress", False),
            grace=self._options.get("grace", DEFAULT_GRACE),
        )
        rows = 0
        try:
            async with job as outcomes:
                async for outcome in outcomes:
                    rows += len(outcome.item)
                    under_way.pop(outcome.item[0].number, None)
                    settle(outcome)
        except BaseException:
            for batch in under_way.values():
                give_up(batch)
            raise
        finally:
            job.report.processed = rows
            self._report.absorb(job.report)


def profiles_of(contact: Mapping[str, Any]) -> Iterator[str]:
    """The LinkedIn profiles that a contact shows."""
    for name in (*IDENTITY_FIELDS, "ln_member_id"):
        with suppress(InvalidArgumentError):
            if (value := contact.get(name)) not in (None, ""):
                yield LinkedInIdentity.parse(str(value)).value


def _uuids(contacts: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Profile or email -> UUID of the contact that shows it."""
    found: dict[str, str] = {}
    for contact in contacts:
        uuid = contact.get("uuid")
        if not isinstance(uuid, str) or not uuid:
            continue
        found.update(dict.fromkeys(profiles_of(contact), uuid))
        for name in ("email", "work_email", "personal_email"):
            if isinstance(value := contact.get(name), str):
                found[value.casefold()] = uuid
    return found


def _uuid_of(lead: Mapping[str, Any], uuids: Mapping[str, str]) -> str | None:
    marks = [str(lead[name]) for name in IDENTITY_FIELDS if name in lead] + [str(lead.get("email", "")).casefold()]
    return next((uuids[mark] for mark in marks if mark in uuids), None)
