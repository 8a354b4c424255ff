"""Exporting and copying by the command `grinfi`."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grinfi_bulk import Bulk, BulkReport, NotSeenError, Outcome
from grinfi_bulk.cli import main
from grinfi_sandbox import SandboxServer, run_in_thread
from grinfi_sandbox.seeding import seed
from tests.bulk.test_private_files import files_of_at_most

CONTACTS = 120
SENDER = '{"first_name": "Ada", "last_name": "Byron", "assignee_user_id": 1}'


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with run_in_thread() as running:
        seed(running.app.state.store, CONTACTS, 0)
        yield running


@pytest.fixture(autouse=True)
def connected(server: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRINFI_API_KEY", server.key)
    monkeypatch.setenv("GRINFI_BASE_URL", server.url)


def test_exports_rows_that_match_the_conditions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    everyone, some, none = (tmp_path / name for name in ("everyone.jsonl", "some.csv", "none.csv"))
    assert main(["export", "contacts", "-o", str(everyone), "--quiet", "--json"]) == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (report["succeeded"], report["path"]) == (CONTACTS, str(everyone))
    assert report["rate"] == pytest.approx(CONTACTS / report["elapsed"])
    rows = [json.loads(line) for line in everyone.read_text("utf-8").splitlines()]
    assert len({row["uuid"] for row in rows}) == CONTACTS

    position = rows[0]["position"]
    columns = ["--field", "name", "--field", "position"]
    conditions = ["--filter", f"position={position}", "--filter", "created_at>=2020-01-01"]
    assert main(["export", "contacts", "-o", str(some), *columns, *conditions]) == 0
    with some.open(encoding="utf-8", newline="") as file:
        exported = {(row["name"], row["position"]) for row in csv.DictReader(file)}
    assert exported == {(row["name"], position) for row in rows if row["position"] == position}
    assert f"to {some}" in " ".join(capsys.readouterr().out.split())

    assert main(["export", "companies", "--filter", "name=None of them", "-o", str(none), "--quiet"]) == 0
    assert main(["export", "contacts", "-o", str(none), "--field", "nmae"]) == 2
    ended = capsys.readouterr()
    assert "did you mean 'name'" in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("kind", ["companies", "tasks", "messages", "emails", "automation-contacts"])
def test_exports_every_kind(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", kind, "-o", str(tmp_path / "out.csv"), "--quiet", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["path"] == str(tmp_path / "out.csv")


def test_copies_into_sqlite(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = tmp_path / "crm.sqlite3"
    assert main(["sync", str(database), "--quiet", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert {"contacts", "tags", "automation_contacts", "flow_versions", "emails"} <= set(report["tables"])
    assert report["tables"]["contacts"]["rows"] == CONTACTS
    with sqlite3.connect(database) as copy:
        assert copy.execute("SELECT count(*) FROM contacts").fetchone() == (CONTACTS,)
    copy.close()
    metadata = tmp_path / "metadata.yaml"
    some = ["sync", str(database), "--since", "7d", "--table", "contacts", "--metadata", str(metadata), "--quiet"]
    assert main(some) == 0
    assert "contacts" in capsys.readouterr().out
    assert '"crm"' in metadata.read_text("utf-8")
    metadata.write_text("mine")
    assert main(some) == 0
    assert "was kept" in capsys.readouterr().err
    assert metadata.read_text("utf-8") == "mine"
    assert main(["sync", str(database), "--table", "contact"]) == 2
    assert "'contact' is not one of lists, tags" in capsys.readouterr().err

    other = tmp_path / "notes.txt"
    other.write_text("no database at all")
    assert main(["sync", str(other)]) == 2
    ended = capsys.readouterr()
    assert ended.err.startswith("grinfi: ")
    assert ended.err.count("\n") == 1


def test_writes_csv_for_spreadsheets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.csv"
    assert main(["export", "contacts", "-o", str(out), "--field", "uuid", "--excel", "--quiet"]) == 0
    assert out.read_bytes().startswith(b"\xef\xbb\xbfuuid\r\n")
    assert main(["export", "contacts", "-o", str(tmp_path / "out.jsonl"), "--excel"]) == 2
    assert "needs a .csv file as --output" in capsys.readouterr().err


@pytest.mark.parametrize("name", [":memory:", "file:journal", "/dev/null", ""])
def test_a_journal_that_is_not_a_file_is_refused(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    contacts = tmp_path / "contacts.csv"
    contacts.write_text("linkedin_id\nada-1\n")
    made = main(["call", "lists.create", "--arg", f"name=List {name}"])
    assert made == 0
    list_uuid = json.loads(capsys.readouterr().out)["uuid"]
    assert main(["import", str(contacts), "--list", list_uuid, "--journal", name, "--quiet"]) == 2
    assert "cannot be used as the journal of a job" in capsys.readouterr().err
    assert main(["export", "contacts", "-o", "out.csv", "--journal", name, "--quiet"]) == 2
    assert "cannot be used as the journal of an export" in capsys.readouterr().err


def test_after_a_full_disk_the_command_reports_what_is_recorded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contacts = tmp_path / "contacts.csv"
    contacts.write_text("linkedin_id\n" + "".join(f"full-{number}\n" for number in range(100)))
    assert main(["call", "lists.create", "--arg", "name=Full"]) == 0
    list_uuid = json.loads(capsys.readouterr().out)["uuid"]
    journal = tmp_path / "journal"
    command = ["import", str(contacts), "--list", list_uuid, "--journal", str(journal), "--quiet", "--json"]
    with files_of_at_most(200_000):
        assert main(command) == 2
    ended = capsys.readouterr()
    assert "cannot be used as the journal of a job: " in ended.err
    with sqlite3.connect(journal) as db:
        (done,) = db.execute("SELECT count(*) FROM items WHERE state = 'done'").fetchone()
    db.close()
    assert 0 < done < 100
    report = json.loads(ended.out)
    assert report["succeeded"] == done


def test_tasks_one_by_one(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def call(*arguments: str) -> Any:
        assert main(["call", *arguments]) == 0
        return json.loads(capsys.readouterr().out)

    sender = call("sender_profiles.create", "--json", SENDER)["uuid"]
    lead = call("contacts.search", "--arg", "limit=1")["data"][0]["uuid"]
    task = {"lead_uuid": lead, "sender_profile_uuid": sender, "text": "Hello", "schedule_at": "2030-01-01T00:00:00Z"}
    uuids = [call("tasks.create", "--json", json.dumps(task))["uuid"] for _ in range(3)]

    assert main(["tasks", "cancel", "--filter", f"lead_uuid={lead}", "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith("3 tasks: linkedin_send_message, ")
    assert main(["tasks", "complete", uuids[0], "--quiet", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["succeeded"] == 1
    monkeypatch.setattr("sys.stdin", io.StringIO(uuids[1] + "\n"))
    journal = ["--journal", str(tmp_path / "journal")]
    assert main(["tasks", "cancel", "-", *journal, "--quiet"]) == 0
    capsys.readouterr()
    assert call("tasks.get", "--arg", f"uuid={uuids[1]}")["status"] == "canceled"
    assert main(["tasks", "retry", *uuids, "--quiet", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert {it["key"]: it["message"] for it in report["left_alone"]} == {
        uuids[0]: "it is closed, not failed",
        uuids[1]: "it was cancelled, for example by a reply of its contact",
        uuids[2]: "it is in_progress, not failed",
    }
    assert main(["tasks", "complete", "no-such-task", "--quiet"]) == 1
    assert "failed: row 1 (no-such-task): it was not found (404)" in capsys.readouterr().out
    for wrong in (["tasks", "retry"], ["tasks", "retry", uuids[0], "--filter", "status=failed"]):
        assert main(wrong) == 2
        assert "by UUID or by --filter" in capsys.readouterr().err
    assert main(["tasks", "retry", "--filter", "status=failed", "--journal", "tasks.journal"]) == 2
    assert "Invalid value for --journal: needs UUIDs" in capsys.readouterr().err
    assert main(["sync", "copy.db", "--full", "--since", "7d"]) == 2
    assert "Invalid value for --full: cannot be used with --since" in capsys.readouterr().err


def test_unconfirmed_results_follow_the_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def cancel(self: Bulk, **options: Any) -> BulkReport:
        report = BulkReport(name="Cancel tasks")
        report.record(Outcome(1, "t-1", "t-1", "sent", error=NotSeenError("reading back did not show the change")))
        return report

    monkeypatch.setattr(Bulk, "cancel_tasks", cancel)
    assert main(["tasks", "cancel", "t-1", "--quiet", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["sent"], report["unseen"][0]["message"]) == (1, "reading back did not show the change")


def test_dedupe_writes_a_plan_and_does_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def call(*arguments: str) -> Any:
        assert main(["call", *arguments]) == 0
        return json.loads(capsys.readouterr().out or "null")

    list_uuid = call("lists.list", "--arg", "limit=1")["data"][0]["uuid"]
    uuids: list[str] = []
    for name in ("one", "two"):
        lead = json.dumps({"linkedin_id": f"dedupe-{name}", "headline": "the same"})
        contact = call("contacts.upsert", "--arg", f"lead={lead}", "--arg", f"list_uuid={list_uuid}")
        uuids.append(contact["uuid"])
        call("contacts.update", "--arg", f"uuid={contact['uuid']}", "--arg", "linkedin=dedupe-me")
    plan = tmp_path / "plan.csv"
    assert main(["dedupe", "--plan", str(plan), "--filter", "linkedin=dedupe-me"]) == 0
    ended = capsys.readouterr()
    assert "1 group of the same person, 1 contact more than people" in ended.out
    assert f"2 contacts in {plan}: edit it, then run grinfi dedupe --apply {plan}" in ended.err
    assert main(["dedupe", "--plan", str(plan)]) == 2
    assert "already exists; delete it, or use another file" in capsys.readouterr().err

    wrong = tmp_path / "wrong.csv"
    wrong.write_text(plan.read_text("utf-8").replace(",no,", ",yes,"), "utf-8")
    assert main(["dedupe", "--apply", str(wrong), "--confirm", "--quiet"]) == 2
    ended = capsys.readouterr()
    assert "row 3, column 'keep': group 1 already keeps row 2" in " ".join(ended.out.split())
    assert ended.err == "grinfi: nothing was sent: the file has 1 problem\n"

    assert main(["dedupe", "--apply", str(plan), "--quiet"]) == 0
    assert "skipped: 1 item: contacts are deleted only with --confirm" in capsys.readouterr().out
    journal = tmp_path / "merge.journal"
    assert main(["dedupe", "--apply", str(plan), "--confirm", "--journal", str(journal), "--quiet", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["written"], report["deleted"]) == (1, 1)
    assert main(["call", "contacts.get", "--arg", f"uuid={uuids[1]}"]) == 4
    capsys.readouterr()
    main(["call", "contacts.delete", "--arg", f"uuid={uuids[0]}"])


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "use either --plan or --apply"),
        (["--plan", "a.csv", "--apply", __file__], "use either --plan or --apply"),
        (["--plan", "a.csv", "--confirm"], "need --apply"),
        (["--apply", __file__, "--filter", "a=b"], "needs --plan"),
        (["--plan", "no/folder/a.csv"], "the folder no/folder is not writable; use another one"),
    ],
)
def test_dedupe_explains_conflicting_options(
    arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dedupe", *arguments]) == 2
    assert problem in capsys.readouterr().err


def test_rows_of_one_contact(capsys: pytest.CaptureFixture[str]) -> None:
    file = str(Path(__file__).parent / "cases" / "shared-mailbox.csv")
    assert main(["call", "lists.create", "--arg", "name=Team"]) == 0
    command = ["import", file, "--list", "Team", "--quiet"]
    capsys.readouterr()
    assert main([*command, "--dry-run"]) == 0
    screen = capsys.readouterr().out
    assert "  merged             2\n" in screen
    assert "--merge skip sends only the first row of a contact" in screen.replace("\n    ", " ")
    assert main([*command, "--merge", "refuse"]) == 2
    assert "row 4: it has the same email as row 2" in capsys.readouterr().out
    assert main([*command, "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["succeeded"], report["merged"], [it["row"] for it in report["merges"]]) == (1, 2, [2, 3])
    assert main([*command, "--merge", "skip", "--via", "upsert"]) == 0


@pytest.mark.parametrize(
    "options",
    [
        ["stages", "--since", "7d"],
        ["health", "--by", "week"],
        ["failed-tasks", "--until", "2026-01-01"],
        ["daily", "--html", "missing/page.html"],
        ["stages", "--timezone", "Europe/Berlin"],
    ],
)
def test_options_that_a_report_does_not_use_are_refused(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", *options]) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert f"{options[1]}: " in written.err
