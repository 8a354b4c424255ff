"""The client."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import TracebackType
from typing import Any, Self

import httpx

from grinfi_async._access import RESOURCES, ResourceAccess
from grinfi_async._runtime.codecs import ANY
from grinfi_async._runtime.errors import InvalidArgumentError
from grinfi_async._runtime.operations import Operation
from grinfi_async._runtime.requests import Form, Query
from grinfi_async._runtime.responses import read_json
from grinfi_async._runtime.unset import UNSET

from .errors import APIConnectionError, APITimeoutError, ConfigurationError, status_error
from .version import __version__

__all__ = ["DEFAULT_BASE_URL", "DEFAULT_TIMEOUT", "Grinfi"]

DEFAULT_BASE_URL = "https://leadgen.grinfi.io"
DEFAULT_TIMEOUT = httpx.Timeout(60.0, connect=10.0)
DEFAULT_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20)
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class Grinfi(ResourceAccess):
    """A client of the Grinfi API.

    Use it as an asynchronous context manager, or call `aclose()` when done. Resources are attributes:
    `await grinfi.contacts.get(uuid)`.

    Args:
        api_key: API key; by default the environment variable `GRINFI_API_KEY`.
        base_url: Where the API is; by default the environment variable `GRINFI_BASE_URL`, or else
            https://leadgen.grinfi.io.
        timeout: Seconds to wait for each of connecting, sending, the next bytes of the answer, and a free connection;
            or an `httpx.Timeout`. By default 10 to connect and 60 for each of the others.
        headers: Headers to send with every request.
        transport: An `httpx.AsyncBaseTransport` to send requests through, such as `httpx.MockTransport`.

    Raises:
        ConfigurationError: There is no key, or an option cannot be used.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float | httpx.Timeout = DEFAULT_TIMEOUT,
        headers: Mapping[str, str] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        key = _api_key(api_key)
        self._base_url = _base_url(base_url)
        self._resources: dict[str, Any] = {}
        sent = httpx.Headers({"accept": "application/json", "user-agent": f"grinfi-async/{__version__}"})
        sent.update(headers)
        sent["authorization"] = f"Bearer {key}"
        self._http = httpx.AsyncClient(
            base_url=self._base_url,
            headers=sent,
            timeout=_timeout(timeout),
            limits=DEFAULT_LIMITS,
            transport=transport,
            follow_redirects=False,
        )

    @property
    def base_url(self) -> str:
        """Where requests go."""
        return self._base_url

    def __repr__(self) -> str:
        return f"Grinfi(base_url={self._base_url!r})"

    async def __aenter__(self) -> Self:
        self._check_open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections. The client cannot be used afterwards."""
        await self._http.aclose()

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | Sequence[tuple[str, Any]] | None = None,
        json: Any = UNSET,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Send a request that the API's description does not have.

        Args:
            method: HTTP method.
            path: Path below the base URL, with a leading slash. It is sent as it is; percent-encode ids yourself.
            params: Query parameters.
            json: Body, as anything JSON can hold.
            headers: Further headers.

        Returns:
            The JSON of the answer; None if it is empty.

        Raises:
            InvalidArgumentError: The request cannot be sent.
            DecodeError: The answer is not JSON.
            APIStatusError: The server did not answer with success.
            APIConnectionError: The server did not answer.
        """
        if not method.isalpha():
            raise InvalidArgumentError("method", f"{method!r} is no HTTP method")
        if not path.startswith("/") or path.startswith("//"):
            # An absolute URL would take the key to another host.
            raise InvalidArgumentError("path", f"must be like /leads/api/leads, with one leading slash, not {path!r}")
        if isinstance(params, Mapping):
            params = list(params.items())
        body = UNSET if json is UNSET else ANY.encode("json", json)
        return read_json(await self._exchange(method.upper(), path, params or (), headers, body, None, {}))

    async def send(
        self,
        operation: Operation,
        path: str,
        *,
        query: Query = (),
        headers: Mapping[str, str] | None = None,
        json: Any = UNSET,
        form: Form | None = None,
    ) -> httpx.Response:
        """Send the request of a described operation. Resources call this; so may you, for the response as it came.

        Returns:
            The response, read in full; its status is a success.

        Raises:
            APIStatusError: The server did not answer with success.
            APIConnectionError: The server did not answer.
        """
        return await self._exchange(operation.method, path, query, headers, json, form, {"grinfi.operation": operation})

    async def _exchange(
        self,
        method: str,
        path: str,
        query: Sequence[tuple[str, Any]],
        headers: Mapping[str, str] | None,
        json: Any,
        form: Form | None,
        extensions: dict[str, Any],
    ) -> httpx.Response:
        self._check_open()
        content: dict[str, Any] = {}
        if json is not UNSET:
            content["json"] = json
        if form is not None:
            fields: dict[str, list[str]] = {}
            for name, value in form.fields:
                fields.setdefault(name, []).append(value)
            content |= {"files": form.files, "data": fields}
        try:
            request = self._http.build_request(
                method, path, params=list(query) or None, headers=headers, extensions=extensions, **content
            )
            response = await self._http.send(request)
        except httpx.InvalidURL as error:
            raise InvalidArgumentError("path", f"{path!r} cannot be part of a URL: {error}") from error
        except httpx.HTTPError as error:
            kind = APITimeoutError if isinstance(error, httpx.TimeoutException) else APIConnectionError
            told = f"{type(error).__name__}{f': {error}' if str(error) else ''}"
            raise kind(method, path, told, not isinstance(error, NOT_SENT)) from error
        if not response.is_success:
            raise status_error(response)
        return response

    def _check_open(self) -> None:
        if self._http.is_closed:
            raise ConfigurationError("This client is closed; make a new one with Grinfi(...).")

    def _resource(self, name: str) -> Any:
        resource = self._resources.get(name)
        if resource is None:
            module, class_name = RESOURCES[name]
            resource = self._resources[name] = getattr(import_module(module), class_name)(self)
        return resource


def _api_key(given: str | None) -> str:
    key = os.environ.get("GRINFI_API_KEY", "") if given is None else given
    if not key.strip():
        raise ConfigurationError(
            "No API key. Pass one as Grinfi(api_key=...), or set the environment variable GRINFI_API_KEY. "
            "Keys are made at https://leadgen.grinfi.io/settings/api-keys."
        )
    key = key.strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigurationError("api_key (or GRINFI_API_KEY) has characters that no key has; copy it once more.")
    return key


def _base_url(given: str | None) -> str:
    text = (given if given is not None else os.environ.get("GRINFI_BASE_URL") or DEFAULT_BASE_URL).strip()
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise ConfigurationError(f"base_url (or GRINFI_BASE_URL) {text!r} is not a URL: {error}.") from error
    if url.scheme not in {"http", "https"} or not url.host or url.query or url.fragment:
        raise ConfigurationError(
            f"base_url (or GRINFI_BASE_URL) must be http or https and a host, as {DEFAULT_BASE_URL} is, not {text!r}."
        )
    return text.rstrip("/")


def _timeout(given: object) -> httpx.Timeout:
    if isinstance(given, httpx.Timeout):
        return given
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given < float("inf"):
        raise ConfigurationError(
            f"timeout must be a finite number of seconds above 0, or an httpx.Timeout, not {given!r}."
        )
    return httpx.Timeout(float(given), connect=min(float(given), 10.0))
