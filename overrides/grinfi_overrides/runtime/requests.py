"""The parts of requests, as generated methods make them. All arguments are checked before anything is sent."""

from __future__ import annotations

import json
import mimetypes
import os
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import wraps
from inspect import iscoroutine, iscoroutinefunction
from io import SEEK_SET, BufferedRandom, BufferedReader, BytesIO, FileIO, IOBase
from pathlib import Path
from typing import Annotated, Any, BinaryIO, NamedTuple, TypedDict, TypeVar, cast
from urllib.parse import quote

from ..errors import InvalidArgumentError
from .codec import Codec, InPython, QueryStyle, check_text, describe, reject
from .codecs import ANY, MapOf, json_value, uuid_text
from .suggestions import did_you_mean
from .unset import UNSET, Unset

SEPARATORS = {"comma": ",", "pipe": "|", "space": " "}
PLAIN_STREAMS = (BytesIO, BufferedReader, BufferedRandom, FileIO)
CONTENT_TYPE = re.compile(r"[!-~]+/[!-~]+(;[ -~]*)?", re.ASCII)

MethodT = TypeVar("MethodT", bound=Callable[..., Any])

Query = Sequence[tuple[str, str]]
"""Query parameters in order, not yet percent-encoded."""

Given = Mapping[str, tuple[Any, Codec]] | None
"""Name on the wire -> argument and its codec."""
Entry = tuple[Any, Codec] | tuple[Any, Codec, QueryStyle]


def path_text(argument: str, value: object) -> str:
    """A path parameter, percent-encoded as one segment.

    Raises:
        InvalidArgumentError: It is empty or a relative path, so that the request would go to another path:
            `DELETE /lists/` instead of `DELETE /lists/{uuid}`.
    """
    text = uuid_text(argument, value)
    if not text.strip():
        raise InvalidArgumentError(
            argument, "an empty id would address the whole collection; pass the id of one record"
        )
    if text in {".", ".."}:
        raise InvalidArgumentError(argument, f"{text!r} would address another path; pass the id of one record")
    return quote(text, safe="")


def path_number(argument: str, value: object) -> str:
    """A numeric path parameter."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise reject(argument, "an integer", value)
    return str(value)


ExtraBody = Annotated[Mapping[str, Any] | Unset, InPython(Mapping, Unset)]
"""Additional fields of a body, which its method does not have. Tools for language models do not offer it."""


def json_body(*, required: Given = None, optional: Given = None, extra: ExtraBody = UNSET) -> dict[str, Any]:
    """A JSON object of arguments; optional ones that are UNSET are left out."""
    body = {name: codec.encode(name, value) for name, (value, codec) in (required or {}).items()}
    for name, (value, codec) in (optional or {}).items():
        if value is not UNSET:
            body[name] = codec.encode(name, value)
    if extra is UNSET:
        return body
    more: dict[str, Any] = MapOf(ANY).encode("extra_body", extra)
    for name in more:
        if name in (required or {}) or name in (optional or {}):
            raise InvalidArgumentError(f"extra_body.{name}", f"is an argument of this method; pass it as {name}=")
        if name in {"filter", "all"}:
            problem = "is not checked here, and must not choose records; send the request with grinfi.request()"
            raise InvalidArgumentError(f"extra_body.{name}", problem)
    return body | more


def optional_json_body(
    *, required: Given = None, optional: Given = None, extra: ExtraBody = UNSET
) -> dict[str, Any] | Unset:
    """Like `json_body`, but UNSET if no argument was given: then the request has no body."""
    if extra is UNSET and all(value is UNSET for value, _ in (*(required or {}).values(), *(optional or {}).values())):
        return UNSET
    return json_body(required=required, optional=optional, extra=extra)


def refusing(call: str, remedies: Mapping[str, str]) -> Callable[[MethodT], MethodT]:
    """Make a method refuse arguments that the server would accept and ignore. The error says what to do instead."""

    def mark(method: MethodT) -> MethodT:
        code = cast("Any", method).__code__
        known = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]

        def accepted(given: dict[str, Any]) -> dict[str, Any]:
            for name, value in given.items():
                if name not in known and value is not UNSET:
                    other = f"a custom field goes into custom_fields={{{name!r}: ...}}"
                    takes = other if "custom_fields" in known else f"it takes {', '.join(known)}"
                    remedy = remedies.get(name) or did_you_mean(name, known, otherwise=takes)
                    raise InvalidArgumentError(name, f"the server would ignore it in {call}; {remedy}")
            return {name: value for name, value in given.items() if name in known}

        async def checked(*args: Any, **given: Any) -> Any:
            return await method(*args, **accepted(given))

        def checked_list(*args: Any, **given: Any) -> Any:
            return method(*args, **accepted(given))

        return cast("MethodT", wraps(method)(checked if iscoroutinefunction(method) else checked_list))

    return mark


def require_any_of(
    body: dict[str, Any], *alternatives: Sequence[str], one: bool = False, shared: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the body if one of several groups of arguments has values; None and empty values do not count.

    Args:
        body: The body to check.
        alternatives: Groups of names, of which all must have values.
        one: Whether exactly one group may have values; otherwise at least one.
        shared: Names that may be combined with any group.

    Raises:
        InvalidArgumentError: No group has values, or, with `one`, several have.
    """
    choices = ", or ".join(" and ".join(names) for names in alternatives)
    full = [names for names in alternatives if all(_has_value(body.get(name)) for name in names)]
    for names in full if one else ():
        others = {it for group in alternatives for it in group} - {*names, *shared}
        if mixed := [name for name in body if name in others]:
            raise InvalidArgumentError(mixed[0], f"cannot be combined with {' and '.join(names)}; give only {choices}")
    if full:
        return body
    nearest = max(alternatives, key=lambda names: sum(name in body for name in names) if one else 0)
    missing = next(name for name in nearest if not _has_value(body.get(name)))
    raise InvalidArgumentError(missing, f"at least one of these is needed: {choices}")


def _has_value(value: Any) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value not in (None, [], {})


def query_pairs(
    *, required: Mapping[str, Entry] | None = None, optional: Mapping[str, Entry] | None = None
) -> list[tuple[str, str]]:
    """Query parameters, each in the style that the server reads."""
    pairs: list[tuple[str, str]] = []
    given = {name: entry for name, entry in (optional or {}).items() if entry[0] is not UNSET}
    for name, entry in {**(required or {}), **given}.items():
        encoded = entry[1].encode(name, entry[0])
        style = entry[2] if len(entry) == 3 else "form"
        if style == "json":
            pairs.append((name, json.dumps(encoded, ensure_ascii=False, separators=(",", ":"))))
        elif style == "brackets":
            pairs.extend(_bracket_pairs(name, encoded))
        elif isinstance(encoded, list):
            texts = [_query_text(name, item) for item in cast("list[Any]", encoded)]
            if style in SEPARATORS:
                pairs.append((name, _joined(name, texts, SEPARATORS[style])))
            else:
                pairs.extend((name, text) for text in texts)
        else:
            pairs.append((name, _query_text(name, encoded)))
    return pairs


def _joined(name: str, texts: list[str], separator: str) -> str:
    wrong = next((text for text in texts if separator in text), None)
    if wrong is not None:
        raise InvalidArgumentError(name, f"{wrong!r} contains {separator!r}, which separates the values of this list")
    return separator.join(texts)


def any_pairs(params: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> list[tuple[str, str]]:
    """Query parameters of a request without description: lists are repeated, objects are written in brackets."""
    entries = cast("Mapping[str, Any]", params).items() if isinstance(params, Mapping) else params
    pairs: list[tuple[str, str]] = []
    for name, value in entries:
        encoded = UNSET if value is UNSET else json_value(name, value)
        if isinstance(encoded, dict):
            pairs.extend(_bracket_pairs(name, cast("dict[str, Any]", encoded)))
        elif isinstance(encoded, list):
            pairs.extend((name, _query_text(name, item)) for item in cast("list[Any]", encoded))
        elif encoded is not UNSET:
            pairs.append((name, _query_text(name, encoded)))
    return pairs


def header_values(*, required: Given = None, optional: Given = None) -> dict[str, str]:
    """Header parameters."""
    body = json_body(required=required, optional=optional)
    return {name: _query_text(name, value) for name, value in body.items()}


def _query_text(where: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    if value is None:
        raise InvalidArgumentError(where, 'a query cannot contain null; to filter for it, pass "is_null"')
    raise InvalidArgumentError(where, f"a query cannot contain {describe(value)}")


def _bracket_pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """PHP's notation: `filter[status]=closed`, `filter[flow_uuid][]=A`, `filter[executed_at][>=]=2026-07-22`."""
    if isinstance(value, dict):
        for key, item in cast("dict[str, Any]", value).items():
            if not key.strip() or "[" in key or "]" in key:
                raise InvalidArgumentError(
                    name, f"the key {key!r} cannot be written in a query: it is empty or contains brackets"
                )
            if item == {}:
                raise InvalidArgumentError(f"{name}[{key}]", "an empty mapping would be lost in the query")
            yield from _bracket_pairs(f"{name}[{key}]", item)
    elif isinstance(value, list):
        if not value:
            raise InvalidArgumentError(
                name, "an empty list would be lost in the query, and the server would answer with everything"
            )
        items = cast("list[Any]", value)
        # Each `[]` begins a new entry, so that an entry with several parts needs a number:
        # `tags[]=a&tags[]=b`, but `rules[0][key]=a&rules[0][value]=b`.
        numbered = any(isinstance(item, dict | list) for item in items)
        for index, item in enumerate(items):
            if item == {}:
                raise InvalidArgumentError(f"{name}[{index}]", "an empty mapping would be lost in the query")
            yield from _bracket_pairs(f"{name}[{index if numbered else ''}]", item)
    else:
        yield name, _query_text(name, value)


class Upload(NamedTuple):
    """A file to upload, with its name and content type.

    Attributes:
        content: A path, bytes, or a binary stream, which is sent from its start if it can seek.
        name: File name for the server; by default that of the path or stream.
        content_type: MIME type; by default guessed from the name.
    """

    content: str | os.PathLike[str] | bytes | BinaryIO
    name: str | None = None
    content_type: str | None = None


FileContent = str | os.PathLike[str] | bytes | Annotated[BinaryIO | Upload, InPython(IOBase, Upload)]
"""A file to send: a path, bytes, a binary stream, or an `Upload` with name and content type."""


class Form(NamedTuple):
    """A form. The HTTP library chooses a random boundary for each multipart request, so no file can forge fields."""

    files: list[tuple[str, tuple[str, bytes | BinaryIO, str]]]
    fields: list[tuple[str, str]]
    encoded: bool = False
    """Whether it is sent as `application/x-www-form-urlencoded` instead of `multipart/form-data`."""


class RequestParts(TypedDict, total=False):
    """The parts of a request besides its operation and path."""

    query: Query
    """Query parameters."""
    headers: Mapping[str, str] | None
    """Additional headers."""
    json: Any
    """Body, as a value that JSON can hold."""
    form: Form | None
    """Body, as a form."""
    content: bytes | None
    """Body, as bytes of the operation's content type."""
    into: BinaryIO | None
    """A file that can seek. The body of a successful answer is written to it from the start, part by part; each attempt
    starts again. The time this takes does not count against the limits of `retry`."""


@contextmanager
def form_data(
    *,
    files: Mapping[str, FileContent | Sequence[FileContent] | Unset] | None = None,
    required: Given = None,
    optional: Given = None,
    encoded: bool = False,
) -> Generator[Form]:
    """A form with files (or lists of files) and arguments. Objects become `payload[name]`. It closes files it opens."""
    body = json_body(required=required, optional=optional)
    fields = [pair for name, value in body.items() for pair in _bracket_pairs(name, value)]
    with ExitStack() as opened:
        parts = [(name, open_file(where, file, opened)) for name, where, file in _each_file(files or {})]
        yield Form([(name, (part.name, part.content, part.content_type)) for name, part in parts], fields, encoded)


def _each_file(
    files: Mapping[str, FileContent | Sequence[FileContent] | Unset],
) -> Iterator[tuple[str, str, FileContent]]:
    """The files of a form: name of the field, name for errors, file."""
    for name, given in files.items():
        if isinstance(given, list | tuple) and not isinstance(given, Upload):
            several = cast("Sequence[FileContent]", given)
            yield from ((name, f"{name}[{index}]", file) for index, file in enumerate(several))
        elif not isinstance(given, Unset):
            yield name, name, cast("FileContent", given)


def raw_body(argument: str, value: FileContent | Unset, *, text: bool = False) -> bytes | None:
    """A body of text, or from a file; None if there is no body."""
    if isinstance(value, Unset):
        return None
    if text:
        if not isinstance(value, str):
            raise reject(argument, "a string", value)
        return check_text(argument, value).encode()
    with ExitStack() as opened:
        content = open_file(argument, value, opened).content
        return content if isinstance(content, bytes) else content.read()


class OpenFile(NamedTuple):
    """A file that is ready to send."""

    name: str
    content: bytes | BinaryIO
    content_type: str


def open_file(argument: str, file: FileContent, opened: ExitStack) -> OpenFile:
    """Open a file if necessary, and find its name and content type. `opened` closes what is opened here.

    Raises:
        InvalidArgumentError: It cannot be read, or its name or content type cannot be sent.
    """
    upload = file if isinstance(file, Upload) else Upload(file)
    given = upload.content
    content: bytes | BinaryIO
    source_name = argument
    if isinstance(given, bytes):
        content = given
    elif isinstance(given, str | os.PathLike):
        path = Path(os.fsdecode(given))
        try:
            content = opened.enter_context(path.open("rb"))
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not a path"
            raise InvalidArgumentError(
                argument, f"cannot read the file {str(path)[:200]!r}: {reason}; to send text itself, pass it as bytes"
            ) from error
        source_name = path.name
    else:
        content = _stream_content(argument, given)
        stream_name = getattr(given, "name", None)
        if isinstance(stream_name, str) and stream_name:
            source_name = Path(stream_name).name
    name = source_name if upload.name is None else upload.name
    kind = upload.content_type
    if not isinstance(cast("object", name), str) or not name.strip():
        raise reject(f"{argument}.name", "a non-empty string", name)
    check_text(f"{argument}.name", name)
    if kind is None:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    elif not isinstance(cast("object", kind), str) or not CONTENT_TYPE.fullmatch(kind):
        raise reject(f"{argument}.content_type", "a MIME type such as text/csv", kind)
    return OpenFile(name, content, kind)


def _stream_content(argument: str, stream: BinaryIO) -> bytes | BinaryIO:
    """The stream itself if the HTTP library can find its length; otherwise its content."""
    expected = 'a path, bytes, or a binary stream (open the file with mode "rb")'
    if not callable(getattr(stream, "read", None)):
        raise reject(argument, expected, stream)
    try:
        nothing = cast("object", stream.read(0))
        seekable = hasattr(stream, "seekable") and stream.seekable()
    except (OSError, ValueError) as error:
        raise InvalidArgumentError(argument, f"the stream cannot be read: {error}") from error
    if iscoroutine(nothing):
        nothing.close()
    if not isinstance(nothing, bytes):
        raise reject(argument, expected, stream)
    if seekable and isinstance(cast("object", stream), PLAIN_STREAMS):
        return stream
    # A pipe, or a wrapper such as gzip.GzipFile, whose length differs from that of the file inside.
    if seekable:
        stream.seek(0, SEEK_SET)
    return stream.read()
