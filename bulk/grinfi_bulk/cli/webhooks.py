"""Webhooks on a developer's machine: showing and forwarding deliveries, and setting up webhooks."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import httpx

from grinfi_async import Grinfi, InvalidArgumentError
from grinfi_async.webhooks import WantedWebhook, WebhookBodyError, WebhookChanges, WebhookEvent, ensure_webhooks
from grinfi_toolkit.names import full_name

from ..wording import one_line
from .client import with_client
from .errors import Status, say

__all__ = ["line_of", "make_server", "serve", "set_up"]

LARGEST: Final = 2**20
SECONDS: Final = 30
PASSED_ON: Final = ("content-type", "x-webhook-secret")


def serve(forward: str | None, port: int, *, as_json: bool) -> None:
    """Listen until Ctrl-C."""
    with make_server(forward, port, as_json=as_json) as server:
        say(f"Listening at http://127.0.0.1:{server.server_port}/; press Ctrl-C to stop.")
        try:
            server.serve_forever(poll_interval=0.1)
        except KeyboardInterrupt:
            return


def make_server(forward: str | None, port: int, *, as_json: bool) -> ThreadingHTTPServer:
    """A server that writes each delivery to stdout, and forwards it."""
    try:
        if forward is not None and not httpx.URL(forward).host:
            raise httpx.InvalidURL("it has no host")
    except httpx.InvalidURL as error:
        raise InvalidArgumentError(
            "--forward", f"{forward!r} is not a URL such as http://127.0.0.1:8000/: {error}"
        ) from None
    target = httpx.Client(trust_env=False, timeout=SECONDS) if forward else None

    class Handler(BaseHTTPRequestHandler):
        timeout = SECONDS

        def handle_one(self) -> None:
            size = self.headers.get("content-length", "0")
            if not size.isdigit() or int(size) > LARGEST:
                self.answer(413, b"")
                return
            body = self.rfile.read(int(size))
            status, answer = 200, b""
            problem: str | None = None
            if target is not None and forward is not None:
                headers = {name: self.headers[name] for name in PASSED_ON if name in self.headers}
                try:
                    response = target.request(self.command, forward, content=body, headers=headers)
                    status, answer = response.status_code, response.content
                except httpx.HTTPError as error:
                    status, problem = 502, f"{forward} does not answer: {error}"
            width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
            sys.stdout.write(f"{line_of(body, status, problem, width, as_json=as_json)}\n")
            sys.stdout.flush()
            self.answer(status, answer)

        do_POST = do_PUT = do_PATCH = do_GET = do_DELETE = handle_one  # noqa: N815

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Write only the events."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def line_of(body: bytes, status: int, problem: str | None, width: int | None, *, as_json: bool) -> str:
    """A delivery in one line: time, answer, event, contact and text, cut to the width of the terminal."""
    now = datetime.now().astimezone()
    try:
        event = WebhookEvent.parse(body)
    except WebhookBodyError as error:
        event, problem = WebhookEvent({}), f"{problem}. {error}" if problem else str(error)
    if as_json:
        shown = {"time": now.isoformat(), "status": status, "event": event.name, "contact_uuid": event.contact_uuid}
        return json.dumps({**shown, "problem": problem, "body": event.body}, ensure_ascii=False)
    name = event.name or "no name"
    contact = event.contact
    who = "" if contact is None else contact.name or full_name(contact)
    if width is not None and len(name) > (most := max(24, width - 33)):
        name = f"{name[: most - 1]}…"
    text = problem or ": ".join(filter(None, (who or event.contact_uuid, event.text)))
    line = one_line(f"{now:%H:%M:%S} {status} {name} {text}")
    return line if width is None or len(line) <= width else f"{line[: width - 1]}…"


def set_up(url: str, events: list[Any], under: str | None, *, dry_run: bool) -> int:
    """Set up the webhooks, and return the exit status."""

    async def use(grinfi: Grinfi) -> WebhookChanges:
        wanted = WantedWebhook(target_url=url, events=events)
        try:
            return await ensure_webhooks(grinfi, [wanted], under=under, dry_run=dry_run)
        except InvalidArgumentError as error:
            option = {"events": "--event", "under": "--under", "wanted": "URL"}.get(error.argument, error.argument)
            raise InvalidArgumentError(option, error.problem) from None

    changes = with_client(use)
    print(changes)
    return Status.ROWS_FAILED if changes.unseen else Status.DONE
