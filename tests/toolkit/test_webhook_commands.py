"""`grinfi webhooks listen` and `grinfi webhooks ensure`."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial

import httpx
import pytest

from grinfi_bulk.cli import main
from grinfi_bulk.cli.webhooks import line_of, make_server
from grinfi_sandbox import run_in_thread
from tests.recipes.conftest import Service

REPLY = {
    "event_name": "contact_replied_linkedin_message",
    "contact": {"uuid": "c-1", "first_name": "Ada", "last_name": "Lovelace"},
    "linkedin_message": {"text": "Tell me\n\x1b[31mmore, please: what does it cost for a team of forty people?"},
}
LONG = {"event_name": "sender_profile_sent_linkedin_connection_request", "contact": {"name": "Ada Lovelace"}}


@pytest.fixture
def service() -> Iterator[Service]:
    running = Service()
    yield running
    running.close()


def deliver(forward: str | None, *bodies: bytes, as_json: bool = False) -> list[httpx.Response]:
    with make_server(forward, 0, as_json=as_json) as server:
        thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01))
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/SECRET"
        answers = [httpx.post(url, content=body, headers={"Content-Type": "application/json"}) for body in bodies]
        server.shutdown()
        thread.join()
    return answers


def test_deliveries_are_shown_and_passed_on(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    service.answer = {"taken": True}
    first, second = deliver(f"{service.url}/grinfi/s", json.dumps(REPLY).encode(), b"[1]")
    assert (first.status_code, first.json()) == (200, {"taken": True})
    assert second.status_code == 200
    assert service.received == [REPLY, [1]]
    one, two = capsys.readouterr().out.splitlines()
    assert one[8:].startswith(" 200 contact_replied_linkedin_message Ada Lovelace: Tell me [31mmore, please")
    assert "no name The body of the webhook is not an event, but a list." in two


def test_a_server_that_does_not_answer_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    (answer,) = deliver("http://127.0.0.1:9/", json.dumps(REPLY).encode(), as_json=True)
    assert answer.status_code == 502
    shown = json.loads(capsys.readouterr().out)
    assert (shown["status"], shown["event"], shown["body"]) == (502, REPLY["event_name"], REPLY)
    assert shown["problem"].startswith("http://127.0.0.1:9/ does not answer: ")
    (answer,) = deliver(None, b"x" * (2**20 + 1))
    assert answer.status_code == 413


@pytest.mark.parametrize("width", [60, 100])
def test_a_line_fits_the_terminal(width: int) -> None:
    for body, seen in ((REPLY, "Ada Lovelace"), (LONG, "Ada Lovelace"), ({"event_name": "x" * 200}, "…")):
        line = line_of(json.dumps(body).encode(), 200, None, width, as_json=False)
        assert len(line) <= width
        assert seen in line


def test_wrong_use_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["webhooks", "listen", "--forward", "localhost"]) == 2
    assert "'localhost' is not a URL such as" in capsys.readouterr().err
    with make_server(None, 0, as_json=False) as server:
        assert main(["webhooks", "listen", "--port", str(server.server_port)]) == 2
    assert "in use" in capsys.readouterr().err


def test_webhooks_are_set_up(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with run_in_thread() as server:
        monkeypatch.setenv("GRINFI_API_KEY", server.key)
        monkeypatch.setenv("GRINFI_BASE_URL", server.url)
        command = ["webhooks", "ensure", "https://you.test/grinfi/s3cret", "--under", "https://you.test/grinfi"]
        events = ["--event", "contact_replied_email", "--event", "contact_replied_linkedin_message"]
        for arguments, expected in (
            ([*command, *events, "--dry-run"], ["create", "create"]),
            ([*command, *events], ["create", "create"]),
            ([*command, *events[:2]], ["remove", "keep"]),
            (command, ["remove"]),
            (command, ["no"]),
        ):
            assert main(arguments) == 0
            out = capsys.readouterr().out
            assert [line.split()[0] for line in out.splitlines()] == expected
            assert "s3cret" not in out
        assert main([*command, "--event", "contact_replied"]) == 2
        assert (
            "--event: 'contact_replied' is not an event; did you mean 'contact_replied_email'"
            in capsys.readouterr().err
        )
