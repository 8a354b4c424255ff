"""A server within the test: it returns given answers, and keeps the requests."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

import httpx
import pytest
from python_multipart.multipart import MultipartParser, parse_options_header

from grinfi_async import Grinfi, InvalidArgumentError, RetryPolicy

KEY = "a-key-for-tests"
UUID = "0b9e1a52-8f1c-4c36-9f0a-6b8a4a7a4c11"

Answer = httpx.Response | Callable[[httpx.Request], httpx.Response]


class Server:
    """Answers each request with the next answer, and from then on with the last one."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = answers or (httpx.Response(200, json={}),)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        answer = self.answers[min(len(self.requests), len(self.answers) - 1)]
        self.requests.append(request)
        return answer if isinstance(answer, httpx.Response) else answer(request)

    @property
    def request(self) -> httpx.Request:
        """The only request."""
        assert len(self.requests) == 1, f"{len(self.requests)} requests"
        return self.requests[0]

    @property
    def body(self) -> Any:
        """The JSON of the only request."""
        return json.loads(self.request.content)

    def client(self) -> Grinfi:
        return Grinfi(
            KEY,
            base_url="http://127.0.0.1:1",
            transport=httpx.MockTransport(self),
            retry=RetryPolicy(max_attempts=1),
            rate_limiter=None,
        )


def answering(value: Any, status: int = 200) -> Server:
    return Server(httpx.Response(status, content=json.dumps(value)))


async def assert_refused(
    argument: str, call: Callable[[Grinfi], Any], *, match: str | None = None
) -> InvalidArgumentError:
    """The call raises InvalidArgumentError, which names the argument, and sends nothing."""
    server = Server()
    with pytest.raises(InvalidArgumentError, match=match) as caught:
        await call(server.client())
    assert server.requests == []
    assert isinstance(caught.value, ValueError)
    assert caught.value.argument == argument
    assert argument in str(caught.value)
    return caught.value


def as_json(value: Any) -> str:
    """JSON text, in which 1 differs from True and from 1.0, and NaN equals NaN."""
    return json.dumps(value, sort_keys=True)


def raw_query(request: httpx.Request) -> list[tuple[str, str]]:
    """The query as the server receives it, percent-decoded."""
    pairs = [pair.partition("=") for pair in request.url.query.decode("ascii").split("&") if pair]
    return [(unquote_plus(name, errors="strict"), unquote_plus(value, errors="strict")) for name, _, value in pairs]


def php_query(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Query parameters as PHP reads them: `a[b][]=1` is `{"a": {"b": ["1"]}}`, and each `[]` is one more entry."""
    result: dict[Any, Any] = {}
    for name, value in pairs:
        base, brackets = re.fullmatch(r"([^\[]+)((?:\[[^\]]*\])*)", name, re.DOTALL).groups()  # type: ignore[union-attr]
        keys: list[str] = [base, *re.findall(r"\[([^\]]*)\]", brackets, re.DOTALL)]
        place = result
        for position, text in enumerate(keys):
            numbers = [key for key in place if isinstance(key, int)]
            key: str | int = text
            if not text.strip():
                key = max(numbers, default=-1) + 1
            elif re.fullmatch("0|[1-9][0-9]*", text):
                key = int(text)
            if position == len(keys) - 1:
                place[key] = value
            else:
                place = place.setdefault(key, {})
    return {name: _listed(value) for name, value in result.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    entries: dict[Any, Any] = value  # pyright: ignore[reportUnknownVariableType]
    if list(entries) == list(range(len(entries))):
        return [_listed(item) for item in entries.values()]
    return {key: _listed(item) for key, item in entries.items()}


class Part(NamedTuple):
    """A part of a multipart form."""

    name: str
    file_name: str | None
    headers: dict[str, str]
    data: bytes

    @property
    def text(self) -> str:
        return self.data.decode()


def boundary(request: httpx.Request) -> bytes:
    kind, options = parse_options_header(request.headers["content-type"])
    assert kind == b"multipart/form-data"
    return options[b"boundary"]


def multipart(request: httpx.Request) -> list[Part]:
    """The parts of a form, by a parser that is not the client's."""
    parts: list[Part] = []
    headers: list[tuple[bytes, bytes]] = []
    pieces: dict[str, bytes] = {}

    def collect(kind: str) -> Callable[[bytes, int, int], None]:
        def take(data: bytes, start: int, end: int) -> None:
            pieces[kind] = pieces.get(kind, b"") + data[start:end]

        return take

    def begin() -> None:
        headers.clear()
        pieces.clear()

    def end_header() -> None:
        headers.append((pieces.pop("field"), pieces.pop("value")))

    def end() -> None:
        given = {name.decode().lower(): value.decode() for name, value in headers}
        assert len(given) == len(headers)
        _, options = parse_options_header(given["content-disposition"].encode())
        file_name = options.get(b"filename")
        parts.append(
            Part(
                options[b"name"].decode(),
                None if file_name is None else file_name.decode(),
                given,
                pieces.get("data", b""),
            )
        )

    parser = MultipartParser(
        boundary(request),
        {
            "on_part_begin": begin,
            "on_header_field": collect("field"),
            "on_header_value": collect("value"),
            "on_header_end": end_header,
            "on_part_data": collect("data"),
            "on_part_end": end,
        },
    )
    parser.write(request.content)
    parser.finalize()
    assert int(request.headers["content-length"]) == len(request.content)
    return parts
