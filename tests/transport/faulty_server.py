"""A real HTTP server on loopback with configured failures, which counts the requests it applied."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from types import TracebackType
from typing import Self

BODY = json.dumps({"uuid": "list-1", "name": "Everyone"}).encode()
FAULTS = {
    # fault -> whether the request was applied all the same
    "reset before reading": False,
    "reset after reading": True,
    "close without an answer": True,
    "stall": True,
    "half a body": True,
    "slow drip": True,
    "garbage": True,
    "broken gzip": True,
    "empty body": True,
    "broken JSON": True,
    "429": False,
    "429 with Retry-After": False,
    "429 with a date": False,
    "500": True,
    "502": True,
    "503": True,
    "504": True,
}
RETRY_AFTER = {
    "429 with Retry-After": "0.05",
    "429 with a date": "Wed, 21 Oct 2015 07:28:00 GMT",
}
PATIENCE = 5.0


class FaultyServer:
    """Answers `times` requests with a fault, the first `after` ones and all later ones well."""

    def __init__(self, fault: str | None = None, times: int = 1, after: int = 0) -> None:
        self.fault = fault
        self.faulty = range(after + 1, after + times + 1)
        self.seconds = 0.0
        self.applied = 0
        self.received = 0
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._threads: list[threading.Thread] = []

    @property
    def url(self) -> str:
        host, port = self._listener.getsockname()
        return f"http://{host}:{port}"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _start(self, target: object, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)  # type: ignore[arg-type]  # pyright: ignore
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(PATIENCE)
            try:
                while self._exchange(connection):
                    pass
            except OSError:
                return  # the client gave up, as these tests make it

    def _exchange(self, connection: socket.socket) -> bool:
        """Serve one request; return whether the connection stays open."""
        # Usually all of it, so that the request of a client that disconnects at once is received.
        first = connection.recv(65536)
        if not first:
            return False
        with self._lock:
            self.received += 1
            fault = self.fault if self.received in self.faulty else None
        if fault == "reset before reading":
            _reset(connection)
            return False
        _read_request(connection, first)
        if fault is None or FAULTS[fault]:
            with self._lock:
                self.applied += 1
        return self._answer(connection, fault)

    def _answer(self, connection: socket.socket, fault: str | None) -> bool:
        self._stopped.wait(self.seconds)
        status = fault[:3] if fault and fault[:3].isdigit() else "200"
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n"
        match fault:
            case "reset after reading":
                _reset(connection)
                return False
            case "close without an answer":
                return False
            case "stall":
                self._stopped.wait(PATIENCE)
                return False
            case "half a body":
                connection.sendall(f"{head}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY[:7])
                return False
            case "slow drip":
                connection.sendall(f"{head}Content-Length: {len(BODY)}\r\n\r\n".encode())
                for byte in BODY:
                    connection.sendall(bytes([byte]))
                    if self._stopped.wait(0.1):
                        break
                return False
            case "garbage":
                connection.sendall(b"\x00\xffgarbage, not HTTP\r\n\r\n")
                return False
            case "broken gzip":
                body = b"this is not gzip"
                head += "Content-Encoding: gzip\r\n"
            case "empty body":
                body = b""
            case "broken JSON":
                body = b'{"uuid": "list-1", "na'
            case None:
                body = BODY
            case _:
                body = b'{"message": "not now"}'
                if fault in RETRY_AFTER:
                    head += f"Retry-After: {RETRY_AFTER[fault]}\r\n"
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        return True


def _read_request(connection: socket.socket, received: bytes) -> None:
    while b"\r\n\r\n" not in received:
        part = connection.recv(65536)
        if not part:
            raise ConnectionResetError
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        part = connection.recv(65536)
        if not part:
            raise ConnectionResetError
        body += part


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    time.sleep(0.001)
