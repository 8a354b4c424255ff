"""Servers on loopback whose connections are not as a client expects them."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

CERTIFICATE = str(Path(__file__).with_name("localhost.pem"))  # and its key; of localhost, 127.0.0.1, api.test
ANSWER = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 8\r\nconnection: close\r\n\r\n{"id":7}'
PATIENCE = 5.0

Serve = Callable[[socket.socket], None]


@contextmanager
def serving(serve: Serve) -> Generator[int]:
    """Let a function talk to each connection; the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run() -> None:
            with suppress(OSError):  # the listener is closed
                while True:
                    connection, _ = listener.accept()
                    connection.settimeout(PATIENCE)
                    with connection, suppress(OSError):  # the client disconnects when it cannot continue
                        serve(connection)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(PATIENCE)


def head(connection: socket.socket) -> str:
    """The head of a request."""
    received = b""
    while b"\r\n\r\n" not in received and (part := connection.recv(65536)):
        received += part
    return received.decode()


def secured(connection: socket.socket) -> ssl.SSLSocket:
    """Speak TLS from now on."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context.wrap_socket(connection, server_side=True)


def answering(answer: bytes) -> Serve:
    """A server that answers every request with these bytes."""

    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(answer)

    return serve


def over_tls(connection: socket.socket) -> None:
    """An API over TLS."""
    with secured(connection) as inner:
        head(inner)
        inner.sendall(ANSWER)


class Proxy:
    """An HTTP proxy that answers instead of every server, over TLS for a tunnel."""

    def __init__(self) -> None:
        self.heads: list[str] = []

    def __call__(self, connection: socket.socket) -> None:
        self.heads.append(head(connection))
        if not self.heads[-1].startswith("CONNECT "):
            connection.sendall(ANSWER)
            return
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        over_tls(connection)
