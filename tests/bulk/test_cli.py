"""The command `grinfi`, in this process, against a sandbox on loopback."""

from __future__ import annotations

import functools
import io
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
import typer.main

from grinfi_async import OPERATIONS
from grinfi_async.resources import ContactsResource, TagsResource
from grinfi_bulk.cli import main
from grinfi_bulk.cli.operations import Method
from grinfi_sandbox import SandboxServer, run_in_thread

get_command = functools.cache(typer.main.get_command)
NOBODY = "7b1d4a52-0000-4000-8000-000000000001"
KEY = "sandbox-key"


class Ended(NamedTuple):
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.status == 0, self.err
        return json.loads(self.out)


Command = Callable[..., Ended]


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with run_in_thread() as running:
        yield running


@pytest.fixture
def api(server: SandboxServer) -> Iterator[httpx.Client]:
    """A client of an empty sandbox."""
    with httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {server.key}"}) as client:
        assert client.post("/_sandbox/reset").status_code == 204
        yield client


@pytest.fixture
def grinfi(
    server: SandboxServer, api: httpx.Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Run the command with an empty sandbox."""
    monkeypatch.setenv("GRINFI_API_KEY", server.key)
    monkeypatch.setenv("GRINFI_BASE_URL", server.url)
    monkeypatch.setattr("typer.main.get_command", get_command)  # making it again is slower than most commands

    def run(*arguments: str) -> Ended:
        status = main(arguments)
        written = capsys.readouterr()
        return Ended(status, written.out, written.err)

    return run


def received(api: httpx.Client) -> list[dict[str, Any]]:
    """The requests of the command."""
    return list(api.get("/_sandbox/requests").json()["data"])


SAMPLES = {
    "text": "text",
    "integer": "1",
    "true or false": "true",
    "JSON": "{}",
    "list of text": NOBODY,
    "list of integer": "1",
    "list of JSON": "[]",
    "time with its zone": "2026-03-04T09:25:42+01:00",
    "date": "2026-03-04",
    "FIELD=VALUE": "object=lead",
}
NEW_CONTACT = 'lead={"linkedin_id": "ada-1"}'
END = '{"id": 1, "type": "end", "before": [], "after": [], "created_at": "2026-03-04T09:25:42Z", "updated_at": null}'
SPECIAL: dict[str, list[str]] = {
    "activities.list": ["filter=type=tag_added"],
    "automations.add_new_contact": [f"flow_uuid={NOBODY}", NEW_CONTACT, f"list_uuid={NOBODY}"],
    "automations.create": ["name=A", "use_sender_schedule=true", 'schedule={"timezone": "UTC", "timeblocks": []}'],
    "blacklist.add_company": ["domain=acme.com"],
    "blacklist.add_contact": ["linkedin=ada-1"],
    "companies.enrich": [f"uuids={NOBODY}"],
    "companies.mass_action": ['action={"type": "delete"}', f"ids={NOBODY}"],
    "contacts.create_many": [f"list_uuid={NOBODY}", 'leads=[{"linkedin_id": "ada-1"}]'],
    "contacts.enrich": ["filter=email_status=ok"],
    "contacts.find": ["email=ada@example.com"],
    "contacts.mass_action": [
        f'action={{"type": "contact_add_tags", "payload": {{"tag_uuid": "{NOBODY}"}}}}',
        f"ids={NOBODY}",
        f"ids={NOBODY[:-1]}2",
    ],
    "emails.send": [f"mailbox_uuid={NOBODY}", 'to=[{"to_email": "ada@example.com"}]', "body=Hello"],
    "linkedin_messages.send": [f"sender_profile_uuid={NOBODY}", f"lead_uuid={NOBODY}", "text=Hello"],
    "contacts.upsert": [NEW_CONTACT, f"list_uuid={NOBODY}"],
    "linkedin_browsers.run": ["id=1", "force=true"],
    "files.export_companies": ["filter=name=A"],
    "files.export_contacts": ["filter=list_uuid=A"],
    "flow_versions.create": [f"flow_uuid={NOBODY}", f"nodes=[{END}]", 'contact_sources=[{"id": 1}]'],
}
"""Arguments of operations that need more than the required ones, or a certain JSON value."""


def test_calls_every_operation_with_what_its_help_asks_for(grinfi: Command, api: httpx.Client, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("name\nAda\n")
    elsewhere: set[str | None] = {None}
    for operation in OPERATIONS.values():
        name = f"{operation.resource}.{operation.name}"
        told = grinfi("call", name, "--help")
        if "This operation is not in the published description" in told.out:
            elsewhere.add(operation.id)
        assert (told.status, told.err) == (0, "")
        assert "`await` it for one page" not in " ".join(told.out.split())
        arguments: list[str] = []
        for argument, label in re.findall(r"(?m)^    (\w+): (.*) \(required\)$", told.out):
            kind = re.split(" \\| |, as", label)[0]
            value = f"@{table}" if kind == "file" else SAMPLES.get(kind, kind.removeprefix("list of "))
            arguments.append(f"{argument}={value}")
        for argument in SPECIAL.get(name, arguments):
            assert re.search(rf"(?m)^    {argument.partition('=')[0]}: ", told.out), f"{name}: {argument}"
        ended = grinfi("call", name, *(part for it in SPECIAL.get(name, arguments) for part in ("--arg", it)))
        refused = " answered 504" if name.startswith("tasks.mass_") else " answered 4"
        assert ended.status == 0 or (ended.status == 4 and refused in ended.err), f"{name}: {ended}"
    assert {entry["operation_id"] for entry in received(api)} - elsewhere == OPERATIONS.keys() - elsewhere


def test_writes_a_page_or_every_row(grinfi: Command, api: httpx.Client) -> None:
    for number in range(130):
        api.post("/leads/api/lists", json={"name": f"List {number}"})
    page = grinfi("call", "lists.list", "--json", '{"limit": 2, "offset": 1}').json
    assert [row["name"] for row in page["data"]] == ["List 1", "List 2"]
    assert (page["total"], page["limit"], page["offset"], page["has_more"]) == (130, 2, 1, None)

    before = len(received(api))
    ended = grinfi("call", "lists.list", "--all")
    assert [json.loads(line)["name"] for line in ended.out.splitlines()] == [f"List {number}" for number in range(130)]
    assert ["limit=100" in entry["query"] for entry in received(api)[before:]] == [True, True]
    assert grinfi("call", "listLists", "--arg", "limit=50", "--arg", "offset=100", "--all").out.count("\n") == 30

    ended = grinfi("call", "contacts.count", "--arg", "all=true", "--all")
    assert (ended.status, ended.err) == (
        2,
        "grinfi: --all: contacts.count returns one value, not pages; remove --all\n",
    )


def test_reads_arguments_from_all_places(
    grinfi: Command, api: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = tmp_path / "list.json"
    document.write_text('{"name": "Größe"}')
    everyone = grinfi("call", "lists.create", "--json", f"@{document}")
    assert '"Größe"' in everyone.out
    monkeypatch.setattr("sys.stdin", io.StringIO('{"name": "Piped"}'))
    piped = grinfi("call", "lists.create", "--json", "-").json
    lead = tmp_path / "lead.json"
    lead.write_text('{"linkedin_id": "ada-1", "email": "ada=1@example.com"}')
    contact = grinfi(
        "call", "contacts.upsert", "--arg", f"lead=@{lead}", "--json", f'{{"list_uuid": "{piped["uuid"]}"}}'
    ).json
    assert grinfi("call", "contacts.find", "--arg", "email=ada=1@example.com").json["uuid"] == contact["uuid"]
    for filter_ in (["--arg", 'filter={"linkedin": "ada-1"}'], ["--arg", f"filter=list_uuid={piped['uuid']}"]):
        assert len(grinfi("call", "contacts.search", *filter_).json["data"]) == 1
    found = grinfi("call", "contacts.search", "--arg", "filter=linkedin=bob", "--arg", "filter=created_at>=2020-01-01")
    assert found.json["data"] == []
    picture = tmp_path / "a.png"
    picture.write_bytes(b"abc")
    assert (
        grinfi("call", "attachments.upload", "--json", f'{{"attachment": "@{picture}"}}').json["payload"]["size"] == "3"
    )
    assert grinfi("call", "contacts.delete", "--arg", f"uuid={contact['uuid']}").json is None


def test_a_mass_action_that_cannot_be_undone_needs_its_confirmation(grinfi: Command, api: httpx.Client) -> None:
    delete = ["call", "contacts.mass_action", "--json", '{"action": {"type": "delete"}, "all": true}']
    ended = grinfi(*delete)
    assert ended.status == 2
    assert "confirm" in ended.err
    assert received(api) == []
    assert grinfi(*delete, "--arg", "confirm=true").status == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["contact.serch"], "OPERATION: unknown: 'contact.serch'; did you mean 'contacts.search'"),
        (["contacts.get"], "uuid: is required by contacts.get; pass --arg uuid=…"),
        (["contacts.search", "--arg", "limt=1"], "has no such argument; did you mean 'limit'? (it has: filter, limit,"),
        (["contacts.search", "--arg", "limit"], "--arg: write NAME=VALUE, not 'limit'"),
        (["contacts.search", "--arg", "limit=many"], "--arg limit: must be integer, not 'many'"),
        (["contacts.search", "--arg", "limit=1", "--arg", "limit=2"], "--arg limit: is given twice, but is not a list"),
        (["contacts.search", "--arg", "filter=company"], "--arg filter: write FIELD=VALUE, or one of"),
        (["contacts.search", "--arg", "order_type=up"], "order_type: the string 'up' is not one of"),
        (["tasks.list", "--arg", "filter=staus=x"], "filter.staus: tasks.list has no field 'staus'"),
        (["contacts.upsert", "--json", '{"lead": {"linkedn": "a"}, "list_uuid": "b"}'], "did you mean 'linkedin'"),
        (["contacts.search", "--json", "{"], "--json: is not JSON: "),
        (["contacts.search", "--json", "[]"], "--json: must be an object of arguments"),
        (["contacts.search", "--json", "@none.json"], "No such file or directory: 'none.json'"),
        (["tasks.schedule", "--arg", "date=soon"], "date: Invalid isoformat string: 'soon'; write 2026-"),
        (["attachments.upload", "--arg", "attachment=a.png"], "attachment: is a file; pass it as @PATH"),
        (["companies.mass_action", "--json", '{"action": {"type": "add_tags"}}'], "must have tag_uuid"),
        ([], "is missing; for example contacts.search"),
    ],
)  # fmt: skip
def test_says_what_is_wrong_with_a_call(grinfi: Command, api: httpx.Client, arguments: list[str], told: str) -> None:
    ended = grinfi("call", *arguments)
    assert (ended.status, ended.out) == (2, "")
    assert told in ended.err
    assert ended.err.startswith("grinfi: ")
    assert ended.err.count("\n") == 1
    assert "to send it anyway" not in ended.err  # a hint for Python only
    assert received(api) == []


def test_help_lists_all_operations_and_shows_the_text_of_each(grinfi: Command) -> None:
    told = grinfi("call", "--help").out
    assert "\n  tags: create, delete, list, metrics, update\n" in told
    told = grinfi("call", "contacts.search", "--help").out
    summary = (ContactsResource.search.__doc__ or "").split("\n")[0]
    assert told.startswith(f"Usage: grinfi call contacts.search [--arg NAME=VALUE]... [--json OBJECT]\n\n{summary}\n")
    assert "\n    limit: integer\n        " in told
    assert "With --all every row, as JSON Lines." in told
    assert "\n    order_type: asc | desc\n" in told
    assert "\nPOST /leads/api/leads/search\n" in told
    assert "\n    uuid: text (required)\n" in grinfi("call", "contacts.get", "--help").out


HOSTILE = """Make a tag, in a summary
that takes two lines.

Args:
    name: not this

    ```
    color: nor this
    ```

Raises:
    Nothing: at all, `await` it in a row.

POST /leads/api/tags

Args:
    name: The first line,
        name: and the second.
    color:
        - red

Returns:
    name: The tag.

Raises:
    GrinfiError: The request failed.
"""


def test_help_separates_the_text_from_the_arguments(grinfi: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TagsResource.create, "__doc__", HOSTILE)
    usage, text = grinfi("call", "tags.create", "--help").out.split("\n\n", 1)
    assert usage == "Usage: grinfi call tags.create [--arg NAME=VALUE]... [--json OBJECT]"
    kept, _, _ = HOSTILE.partition("\n\nRaises:\n    GrinfiError")
    before, _, after = kept.rpartition("\n\nArgs:\n")
    after = after.replace("    name: The first", "    name: text (required)\n        The first")
    after = after.replace("    color:", "    color: text")
    assert text == f"{before}\n\nArguments:\n{after}\n"
    assert Method("tags.create").summary == "Make a tag, in a summary that takes two lines."


def test_a_resource_is_not_a_command(grinfi: Command) -> None:
    ended = grinfi("lists", "list")
    assert ended.status == 2
    assert "`grinfi call lists.METHOD`" in ended.err


def test_whoami(grinfi: Command, server: SandboxServer) -> None:
    ended = grinfi("whoami")
    assert ended.out.splitlines()[:3] == [
        "User        John Doe <john@example.com>",
        "Team        My Team (id 1)",
        f"API         {server.url}",
    ]
    assert re.fullmatch(r"Rate limit  300 requests in 60 s, \d+ left", ended.out.splitlines()[3])
    account = grinfi("whoami", "--json").json
    assert account["user"]["email"] == "john@example.com"
    assert account["teams"] == [{"id": 1, "name": "My Team", "status": "active"}]
    assert account["base_url"] == server.url
    assert account["rate_limit"]["requests"] == 300
    assert KEY not in ended.out + json.dumps(account)


def contacts_file(folder: Path, *rows: str) -> str:
    path = folder / "contacts.csv"
    path.write_text("\n".join(["linkedin_id,first_name,Firm", *rows, ""]))
    return str(path)


def new_list(api: httpx.Client, name: str) -> str:
    uuid: str = api.post("/leads/api/lists", json={"name": name}).json()["uuid"]
    return uuid


def test_imports_into_a_list_and_tags_by_name(grinfi: Command, api: httpx.Client, tmp_path: Path) -> None:
    list_uuid = new_list(api, "Everyone")
    tag = api.post("/leads/api/tags", json={"name": "Warm"}).json()["uuid"]
    path = contacts_file(tmp_path, "ada-1,Ada,Acme", "bob-1,Bob,Basalt")
    command = ["import", path, "--list", "Everyone", "--tag", "Warm", "--map", "Firm=company_name", "--quiet"]

    before = len(received(api))
    assert "2 rows can be imported; nothing was written" in grinfi(*command, "--dry-run").out
    asked = {entry["operation_id"] for entry in received(api)[before:] if entry["method"] != "GET"}
    assert asked == {"searchContacts"}

    journal = ["--journal", str(tmp_path / "journal"), "--json"]
    report = grinfi(*command, *journal).json
    assert (report["succeeded"], report["failed"], report["failures"]) == (2, 0, [])
    query = {"filter": {"list_uuid": list_uuid}, "disable_aggregation": True}
    found = api.post("/leads/api/leads/search", json=query).json()["data"]
    assert {(row["first_name"], row["company_name"]) for row in found} == {("Ada", "Acme"), ("Bob", "Basalt")}
    end = time.monotonic() + 10
    while api.post("/leads/api/leads/count", json={"filter": {"tags": tag}}).json()["total"] < 2:
        assert time.monotonic() < end  # a background job attaches the tag
        time.sleep(0.02)
    assert len(grinfi("call", "contacts.search", "--all", "--arg", f"filter=tags={tag}").out.splitlines()) == 2
    assert grinfi(*command, *journal).json["skipped"] == 2


def test_the_failed_rows_of_an_import_can_be_imported_again(grinfi: Command, api: httpx.Client, tmp_path: Path) -> None:
    list_uuid = new_list(api, "Everyone")
    path = contacts_file(tmp_path, "ada-1,Ada,Acme", "bob-1,Bob,Basalt")
    failed = tmp_path / "failed.csv"
    options = ["--list", list_uuid, "--ignore-others", "--quiet"]
    api.post("/_sandbox/faults", json={"operation": "upsertContact", "status": 422, "count": 1})
    ended = grinfi("import", path, *options, "--failures", str(failed), "--json")
    assert ended.status == 1
    assert ended.err == f"1 failed row in {failed}\n"
    report = json.loads(ended.out)
    assert (report["succeeded"], report["failed"]) == (1, 1)
    assert report["failures"][0]["error"] == "unprocessable_entity"
    assert grinfi("import", str(failed), *options).status == 0
    assert grinfi("call", "contacts.count", "--arg", "all=true").json == {"total": 2}

    stopped = grinfi("import", path, *options, "--max-failures", "0")
    assert stopped.status == 0
    api.post("/_sandbox/faults", json={"operation": "upsertContact", "status": 422})
    stopped = grinfi("import", path, *options, "--max-failures", "0")
    assert stopped.status == 1
    assert "failed" in stopped.out
    assert stopped.err.startswith("grinfi: ")
    assert stopped.err.count("\n") == 1


def test_a_file_for_failures_that_cannot_be_written_is_refused_before_anything_is_sent(
    grinfi: Command, api: httpx.Client, tmp_path: Path
) -> None:
    contacts, failed = tmp_path / "contacts.csv", tmp_path / "none" / "failed.csv"
    contacts.write_text("linkedin_id\nada-1\n")
    ended = grinfi("import", str(contacts), "--list", "Everyone", "--failures", str(failed))
    told = f"grinfi: --failures: the folder {failed.parent} is not writable; use another one\n"
    assert (ended.status, ended.err, received(api)) == (2, told, [])


def test_lists_all_problems_of_a_file_before_anything_is_sent(
    grinfi: Command, api: httpx.Client, tmp_path: Path
) -> None:
    list_uuid = new_list(api, "Everyone")
    path = contacts_file(tmp_path, "ada-1,Ada,Acme", ",Bob,Basalt")
    ended = grinfi("import", path, "--list", list_uuid)
    assert ended.status == 2
    assert (
        "  Not fields of a contact: Firm\n  Choose: --ignore-others leaves them out; --custom 'Firm' keeps" in ended.out
    )
    assert "row 3, column 'linkedin_id': the LinkedIn profile is empty" in ended.out
    assert ended.err == "grinfi: nothing was sent: the file has 1 column without a field and 1 problem\n"
    ended = grinfi("import", path, "--list", list_uuid, "--map", "Firm=", "--json")
    assert ended.status == 2
    assert [problem["row"] for problem in json.loads(ended.out)["problems"]] == [3]
    assert grinfi("call", "contacts.count", "--arg", "all=true").json == {"total": 0}


def test_refuses_what_it_cannot_resolve(grinfi: Command, api: httpx.Client, tmp_path: Path) -> None:
    path = contacts_file(tmp_path, "ada-1,Ada,Acme")
    new_list(api, "Everyone")
    new_list(api, "Twice")
    new_list(api, "Twice")
    flow: dict[str, Any] = {
        "name": "Hello",
        "use_sender_schedule": True,
        "schedule": {"timezone": "UTC", "timeblocks": []},
    }
    assert api.post("/flows/api/flows", json=flow).status_code < 300
    sender = {"first_name": "Ada", "last_name": "Byron", "assignee_user_id": 1}
    assert api.post("/flows/api/sender-profiles", json=sender).status_code < 300
    for options, told in (
        (["--list", "Everyon"], "--list: unknown list 'Everyon'; did you mean 'Everyone'?"),
        (["--list", "Twice"], "--list: 2 lists are named 'Twice'; pass the UUID of one: "),
        (["--list", "Everyone", "--tag", "Warm"], "--tag: unknown tag 'Warm'"),
        (
            ["--list", "Everyone", "--automation", "Helo"],
            "--automation: unknown automation 'Helo'; did you mean 'Hello'",
        ),
        (["--list", "Everyone", "--stage", "Engagin"], "--stage: unknown pipeline stage 'Engagin'; did you mean"),
        (
            ["--list", "Everyone", "--sender", "Ada Byrom"],
            "--sender: unknown sender profile 'Ada Byrom'; did you mean 'Ada Byron'",
        ),
        (["--list", "Everyone", "--map", "Firm=compny"], "--map: 'Firm' is mapped to 'compny', which is not a field"),
        (
            ["--list", "Everyone", "--custom", "Firm", "--map", "Firm=about"],
            "--custom: 'Firm' is also mapped to a field",
        ),
        (
            ["--list", "Everyone", "--encoding", "cp1521"],
            "--encoding: unknown encoding 'cp1521'; did you mean 'cp125",
        ),
        (["--list", "Everyone", "--delimiter", "::"], "--delimiter: expected one character such as ';'"),
        (["--list", "Everyone", "--map", "=email"], "--map: write NAME=VALUE, not '=email'"),
        (["--list", "Everyone", "--existing", "keep"], "Invalid value for '--existing': 'keep' is not one of"),
    ):
        ended = grinfi("import", path, *options)
        assert (ended.status, ended.out) == (2, "")
        assert ended.err.startswith(f"grinfi: {told}")
        assert ended.err.count("\n") == 1
