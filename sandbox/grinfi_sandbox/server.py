"""Runs the sandbox on a real socket: for the command line, and in a thread for tests."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType
from typing import Unpack

import uvicorn
from starlette.applications import Starlette
from uvicorn.config import LOGGING_CONFIG
from uvicorn.protocols.http.h11_impl import H11Protocol

from .app import DEFAULT_KEY, create_app
from .delivery import CONNECTION, Connection
from .options import Options
from .values import JsonObject

SHUTDOWN_SECONDS = 2
TICK_SECONDS = 0.1  # uvicorn's
TICKS = 864_000


class _Protocol(H11Protocol):
    """A connection that a request can close."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._connection = Connection(transport.close)
        self.app_state = {**self.app_state, CONNECTION: self._connection}

    def shutdown(self) -> None:
        super().shutdown()
        if self._connection.silent:
            self._connection.close()


class _Server(uvicorn.Server):
    """A uvicorn server that reports when it is ready, and that treats a signal as a plain request to stop."""

    def __init__(self, app: Starlette, on_ready: Callable[[], None], log: bool, verbose: bool) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=_Protocol,
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_config=LOGGING_CONFIG if log else None,
                log_level="info" if verbose else "warning",
                access_log=verbose,
                server_header=False,
                timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            )
        )
        self._on_ready = on_ready
        self._told_to_stop: asyncio.Event | None = None
        self._running: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    def stop(self) -> None:
        """Stop soon; can be called from any thread."""
        self.should_exit = True
        if self._running is not None and self._told_to_stop is not None:
            with suppress(RuntimeError):  # the loop is closed already
                self._running.call_soon_threadsafe(self._told_to_stop.set)

    async def main_loop(self) -> None:
        """Tick as uvicorn does, but stop at once when asked to."""
        self._running, self._told_to_stop = asyncio.get_running_loop(), asyncio.Event()
        ticks = 0
        while not await self.on_tick(ticks):
            ticks = (ticks + 1) % TICKS
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told_to_stop.wait(), TICK_SECONDS)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close at once when no request is under way; uvicorn itself would wait a moment."""
        if self.server_state.tasks:
            await super().shutdown(sockets)
            return
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        for listener in sockets or []:
            listener.close()
        for server in self.servers:
            await server.wait_closed()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        previous = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.should_exit = True


def listen(host: str, port: int) -> tuple[socket.socket, str]:
    """Open the listening socket; return it with the URL of the server. Port 0 takes a free port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Declared as TCP, because asyncio turns off Nagle's delays only for such sockets.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except BaseException:
        listener.close()
        raise
    shown = f"[{host}]" if ":" in host else host
    return listener, f"http://{shown}:{listener.getsockname()[1]}"


def serve(app: Starlette, listener: socket.socket, on_ready: Callable[[], None], verbose: bool) -> None:
    """Serve until SIGTERM or SIGINT."""
    _Server(app, on_ready, True, verbose).run(sockets=[listener])


class SandboxServer:
    """A sandbox on a loopback socket, served by a thread; a context manager with `url` and `key`."""

    def __init__(
        self,
        description: JsonObject | None = None,
        database: str = ":memory:",
        keys: Iterable[str] = (DEFAULT_KEY,),
        host: str = "127.0.0.1",
        port: int = 0,
        **options: Unpack[Options],
    ) -> None:
        accepted = tuple(keys)
        self.key = accepted[0]
        options["allow_hosts"] = (host, *options.get("allow_hosts", ()))
        self.app = create_app(description, database, accepted, **options)
        self._listener, self.url = listen(host, port)
        self._ready = threading.Event()
        self._server = _Server(self.app, self._ready.set, log=False, verbose=False)
        self._thread = threading.Thread(target=self._run, name="grinfi-sandbox", daemon=True)

    def start(self) -> None:
        """Start serving, and wait until requests are accepted."""
        self._thread.start()
        while not self._ready.wait(0.05):
            if not self._thread.is_alive():
                raise RuntimeError("The sandbox could not start; its thread reported why.")

    def stop(self) -> None:
        """Stop serving, and close the socket and the database."""
        self._server.stop()
        if self._thread.ident is not None:
            self._thread.join()
        self._listener.close()
        self.app.state.close()

    def _run(self) -> None:
        self._server.run(sockets=[self._listener])

    def __enter__(self) -> SandboxServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


@contextmanager
def run_in_thread(
    description: JsonObject | None = None,
    database: str = ":memory:",
    keys: Iterable[str] = (DEFAULT_KEY,),
    host: str = "127.0.0.1",
    port: int = 0,
    **options: Unpack[Options],
) -> Generator[SandboxServer, None, None]:
    """Run a sandbox for the duration of a `with` block."""
    with SandboxServer(description, database, keys, host, port, **options) as server:
        yield server
