"""Records in SQLite: a kind, a UUID and a JSON document each; files, and jobs that wait for their time."""

from __future__ import annotations

import json
import math
import os
import sqlite3
import threading
import time
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any, TypeAlias, TypeVar
from uuid import uuid4

from .errors import ApiError
from .values import JsonObject, array_at, write_time

Found = TypeVar("Found")
JobHandler: TypeAlias = Callable[[JsonObject], object]

# Fields that are copied from the document to a column of their own, which has an index.
COLUMNS = (
    "company_name",
    "company_uuid",
    "created_at",
    "data_source_uuid",
    "domain",
    "email_status",
    "lead_uuid",
    "linkedin",
    "list_uuid",
    "ln_id",
    "ln_member_id",
    "name",
    "object_uuid",
    "personal_email",
    "pipeline_stage_uuid",
    "sn_id",
    "updated_at",
    "work_email",
)
# Fields that are lists of identifiers, kept in the table `elements` as well.
ELEMENT_FIELDS = ("lists", "tags")
# Fields that often order records have an index of all records; others have one of the records that have a value.
ORDERED = ("company_name", "created_at", "name", "updated_at")
# Many records share a value of these, so that filters combine them. What finds the records of one of these, or of an
# element, holds them all, in the order of the records: neither to count nor to page takes a look at the records.
SHARED = ("email_status", "list_uuid", "pipeline_stage_uuid")
HELD = (*SHARED, "created_at")


def _index(column: str) -> str:
    if column in ORDERED:
        return f"records (kind, {column})"
    held = ("id", *(other for other in HELD if other != column)) if column in SHARED else ()
    return f"records ({', '.join(('kind', column, *held))}) WHERE {column} IS NOT NULL"


INDEXES = {"records_kind": "records (kind)"} | {f"records_{column}": _index(column) for column in COLUMNS}
SCHEMA = f"""
CREATE TABLE IF NOT EXISTS records (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    uuid TEXT NOT NULL,
    words TEXT NOT NULL,
    document TEXT NOT NULL,
    {", ".join(COLUMNS)}
);
CREATE TABLE IF NOT EXISTS elements (
    kind TEXT NOT NULL,
    field TEXT NOT NULL,
    value,
    record INTEGER NOT NULL,
    {", ".join(HELD)},
    PRIMARY KEY (kind, field, value, record)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS elements_record ON elements (record);
CREATE TABLE IF NOT EXISTS files (name TEXT PRIMARY KEY, details TEXT NOT NULL, content TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, due REAL NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL
);
"""
# The version of the tables, which is stored in a database; it changes with them.
SCHEMA_VERSION = zlib.crc32(repr((SCHEMA, INDEXES)).encode()) >> 1
UUID_INDEX = "CREATE UNIQUE INDEX IF NOT EXISTS records_uuid ON records (uuid)"
INSERT = (
    f"INSERT INTO records (id, kind, uuid, words, document, {', '.join(COLUMNS)})"  # noqa: S608 - constants of the code
    f" VALUES (?, ?, ?, ?, ?{', ?' * len(COLUMNS)})"
)
INSERT_ELEMENT = f"INSERT OR IGNORE INTO elements VALUES (?, ?, ?, ?{', ?' * len(HELD)})"  # noqa: S608
UPDATE = f"UPDATE records SET words = ?, document = ?, {', '.join(f'{column} = ?' for column in COLUMNS)} WHERE id = ?"  # noqa: S608
JOB_DELAY = 0.05  # seconds
LOCK_SECONDS = 3.0  # seconds for which a new sandbox waits until the previous one has closed the database
JOB_SECONDS = 0.05  # seconds for which a request may wait for jobs that are due
PAUSE_SECONDS = 0.005  # seconds in which waiting requests get their turn between two jobs
CACHE_KIBIBYTES = 256 * 1024  # with less memory, making the indexes of many contacts uses files
LARGEST_INTEGER = 2**63 - 1


@dataclass(frozen=True)
class Condition:
    """A piece of SQL that is true or false for a record, and the values bound in it.

    `numbers` is a query of the elements, with the same values, for the ids of the records for which it is true.
    """

    sql: str
    values: tuple[Any, ...] = ()
    numbers: str | None = None
    column: str | None = None  # the UUID, if the condition selects one record


def storable(value: Any) -> Any:
    """Return a value as SQLite can hold it: a number that is too large becomes text, which is equal to no number."""
    return str(value) if isinstance(value, int) and abs(value) > LARGEST_INTEGER else value


def equals(field: str, value: Any) -> Condition:
    """Return the condition that a document's field, named in the code, has this value."""
    value = storable(value)
    if field in COLUMNS:
        return Condition(f"records.{field} = ?", (value,), column=field)
    return Condition(f"json_extract(records.document, '$.{field}') = ?", (value,))


def among(uuids: Iterable[Any], column: str = "uuid") -> Condition:
    """Return the condition that a record has one of these UUIDs, or a column of it."""
    sql = f"records.{column} IN (SELECT value FROM json_each(?))"  # noqa: S608 - columns are named in the code
    return Condition(sql, (json.dumps(list(uuids)),))


def outside(uuids: Iterable[Any]) -> Condition:
    """Return the condition that a record has none of these UUIDs."""
    return Condition("records.uuid NOT IN (SELECT value FROM json_each(?))", (json.dumps(list(uuids)),))


class Store:
    """The state of a sandbox. Every access happens within `transaction`.

    Jobs run `job_delay` seconds after they were scheduled: in a thread, or before the next transaction. A store
    that follows another clock only does the latter, each job at its time, and `tell_time` must set the time.
    """

    def __init__(self, database: str = ":memory:", job_delay: float = JOB_DELAY, follows_clock: bool = False) -> None:
        self.job_delay = job_delay
        self._told: float | None = time.time() if follows_clock else None  # the time of the clock that is followed
        self._zero: float | None = None  # the sandbox's time when that clock is at 0
        self.text_fields: dict[str, tuple[str, ...]] = {}  # by kind: the fields that full text search covers
        self._lock = threading.RLock()
        self._scheduled = threading.Condition(self._lock)
        self._worker: threading.Thread | None = None
        self._closed = False
        self._last_time = datetime.fromtimestamp(0, UTC)
        self._ahead = timedelta()
        self._job_handlers: dict[str, JobHandler] = {}
        self._defaults: list[Callable[[], None]] = []
        self._totals: dict[tuple[str, tuple[Any, ...]], int] = {}
        self._remembered: dict[str, dict[Any, Any]] = {}  # by kind and key
        with ExitStack() as opened:
            try:
                _make_private(database)
                self._connection = sqlite3.connect(
                    database, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False
                )
                opened.callback(self._connection.close)
                self._open(database)
            except (sqlite3.Error, OSError) as error:
                problem = error.strerror if isinstance(error, OSError) else error
                raise ValueError(f"{database} cannot be used as the sandbox's database: {problem}.") from error
            latest = self._connection.execute("SELECT created_at FROM records ORDER BY id DESC LIMIT 1").fetchone()
            self.fresh = latest is None
            self._last_time = datetime.fromtimestamp(0, UTC) if latest is None else datetime.fromisoformat(latest[0])
            opened.pop_all()

    def _open(self, database: str) -> None:
        """Make the tables of a new database; refuse one that another program or another edition made."""
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        made = self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if made and version != SCHEMA_VERSION:
            raise ValueError(f"{database} was not made by this version of the sandbox: use a new file.")
        self._connection.execute("PRAGMA temp_store = MEMORY")
        self._connection.execute(f"PRAGMA cache_size = -{CACHE_KIBIBYTES}")
        if database != ":memory:":
            # Only one sandbox may use a database: it trusts its cached counts until it writes itself.
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(f"BEGIN;{SCHEMA}PRAGMA user_version = {SCHEMA_VERSION};COMMIT;")
        self._create_indexes()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._connection.close()
            self._scheduled.notify()

    @contextmanager
    def transaction(self) -> Generator[None, None, None]:
        """Run the work of one request: all of it is kept, or none after an error."""
        with self._lock:
            self.run_jobs()
            with self._atomic():
                yield

    @contextmanager
    def _atomic(self) -> Generator[None, None, None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            self._forget()
            raise
        self._connection.execute("COMMIT")

    def on_job(self, kind: str, handler: JobHandler) -> None:
        """Register the function that does the jobs of a kind."""
        self._job_handlers[kind] = handler

    def schedule(self, kind: str, payload: JsonObject, delay: float | None = None) -> None:
        """Schedule a job in the background, `job_delay` seconds from now unless a delay is given."""
        self._connection.execute(
            "INSERT INTO jobs (due, kind, payload) VALUES (?, ?, ?)",
            (self._time() + (self.job_delay if delay is None else delay), kind, json.dumps(payload)),
        )
        self._have_jobs_done()

    def tell_time(self, seconds: float) -> None:
        """Set the time to that of the clock that is followed."""
        with self._lock:
            if self._told is not None:
                self._zero = self._told - seconds if self._zero is None else self._zero
                self._told = max(self._told, self._zero + seconds)

    def _time(self) -> float:
        """Return the Unix time of the sandbox."""
        return (time.time() if self._told is None else self._told) + self._ahead.total_seconds()

    def _have_jobs_done(self) -> None:
        if self._told is not None:
            return
        if self._worker is None:
            self._worker = threading.Thread(target=self._work, name="grinfi-sandbox-jobs", daemon=True)
            self._worker.start()
        self._scheduled.notify()

    def _work(self) -> None:
        """Do the jobs when they are due, until none is left or the store is closed."""
        with self._lock:
            try:
                while (due := self._next_due()) is not None:
                    delay = due - self._time()
                    if delay <= 0:
                        self._run_next_job(self._time())
                    self._scheduled.wait(max(PAUSE_SECONDS, delay))  # this lets requests in
            finally:
                self._worker = None

    def _next_due(self) -> float | None:
        query = "SELECT min(due) FROM jobs"
        due: float | None = None if self._closed else self._connection.execute(query).fetchone()[0]
        return due

    def run_jobs(self, all_jobs: bool = False) -> None:
        """Do the jobs that are due, or all, in the order in which they were scheduled.

        A job that fails changes nothing. A job that a job schedules waits for the next call, unless all are done.
        If jobs take longer than a request may wait, a thread does the rest, and lets requests in after each job.
        """
        with self._lock:
            if all_jobs:
                while self._run_next_job(math.inf):
                    pass
                return
            if self._told is not None:
                self._catch_up(self._told)
                return
            # Only jobs that were scheduled before this request are done here (`last`): a job that schedules another
            # one without a delay would otherwise keep the request waiting for ever.
            latest, end = self._time(), time.monotonic() + JOB_SECONDS
            last = self._connection.execute("SELECT max(id) FROM jobs").fetchone()[0]
            while last is not None and self._run_next_job(latest, last):
                if time.monotonic() > end:
                    self._have_jobs_done()
                    break

    def _catch_up(self, told: float) -> None:
        """Do the jobs that are due by the clock that is followed, each at its time."""
        # A virtual clock jumps, from 0 to 100 for example, with jobs due at 5 and 60. For the first job the time is 5,
        # which its records get. If it schedules a job 10 seconds later, that one is due at 15, and is done
        # before the one at 60. No reader sees the earlier times, because the lock is held.
        latest, ahead = self._time(), self._ahead.total_seconds()
        while (due := self._next_due()) is not None and due <= latest:
            self._told = min(told, due - ahead)
            self._run_next_job(due)
        self._told = told

    def _run_next_job(self, latest: float, last: float = math.inf) -> bool:
        """Do one job; return whether there was one."""
        query = "SELECT id, kind, payload FROM jobs WHERE due <= ? AND id <= ? ORDER BY id LIMIT 1"
        job = self._connection.execute(query, (latest, last)).fetchone()
        if job is None:
            return False
        number, kind, payload = job
        try:
            # The job is deleted in the transaction of its effect: if the process is killed, either both are stored, or
            # the next process does the job.
            with self._atomic():
                self._drop_job(number)
                self._job_handlers[kind](json.loads(payload))
        except Exception as error:
            self._drop_job(number)
            if not isinstance(error, ApiError):  # an ApiError: a record that the job needs was deleted meanwhile
                raise
        return True

    def _drop_job(self, number: int) -> None:
        self._connection.execute("DELETE FROM jobs WHERE id = ?", (number,))

    def add_defaults(self, make: Callable[[], None]) -> None:
        """Register the records of a new sandbox: they are made now if the database is new, and after each reset."""
        self._defaults.append(make)
        if self.fresh:
            with self._lock, self._atomic():
                make()

    def reset(self) -> None:
        """Delete everything but the default records."""
        for table in ("records", "elements", "files", "jobs"):
            self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 - constants of the code
        self._last_time = datetime.fromtimestamp(0, UTC)
        self._ahead = timedelta()
        self._forget()
        for make in self._defaults:
            make()

    def now(self) -> str:
        """Return the time, later than any time returned before."""
        # No two records have the same time, so that an order by `created_at` is the order of their ids, and reading by
        # "later than the last row" skips nothing. Clocks return the same microsecond twice, or go back.
        self._last_time = max(self._now() + self._ahead, self._last_time + timedelta(microseconds=1))
        return write_time(self._last_time)

    def insert(self, kind: str, document: JsonObject, uuid: str | None = None) -> JsonObject:
        """Store a new record, under a new UUID unless one is given, and return its document."""
        now = self.now()
        stored = {**document, "uuid": uuid or str(uuid4()), "created_at": now, "updated_at": now}
        cursor = self._connection.execute(INSERT, (None, *self._row(kind, stored)))
        self._insert_elements(kind, cursor.lastrowid, stored)
        self._forget(kind)
        return stored

    def insert_many(self, kind: str, documents: Iterable[JsonObject]) -> None:
        """Store complete documents, which are in the order of their `created_at` and later than all others."""
        first = self._connection.execute("SELECT coalesce(max(id), 0) + 1 FROM records").fetchone()[0]
        elements: list[tuple[Any, ...]] = []

        def rows() -> Iterator[tuple[Any, ...]]:
            for number, document in enumerate(documents, first):
                elements.extend(_elements(kind, number, document))
                yield (number, *self._row(kind, document))

        for index in ("records_uuid", *INDEXES):  # to make them at the end is quicker
            self._connection.execute(f"DROP INDEX {index}")
        self._connection.executemany(INSERT, rows())
        self._create_indexes()
        self._connection.executemany(INSERT_ELEMENT, sorted(elements, key=itemgetter(0, 1, 2, 3)))
        # SQLite chooses among the indexes by how many records share a value.
        self._connection.execute("ANALYZE records")
        self._forget()

    def update(self, document: JsonObject, changes: JsonObject) -> JsonObject:
        """Store changes of a record, and return its new document."""
        stored = {**document, **changes, "updated_at": self.now()}
        found = self._connection.execute("SELECT id, kind FROM records WHERE uuid = ?", (document["uuid"],)).fetchone()
        if found is not None:
            number, kind = found
            self._connection.execute(UPDATE, (*self._row(kind, stored)[2:], number))
            if any(document.get(field) != stored.get(field) for field in (*ELEMENT_FIELDS, *SHARED)):
                self._connection.execute("DELETE FROM elements WHERE record = ?", (number,))
                self._insert_elements(kind, number, stored)
            self._forget(kind)
        return stored

    def delete(self, document: JsonObject) -> None:
        uuid = document["uuid"]
        self._connection.execute("DELETE FROM elements WHERE record = (SELECT id FROM records WHERE uuid = ?)", (uuid,))
        self._connection.execute("DELETE FROM records WHERE uuid = ?", (uuid,))
        self._forget()

    def get(self, kind: str, uuid: str) -> JsonObject | None:
        rows = self._connection.execute("SELECT document FROM records WHERE uuid = ? AND kind = ?", (uuid, kind))
        return next(_documents(rows), None)

    def first(self, kind: str, conditions: Iterable[Condition]) -> JsonObject | None:
        """Return the oldest record that meets all conditions."""
        return self.first_of(kind, [conditions])

    def first_of(self, kind: str, alternatives: Iterable[Iterable[Condition]]) -> JsonObject | None:
        """Return the oldest record that meets the first alternative that any record meets."""
        chosen = [_where(kind, conditions) for conditions in alternatives]
        numbers = [f"(SELECT id FROM records {where} ORDER BY records.id LIMIT 1)" for where, _ in chosen]  # noqa: S608
        query = f"SELECT document FROM records WHERE id = coalesce({', '.join((*numbers, 'NULL, NULL'))})"  # noqa: S608
        values = [value for _, bound in chosen for value in bound]
        return next(_documents(self._connection.execute(query, values)), None)

    def find(
        self,
        kind: str,
        conditions: Iterable[Condition] = (),
        order_field: str | None = None,
        descending: bool = False,
        limit: int = -1,
        offset: int = 0,
    ) -> list[JsonObject]:
        """Return the records that meet all conditions; those with equal order fields in the order of creation."""
        all_conditions = list(conditions)
        where, values = _where(kind, all_conditions)
        direction = "DESC" if descending else "ASC"
        order = [f"records.id {direction}"]  # the order of `created_at` too
        if order_field in COLUMNS and (order_field != "created_at" or "records.created_at" in where):
            order.insert(0, f"records.{order_field} {direction}")
        elif order_field is not None and order_field != "created_at":
            order.insert(0, f"json_extract(records.document, ?) {direction}")
            values.append(json_path(order_field))
        source = " ".join(("SELECT records.id FROM records", where, "ORDER BY", ", ".join(order)))
        if order_field in (None, "created_at") and (direct := _direct(all_conditions)) is not None:
            source, values = f"{direct[0]} ORDER BY record {direction}", direct[1]
        chosen = " ".join((source, "LIMIT ? OFFSET ?"))
        # Documents are fetched only for the chosen records, so that they are not sorted with the others.
        numbers = [number for (number,) in self._connection.execute(chosen, [*values, limit, offset])]
        query = (
            "SELECT document FROM json_each(?) AS chosen CROSS JOIN records ON records.id = chosen.value"
            " ORDER BY chosen.key"
        )
        return list(_documents(self._connection.execute(query, (json.dumps(numbers),))))

    def remembered(self, kind: str, key: Any, find: Callable[[], Found]) -> Found:
        """Return a cached result about records of a kind that seldom change; find it again after a change."""
        known = self._remembered.setdefault(kind, {})
        if key not in known:
            known[key] = find()
        found: Found = known[key]
        return found

    def _forget(self, kind: str | None = None) -> None:
        """Drop cached counts and results after a write: those of a kind, or all."""
        self._totals.clear()
        if kind is None:
            self._remembered.clear()
        else:
            self._remembered.pop(kind, None)

    def uuids(self, kind: str, conditions: Iterable[Condition] = ()) -> list[str]:
        """Return the UUIDs of the records that meet all conditions, the oldest first."""
        where, values = _where(kind, conditions)
        query = " ".join(("SELECT uuid FROM records", where, "ORDER BY records.id"))
        return [uuid for (uuid,) in self._connection.execute(query, values)]

    def count(self, kind: str, conditions: Iterable[Condition] = ()) -> int:
        """Count the records that meet all conditions."""
        all_conditions = list(conditions)
        where, values = _where(kind, all_conditions)
        query = " ".join(("SELECT count(*) FROM records", where))
        if (direct := _direct(all_conditions)) is not None:
            query, values = f"SELECT count(*) FROM ({direct[0]})", direct[1]  # noqa: S608 - conditions bind values
        key = (query, tuple(values))
        if key not in self._totals:
            self._totals[key] = int(self._connection.execute(query, values).fetchone()[0])
        return self._totals[key]

    def write_file(self, name: str, details: JsonObject, content: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", (name, json.dumps(details), content))

    def read_file(self, name: str) -> tuple[JsonObject, str] | None:
        """Return a file's details and content."""
        row = self._connection.execute("SELECT details, content FROM files WHERE name = ?", (name,)).fetchone()
        return None if row is None else (json.loads(row[0]), row[1])

    def _row(self, kind: str, document: JsonObject) -> tuple[Any, ...]:
        words = "\n".join([str(document.get(name) or "") for name in self.text_fields.get(kind, ())]).casefold()
        return kind, document["uuid"], words, json.dumps(document), *_columns(document, COLUMNS)

    def _create_indexes(self) -> None:
        self._connection.execute(UUID_INDEX)
        for index, columns in INDEXES.items():
            self._connection.execute(f"CREATE INDEX IF NOT EXISTS {index} ON {columns}")

    def _insert_elements(self, kind: str, number: int | None, document: JsonObject) -> None:
        if rows := _elements(kind, number, document):
            self._connection.executemany(INSERT_ELEMENT, rows)

    def group_counts(self, kind: str, field: str, conditions: Iterable[Condition] = ()) -> list[tuple[Any, int]]:
        """Count the records that meet all conditions by the values of a field."""
        where, values = _where(kind, conditions)
        query = " ".join(("SELECT json_extract(document, ?), count(*) FROM records", where, "GROUP BY 1"))
        return list(self._connection.execute(query, [json_path(field), *values]))

    def turn_clock(self, moment: datetime) -> None:
        """Turn the clock ahead to a moment, from which it continues; it never goes back."""
        self._ahead = max(self._ahead, moment - self._now())

    def _now(self) -> datetime:
        return datetime.now(UTC) if self._told is None else datetime.fromtimestamp(self._told, UTC)


def _make_private(database: str) -> None:
    """Make the file of a new database for its owner only. SQLite gives its other files the same mode."""
    if database in ("", ":memory:"):
        return
    path = os.path.realpath(database)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, 0o600)  # the umask removes bits
    os.close(descriptor)


def json_path(field: str) -> str:
    """Return the SQLite path of a document's field."""
    return f'$."{field}"'


def _direct(conditions: Sequence[Condition]) -> tuple[str, list[Any]] | None:
    """Return a query of the ids, and its values, if the table `elements` can answer all conditions."""
    # A row of `elements` is one value of a list, with copies of the columns in HELD:
    #
    #   kind   field  value  record  email_status  list_uuid  ...
    #   lead   tags   t-1    17      ok            l-1
    #   lead   tags   t-2    17      ok            l-1
    #
    # So one index answers {"tags": ["t-1"], "list_uuid": "l-1"}, in the order of the records, and reads no record.
    first = next((condition for condition in conditions if condition.numbers is not None), None)
    others = [condition for condition in conditions if condition is not first]
    if first is None or any(condition.column not in HELD for condition in others):
        return None
    compared = [condition.sql.replace("records.", "elements.") for condition in others]
    values = [value for condition in (first, *others) for value in condition.values]
    return " AND ".join((first.numbers or "", *compared)), values


def _where(kind: str, conditions: Iterable[Condition]) -> tuple[str, list[Any]]:
    all_conditions = [Condition("records.kind = ?", (kind,)), *conditions]
    values = [value for condition in all_conditions for value in condition.values]
    return f"WHERE {' AND '.join(condition.sql for condition in all_conditions)}", values


def _columns(document: JsonObject, names: Iterable[str]) -> list[Any]:
    """Return the values of fields; a list or an object as json_extract returns it."""
    values = [document.get(name) for name in names]
    return [json.dumps(value, separators=(",", ":")) if isinstance(value, (list, dict)) else value for value in values]


def _elements(kind: str, number: int | None, document: JsonObject) -> list[tuple[Any, ...]]:
    values = [
        (field, value) for field in ELEMENT_FIELDS for value in array_at(document, field) if isinstance(value, str)
    ]
    held = _columns(document, HELD) if values else []
    return [(kind, field, value, number, *held) for field, value in values]


def _documents(rows: Iterable[Sequence[Any]]) -> Iterator[JsonObject]:
    return (json.loads(row[0]) for row in rows)
