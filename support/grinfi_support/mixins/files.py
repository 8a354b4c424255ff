"""Files: exports are waited for, and saved without holding them in memory."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import ExitStack, asynccontextmanager
from inspect import isawaitable
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Protocol, TypeVar, cast, runtime_checkable

import anyio.to_thread
import httpx

from grinfi_overrides.errors import (
    APIConnectionError,
    APIStatusError,
    AuthenticationError,
    ClientClosedError,
    DecodeError,
    ExportError,
    InvalidArgumentError,
    PaymentRequiredError,
    PermissionDeniedError,
    RateLimitError,
)
from grinfi_overrides.runtime.codec import Filter, InPython, reject
from grinfi_overrides.runtime.codecs import NUMBER, STRING
from grinfi_overrides.runtime.operations import Operation
from grinfi_overrides.runtime.requests import path_text
from grinfi_overrides.runtime.responses import read_json

from ..private_files import replacing
from ..resource import Resource
from ..routes import call_route

if TYPE_CHECKING:
    from grinfi_overrides.client import BaseClient

__all__ = ["FilesMixin"]

# Not described; the records of other resources are read at such a path.
RECORD = Operation("getFileExport", "GET", "/leads/api/file-exports/{uuid}", "files", "", "read", False, False)
FAILED = {"failed", "error", "canceled", "cancelled"}
NEVER_READY = (AuthenticationError, PaymentRequiredError, PermissionDeniedError, RateLimitError, ClientClosedError)
LONGEST_WAIT = 30.0
GROWTH = 1.5
PART = 1024 * 1024


@runtime_checkable
class Writer(Protocol):
    """Anything that takes bytes; if its `write` is asynchronous, it is awaited."""

    def write(self, data: bytes, /) -> Any: ...


Target = str | os.PathLike[str] | Annotated[Writer, InPython(Writer)]


class Export(Protocol):
    """An export that was queued."""

    @property
    def uuid(self) -> str | None: ...
    @property
    def additional_properties(self) -> dict[str, Any]: ...

    if not TYPE_CHECKING:  # no member of the protocol: pydantic takes any object for one

        @classmethod
        def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
            return handler.generate_schema(Any)


ExportT = TypeVar("ExportT", bound=Export)
ContactExportT = TypeVar("ContactExportT", bound=Export, covariant=True)
CompanyExportT = TypeVar("CompanyExportT", bound=Export, covariant=True)


class Exports(Protocol[ContactExportT, CompanyExportT]):
    """The generated class, as far as it is needed here."""

    _client: BaseClient

    def export_contacts(self, *, filter: Filter) -> Coroutine[Any, Any, ContactExportT]: ...
    def export_companies(self, *, filter: Filter) -> Coroutine[Any, Any, CompanyExportT]: ...


class FilesMixin(Resource):
    """What `files` has besides its operations."""

    async def save_contacts_export(
        self: Exports[ContactExportT, Export],
        *,
        filter: Filter,
        to: Target,
        timeout: float = 1800.0,
        first_wait: float = 1.0,
    ) -> ContactExportT:
        """Export contacts to CSV: queue the export, wait until its file is ready, and save that.

        No operation of the description tells when the file is ready, nor what it is called. So the file is asked for
        again and again, until the answer is one. Its name is the `file_name` of the export, if the server tells one
        (in its answer, or at `GET /leads/api/file-exports/{uuid}`, which is not described); otherwise it is assumed to
        be `<uuid>.csv` or `<uuid>`, after the export. That a file can be fetched only when it is complete is assumed
        too.

        POST /leads/api/file-exports/leads, POST /leads/api/file-exports/download

        Args:
            filter: Filter that picks the contacts; `{"all": True}` exports all of them.
            to: Where the file goes: a path, which is left as it is until the file has arrived in full; or anything with
                a `write` for bytes, which is called from then on. Until then the data is in a file on disk.
            timeout: Seconds, from when the export was queued.
            first_wait: Seconds to wait before the file is asked for; each further wait is half as long again, up to 30
                seconds.

        Returns:
            The export, as it was queued.

        Raises:
            InvalidArgumentError: An argument cannot be sent, or `to` cannot be written; nothing was queued.
            ExportError: The export failed, or there was no file in time.
            GrinfiError: The request failed in another way.
        """
        client = self._client  # pyright: ignore[reportPrivateUsage]
        return await _save_export(client, self.export_contacts, filter, to, timeout, first_wait)

    async def save_companies_export(
        self: Exports[Export, CompanyExportT],
        *,
        filter: Filter,
        to: Target,
        timeout: float = 1800.0,
        first_wait: float = 1.0,
    ) -> CompanyExportT:
        """Export companies to CSV: queue the export, wait until its file is ready, and save that.

        As `save_contacts_export`, with the same assumptions.

        POST /leads/api/file-exports/companies, POST /leads/api/file-exports/download

        Args:
            filter: Filter that picks the companies; `{"all": True}` exports all of them.
            to: Where the file goes: a path, or anything with a `write` for bytes.
            timeout: Seconds, from when the export was queued.
            first_wait: Seconds to wait before the file is asked for; further waits grow up to 30 seconds.

        Returns:
            The export, as it was queued.

        Raises:
            InvalidArgumentError: An argument cannot be sent, or `to` cannot be written; nothing was queued.
            ExportError: The export failed, or there was no file in time.
            GrinfiError: The request failed in another way.
        """
        client = self._client  # pyright: ignore[reportPrivateUsage]
        return await _save_export(client, self.export_companies, filter, to, timeout, first_wait)

    async def save(self, *, file_name: str, to: Target) -> None:
        """Save an export file whose name is known, without holding it in memory.

        POST /leads/api/file-exports/download

        Args:
            file_name: Name of the file, as found in the export record.
            to: Where the file goes, as for `save_contacts_export`.

        Raises:
            InvalidArgumentError: An argument cannot be sent, or `to` cannot be written.
            NotFoundError: No such file.
            GrinfiError: The request failed in another way.
        """
        async with _saved(to) as file:
            await _download(self._client, file_name, file)


async def _save_export(
    client: BaseClient,
    queue: Callable[..., Awaitable[ExportT]],
    filter: Filter,
    to: Target,
    timeout: float,
    wait: float,
) -> ExportT:
    for name, value in (("timeout", timeout), ("first_wait", wait)):
        if NUMBER.encode(name, value) <= 0:
            raise InvalidArgumentError(name, f"must be seconds above 0, got {value}")
    async with _saved(to) as file:
        export = await queue(filter=filter)
        await _fetch(client, export, file, timeout, wait)
    return export


async def _fetch(client: BaseClient, export: Export, file: BinaryIO, timeout: float, wait: float) -> None:
    """Wait for the file of an export, and write it."""
    uuid = export.uuid
    if uuid is None:
        raise ExportError("without uuid", "the server did not say what it is called")
    name = export.additional_properties.get("file_name")
    latest: Exception | None = None
    asks_record = True
    with anyio.move_on_after(timeout):
        while True:
            await anyio.sleep(wait)
            wait = min(wait * GROWTH, LONGEST_WAIT)
            if asks_record and not name:
                record = await _record(client, uuid)
                asks_record = record is not None
                name = (record or {}).get("file_name")
                if (record or {}).get("status") in FAILED:
                    raise ExportError(uuid, f"it failed; its status is {record!r}")
            for candidate in (str(name),) if name else (f"{uuid}.csv", uuid):
                try:
                    response = await _download(client, candidate, file)
                except NEVER_READY:
                    raise
                except (APIStatusError, APIConnectionError) as error:
                    latest = error
                else:
                    if file.tell() and "json" not in response.headers.get("content-type", ""):
                        return
                    kind = response.headers.get("content-type", "no content type")
                    latest = DecodeError(
                        "POST",
                        response.request.url.path,
                        response.status_code,
                        f"the body is no file (content type: {kind}, {file.tell()} bytes)",
                    )
    raise ExportError(
        uuid, f"there was no file within {timeout:g} s; if it gets one, files.save fetches it"
    ) from latest


async def _record(client: BaseClient, uuid: str) -> dict[str, Any] | None:
    """The record of an export; None if the server does not show it."""
    try:
        response = await client.send(RECORD, f"/leads/api/file-exports/{path_text('uuid', uuid)}")
        record: Any = read_json(response)
    except NEVER_READY:
        raise
    except (APIStatusError, DecodeError):
        return None
    if isinstance(record, dict):
        record = cast("dict[str, Any]", record).get("data", record)
    return cast("dict[str, Any]", record) if isinstance(record, dict) else None


async def _download(client: BaseClient, file_name: str, file: BinaryIO) -> httpx.Response:
    json = {"file_name": STRING.encode("file_name", file_name)}
    return await call_route(client, "POST /leads/api/file-exports/download", json=json, into=file)


@asynccontextmanager
async def _saved(to: Target) -> AsyncGenerator[BinaryIO]:
    """A file to write; what is in it goes to `to` if nothing fails meanwhile."""
    if not isinstance(to, str | os.PathLike):
        if not callable(getattr(to, "write", None)) or isinstance(to, io.TextIOBase):
            raise reject("to", 'a path, or something with a `write` for bytes (open a file with mode "wb")', to)
        with tempfile.TemporaryFile() as spool:
            yield spool
            spool.seek(0)
            while part := spool.read(PART):
                written = to.write(part)
                if isawaitable(written):
                    await written
        return
    with ExitStack() as stack:
        try:
            file = stack.enter_context(replacing(os.fsdecode(to)))
        except OSError as error:
            hint = "name another file, or pass something with a `write`"
            problem = f"cannot write {os.fsdecode(to)[:200]!r}: {error.strerror}; {hint}"
            raise InvalidArgumentError("to", problem) from error
        yield file
        await anyio.to_thread.run_sync(stack.pop_all().close)  # it waits for the disk
