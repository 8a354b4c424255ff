"""The client."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar, Final, Literal, Self, Unpack, cast

import anyio
import httpx
from anyio.lowlevel import current_token

from .answers import ACCEPT_ENCODING, NOT_SENT, UnreadableAnswer
from .checks import check_count, check_seconds
from .client_options import (
    DEFAULT_MAX_CONNECTIONS,
    SHARED,
    headers_option,
    instance_option,
    limiter_option,
    limits_option,
)
from .connections import PoolTransport
from .corrections import find_correction
from .corrections.request import Request
from .environment import Route, bare, find_proxy, read_base_url, tls_context, without_secrets
from .errors import (
    APIConnectionError,
    APITimeoutError,
    CallOutcome,
    ClientClosedError,
    ConfigurationError,
    DecodeError,
    InvalidArgumentError,
    status_error,
)
from .events import Hooks, with_observers
from .http_libraries import Client, HTTPLibrary, Limits, Proxy, Timeout, Transport, connector, own_sender, read_timeout
from .keys import APIKey, Keys, KeyTransport
from .lanes import current_lane
from .rate_limit import RateLimiter, with_lanes
from .retry import RetryPolicy
from .runtime.operations import Operation
from .runtime.refused_use import refused_use
from .runtime.requests import Form, RequestParts
from .runtime.responses import OUTCOME
from .runtime.unset import UNSET, Unset
from .transport import CALL, Call, RateLimitTransport, RetryTransport
from .version import __version__

JSON = "application/json"
DEFAULT_TIMEOUT = httpx.Timeout(60.0, connect=10.0)
DEFAULT_MAX_ANSWER_BYTES: Final = 64 * 2**20
DEFAULT_MAX_WAIT = 3600.0


class BaseClient:
    """A client of the Grinfi API.

    Use it as an asynchronous context manager, or call `aclose()` when done. Resources are attributes:
    `await grinfi.contacts.get(uuid)`. A client belongs to one event loop.

    Args:
        api_key: API key; by default the environment variable `GRINFI_API_KEY`. For keys that change, a function
            without arguments that returns the key. It is called before each attempt, so it should keep the key in
            memory. The rate limit stays that of the first key.
        expect_team: Id of the team that each key must belong to, by its claim `specific_team_id`. A key of another
            team, or without the claim, is refused before anything is sent.
        base_url: URL of the API; by default the environment variable `GRINFI_BASE_URL`, or else
            https://leadgen.grinfi.io.
        timeout: Seconds for each of connecting, sending, and waiting for the next bytes of the answer; or an
            `httpx.Timeout`. By default 10 to connect and 60 for the others.
        headers: Headers to send with every request.
        retry: Which failures are repeated, and for how long.
        rate_limiter: Decides when a request may leave. By default, all clients of the same key and base URL in this
            process (and thread) share a `TokenBucket` of 300 requests per 60 seconds. None turns the limit off.
        max_wait: Seconds a call may wait for the rate limit and a free connection, 3,600 by default; a longer wait
            raises `RateLimitWaitError`. Jobs have their own `max_wait`.
        hooks: Functions that are called on attempts, retries and waits.
        max_answer_bytes: Largest answer that is read, in bytes after decompression; 64 MiB by default. A larger one
            raises `DecodeError`. An answer that is saved to a file may be larger.
        max_connections: Number of connections that are open at once, 50 by default; further requests wait, in order.
        limits: An `httpx.Limits`, instead of `max_connections`; it also sets how many seconds an idle connection is
            kept (15 by default).
        proxy: URL of a proxy.
        verify: False to accept any TLS certificate, or an `ssl.SSLContext`.
        http_library: The library that makes the connections: "httpx"; "httpx2", its successor; or "aiohttp", which is
            faster with many connections and needs asyncio. The last two need the extra `grinfi-async[httpx2]` or
            `grinfi-async[aiohttp]`.
        transport: An `httpx.AsyncBaseTransport`, such as `httpx.MockTransport`, instead of connections. Retries and
            the rate limit still apply.
        http_client: An `httpx.AsyncClient` to send through, with its connections, event hooks and headers; its auth
            and timeouts are not used, and it is not closed. `task.cancel()` can make it lose a connection forever
            (httpcore 1.0); the client's own connections are safe from that.

    Objects of httpx2 are accepted wherever those of httpx are, with any `http_library`.

    Raises:
        ConfigurationError: There is no key, or an option cannot be used.
    """

    operations: ClassVar[Mapping[str, Operation]] = {}
    """Every operation of the API, by its operationId."""

    @without_secrets
    def __init__(
        self,
        api_key: APIKey | None = None,
        *,
        expect_team: int | str | None = None,
        base_url: str | None = None,
        timeout: float | Timeout = DEFAULT_TIMEOUT,
        headers: Mapping[str, str] | None = None,
        retry: RetryPolicy | None = None,
        rate_limiter: RateLimiter | Literal["shared"] | None = SHARED,
        max_wait: float = DEFAULT_MAX_WAIT,
        hooks: Hooks | None = None,
        max_answer_bytes: int = DEFAULT_MAX_ANSWER_BYTES,
        max_connections: int | None = None,
        limits: Limits | None = None,
        proxy: str | Proxy | None = None,
        verify: bool | ssl.SSLContext = True,
        http_library: HTTPLibrary = "httpx",
        transport: Transport | None = None,
        http_client: Client | None = None,
    ) -> None:
        keys = Keys(api_key, expect_team)
        url, url_from = read_base_url(base_url)
        route = Route(url, url_from, keys.source)
        limiter = limiter_option(rate_limiter, keys.first, url)
        sender = own_sender(transport, http_client)
        if sender is None:
            route.proxy, route.proxy_from = find_proxy(url, proxy, http_library)
            sender = _pool(route, http_library, limits_option(max_connections, limits), verify)
        sent = httpx.Headers(
            {
                "accept": JSON,
                "accept-encoding": ACCEPT_ENCODING,
                "user-agent": f"grinfi-async/{__version__}",
            }
        )
        sent.update(headers_option(headers))
        chain = RetryTransport(RateLimitTransport(KeyTransport(sender, keys), with_lanes(limiter)))
        self._core = _Core(route, keys, limiter, chain, sent, needs_asyncio=http_library == "aiohttp")
        self._owner = True
        self._timeout = read_timeout(timeout)
        self._headers = httpx.Headers()
        self._max_answer_bytes = check_count("max_answer_bytes", max_answer_bytes)
        self._retry = instance_option("retry", retry, RetryPolicy) if retry is not None else RetryPolicy()
        self._max_wait = check_seconds("max_wait", max_wait)
        self._hooks = instance_option("hooks", hooks, Hooks) if hooks is not None else Hooks()
        self._shared: dict[type, Any] = {}

    @property
    def base_url(self) -> str:
        """URL that requests are sent to."""
        return self._core.route.base_url

    @property
    def team(self) -> str | None:
        """Id of the team that the key names; None if it does not name one."""
        return self._core.keys.team

    @property
    def rate_limiter(self) -> RateLimiter:
        """The rate limiter; its `statistics()` shows waits and counts."""
        return self._core.limiter

    @property
    def shared(self) -> dict[type, Any]:
        """Data that resources keep between calls, such as the names of custom fields. Copies share it."""
        return self._shared

    def add_stage(self, stage: Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport]) -> None:
        """Put your own transport in front of retry and rate limit, for each call of this client and its copies."""
        self._core.chain = stage(self._core.chain)

    def __repr__(self) -> str:
        team = "" if self.team is None else f", team={self.team!r}"
        return f"{type(self).__name__}(base_url={self.base_url!r}{team})"

    if not TYPE_CHECKING:  # checkers refuse these by themselves
        __enter__ = __exit__ = refused_use("a client is asynchronous; write `async with {0}(...) as grinfi:`")

    def with_options(
        self,
        *,
        timeout: float | Timeout | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
        retry: RetryPolicy | Unset = UNSET,
        max_wait: float | Unset = UNSET,
        hooks: Hooks | Unset = UNSET,
        max_answer_bytes: int | Unset = UNSET,
    ) -> Self:
        """A cheap copy with other options, which shares connections, rate limiter and everything else.

        Closing the copy does nothing; it is closed with the original client.

        Args:
            timeout: As for the client.
            headers: Additional headers.
            retry: As for the client.
            max_wait: As for the client.
            hooks: Hooks instead of the client's.
            max_answer_bytes: As for the client.

        Raises:
            ConfigurationError: An option cannot be used.
        """
        copy = object.__new__(type(self))
        # Without the resources, which are kept under their names and belong to this client.
        copy.__dict__.update({name: value for name, value in self.__dict__.items() if name.startswith("_")})
        copy._owner = False
        if not isinstance(timeout, Unset):
            copy._timeout = read_timeout(timeout)
        if not isinstance(headers, Unset):
            copy._headers = self._headers.copy()
            copy._headers.update(headers_option(headers))
            if copy._headers.get("team-id") != self._headers.get("team-id"):
                copy._shared = {}  # another team has other custom fields
        if not isinstance(retry, Unset):
            copy._retry = instance_option("retry", retry, RetryPolicy)
        if not isinstance(max_wait, Unset):
            copy._max_wait = check_seconds("max_wait", max_wait)
        if not isinstance(hooks, Unset):
            copy._hooks = instance_option("hooks", hooks, Hooks)
        if not isinstance(max_answer_bytes, Unset):
            copy._max_answer_bytes = check_count("max_answer_bytes", max_answer_bytes)
        return copy

    async def __aenter__(self) -> Self:
        if self._core.closed:
            raise ConfigurationError("This client is closed; make a new one with Grinfi(...).")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections. Calls that are not finished raise `ClientClosedError`."""
        if self._owner:
            await self._core.aclose()

    async def send(self, operation: Operation, path: str, **parts: Unpack[RequestParts]) -> httpx.Response:
        """Send the request of a described operation. Resources call this; you can call it for the unread response.

        Args:
            operation: The operation; its class decides which failures are repeated.
            path: Path, with ids percent-encoded.
            parts: The other parts, by name; see `RequestParts`.

        Returns:
            The successful response, read in full; without its body if that was written `into` a file.

        Raises:
            APIStatusError: The server answered with an error status.
            APIConnectionError: The server did not answer.
            DecodeError: The server answered with success, but the answer cannot be read.
            RateLimitWaitError: The call would have waited longer than `max_wait`.
        """
        request = Request(client=self, operation=operation, path=path, **parts)
        send = Request.send if operation.correction is None else find_correction(operation.correction)
        return await send(request)

    async def send_uncorrected(self, request: Request) -> httpx.Response:
        """Send a request as it is, without the correction that its operation may have."""
        parts = {name: getattr(request, name) for name in RequestParts.__annotations__}
        return await self._exchange(request.operation, request.path, **parts)

    async def _exchange(
        self,
        operation: Operation,
        path: str,
        *,
        query: Sequence[tuple[str, Any]],
        headers: Mapping[str, str] | None,
        json: Any,
        form: Form | None = None,
        content: bytes | None = None,
        into: BinaryIO | None = None,
    ) -> httpx.Response:
        core, method = self._core, operation.method
        core.check_usable(method, path)
        body: dict[str, Any] = {}
        sent_headers = httpx.Headers()
        if operation.accept != JSON:
            sent_headers["accept"] = operation.accept
        if operation.content_type != JSON and form is None:
            sent_headers["content-type"] = operation.content_type
        sent_headers.update(self._headers)
        sent_headers.update(headers)
        if content is not None:
            body["content"] = content
        if json is None:  # httpx would send no body
            body["content"] = b"null"
            sent_headers.setdefault("content-type", JSON)
        elif json is not UNSET:
            body["json"] = json
        if into is not None:
            sent_headers["accept-encoding"] = "identity"  # the bytes are written as they arrive
        if form is not None:
            fields: dict[str, list[str]] = {}
            for name, value in form.fields:
                fields.setdefault(name, []).append(value)
            body |= {"files": form.files, "data": fields}
            if not form.files and not form.encoded:  # httpx would send a form without files urlencoded
                body = {"files": [(name, (None, value)) for name, value in form.fields]}
        lane = current_lane()
        call = Call(
            operation=operation,
            method=method,
            path=path,
            policy=self._retry,
            hooks=with_observers(self._hooks),
            max_answer_bytes=self._max_answer_bytes,
            lane=lane,
            patience=lane.max_wait if lane.job else self._max_wait,
            into=into,
        )
        try:
            request = core.http.build_request(
                method,
                path,
                params=list(query) or None,
                headers=sent_headers,
                timeout=self._timeout,
                extensions={CALL: call},
                **body,
            )
        except httpx.InvalidURL as error:
            if "query" in str(error):
                argument = query[0][0].partition("[")[0] if query else "params"
                raise InvalidArgumentError(argument, f"{error}; ask for fewer values in one call") from error
            raise InvalidArgumentError("path", f"{path!r} cannot be part of a URL: {error}") from error
        path = request.url.path
        response: httpx.Response | None = None
        core.calls.add(call)
        try:
            with call.scope:
                # Not by `core.http.send`, which logs the values of the query.
                response = await core.chain.handle_async_request(request)
        except UnreadableAnswer as error:
            advice = core.route.check_base_url
            problem = f"{error}. {advice}" if advice else str(error)
            raise DecodeError(method, path, error.status, problem, **_outcome(call)) from bare(error)
        except httpx.HTTPError as error:
            kind = APITimeoutError if isinstance(error, httpx.TimeoutException) else APIConnectionError
            sent = call.may_have_been_applied or not isinstance(error, NOT_SENT)
            problem = core.route.explain(error)
            raise kind(method, path, problem, server=str(core.route), **_outcome(call, sent)) from bare(error)
        finally:
            core.calls.discard(call)
        if response is None:  # `call.scope` has ended it: the client was closed, or `max_elapsed` is over
            if core.closed:
                lost = call.may_have_been_applied or call.under_way
                raise ClientClosedError(method, path, "the client was closed during the call", **_outcome(call, lost))
            limit = f"no answer within max_elapsed ({self._retry.max_elapsed} s) and {call.attempts} attempts"
            lost = call.may_have_been_applied or call.under_way
            raise APITimeoutError(method, path, limit, server=str(core.route), **_outcome(call, lost))
        if not response.is_success:
            raise status_error(
                response,
                call.retry_class,
                _outcome(call),
                core.route,
                filtered=_is_filtered(query, json),
                operation=operation,
            )
        core.route.recognized |= "html" not in response.headers.get("content-type", "")
        response.extensions[OUTCOME] = _outcome(call, True)
        return response


class _Core:
    """What a client and its copies share."""

    def __init__(
        self,
        route: Route,
        keys: Keys,
        limiter: RateLimiter,
        chain: httpx.AsyncBaseTransport,
        headers: httpx.Headers,
        *,
        needs_asyncio: bool,
    ) -> None:
        self.route = route
        self.keys = keys
        self.limiter = limiter
        self.chain = chain
        self.http = httpx.AsyncClient(base_url=route.base_url, headers=headers, transport=chain, trust_env=False)
        self.calls: set[Call] = set()
        self.closed = False
        self._needs_asyncio = needs_asyncio
        self._loop: object = None

    def check_usable(self, method: str, path: str) -> None:
        if self.closed:
            problem = "this client is closed; make a new one with Grinfi(...)"
            raise ClientClosedError(method, path, problem, attempts=0)
        loop = current_token()
        if self._loop is None:
            if self._needs_asyncio and not hasattr(loop.native_token, "call_soon"):
                raise ConfigurationError("http_library='aiohttp' runs on asyncio only; on trio use 'httpx'.")
            self._loop = loop
        elif self._loop != loop:
            raise ConfigurationError(
                "This client belongs to another event loop; make one client for each loop, inside the loop "
                "(for example in the function that you pass to asyncio.run)."
            )

    async def aclose(self) -> None:
        if self._loop not in (None, current_token()):
            raise ConfigurationError("This client belongs to another event loop; close it in that loop.")
        self.closed = True
        for call in list(self.calls):
            call.scope.cancel()
        await self.chain.aclose()


def _pool(route: Route, library: HTTPLibrary, limits: Limits, verify: bool | ssl.SSLContext) -> PoolTransport:
    proxy, keepalive = route.proxy, limits.keepalive_expiry
    context = tls_context(verify, plain=route.base_url.startswith("http://") and proxy is None)
    connect = connector(library, context, keepalive, proxy)
    return PoolTransport(connect, limits.max_connections or DEFAULT_MAX_CONNECTIONS, keepalive)


def _outcome(call: Call, may_have_been_applied: bool | None = None) -> CallOutcome:
    applied = call.may_have_been_applied if may_have_been_applied is None else may_have_been_applied
    started = call.started
    return CallOutcome(
        attempts=call.attempts,
        elapsed=anyio.current_time() - started if started else 0.0,
        may_have_been_applied=applied and call.retry_class != "read",
    )


def _is_filtered(query: Sequence[tuple[str, Any]], json: Any) -> bool:
    body = cast("dict[str, Any]", json) if isinstance(json, dict) else {}
    return bool(body.get("filter")) or any(name.startswith("filter") for name, _ in query)
