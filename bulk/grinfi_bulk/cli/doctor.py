"""`grinfi doctor`: reads what the server does, and says it in texts that hold nothing of the account."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from pkgutil import iter_modules
from types import UnionType
from typing import Any, Final, Literal, LiteralString, NamedTuple, Union, cast, get_args, get_origin, get_type_hints

import anyio
import httpx

from grinfi_async import (
    KEYS_PAGE,
    OPERATIONS,
    RESOURCES,
    APIConnectionError,
    APIStatusError,
    AsyncPaginator,
    AuthenticationError,
    DecodeError,
    Grinfi,
    GrinfiError,
    Hooks,
    InvalidArgumentError,
    Model,
    Operation,
    RateLimitWaitError,
    RetryPolicy,
    __version__,
    fields,
)
from grinfi_support.private_files import create_new

from .client import with_client
from .errors import Status, say
from .output import write_json
from .values import uuid_of

__all__ = ["Answer", "Check", "ReadOnly", "Row", "Safe", "Seen", "Session", "diagnose"]

Row = dict[str, Any]
Verdict = Literal["holds", "differs", "not seen", "skipped"]
SHARE: Final = 0.5
UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PASSING: Final = (429, 502, 503, 504)
"""Statuses that say nothing of the request: it is repeated, and then given up."""
FORBIDDING: Final = (401, 402, 403)
"""Statuses that say something of the key."""
MOST_LOST: Final = 3
"""Requests without an answer, or with one of `PASSING`, one after the other, after which no more are sent."""
MOST_ATTEMPTS: Final = 3
LONGEST_CALL: Final = 120
LONGEST_RUN: Final = 900
"""Seconds for a request with its repetitions, and as many for its wait; for all of them."""
LARGEST_ANSWER: Final = 4_000_000
"""Bytes: all first pages are kept, so a server that ignores `limit` must not fill the memory."""
STEPS: Final = (1, 10, 100, 1_000, 10_000)
RATE_HEADERS: Final = ("retry-after", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit")
REQUEST_IDS: Final = ("x-request-id", "request-id", "x-correlation-id", "cf-ray")
ENVELOPE: Final = ("data", "results", "items", "rows", "total", "count", "limit", "offset", "has_more", "pagination",
                   "lead", "company")  # fmt: skip
ERROR: Final = ("error", "errors", "message", "code", "reason", "exception")
JSON_TYPES: Final[dict[type, str]] = {
    int: "integer",
    float: "number",
    str: "text",
    bool: "boolean",
    type(None): "null",
    list: "list",
}
REQUESTS: Final = (64, 76)
"""How many requests are sent at most; with a list."""
SHOWN: Final = 200
"""Letters of an observation on a screen."""
WIDE: Final = 80
"""Narrower terminals get lines instead of a table."""
STYLES: Final = {"holds": "green", "differs": "bold red", "not seen": "yellow", "skipped": "dim"}


class Safe(str):
    """A text that holds nothing of an answer but rough counts, statuses, and names that the description has.

    Only the functions below make one, and reports take no other text.
    """

    __slots__ = ()


def words(template: LiteralString, *values: Safe) -> Safe:
    """A sentence of this program, with safe texts in it."""
    if not all(isinstance(value, Safe) for value in cast("tuple[object, ...]", values)):
        raise TypeError("only safe texts can be reported")
    return Safe(template.format(*values) if values else template)


def joined(texts: Iterable[Safe]) -> Safe:
    """Texts, one after the other."""
    return Safe("; ".join([words("{}", text) for text in texts]) or "none")


def about(number: int) -> Safe:
    """A count, roughly: the exact one belongs to the account."""
    for low, high in pairwise(STEPS):
        if low < number <= high:
            return Safe(f"{low + 1:,} to {high:,}")
    return Safe(f"more than {STEPS[-1]:,}") if number > 1 else Safe(number)


def bound(number: int) -> Safe:
    """A number of the server's: how many rows it sends at most."""
    return Safe(number) if number <= 1_000 else about(number)


def code(status: int) -> Safe:
    """The status of an answer."""
    return Safe(f"status {status}") if 100 <= status <= 599 else Safe("no answer")


def json_type(value: object) -> Safe:
    """What a value is in JSON."""
    return Safe(JSON_TYPES.get(type(value), "object"))


def named(names: Iterable[str]) -> Safe:
    """Names that the description has; others, which may be those of custom fields, are only counted."""
    given = set[str](names)
    known = sorted(given & _vocabulary())
    others = len(given) - len(known)
    return Safe(", ".join([*known, *([f"{about(others)} unknown"] if others else [])]) or "none")


@cache
def _vocabulary() -> frozenset[str]:
    names = {f"{it.resource}.{it.name}" for it in OPERATIONS.values()}
    names.update(name for operation in list_operations() for name in field_types(operation.id))
    names.update(name for module in iter_modules(fields.__path__) for name in filter_names(module.name))
    return frozenset(names.union(ENVELOPE, ERROR, RATE_HEADERS, REQUEST_IDS))


def filter_names(module: str) -> list[str]:
    """The fields that a list can be filtered by."""
    return cast("list[str]", import_module(f"{fields.__name__}.{module}").__all__)


@cache
def list_operations() -> tuple[Operation, ...]:
    """The lists that can be read without knowing an id."""
    found = (it for it in OPERATIONS.values() if it.method in ("GET", "POST") and it.retry == "read")
    return tuple(it for it in found if "{" not in it.path and get_origin(_returned(it)) is AsyncPaginator)


@cache
def _returned(operation: Operation) -> Any:
    module, name = RESOURCES[operation.resource]
    return get_type_hints(getattr(getattr(import_module(module), name), operation.name)).get("return")


def model_of(operation_id: str) -> type[Model] | None:
    """The model of the rows of a list; None if the description says nothing of them."""
    (kind,) = get_args(_returned(OPERATIONS[operation_id]))
    return kind if isinstance(kind, type) and issubclass(kind, Model) else None


@cache
def field_types(operation_id: str) -> Mapping[str, tuple[Any, ...]]:
    """Field of the rows of a list -> the types that its value can have."""
    model = model_of(operation_id)
    hints = {} if model is None else get_type_hints(model)
    own = {name: hint for name, hint in hints.items() if not name.startswith("_") and name != "additional_properties"}
    return {name: tuple(_members(hint)) for name, hint in own.items()}


def _members(hint: Any) -> Iterator[Any]:
    if get_origin(hint) in (Union, UnionType):
        for it in get_args(hint):
            yield from _members(it)
    else:
        yield hint


class Answer(NamedTuple):
    """An answer as it came."""

    status: int
    headers: httpx.Headers
    body: Any

    @property
    def envelope(self) -> Row:
        """The object around the rows."""
        body: Any = self.body
        return cast("Row", body) if isinstance(body, dict) else {}

    @property
    def rows_under(self) -> str | None:
        """The key of the rows; None if there is none."""
        return next((name for name in ENVELOPE if isinstance(self.envelope.get(name), list)), None)

    @property
    def wrapped(self) -> list[Row]:
        """The rows of a list, as they came."""
        body: Any = self.body
        found: Any = cast("Any", body) if isinstance(body, list) else self.envelope.get(self.rows_under or "")
        return [cast("Row", row) for row in cast("list[Any]", found or []) if isinstance(row, dict)]

    @property
    def rows(self) -> list[Row]:
        """The rows of a list, out of what they are wrapped in."""
        return [_unwrapped(row) for row in self.wrapped]


def _unwrapped(row: Row) -> Row:
    if "uuid" in row or "id" in row:
        return row
    inner = [cast("Row", value) for value in row.values() if isinstance(value, dict)]
    return next((value for value in inner if "uuid" in value), row)


class OutOfRequestsError(Exception):
    """No further request may be sent."""


class Came(NamedTuple):
    """What is kept of an answer after it was looked at."""

    status: int
    headers: httpx.Headers
    empty: bool


class ReadOnly(httpx.AsyncBaseTransport):
    """Lets only GET and POST pass, and only to what the catalogue calls a read; keeps the headers of the answers."""

    def __init__(
        self, inner: httpx.AsyncBaseTransport, base_url: str, check: Callable[[], object] = lambda: None
    ) -> None:
        self._inner = inner
        self._check = check
        self._prefix = httpx.URL(base_url).path.rstrip("/")
        self.answers: list[Came] = []
        self.latest: httpx.Response | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode("ascii").partition("?")[0].removeprefix(self._prefix)
        found = [
            it.retry == "read"
            for it in OPERATIONS.values()
            if it.method == request.method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", it.path), path)
        ]
        if request.method not in ("GET", "POST") or not found or not all(found):
            raise RuntimeError(f"{request.method} {path} is not a read, and was not sent")
        self._check()
        self.latest = response = await self._inner.handle_async_request(request)
        self.answers.append(Came(response.status_code, response.headers, not response.content))
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


@dataclass
class Session:
    """A client that can only read, and what it has read."""

    grinfi: Grinfi
    most: int
    list_uuid: str | None = None
    used: int = 0
    lists: dict[str, Answer] = field(default_factory=dict[str, Answer])
    """Id of an operation -> its first page."""

    def __post_init__(self) -> None:
        self._guards: list[ReadOnly] = []
        self._lost = 0
        self._end = anyio.current_time() + LONGEST_RUN
        self.grinfi.add_stage(self._guard)
        hooks = Hooks(before_attempt=lambda _: setattr(self, "used", self.used + 1))
        self.grinfi = self.grinfi.with_options(hooks=hooks, max_answer_bytes=LARGEST_ANSWER)
        self.grinfi = self.client(MOST_ATTEMPTS)

    def client(self, attempts: int) -> Grinfi:
        """A client that sends a request so many times at most, and no more often than is left."""
        left = max(1, min(attempts, self.most - self.used))
        return self.grinfi.with_options(retry=RetryPolicy(max_attempts=left, max_elapsed=LONGEST_CALL))

    def _guard(self, inner: httpx.AsyncBaseTransport) -> ReadOnly:
        self._guards.append(ReadOnly(inner, self.grinfi.base_url, self._check))
        return self._guards[-1]

    def _check(self) -> None:
        if self.used >= self.most or self._lost >= MOST_LOST or anyio.current_time() > self._end:
            raise OutOfRequestsError

    @property
    def answers(self) -> list[Came]:
        """All answers so far."""
        return [answer for guard in self._guards for answer in guard.answers]

    def first(self, operation_id: str) -> Answer:
        """The first page of a list; an empty answer if there was none."""
        return self.lists.get(operation_id, Answer(0, httpx.Headers(), None))

    def rows(self, operation_id: str) -> list[Row]:
        """The rows of the first page of a list."""
        return self.first(operation_id).rows

    def values(self, kind: Callable[[tuple[Any, ...]], bool]) -> Iterator[tuple[str, Any, tuple[Any, ...]]]:
        """Each value of a field whose types are of a kind, with the field's name and types."""
        for name in self.lists:
            for field_name, types in field_types(name).items():
                for row in self.rows(name) if kind(types) else ():
                    if row.get(field_name) is not None:
                        yield field_name, row[field_name], types

    async def call(self, operation_id: str, **arguments: Any) -> Answer:
        """Call the method of an operation; one page of a list."""
        it = OPERATIONS[operation_id]
        return await self._answer(
            lambda client: getattr(getattr(client, it.resource), it.name)(**arguments), MOST_ATTEMPTS
        )

    async def ask(self, operation_id: str, params: Any = (), *, part: str = "", **body: Any) -> Answer:
        """Send a request as it is. It is repeated only after `PASSING` statuses. `part` replaces the path parameter."""
        it = OPERATIONS[operation_id]
        path = f"{it.path.partition('{')[0]}{part}"
        options: Any = {"params": params} if it.method == "GET" else {"json": body, "retry_class": "read"}
        return await self._answer(lambda client: client.request(it.method, path, **options), 1)

    async def _answer(self, send: Callable[[Grinfi], Awaitable[Any]], attempts: int) -> Answer:
        self._check()
        before = len(self.answers)
        try:
            await send(self.client(attempts))
        except DecodeError as error:
            if len(self.answers) == before:
                return Answer(error.status, httpx.Headers(), None)
        except APIStatusError as error:
            if error.status in PASSING and attempts == 1:
                return await self._answer(send, MOST_ATTEMPTS)
            if error.status in PASSING:
                self._lost += 1
            if error.status in (*PASSING, *FORBIDDING):
                raise
        except (APIConnectionError, RateLimitWaitError):
            self._lost += 1
            raise
        self._lost = 0
        response = next(guard.latest for guard in self._guards if guard.latest is not None)
        try:
            return Answer(response.status_code, response.headers, response.json())
        except (ValueError, RecursionError):
            return Answer(response.status_code, response.headers, None)


class Seen(NamedTuple):
    """What a check has come to."""

    verdict: Verdict
    text: Safe


class Check(NamedTuple):
    """Something that is checked: the sentence is a row of docs/quirks.md, or what the description says (P)."""

    id: str
    sentence: str
    grade: str
    run: Callable[[Session], Awaitable[Seen]]


class Result(NamedTuple):
    """A check and what it has come to."""

    check: Check
    seen: Seen
    requests: int


def diagnose(
    checks: Sequence[Check], most: int | None, list_: str | None, report: Path | None, *, quiet: bool, as_json: bool
) -> Status:
    """Run the checks, show what they have come to, and write the report."""
    most = most or REQUESTS[list_ is not None]
    if report is not None and (wrong := _unusable(report)):
        raise InvalidArgumentError("--report", f"{report} {wrong}; name another file")
    from rich.console import Console

    results: list[Result] = []
    sessions: list[Session] = []

    async def use(grinfi: Grinfi) -> None:
        session = Session(grinfi, most)
        sessions.append(session)
        if list_ is not None:
            session.list_uuid = list_ if UUID.fullmatch(list_) else await _list_named(list_, session)
        with Console(stderr=True, markup=False, quiet=quiet).status("") as status:
            for check in checks:
                status.update(f"{session.used} requests sent; looking at {check.id}")
                before = session.used
                results.append(Result(check, await _run(check, session), session.used - before))

    if not quiet:
        say(f"grinfi doctor only reads: at most {most} requests, in the background of other programs with this key.")
    interrupted = False
    try:
        with_client(use, share=SHARE, max_wait=LONGEST_CALL)
    except KeyboardInterrupt:
        interrupted = True
    done = {result.check.id for result in results}
    stopped = Seen("skipped", words("interrupted"))
    results += [Result(check, stopped, 0) for check in checks if check.id not in done]
    live = any(KEYS_PAGE.startswith(f"{session.grinfi.base_url.rstrip('/')}/") for session in sessions)
    document = _document(results, sum(session.used for session in sessions), live=live)
    try:
        if report is not None:  # first, as stdout may be closed
            _write(report, document)
            say(
                f"{report} has the report: it holds no key, no ids and no texts of your account. Attach it to an issue."
            )
    finally:
        if as_json:
            write_json(document, sys.stdout)
        else:
            _show(results, document["requests"])
    if report is None and not quiet and not as_json:
        say(f"`grinfi doctor --report grinfi-doctor-{document['date']}.json` writes a report to attach to an issue.")
    if interrupted:
        return Status.INTERRUPTED
    return Status.ROWS_FAILED if any(result.seen.verdict == "differs" for result in results) else Status.DONE


def _unusable(report: Path) -> str | None:
    """Why no report can be written there."""
    if os.path.lexists(report):  # a link that leads nowhere, too
        return "is there already"
    if not report.parent.is_dir():
        return "cannot be written: there is no such folder"
    return None if os.access(report.parent, os.W_OK) else "cannot be written: the folder is not writable"


def _write(report: Path, document: dict[str, Any]) -> None:
    """Write the report, whole or not at all."""
    file = create_new(report)
    try:
        with file:
            file.write(json.dumps(document, indent=2).encode())
    except BaseException:
        report.unlink(missing_ok=True)
        raise


async def _list_named(name: str, session: Session) -> str:
    try:
        return await uuid_of("--list", name, session.grinfi.lists.list(limit=100), "list")
    except OutOfRequestsError:
        raise InvalidArgumentError(
            "--list", f"{name!r} was not found in {session.most} requests; pass its UUID"
        ) from None


async def _run(check: Check, session: Session) -> Seen:
    try:
        return await check.run(session)
    except OutOfRequestsError:
        return Seen("skipped", words("no more requests could be sent"))
    except GrinfiError as error:
        if isinstance(error, AuthenticationError) or not session.lists:
            raise
        return Seen("skipped", words("the request failed: {}", Safe(type(error).__name__)))
    except (
        *(ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError),
    ) as error:  # an answer nobody foresaw
        return Seen("skipped", words("an answer could not be read: {}", Safe(type(error).__name__)))


def _document(results: Sequence[Result], requests: int, *, live: bool) -> dict[str, Any]:
    """The report. Besides texts of this program it holds only `Safe` ones."""
    edition = hashlib.sha256(repr(sorted(OPERATIONS.items())).encode()).hexdigest()[:16]
    rows = [
        {"id": check.id, "sentence": check.sentence, "grade": check.grade, "verdict": seen.verdict,
         "seen": words("{}", seen.text), "requests": own}
        for check, seen, own in results
    ]  # fmt: skip
    return {
        "report": "grinfi doctor",
        "version": __version__,
        "edition": edition,
        "date": datetime.now(UTC).date().isoformat(),
        "live": live,
        "requests": requests,
        "checks": rows,
    }


def _show(results: Sequence[Result], requests: int) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, markup=False, emoji=False)
    table = Table("Verdict", "The server …", "Seen", "Grade", box=None, header_style="bold", pad_edge=False)
    for check, seen, _ in results:
        verdict = Text(seen.verdict, STYLES[seen.verdict])
        text = Text(seen.text if len(seen.text) <= SHOWN else f"{seen.text[:SHOWN]}…", "dim")
        if console.width >= WIDE:
            table.add_row(verdict, Text(check.sentence), text, check.grade)
        else:
            console.print(Text.assemble(verdict, f": the server {check.sentence} ({check.grade})"))
            console.print(Padding(text, (0, 0, 0, 2)))
    if console.width >= WIDE:
        console.print(table)
    verdicts: list[str] = [result.seen.verdict for result in results]
    counts = ", ".join(f"{verdict} {verdicts.count(verdict)}" for verdict in STYLES)
    console.print(
        "\nGrade: F a fix by the vendor, C code in use, P documentation, S a sister platform, ? an assumption."
    )
    console.print(f"{len(results)} checks: {counts}. {requests} requests.")
