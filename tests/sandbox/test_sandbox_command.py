"""The command line, in its own process."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from grinfi_sandbox import SandboxServer, __main__, run_in_thread
from grinfi_sandbox.__main__ import main
from grinfi_sandbox.store import JOB_DELAY

HEADERS = {"authorization": "Bearer sandbox-key"}
WRITERS = 8
READY = re.compile(r"grinfi_sandbox ready: url=(http://127\.0\.0\.1:\d+) key=sandbox-key\n")


@contextmanager
def command(*arguments: str) -> Generator[subprocess.Popen[str], None, None]:
    call = [sys.executable, "-m", "grinfi_sandbox", *arguments]
    with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def ready_url(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    found = READY.fullmatch(process.stdout.readline())
    assert found is not None
    return found.group(1)


def test_serves_quietly_until_sigterm(tmp_path: Path) -> None:
    database = tmp_path / "sandbox.sqlite3"
    with command("--port", "0", "--database", str(database)) as process:
        url = ready_url(process)
        with httpx.Client(base_url=url, headers=HEADERS) as client:
            assert client.post("/leads/api/tags", json={"name": "A"}).status_code == 201
            assert client.get("/leads/api/nothing").status_code == 404
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
        assert process.communicate() == ("", "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sandbox.sqlite3"]


def test_keeps_every_answered_write_when_it_is_killed(tmp_path: Path) -> None:
    options = ("--port", "0", "--behaviour", "published", "--database", str(tmp_path / "sandbox.sqlite3"))
    answered: list[str] = []
    loaded = threading.Event()

    def write(url: str, writer: int) -> int:
        """Upsert contacts until the process dies; return the number of the one that was not answered."""
        with httpx.Client(base_url=url, headers=HEADERS, timeout=30) as client:
            number = 0
            while True:
                lead = {"linkedin_id": f"{writer}-{number}"}
                try:
                    answer = client.post("/leads/api/leads/upsert", json={"lead": lead, "list_uuid": list_uuid})
                except httpx.TransportError:
                    return number
                assert answer.status_code == 200
                answered.append(lead["linkedin_id"])
                if len(answered) >= 200:
                    loaded.set()
                number += 1

    with ThreadPoolExecutor(WRITERS) as writers, command(*options) as process:
        url = ready_url(process)
        list_uuid = httpx.post(f"{url}/leads/api/lists", json={"name": "A"}, headers=HEADERS).json()["uuid"]
        unanswered = [writers.submit(write, url, writer) for writer in range(WRITERS)]
        assert loaded.wait(30)
        process.send_signal(signal.SIGKILL)
        last = {f"{writer}-{future.result(30)}" for writer, future in enumerate(unanswered)}
        assert process.wait(10) == -signal.SIGKILL

    with command(*options) as process:
        with httpx.Client(base_url=ready_url(process), headers=HEADERS) as client:
            found = client.post("/leads/api/leads/search", json={"limit": 10_000}).json()["data"]
            handles = [row["linkedin"] for row in found]
            assert len(handles) == len(set(handles))
            assert set(answered) <= set(handles) <= {*answered, *last}
            again = {"lead": {"linkedin_id": answered[0]}, "list_uuid": list_uuid}
            assert client.post("/leads/api/leads/upsert", json=again).json()["linkedin"] == answered[0]
            assert client.post("/leads/api/leads/count", json={"all": True}).json()["total"] == len(handles)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["sandbox.sqlite3"]


def test_serves_another_description_until_sigint(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(
        "openapi: 3.0.3\npaths:\n  /day:\n    get:\n      responses:\n        200:\n          content:\n"
        "            application/json:\n              schema: {type: string, example: 2026-03-04}\n"
    )
    with command("--port", "0", "--spec", str(spec), "--verbose") as process:
        assert httpx.get(f"{ready_url(process)}/day").json() == "2026-03-04"
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=10)
        assert process.returncode == 0
        assert "GET /day" in out


def test_a_mass_action_on_seeded_contacts_resumes_after_a_kill(tmp_path: Path) -> None:
    contacts = 800
    made_up = ("--contacts", str(contacts), "--seed", "7")  # and not again after a restart
    options = ("--port", "0", "--database", str(tmp_path / "sandbox.sqlite3"), *made_up)
    headers = {"authorization": "Bearer sandbox-key"}

    def written(api: httpx.Client) -> int:
        return int(api.post("/leads/api/leads/count", json={"filter": {"tags": tag}}).json()["total"])

    with (
        command(*options) as process,
        httpx.Client(base_url=ready_url(process), headers=headers) as api,
    ):
        tag = api.post("/leads/api/tags", json={"name": "Late"}).json()["uuid"]
        action = {"type": "contact_add_tags", "filter": {"all": True}, "payload": {"tag_uuid": tag}}
        assert api.put("/leads/api/leads/mass-action", json=action).status_code == 200
        while not (done := written(api)):
            time.sleep(0.01)
        assert done < contacts  # a request is answered before all is done
        process.kill()
        process.wait()
    with command(*options) as process, httpx.Client(base_url=ready_url(process), headers=headers) as api:
        end = time.monotonic() + 30
        while written(api) < contacts and time.monotonic() < end:
            time.sleep(0.02)
        assert api.post("/leads/api/leads/count", json={"all": True}).json() == {"total": contacts}
        events: list[str] = []
        for offset in range(0, contacts + 100, 100):
            page = f"filter={json.dumps({'type': 'tag_added'})}&limit=100&offset={offset}"
            rows = api.get(f"/leads/api/activities?{page}").json()["data"]
            events += [row["object_uuid"] for row in rows]
        assert (len(events), len({*events})) == (contacts, contacts)  # each once


def test_takes_behaviour_rate_limit_and_faults() -> None:
    options = ("--behaviour", "observed", "--rate-limit", "2/60:sliding", "--no-rate-limit-headers")
    faults = ("--fault", "operation=listTags,status=503,count=1", "--fault", "operation=listLists,kind=reset")
    with command("--port", "0", *options, *faults) as process:
        with httpx.Client(base_url=ready_url(process), headers=HEADERS) as client:
            answers = [client.get("/leads/api/tags?limit=1") for _ in range(3)]
            assert [answer.status_code for answer in answers] == [503, 200, 429]
            assert "retry-after" not in answers[2].headers
            assert client.post("/_sandbox/reset").status_code == 204
            with pytest.raises(httpx.RemoteProtocolError):
                client.get("/leads/api/lists")
            assert "behaviour observed" in client.get("/").text
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=10) == ("", "")


def test_accepts_unknown_values(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    made: list[dict[str, Any]] = []

    def create_app(*_: Any, **options: Any) -> None:
        made.append(options)
        raise ValueError("enough")

    monkeypatch.setattr(__main__, "create_app", create_app)
    given = ("--mass-action-filter=nobody", "--name-filter=nobody", "--unknown-filter-key=ignored", "--job-delay=1.5")
    names = ("mass_action_filter", "name_filter", "unknown_filter_key", "job_delay")
    for arguments, values in (
        ((), ["everybody", "everybody", "error", JOB_DELAY]),
        (given, ["nobody", "nobody", "ignored", 1.5]),
    ):
        assert main([*arguments]) == 1
        assert [made[-1][name] for name in names] == values
    for delay in ("-1", "soon", "nan", "1e9"):
        with pytest.raises(SystemExit):
            main([f"--job-delay={delay}"])
        assert f"argument --job-delay: {delay!r} is not a number of seconds" in capsys.readouterr().err


def test_reports_what_stops_it(server: SandboxServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    port = server.url.rpartition(":")[2]
    no_description = tmp_path / "list.yaml"
    no_description.write_text("- a\n")
    broken = tmp_path / "broken.yaml"
    broken.write_text("{")
    text = tmp_path / "text"
    text.write_text("a" * 1000)
    foreign = tmp_path / "foreign.sqlite3"
    with closing(sqlite3.connect(foreign)) as database:
        database.execute("CREATE TABLE records (id INTEGER PRIMARY KEY, kind TEXT)")
    for arguments, message in (
        (["--port", port], "in use"),
        (["--spec", str(tmp_path / "none.yaml")], "none.yaml"),
        (["--spec", str(no_description)], "is not an OpenAPI description"),
        (["--spec", str(broken)], "broken.yaml"),
        (["--database", str(tmp_path)], f"{tmp_path} cannot be used as the sandbox's database"),
        (["--database", str(text)], f"{text} cannot be used as the sandbox's database"),
        (["--database", str(foreign)], f"{foreign} was not made by this version of the sandbox: use a new file."),
    ):
        assert main(arguments) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("grinfi_sandbox: ")
        assert err.count("\n") == 1
        assert message in err
    with closing(sqlite3.connect(foreign)) as database:
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("records",)]


@pytest.mark.parametrize("arguments", [["--contacts", "-5"], ["--contacts", "many"], ["--port", "x"], ["--speed", "9"]])
def test_reports_options_that_cannot_be_read(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    usage, error = capsys.readouterr().err.splitlines()
    assert usage == "usage: python -m grinfi_sandbox [--help] [OPTION …]"
    assert all(argument in error for argument in arguments)


def test_a_database_serves_one_sandbox_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = str(tmp_path / "sandbox.sqlite3")
    monkeypatch.setattr("grinfi_sandbox.store.LOCK_SECONDS", 0)
    locked = pytest.raises(ValueError, match=r"sandbox\.sqlite3 cannot be used .* locked")
    with run_in_thread(database=database), locked, run_in_thread(database=database):
        pass
    with run_in_thread(database=database) as second:
        assert httpx.get(f"{second.url}/_sandbox/health").status_code == 200


def test_a_stopped_server_frees_its_port() -> None:
    with run_in_thread() as first:
        port = int(first.url.rpartition(":")[2])
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{first.url}/_sandbox/health")
    with run_in_thread(port=port) as second:
        assert httpx.get(f"{second.url}/_sandbox/health").status_code == 200
