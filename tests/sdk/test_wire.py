"""The wire: filters in queries as PHP reads them, JSON bodies, and multipart forms."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grinfi_async import OPERATIONS, UNSET, APIConnectionError, Grinfi, InvalidArgumentError, Operation, Upload
from grinfi_sandbox.description import find_description, load_description
from tests.sdk.helpers import (
    KEY,
    UUID,
    Part,
    Server,
    answering,
    as_json,
    assert_refused,
    boundary,
    multipart,
    php_query,
    raw_query,
)

pytestmark = pytest.mark.anyio

ROWS: dict[str, Any] = {"data": []}
ORDER = {"order_field": "created_at", "order_type": "asc"}
"""What lists send without a given order."""
Make = Callable[[Path], Any]
upload: Any = Upload  # for calls that a type checker would refuse


# Filters in queries


def _filtered() -> Iterator[tuple[Operation, str]]:
    """Every GET operation with a filter, and its encoding: JSON if the description has it as a string."""
    description = load_description(find_description())
    for item in description["paths"].values():
        for parameter in item.get("get", {}).get("parameters", []):
            if parameter.get("name") == "filter":
                style = "json" if parameter["schema"]["type"] == "string" else "brackets"
                yield OPERATIONS[item["get"]["operationId"]], style


FILTERED = list(_filtered())
BRACKETS = [operation for operation, style in FILTERED if style == "brackets"]
every_filter = pytest.mark.parametrize(("operation", "style"), FILTERED, ids=[it.id for it, _ in FILTERED])
every_bracket_filter = pytest.mark.parametrize("operation", BRACKETS, ids=[it.id for it in BRACKETS])

FIELDS = {
    "listActivities": ("type", "lead_uuid", "company_uuid", "created_at"),
    "listEmails": ("flow_uuid", "flow_node_id", "mailbox_uuid", "sent_at", "folder"),
    "listLinkedinConversations": ("linkedin_account_uuid", "lead_uuid"),
    "listLinkedinMessages": ("lead_uuid", "sender_profile_uuid", "type", "status"),
    "listPipelineStages": ("type",),
    "listTasks": ("flow_uuid", "status", "lead_uuid", "flow_node_id", "executed_at"),
}
"""Fields of the operations that accept no others. The rest is open."""

ALWAYS: dict[str, dict[str, Any]] = {"listPipelineStages": {"object": "lead"}}

FILTER_VALUES: list[Any] = [
    "closed",
    ["a", "b"],
    {">=": "2026-07-22", "<": "2026-08-01 & later"},
    7,
    True,
    0.5,
    "Ann+Bob = ü€😀 100% #1 [x]/?;",
    "is_null",
    "a\r\nb",
]


def _texts(value: Any) -> Any:
    """The form of a value in a query, which has only text."""
    if isinstance(value, dict):
        entries: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
        return {key: _texts(item) for key, item in entries.items()}
    if isinstance(value, list):
        items: list[Any] = value  # pyright: ignore[reportUnknownVariableType]
        return [_texts(item) for item in items]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _call(server: Server, operation: Operation, **arguments: Any) -> Any:
    return getattr(getattr(server.client(), operation.resource), operation.name)(**arguments)


async def _received(operation: Operation, style: str, filter: dict[str, Any]) -> Any:
    """The filter as the server reads it."""
    server = answering(ROWS)
    await _call(server, operation, filter=filter)
    assert (server.request.method, server.request.url.path) == ("GET", operation.path)
    pairs = raw_query(server.request)
    if style == "json":
        [written] = [value for name, value in pairs if name.startswith("filter")]
        return json.loads(written)
    return php_query(pairs).get("filter", {})


def test_there_are_nine_filters_in_brackets_and_two_in_json() -> None:
    styles = [style for _, style in FILTERED]
    assert (styles.count("brackets"), styles.count("json")) == (9, 2)


@every_filter
@pytest.mark.parametrize("value", FILTER_VALUES, ids=str)
async def test_every_filter_arrives_as_it_was_given(operation: Operation, style: str, value: Any) -> None:
    name = FIELDS.get(operation.id, ("line\nbreak",))[-1]
    filter = {**ALWAYS.get(operation.id, {}), name: value}
    assert await _received(operation, style, filter) == (filter if style == "json" else _texts(filter))


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["a&b=c", "%5B", "+", "😀", "[]"]
)
NAMES = TEXT.filter(lambda it: bool(it.strip()) and not set("[]") & set(it) and not it.isdecimal() and it != "q")
SCALARS = TEXT | st.integers() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = (
    SCALARS
    | st.sampled_from(["is_null", "is_not_null"])
    | st.lists(SCALARS, min_size=1, max_size=3, unique_by=as_json)
    | st.dictionaries(st.sampled_from(["!=", "<", "<=", ">", ">=", "<>"]), SCALARS, min_size=1, max_size=1)
    | st.fixed_dictionaries({">=": st.integers(0, 5), "<": st.integers(6, 9), "!=": SCALARS})
)


@given(st.data(), st.sampled_from(FILTERED))
def test_any_filter_arrives_as_it_was_given(data: st.DataObject, target: tuple[Operation, str]) -> None:
    operation, style = target
    names = st.sampled_from(FIELDS[operation.id]) if operation.id in FIELDS else NAMES
    filter = {**ALWAYS.get(operation.id, {}), **data.draw(st.dictionaries(names, VALUES, max_size=4))}
    expected = filter if style == "json" else _texts(filter)
    assert anyio.run(_received, operation, style, filter) == expected


async def test_bracket_filters_look_as_the_documentation_of_the_api_writes_them() -> None:
    server = answering(ROWS)
    await server.client().tasks.list(
        filter={"status": "closed", "flow_uuid": ["A", "B"], "executed_at": {">=": "2026-07-22"}}, limit=5
    )
    assert raw_query(server.request) == [
        ("limit", "5"),
        ("filter[status]", "closed"),
        ("filter[flow_uuid][]", "A"),
        ("filter[flow_uuid][]", "B"),
        ("filter[executed_at][>=]", "2026-07-22"),
        *ORDER.items(),
    ]


async def test_a_filter_expression_is_sent_as_its_object() -> None:
    class Expression:
        def to_dict(self) -> dict[str, Any]:
            return {"status": ["closed"]}

    server = answering(ROWS)
    await server.client().tasks.list(filter=Expression())
    assert raw_query(server.request) == [("filter[status][]", "closed"), *ORDER.items()]


VANISHING: list[tuple[dict[str, Any], str]] = [
    ({"uuid": []}, "matches nothing"),
    ({"uuid": {"<>": []}}, "takes one value"),
    ({"uuid": {}}, "would be lost"),
    ({"uuid": {"=": UNSET}}, "would be lost"),
    ({"uuid": [{}]}, "got a dict"),
    ({"uuid": None}, '"is_null"'),
    ({"uuid": ["a", None]}, '"is_null"'),
    ({"": 1}, "is empty"),
    ({" ": 1}, "is empty"),
    ({"object": "lead", "a][b": 1}, "empty or contains brackets|has no field"),
]


@every_bracket_filter
@pytest.mark.parametrize(("filter", "match"), VANISHING, ids=str)
async def test_values_that_would_vanish_from_a_bracket_filter_are_refused(
    operation: Operation, filter: dict[str, Any], match: str
) -> None:
    def call(grinfi: Any) -> Any:
        return getattr(getattr(grinfi, operation.resource), operation.name)(filter=filter)

    error = await assert_refused_somewhere(call)
    assert error.argument.startswith("filter")
    assert re.search(match, str(error))


async def assert_refused_somewhere(call: Callable[[Any], Any]) -> Any:
    server = Server()
    with pytest.raises(InvalidArgumentError) as caught:
        await call(server.client())
    assert server.requests == []
    return caught.value


# Bodies


async def test_a_body_is_json() -> None:
    server = answering(ROWS)
    await server.client().contacts.search(filter={"position": "ü€😀\n"}, limit=5)
    assert server.body == {"filter": {"position": "ü€😀\n"}, "limit": 5, **ORDER}
    assert server.request.headers["content-type"] == "application/json"
    assert server.request.headers["authorization"] == f"Bearer {KEY}"


async def test_a_body_without_arguments_is_an_empty_object() -> None:
    server = answering({})
    await server.client().tags.update(UUID)
    assert server.request.content == b"{}"


async def test_a_request_without_a_body_parameter_has_no_body() -> None:
    server = Server()
    await server.client().contacts.get(UUID)
    assert server.request.content == b""
    assert "content-type" not in server.request.headers


async def test_delete_sends_a_body_if_it_has_something_to_say() -> None:
    server = Server(httpx.Response(204))
    await server.client().mailboxes.delete(
        UUID, automation_reassign_mailboxes=True, automation_mailbox_to_reassign="other"
    )
    assert server.request.method == "DELETE"
    assert server.body == {"automation_reassign_mailboxes": True, "automation_mailbox_to_reassign": "other"}


async def test_delete_without_arguments_sends_no_body() -> None:
    server = Server(httpx.Response(204))
    await server.client().mailboxes.delete(UUID)
    assert (server.request.content, "content-type" in server.request.headers) == (b"", False)


async def test_a_body_that_is_optional_is_checked_if_there_is_one() -> None:
    await assert_refused(
        "automation_reassign_mailboxes",
        lambda it: it.mailboxes.delete(UUID, automation_mailbox_to_reassign="other"),
        match="is required",
    )


# Files


CSV = b"name,email\r\nAnn,ann@example.com\r\n"


def upload_of(file: Any) -> Callable[[Grinfi], Any]:
    return lambda it: it.files.upload_csv(file=file, type="csv_leads")


async def _uploaded(file: Any) -> list[Part]:
    server = Server()
    await server.client().files.upload_csv(file=file, type="csv_leads")
    return multipart(server.request)


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_bytes(CSV)
    return path


async def test_a_form_has_the_file_and_the_fields(csv: Path) -> None:
    file, kind = sorted(await _uploaded(csv), key=lambda part: part.name)
    assert (file.name, file.file_name, file.data) == ("file", "people.csv", CSV)
    assert file.headers["content-type"] == "text/csv"
    assert (kind.name, kind.file_name, kind.text) == ("type", None, "csv_leads")


class NoBytes(io.RawIOBase):
    """A stream that cannot be rewound, and is not a file."""

    def __init__(self, content: bytes) -> None:
        self._left = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._left.readinto(buffer)


def _entry(path: Path) -> os.DirEntry[str]:
    with os.scandir(path.parent) as entries:
        return next(entries)


def _half_read() -> io.BytesIO:
    stream = io.BytesIO(CSV)
    stream.read(5)
    return stream


def _gzipped() -> gzip.GzipFile:
    return gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(CSV)))


SOURCES: list[tuple[Make, str]] = [
    (lambda path: path, "people.csv"),
    (str, "people.csv"),
    (_entry, "people.csv"),
    (lambda _: CSV, "file"),
    (lambda _: io.BytesIO(CSV), "file"),
    (lambda _: _half_read(), "file"),
    (lambda _: NoBytes(CSV), "file"),
    (lambda _: _gzipped(), "file"),
    (lambda path: Upload(path), "people.csv"),
    (lambda path: Upload(path, name="other.csv"), "other.csv"),
    (lambda _: Upload(CSV, name="dir/ü € 😀.csv"), "dir/ü € 😀.csv"),
]


@pytest.mark.parametrize(
    ("make", "name"),
    SOURCES,
    ids=[
        "Path",
        "str",
        "DirEntry",
        "bytes",
        "BytesIO",
        "half read",
        "no rewind",
        "gzip",
        "Upload",
        "renamed",
        "unicode",
    ],
)
async def test_a_file_from_every_kind_of_source(csv: Path, make: Make, name: str) -> None:
    file = next(part for part in await _uploaded(make(csv)) if part.name == "file")
    assert (file.file_name, file.data) == (name, CSV)


async def test_an_open_file_is_sent_and_stays_open(csv: Path) -> None:
    with csv.open("rb") as stream:
        file = next(part for part in await _uploaded(stream) if part.name == "file")
        assert (file.file_name, file.data) == ("people.csv", CSV)
        assert not stream.closed


async def test_a_gzip_file_is_sent_unpacked(tmp_path: Path) -> None:
    packed = tmp_path / "people.csv.gz"
    packed.write_bytes(gzip.compress(CSV * 100))
    with gzip.open(packed) as stream:
        file = next(part for part in await _uploaded(stream) if part.name == "file")
    assert file.data == CSV * 100


async def test_a_temporary_file_is_sent() -> None:
    with tempfile.SpooledTemporaryFile() as spooled, tempfile.NamedTemporaryFile() as named:
        for stream in (spooled, named):
            stream.write(CSV)
            file = next(part for part in await _uploaded(stream) if part.name == "file")
            assert file.data == CSV


async def test_a_pipe_is_sent() -> None:
    reader, writer = os.pipe()
    os.write(writer, CSV)
    os.close(writer)
    with open(reader, "rb") as stream:
        file = next(part for part in await _uploaded(stream) if part.name == "file")
    assert file.data == CSV


async def test_name_and_content_type_can_be_given() -> None:
    file = next(
        p for p in await _uploaded(Upload(CSV, name="a.bin", content_type="text/csv; charset=utf-8")) if p.file_name
    )
    assert (file.file_name, file.headers["content-type"]) == ("a.bin", "text/csv; charset=utf-8")


async def test_a_file_of_unknown_type_is_a_stream_of_octets() -> None:
    file = next(part for part in await _uploaded(b"x") if part.file_name)
    assert file.headers["content-type"] == "application/octet-stream"


async def test_no_two_requests_have_the_same_boundary() -> None:
    server = Server()
    for _ in range(2):
        await server.client().files.upload_csv(file=CSV, type="csv_leads")
    first, second = (boundary(request) for request in server.requests)
    assert first != second
    assert len(first) >= 16


async def test_a_file_that_looks_like_a_form_cannot_add_fields() -> None:
    earlier = Server()
    await earlier.client().files.upload_csv(file=CSV, type="csv_leads")
    hostile = (
        earlier.request.content
        + b'\r\n--\r\n--x\r\nContent-Disposition: form-data; name="type"\r\n\r\nevil\r\n--x--\r\n'
    )
    parts = await _uploaded(hostile)
    assert sorted(part.name for part in parts) == ["file", "type"]
    assert {part.name: part.data for part in parts} == {"file": hostile, "type": b"csv_leads"}


@given(
    st.binary(max_size=200) | st.lists(st.sampled_from([b"\r\n", b"--", b"\n", b"\r", b"-", b"a", b'"'])).map(b"".join)
)
def test_any_content_arrives_intact(content: bytes) -> None:
    parts = anyio.run(_uploaded, content)
    assert {part.name: part.data for part in parts} == {"file": content, "type": b"csv_leads"}


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda it: bool(it.strip()))
    | st.sampled_from(
        ['a".csv', 'a"\r\nX-Evil: 1\r\n\r\n.csv', "a\nb", "a\\", 'a"; name="type', "ü€😀", "a;b", "\x7f", "a\u2028"]
    )
)
def test_no_file_name_can_add_a_header_or_a_field(name: str) -> None:
    parts = anyio.run(_uploaded, Upload(CSV, name=name))
    assert sorted(part.name for part in parts) == ["file", "type"]
    file = next(part for part in parts if part.name == "file")
    assert sorted(file.headers) == ["content-disposition", "content-type"]
    assert file.data == CSV


NO_FILES: list[tuple[str, str, Make]] = [
    ("file", "No such file", lambda path: path.with_name("missing.csv")),
    ("file", "No such file.*pass it as bytes", lambda _: "name,email\nAnn,ann@example.com"),
    ("file", "Is a directory", lambda path: path.parent),
    ("file", "not a path", lambda _: "a\0b"),
    ("file", 'mode "rb"', lambda _: io.StringIO("a")),
    ("file", 'mode "rb"', lambda _: 7),
    ("file", 'mode "rb"', lambda _: bytearray(CSV)),
    ("file", "null", lambda _: None),
    ("file.name", "non-empty string", lambda _: Upload(CSV, name="")),
    ("file.name", "non-empty string", lambda _: upload(CSV, name=7)),
    ("file.name", "surrogate", lambda _: Upload(CSV, name="caf\udce9.csv")),
    ("file.content_type", "a MIME type", lambda _: Upload(CSV, content_type="text/csv\r\nX-Evil: 1")),
    ("file.content_type", "a MIME type", lambda _: Upload(CSV, content_type="")),
    ("file.content_type", "a MIME type", lambda _: upload(CSV, content_type=b"text/csv")),
]


@pytest.mark.parametrize(("argument", "match", "make"), NO_FILES)
async def test_values_that_are_not_files_are_refused(csv: Path, argument: str, match: str, make: Make) -> None:
    await assert_refused(argument, upload_of(make(csv)), match=match)


async def test_a_stream_in_text_mode_is_refused(csv: Path) -> None:
    with csv.open() as text, tempfile.NamedTemporaryFile("w+") as temporary:
        for stream in (text, temporary):
            await assert_refused("file", upload_of(stream), match='"rb"')


async def test_a_stream_that_cannot_be_read_is_refused(csv: Path) -> None:
    closed = csv.open("rb")
    closed.close()
    await assert_refused("file", upload_of(closed), match="closed")
    with csv.open("ab") as writing:
        await assert_refused("file", upload_of(writing), match="cannot be read")


async def test_an_asynchronous_file_is_refused(csv: Path) -> None:
    async with await anyio.open_file(csv, "rb") as stream:
        await assert_refused("file", upload_of(stream), match='"rb"')


async def test_a_form_with_a_bad_argument_leaves_no_file_open(csv: Path) -> None:
    bad: Any = "csv_companies"
    await assert_refused("type", lambda it: it.files.upload_csv(file=csv, type=bad))
    await assert_refused(
        "file.content_type", lambda it: it.files.upload_csv(file=Upload(csv, content_type="?"), type="csv_leads")
    )


async def test_a_failed_upload_leaves_no_file_open(csv: Path) -> None:
    opened: list[int] = []

    def fail(request: httpx.Request) -> httpx.Response:
        opened.extend(_open_files(csv))
        raise httpx.ConnectError("no network", request=request)

    with pytest.raises(APIConnectionError):
        await Server(fail).client().files.upload_csv(file=csv, type="csv_leads")
    assert len(opened) == 1
    assert _open_files(csv) == []


def _open_files(path: Path) -> list[int]:
    found: list[int] = []
    for entry in Path("/proc/self/fd").iterdir():
        try:
            if entry.readlink() == path:
                found.append(int(entry.name))
        except OSError:
            continue
    return found


# Attachments


async def _attached(**arguments: Any) -> dict[str, Part]:
    server = Server()
    await server.client().attachments.upload(**arguments)
    return {part.name: part for part in multipart(server.request)}


async def test_an_attachment_has_name_size_and_type_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "offer.pdf"
    path.write_bytes(b"%PDF-" * 10)
    parts = await _attached(attachment=path)
    assert {name: part.text for name, part in parts.items()} == {
        "attachment": "%PDF-" * 10,
        "payload[name]": "offer.pdf",
        "payload[size]": "50",
        "payload[type]": "application/pdf",
    }
    assert parts["attachment"].file_name == "offer.pdf"


async def test_an_attachment_can_be_renamed() -> None:
    parts = await _attached(attachment=Upload(b"12345", name='a".txt', content_type="text/x-log"))
    told = [parts[f"payload[{name}]"].text for name in ("name", "size", "type")]
    assert told == ['a".txt', "5", "text/x-log"]


async def test_the_payload_of_an_attachment_can_be_given() -> None:
    parts = await _attached(attachment=b"12345", payload={"name": "n", "size": "9", "type": "t"})
    assert [parts[f"payload[{name}]"].text for name in ("name", "size", "type")] == ["n", "9", "t"]


async def test_a_stream_is_attached_from_its_start() -> None:
    stream = _half_read()
    parts = await _attached(attachment=stream)
    assert (parts["attachment"].data, parts["payload[size]"].text) == (CSV, str(len(CSV)))


async def test_a_packed_stream_is_attached_unpacked() -> None:
    parts = await _attached(attachment=_gzipped())
    assert (parts["attachment"].data, parts["payload[size]"].text) == (CSV, str(len(CSV)))


async def test_an_attachment_of_more_than_20_megabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with path.open("wb") as stream:
        stream.truncate(20 * 1024 * 1024 + 1)
    await assert_refused(
        "attachment", lambda it: it.attachments.upload(attachment=path), match="20 MB.*20,971,521 bytes"
    )


async def test_an_attachment_of_20_megabytes_is_not() -> None:
    size = 20 * 1024 * 1024
    server = Server()
    await server.client().attachments.upload(attachment=bytes(size))
    assert int(server.request.headers["content-length"]) > size
