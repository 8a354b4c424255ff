"""Files: an export is waited for, and saved part by part; of uploads only the type csv_leads is known."""

from __future__ import annotations

import io
import json
import math
import os
import stat
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import trio
import trio.testing

from grinfi_async import (
    APIConnectionError,
    APITimeoutError,
    AuthenticationError,
    DecodeError,
    ExportError,
    Grinfi,
    InvalidArgumentError,
    NotFoundError,
    RetryPolicy,
)
from tests.sdk.helpers import KEY, Answer, Server, answering, assert_refused, multipart

pytestmark = pytest.mark.anyio

CSV = b"uuid,name\n1,Ada\n"
QUEUED = httpx.Response(200, json={"uuid": "e-1", "status": "queued"})
NO_RECORD = httpx.Response(404)
NOT_READY = httpx.Response(404, json={"error": {"message": "No such file"}})
EVERYBODY = {"all": True}


def file() -> httpx.Response:
    return httpx.Response(200, content=CSV, headers={"content-type": "text/csv"})


def asked(server: Server) -> list[tuple[str, Any]]:
    """The end of each path, and the body."""
    return [
        (request.url.path.removeprefix("/leads/api/file-exports/"), json.loads(request.content or b"null"))
        for request in server.requests
    ]


def in_virtual_time(job: Callable[[], Awaitable[None]]) -> None:
    trio.run(job, clock=trio.testing.MockClock(autojump_threshold=0))


class Body(httpx.AsyncByteStream):
    """A body that comes in parts, with pauses, and may break off; it knows whether it was closed."""

    def __init__(self, parts: Iterable[bytes], *, pause: float = 0, broken: bool = False) -> None:
        self.parts = parts
        self.pause = pause
        self.broken = broken
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self.parts:
            await anyio.sleep(self.pause)
            yield part
        if self.broken:
            raise httpx.ReadError("connection reset")

    async def aclose(self) -> None:
        self.closed = True

    def answer(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=self)


def client(server: Server, **retry: Any) -> Grinfi:
    policy = RetryPolicy(first_delay=0.001, max_delay=0.002, **retry)
    transport = httpx.MockTransport(server)
    return Grinfi(KEY, base_url="http://127.0.0.1:1", transport=transport, retry=policy, rate_limiter=None)


# Against the sandbox, whose jobs finish a moment later


async def test_contacts_are_saved_to_a_path(grinfi: Grinfi, tmp_path: Path) -> None:
    people = await grinfi.lists.create(name="People")
    assert people.uuid
    for name in ("ada", "bob"):
        await grinfi.contacts.upsert(lead={"linkedin_id": name}, list_uuid=people.uuid)
    target = tmp_path / "contacts.csv"
    target.write_text("yesterday's")
    export = await grinfi.files.save_contacts_export(filter={"list_uuid": people.uuid}, to=target, first_wait=0.02)
    header, *rows = target.read_text().splitlines()
    assert header.startswith("uuid,")
    assert len(rows) == 2
    assert export.uuid
    assert await grinfi.files.download(file_name=f"{export.uuid}.csv") == target.read_bytes()
    assert list(tmp_path.iterdir()) == [target]


async def test_companies_are_saved_to_a_writer(grinfi: Grinfi) -> None:
    await grinfi.companies.create(companies=[{"name": "Acme"}])
    written = io.BytesIO()
    await grinfi.files.save_companies_export(filter=EVERYBODY, to=written, first_wait=0.02)
    assert b"Acme" in written.getvalue()


async def test_a_symbolic_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    link = tmp_path / "people.csv"
    link.symlink_to(Path("data", "real.csv"))
    for _ in range(2):
        await Server(file()).client().files.save(file_name="people.csv", to=link)
        assert link.is_symlink()
        assert os.listdir(tmp_path / "data") == ["real.csv"]
        assert link.read_bytes() == CSV


# On the wire


@pytest.mark.parametrize("resource", ["contacts", "companies"])
async def test_questions_asked(resource: str, tmp_path: Path) -> None:
    server = Server(QUEUED, NO_RECORD, NOT_READY, NOT_READY, NOT_READY, file())
    files = server.client().files
    save = files.save_contacts_export if resource == "contacts" else files.save_companies_export
    export = await save(filter=EVERYBODY, to=str(tmp_path / "it.csv"), first_wait=0.001)
    assert export.uuid == "e-1"
    assert (tmp_path / "it.csv").read_bytes() == CSV
    assert asked(server) == [
        ("leads" if resource == "contacts" else "companies", {"filter": EVERYBODY}),
        ("e-1", None),
        ("download", {"file_name": "e-1.csv"}),
        ("download", {"file_name": "e-1"}),
        ("download", {"file_name": "e-1.csv"}),
        ("download", {"file_name": "e-1"}),
    ]
    assert server.requests[-1].headers["accept-encoding"] == "identity"


async def test_the_name_that_the_server_sends_is_used() -> None:
    queued = httpx.Response(200, json={"uuid": "e-1", "status": "queued", "file_name": "people.csv"})
    server = Server(queued, file())
    await server.client().files.save_contacts_export(filter=EVERYBODY, to=io.BytesIO(), first_wait=0.001)
    assert asked(server)[1:] == [("download", {"file_name": "people.csv"})]


@pytest.mark.parametrize("wrapped", [False, True])
async def test_a_record_that_the_server_shows_is_read(wrapped: bool) -> None:
    def record(**fields: Any) -> httpx.Response:
        return httpx.Response(200, json={"data": fields} if wrapped else fields)

    server = Server(
        QUEUED,
        *(record(status="queued"), NOT_READY, NOT_READY),
        *(record(status="done", file_name="people.csv"), NOT_READY),
        file(),
    )
    await server.client().files.save_contacts_export(filter=EVERYBODY, to=io.BytesIO(), first_wait=0.001)
    assert [path for path, _ in asked(server)].count("e-1") == 2
    assert asked(server)[-2:] == [("download", {"file_name": "people.csv"})] * 2


async def test_an_export_that_failed_is_not_waited_for(tmp_path: Path) -> None:
    server = Server(QUEUED, httpx.Response(200, json={"uuid": "e-1", "status": "failed"}))
    with pytest.raises(ExportError, match="e-1: it failed") as caught:
        await server.client().files.save_contacts_export(filter=EVERYBODY, to=tmp_path / "x", first_wait=0.001)
    assert caught.value.uuid == "e-1"
    assert list(tmp_path.iterdir()) == []


NO_FILES: list[Answer] = [
    NOT_READY,
    httpx.Response(422, json={"message": "not ready"}),
    httpx.Response(500),
    httpx.Response(503),
    httpx.Response(200),
    httpx.Response(200, json={"status": "in_progress"}),
    lambda request: (_ for _ in ()).throw(httpx.ConnectError("refused")),
]


@pytest.mark.parametrize("nothing", NO_FILES)
async def test_an_answer_that_is_not_a_file_yet_is_polled(nothing: Answer) -> None:
    server = Server(QUEUED, NO_RECORD, nothing, nothing, file())
    written = io.BytesIO()
    await server.client().files.save_contacts_export(filter=EVERYBODY, to=written, first_wait=0.001)
    assert written.getvalue() == CSV


async def test_a_rejected_key_is_not_retried() -> None:
    server = Server(QUEUED, NO_RECORD, httpx.Response(401))
    with pytest.raises(AuthenticationError):
        await server.client().files.save_contacts_export(filter=EVERYBODY, to=io.BytesIO(), first_wait=0.001)


def test_waits_grow_until_the_deadline(tmp_path: Path) -> None:
    times: list[float] = []

    def none(request: httpx.Request) -> httpx.Response:
        if request.content == b'{"file_name":"e-1.csv"}':
            times.append(trio.current_time())
        return NOT_READY

    async def job() -> None:
        target = tmp_path / "contacts.csv"
        target.write_text("yesterday's")
        start = trio.current_time()
        with pytest.raises(ExportError, match=r"e-1: there was no file within timeout=300 s; .*files\.save") as caught:
            await Server(QUEUED, none).client().files.save_contacts_export(filter=EVERYBODY, to=target, timeout=300)
        assert trio.current_time() - start == pytest.approx(300)
        assert isinstance(caught.value.__cause__, NotFoundError)
        assert target.read_text() == "yesterday's"
        assert list(tmp_path.iterdir()) == [target]

    in_virtual_time(job)
    waits = [later - earlier for earlier, later in pairwise(times)]
    assert waits[:3] == pytest.approx([1.5, 2.25, 3.375])
    assert waits[-1] == pytest.approx(30)


# Saving


async def test_a_known_file_is_saved(tmp_path: Path) -> None:
    server = Server(file())
    await server.client().files.save(file_name="people.csv", to=tmp_path / "people.csv")
    assert server.body == {"file_name": "people.csv"}
    assert (tmp_path / "people.csv").read_bytes() == CSV
    assert stat.S_IMODE((tmp_path / "people.csv").stat().st_mode) == 0o600
    with pytest.raises(NotFoundError):
        await answering({}, 404).client().files.save(file_name="people.csv", to=tmp_path / "other.csv")
    assert list(tmp_path.iterdir()) == [tmp_path / "people.csv"]


async def test_a_writer_may_be_asynchronous(tmp_path: Path) -> None:
    async with await anyio.open_file(tmp_path / "people.csv", "wb") as target:
        await Server(file()).client().files.save(file_name="people.csv", to=target)
    assert (tmp_path / "people.csv").read_bytes() == CSV


async def test_half_a_file_is_fetched_again() -> None:
    half, whole = Body([b"uuid,na", b"me\n1,Eve"], broken=True), Body([CSV])
    server = Server(half.answer, whole.answer)
    written = io.BytesIO()
    await client(server).files.save(file_name="people.csv", to=written)
    assert written.getvalue() == CSV
    assert (half.closed, whole.closed) == (True, True)


async def test_a_writer_gets_all_or_nothing() -> None:
    half = Body([b"uuid,na"], broken=True)
    written = io.BytesIO()
    with pytest.raises(APIConnectionError):
        await client(Server(half.answer), max_attempts=2).files.save(file_name="people.csv", to=written)
    assert written.getvalue() == b""
    assert half.closed


async def test_a_download_that_is_cancelled_leaves_nothing(tmp_path: Path) -> None:
    body = Body([b"uuid"] * 10, pause=0.01)
    with anyio.move_on_after(0.03) as scope:
        await Server(body.answer).client().files.save(file_name="people.csv", to=tmp_path / "people.csv")
    assert scope.cancelled_caught
    assert body.closed
    assert list(tmp_path.iterdir()) == []


def test_a_long_download_does_not_time_out() -> None:
    """It takes longer than the limits of an attempt and of all attempts; only the time of the export counts."""

    async def job() -> None:
        body = Body([CSV] * 6, pause=100)
        written = io.BytesIO()
        await client(Server(body.answer), max_attempt=120, max_elapsed=300).files.save(file_name="a", to=written)
        assert written.getvalue() == CSV * 6
        server = Server(QUEUED, NO_RECORD, body.answer)
        with pytest.raises(ExportError, match="within timeout=250 s"):
            await client(server).files.save_contacts_export(filter=EVERYBODY, to=io.BytesIO(), timeout=250)
        assert body.closed

    in_virtual_time(job)


def test_the_limits_of_time_hold_between_downloads() -> None:
    async def job() -> None:
        start = trio.current_time()
        half = Body([CSV, CSV], pause=100, broken=True)

        async def handler(request: httpx.Request) -> httpx.Response:
            await trio.sleep(math.inf if half.closed else 100)
            return half.answer(request)

        policy = RetryPolicy(max_attempt=120, max_elapsed=300, max_attempts=9, first_delay=0.001)
        transport = httpx.MockTransport(handler)
        grinfi = Grinfi(KEY, base_url="http://127.0.0.1:1", transport=transport, retry=policy, rate_limiter=None)
        with pytest.raises(APITimeoutError):
            await grinfi.files.save(file_name="a", to=io.BytesIO())
        assert trio.current_time() == pytest.approx(start + 200 + 300, abs=1)

    in_virtual_time(job)


async def test_a_large_file_is_not_held_in_memory(tmp_path: Path) -> None:
    part = b"x" * 256 * 1024
    body = Body(part for _ in range(256))
    tracemalloc.start()
    try:
        await Server(body.answer).client().files.save(file_name="a", to=tmp_path / "a")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (tmp_path / "a").stat().st_size == 64 * 1024 * 1024
    assert peak < 4 * 1024 * 1024


async def test_a_compressed_body_that_was_not_asked_for_is_an_error() -> None:
    server = Server(lambda request: httpx.Response(200, stream=Body([b"?"]), headers={"content-encoding": "br"}))
    with pytest.raises(DecodeError, match="encoded as br"):
        await server.client().files.save(file_name="a", to=io.BytesIO())


async def test_where_nothing_can_be_written_nothing_is_queued(tmp_path: Path) -> None:
    def save(to: Any, **more: Any) -> Callable[[Grinfi], Any]:
        return lambda it: it.files.save_contacts_export(filter=EVERYBODY, to=to, **more)

    await assert_refused("to", save(tmp_path / "nowhere" / "a.csv"), match="there is no such folder")
    await assert_refused("to", save(tmp_path), match="Is a directory")
    os.mkfifo(tmp_path / "pipe")
    await assert_refused("to", save(tmp_path / "pipe"), match="not a regular file")
    await assert_refused("to", save("a\0b"), match="not a path")
    await assert_refused("to", save(io.StringIO()), match='"wb"')
    await assert_refused("to", save(7), match="a path, or")
    nothing: Any = None
    export = tmp_path / "a.csv"
    await assert_refused("filter", lambda it: it.files.save_contacts_export(filter=nothing, to=export))
    await assert_refused("timeout", save(io.BytesIO(), timeout=0), match="above 0")
    await assert_refused("first_wait", save(io.BytesIO(), first_wait=-1), match="above 0")
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


# Uploads


async def test_csv_leads_is_the_only_type_of_an_upload() -> None:
    server = answering({"uuid": "f-1"})
    await server.client().files.upload_csv(file=b"name\nAda\n")
    assert {part.name: part.text for part in multipart(server.request)} == {"file": "name\nAda\n", "type": "csv_leads"}
    other: Any = "csv_companies"
    await assert_refused("type", lambda it: it.files.upload_csv(file=b"", type=other), match="csv_leads")
    with pytest.raises(InvalidArgumentError):
        await server.client().files.upload_csv(file="there is no such file.csv")
