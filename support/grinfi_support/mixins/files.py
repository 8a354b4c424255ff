"""Files: wait for exports, and save them without loading them into memory."""

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

# Not in the description. Other resources have their records at such a path.
RECORD = Operation("getFileExport", "GET", "/leads/api/file-exports/{uuid}", "files", "", "read", False, False)
FAILED = {"failed", "error", "canceled", "cancelled"}
NEVER_READY = (AuthenticationError, PaymentRequiredError, PermissionDeniedError, RateLimitError, ClientClosedError)
LONGEST_WAIT = 30.0
GROWTH = 1.5
PART = 1024 * 1024


@runtime_checkable
class Writer(Protocol):
    """Any object with a `write` method for bytes, ordinary or async."""

    def write(self, data: bytes, /) -> Any: ...


Target = str | os.PathLike[str] | Annotated[Writer, InPython(Writer)]


class Export(Protocol):
    """A queued export."""

    @property
    def uuid(self) -> str | None: ...
    @property
    def additional_properties(self) -> dict[str, Any]: ...

    if not TYPE_CHECKING:  # not a member of the protocol: pydantic must accept any object

        @classmethod
        def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
            return handler.generate_schema(Any)


ExportT = TypeVar("ExportT", bound=Export)
ContactExportT = TypeVar("ContactExportT", bound=Export, covariant=True)
CompanyExportT = TypeVar("CompanyExportT", bound=Export, covariant=True)


class Exports(Protocol[ContactExportT, CompanyExportT]):
    """The part of the generated class that is needed here."""

    _client: BaseClient

    def export_contacts(self, *, filter: Filter) -> Coroutine[Any, Any, ContactExportT]: ...
    def export_companies(self, *, filter: Filter) -> Coroutine[Any, Any, CompanyExportT]: ...


class FilesMixin(Resource):
    """Methods of `files` besides its operations."""

    async def save_contacts_export(
        self: Exports[ContactExportT, Export],
        *,
        filter: Filter,
        to: Target,
        timeout: float = 1800.0,
        first_wait: float = 1.0,
    ) -> ContactExportT:
        """Export contacts to CSV: queue the export, wait until its file is ready, and save the file.

        No described operation shows when the file is ready, or its name. So this method requests the file again and
        again, until the answer is a file. Its name is the export's `file_name`, if the server sends it (in its answer,
        or at `GET /leads/api/file-exports/{uuid}`, which is not described); otherwise it is assumed to be `<uuid>.csv`
        or `<uuid>`, with the export's UUID. It is also assumed that a file can be fetched only when it is complete.

        POST /leads/api/file-exports/leads, POST /leads/api/file-exports/download

        Args:
            filter: Filter for the contacts; `{"all": True}` exports all of them.
            to: Target: a path, which is replaced when the whole file has arrived; or an object with a `write` method
                for bytes, which is called when the whole file has arrived. Until then, the data is in a file on disk.
            timeout: Seconds to wait after the export was queued.
            first_wait: Seconds until the file is requested; each further wait is 1.5 times as long, up to 30 seconds.

        Returns:
            The queued export.

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
        """Export companies to CSV: queue the export, wait until its file is ready, and save the file.

        Like `save_contacts_export`, with the same assumptions.

        POST /leads/api/file-exports/companies, POST /leads/api/file-exports/download

        Args:
            filter: Filter for the companies; `{"all": True}` exports all of them.
            to: Target: a path, or an object with a `write` method for bytes.
            timeout: Seconds to wait after the export was queued.
            first_wait: Seconds until the file is requested; each further wait is 1.5 times as long, up to 30 seconds.

        Returns:
            The queued export.

        Raises:
            InvalidArgumentError: An argument cannot be sent, or `to` cannot be written; nothing was queued.
            ExportError: The export failed, or there was no file in time.
            GrinfiError: The request failed in another way.
        """
        client = self._client  # pyright: ignore[reportPrivateUsage]
        return await _save_export(client, self.export_companies, filter, to, timeout, first_wait)

    async def save(self, *, file_name: str, to: Target) -> None:
        """Save an export file whose name is known, without loading it into memory.

        POST /leads/api/file-exports/download

        Args:
            file_name: Name of the file, from the record of the export.
            to: Target, as for `save_contacts_export`.

        Raises:
            InvalidArgumentError: An argument cannot be sent, or `to` cannot be written.
            NotFoundError: There is no such file.
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
    """Wait for the file of an export, and write it to `file`.

    An error status is not final, because the file may not be ready. Only errors that waiting cannot change are raised
    (`NEVER_READY`). The server may also answer with JSON, or without a body, which is not a CSV file.
    """
    uuid = export.uuid
    if uuid is None:
        raise ExportError("without uuid", "the server did not send its UUID, so its file cannot be fetched")
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
                        f"the body is not a file (content type: {kind}, {file.tell()} bytes)",
                    )
    raise ExportError(
        uuid, f"there was no file within timeout={timeout:g} s; if it is ready later, files.save fetches it"
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
    """A file to write. If the block ends without an error, its content goes to `to`."""
    if not isinstance(to, str | os.PathLike):
        if not callable(getattr(to, "write", None)) or isinstance(to, io.TextIOBase):
            raise reject("to", 'a path, or an object with a `write` for bytes (open a file with mode "wb")', to)
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
            hint = "pass another path, or an object with a `write` for bytes"
            problem = f"cannot write {os.fsdecode(to)[:200]!r}: {error.strerror}; {hint}"
            raise InvalidArgumentError("to", problem) from error
        yield file
        await anyio.to_thread.run_sync(stack.pop_all().close)  # in a thread, because it waits for the disk
