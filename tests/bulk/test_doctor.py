"""`grinfi doctor`: what it says of servers, and what it never says or does."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import re
import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grinfi_async import OPERATIONS, Grinfi, Operation, TokenBucket
from grinfi_bulk.cli import client, doctor, doctor_checks, main
from grinfi_bulk.cli.doctor import ReadOnly, Session, about
from grinfi_sandbox import run_in_thread
from grinfi_sandbox.seeding import seed

Row = dict[str, Any]
Answerer = Callable[[httpx.Request], httpx.Response]
ROOT = Path(__file__).parent.parent.parent
MARK = "zqxj"
NUMBER = 7_723_199
LIST = "11111111-0000-4000-8000-000000000001"
OTHER_LIST = "22222222-0000-4000-8000-000000000002"


def no_delay(low: float, high: float) -> float:
    return low


def diagnosed(
    answer: Answerer, *arguments: str, columns: int = 100, limiter: TokenBucket | None = None
) -> tuple[int, str, str]:
    """Run it against a server; its exit status, stdout and stderr."""

    async def handle(request: httpx.Request) -> httpx.Response:
        answered = answer(request)
        await anyio.lowlevel.checkpoint()  # as a network would: an interrupt arrives here
        return answered

    def make_client() -> Grinfi:
        return Grinfi("key", base_url="http://api.test/v1", transport=httpx.MockTransport(handle), rate_limiter=limiter)

    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        patch.setattr(client, "make_client", make_client)
        patch.setattr("grinfi_overrides.retry.random.uniform", no_delay)
        patch.setenv("COLUMNS", str(columns))
        status = main(["doctor", *arguments])
    return status, out.getvalue(), err.getvalue()


def verdicts(answer: Answerer, *arguments: str) -> dict[str, tuple[str, str]]:
    """Id of each check -> its verdict, and what was seen."""
    _, out, err = diagnosed(answer, "--json", *arguments)
    return {it["id"]: (it["verdict"], it["seen"]) for it in json.loads(out)["checks"]} if out else pytest.fail(err)


class Server:
    """A server with 120 contacts in two lists, all of them in automations, which can be made to misbehave."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.rows_under: str | None = "data"
        self.total: Callable[[int], object] = int
        self.ignores = False
        self.flow_limit = 20
        self.stable = True
        self.changes: Row = {}
        self.left_out = ""
        self.before: Callable[[int], object] = lambda number: None
        self.contacts = [
            {
                "uuid": f"0000{number:04}-0000-4000-8000-000000000000",
                "list_uuid": (LIST, OTHER_LIST)[number % 2],
                "email_status": ("ok", "risky", "bad")[number % 3],
                "created_at": f"2026-01-01T00:{number // 60:02}:{number % 60:02}.000000Z",
            }
            for number in range(120)
        ]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.before(len(self.requests))
        path = request.url.path.removeprefix("/v1")
        body: Row = json.loads(request.content or b"{}")
        options = {**dict(request.url.params), **body}
        if path == "/leads/api/lists":
            return self.page([{"uuid": LIST, "name": "Prospects"}, {"uuid": OTHER_LIST, "name": "Others"}], options)
        if path in ("/leads/api/leads/search", "/flows/api/flows-leads/list"):
            wanted: Row = body.get("filter", {}) if not self.ignores else {}
            found = [row for row in self.contacts if all(row.get(key) == value for key, value in wanted.items())]
            found.sort(key=lambda row: row["created_at"], reverse=options.get("order_type", "desc") == "desc")
            if not self.stable and len(self.requests) % 2:
                found = found[1:] + found[:1]
            if path.startswith("/flows"):
                options["limit"] = min(options["limit"], self.flow_limit)
            return self.page(found, options)
        if "{" in template(request).path:
            return httpx.Response(404, json={"error": {"reason": "not_found"}, "message": "No", "code": 404})
        return self.page([], options)

    def page(self, rows: list[Row], options: Row) -> httpx.Response:
        first, limit = int(options.get("offset", 0)), int(options.get("limit", 20))
        shown = [dict(row) for row in rows[first : first + limit]]
        for row in shown:
            row.update(self.changes)
            row.pop(self.left_out, None)
        if self.rows_under is None:
            return httpx.Response(200, json=shown)
        return httpx.Response(200, json={self.rows_under: shown, "total": self.total(len(rows)), "has_more": False})


def template(request: httpx.Request) -> Operation:
    """The operation of a request."""
    path = request.url.path.removeprefix("/v1")
    return next(
        it
        for it in sorted(OPERATIONS.values(), key=lambda it: it.path.count("{"))
        if it.method == request.method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", it.path), path)
    )


@pytest.mark.parametrize("behaviour", ["observed", "published"])
def test_the_sandbox_differs_where_its_behaviour_does(behaviour: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with run_in_thread(behaviour=behaviour) as server:
        seed(server.app.state.store, 40, 0)
        monkeypatch.setenv("GRINFI_API_KEY", server.key)
        monkeypatch.setenv("GRINFI_BASE_URL", server.url)
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            status = main(["doctor", "--json", "--list", "Trade fair"])
        report = json.loads(out.getvalue())
    found = {it["id"]: it["verdict"] for it in report["checks"]}
    differing = {name for name, verdict in found.items() if verdict == "differs"}
    assert not report["live"]
    assert 50 < report["requests"] <= 76
    assert found["list-filters"] == found["order"] == found["envelopes"] == found["times"] == "holds"
    if behaviour == "observed":
        assert (status, differing) == (0, set())
        assert found["wrapped-rows"] == found["name-filters"] == found["mass-action-states"] == "holds"
    else:
        assert status == 1
        assert differing >= {"wrapped-rows", "pagination", "name-filters", "updated-at", "mass-action-states"}


def test_a_server_that_behaves() -> None:
    found = verdicts(Server(), "--list", "Prospects")
    for name in ("envelopes", "limit", "list-filters", "order", "default-order", "errors", "times", "ids", "content"):
        assert found[name][0] == "holds", (name, found[name])
    assert "automations.list_contacts: 20" in found["limit"][1]
    assert found["list-filters"][1].startswith("contacts in the list, against all: fewer; ")
    assert "email_status: honoured" in found["list-filters"][1]


@pytest.mark.parametrize(
    ("attribute", "value", "check", "seen"),
    [
        ("rows_under", "results", "envelopes", "`results`: "),
        ("rows_under", f"{MARK}s", "envelopes", "no list: "),
        ("total", str, "totals", "type of `total`: text"),
        ("ignores", True, "list-filters", "as many; list_uuid: ignored; email_status: ignored; uuid: ignored"),
        ("flow_limit", 100, "limit", "automations.list_contacts: kept"),
        ("stable", False, "order", "another order"),
        ("changes", {"created_at": 1_767_225_600}, "times", "created_at: integer"),
        ("changes", {"uuid": 5}, "ids", "otherwise: uuid"),
        ("changes", {MARK: 1, "name": 2}, "fields", "1 unknown"),
        ("left_out", "list_uuid", "contact-fields", "list_uuid"),
    ],
)
def test_servers_that_misbehave(attribute: str, value: Any, check: str, seen: str) -> None:
    server = Server()
    setattr(server, attribute, value)
    verdict, text = verdicts(server, "--list", LIST)[check]
    assert verdict == "differs", text
    assert seen in text
    assert MARK not in text


def one_contact(server: Server, request: httpx.Request) -> httpx.Response:
    server.contacts = server.contacts[:1]
    return server(request)


def contacts_of_one_list(server: Server, request: httpx.Request) -> httpx.Response:
    server.ignores = True
    for row in server.contacts:
        row.update(list_uuid=LIST, email_status="ok", uuid=LIST)
    return server(request)


def lists_by_uuid(server: Server, request: httpx.Request) -> httpx.Response:
    return server.page([], {}) if "filter[uuid]" in request.url.params else server(request)


def always(status: int, path: str = "", key: str = "", **options: Any) -> Callable[..., httpx.Response]:
    """A server that answers this to requests whose path and body have these words."""

    def answer(server: Server, request: httpx.Request) -> httpx.Response:
        wanted = path in request.url.path and key.encode() in request.content
        return httpx.Response(status, **options) if wanted else server(request)

    return answer


@pytest.mark.parametrize(
    ("answer", "check", "verdict"),
    [
        (one_contact, "order", "not seen"),
        (one_contact, "default-order", "not seen"),
        (contacts_of_one_list, "list-filters", "not seen"),
        (always(200, "/emails", json={"data": [], "pagination": None}), "pagination", "differs"),
        (always(200, "/leads/search", json={"data": [{"name": MARK}]}), "wrapped-rows", "differs"),
        (always(422, "/search", '"limit":100', json={}), "limit", "differs"),
        (always(500, "/leads/search", json={}), "window", "not seen"),
        (always(500, "/leads/search", json={}), "updated-at", "not seen"),
        (always(302, headers={"location": "/"}), "filter-q", "not seen"),
        (always(200, "/mass-actions", html="<p>"), "mass-action-states", "not seen"),
        (always(200, "/count", json={"total": None}), "count", "differs"),
        (always(200, "group", json=MARK), "group-counts", "differs"),
        (always(200, "group", json={"message": MARK}), "group-counts", "differs"),
        (always(200, "group", json={"data": []}), "group-counts", "not seen"),
        (lists_by_uuid, "filter-forms", "not seen"),
    ],
)
def test_nothing_holds_that_was_not_seen(
    answer: Callable[[Server, httpx.Request], httpx.Response], check: str, verdict: str
) -> None:
    server = Server()
    found = verdicts(lambda request: answer(server, request), "--list", LIST, "--requests", "500")
    assert found[check][0] == verdict, found[check]


def test_it_only_reads() -> None:
    server = Server()
    assert diagnosed(server, "--list", LIST)[0] == 1
    assert {(template(it).method, template(it).retry) for it in server.requests} == {("GET", "read"), ("POST", "read")}


def test_what_is_not_a_read_is_not_sent() -> None:
    server = Server()

    async def attempts() -> None:
        transport = httpx.MockTransport(server)
        async with Grinfi("key", base_url="http://api.test/v1", transport=transport, rate_limiter=None) as grinfi:
            session = Session(grinfi, 1_000)
            sent = [grinfi, session.grinfi, grinfi.with_options(timeout=5)]
            refused = [(it.method, it.path) for it in OPERATIONS.values() if it.retry != "read" or it.method == "PUT"]
            refused += [
                ("GET", "/leads/api/unknown"),
                ("HEAD", "/leads/api/lists"),
                ("GET", "/leads/api/lists/a%2Fb/c"),
            ]
            for number, (method, path) in enumerate(refused):
                with pytest.raises(RuntimeError, match=f"^{method} .* was not sent$"):
                    await sent[number % 3].request(method, path.replace("{", "").replace("}", ""), retry_class="read")
            with pytest.raises(RuntimeError, match="was not sent"):
                await grinfi.tags.create(name="new")
            assert len(refused) > 40
            assert not server.requests
            await grinfi.lists.list()
        assert len(server.requests) == 1

    anyio.run(attempts)


def test_requests_are_bounded_and_counted() -> None:
    server = Server()
    _, out, err = diagnosed(server, "--requests", "40")
    assert "at most 40 requests" in err
    assert len(server.requests) == 40
    assert "40 requests." in out.splitlines()[-1]
    assert "skipped" in out
    assert len(re.findall("no more requests", out)) > 5


@pytest.mark.parametrize("most", [1, 2, 30])
@pytest.mark.parametrize("status", [200, 500, 503])
def test_repetitions_count_too(most: int, status: int) -> None:
    server = Server()

    def answer(request: httpx.Request) -> httpx.Response:
        answered = server(request)
        return answered if len(server.requests) < most else httpx.Response(status, text="<html>")

    diagnosed(answer, "--requests", str(most))
    assert len(server.requests) == most


def test_looking_up_the_list_counts_too() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        rows = [{"uuid": f"{len(asked):04}{number:04}", "name": MARK} for number in range(100)]
        return httpx.Response(200, json={"data": rows, "total": 100_000})

    status, _, err = diagnosed(answer, "--list", "Prospects", "--requests", "5")
    assert (status, len(asked)) == (2, 5)
    assert "'Prospects' was not found in 5 requests; pass its UUID" in " ".join(err.split())
    server = Server()
    report = json.loads(diagnosed(server, "--json", "--list", "Prospects")[1])
    assert report["requests"] == len(server.requests)


def test_a_flood_is_not_kept() -> None:
    server = Server()

    def answer(request: httpx.Request) -> httpx.Response:
        if len(server.requests) > 20:
            return httpx.Response(200, content=b'{"data": []}' + b" " * 5_000_000)
        return server(request)

    diagnosed(answer)
    assert len(server.requests) < 30


@pytest.mark.parametrize("failure", ["broken", "late", "forbidden"])
def test_what_fails_does_not_stop_the_others(failure: str) -> None:
    server = Server()

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/count"):
            if failure == "broken":
                return httpx.Response(200, json=MARK)
            if failure == "forbidden":
                return httpx.Response(403, json={"message": MARK})
            raise httpx.ReadTimeout(MARK)
        return server(request)

    found = verdicts(answer)
    assert found["count"][0] == ("differs" if failure == "broken" else "skipped")
    assert found["errors"][0] == found["content"][0] == "holds"
    assert MARK not in str(found)


def test_a_server_that_is_lost_ends_it_soon() -> None:
    server = Server()

    def lose(number: int) -> None:
        if number > 20:
            raise httpx.ConnectError(MARK)

    server.before = lose
    status, out, _ = diagnosed(server)
    assert status == 1  # what was seen before counts
    assert len(server.requests) < 35
    assert "no more requests could be sent" in " ".join(out.split())


def test_a_pause_of_an_hour_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    monkeypatch.setattr(doctor, "LONGEST_CALL", 0.05)

    def answer(request: httpx.Request) -> httpx.Response:
        answered = server(request)
        return answered if len(server.requests) < 20 else httpx.Response(429, headers={"retry-after": "3600"})

    status, out, _ = diagnosed(answer, limiter=TokenBucket())
    assert (status, len(server.requests)) == (1, 20)
    assert "no more requests could be sent" in " ".join(out.split())


@pytest.mark.parametrize(("status", "ended"), [(401, 3), (503, 4)])
def test_a_server_that_answers_nothing_is_an_error(status: int, ended: int) -> None:
    ending, out, err = diagnosed(lambda request: httpx.Response(status, json={"message": "No"}))
    assert (ending, out) == (ended, "")
    assert str(status) in err


def test_interrupted(tmp_path: Path) -> None:
    server = Server()

    def press(number: int) -> None:
        if number == 45:
            signal.raise_signal(signal.SIGINT)

    server.before = press
    status, out, _ = diagnosed(server, "--report", str(tmp_path / "r.json"))
    assert status == 130
    assert "interrupted" in out
    assert "holds" in out
    report = json.loads((tmp_path / "r.json").read_text())
    assert {it["verdict"] for it in report["checks"]} >= {"holds", "skipped"}
    assert len(report["checks"]) == len(doctor_checks.CHECKS)


def test_the_report_is_a_new_private_file(tmp_path: Path) -> None:
    server, file = Server(), tmp_path / "report.json"
    status, _, err = diagnosed(server, "--report", str(file))
    assert status == 1
    assert "Attach it to an issue" in err
    assert file.stat().st_mode & 0o777 == 0o600
    report = json.loads(file.read_text())
    assert set(report) == {"report", "version", "edition", "date", "live", "requests", "checks"}
    assert report["requests"] == len(server.requests) == sum(it["requests"] for it in report["checks"])
    asked = len(server.requests)
    for wrong in (file, tmp_path / "none" / "r.json"):
        status, _, err = diagnosed(server, "--report", str(wrong))
        assert status == 2
        assert err.startswith("grinfi: --report: ")
    assert len(server.requests) == asked
    assert json.loads(file.read_text()) == report


def test_a_report_is_not_lost_or_left_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server, link, file = Server(), tmp_path / "link", tmp_path / "report.json"
    link.symlink_to(tmp_path / "nowhere")
    status, _, err = diagnosed(server, "--report", str(link))
    assert (status, len(server.requests)) == (2, 0)
    assert "is there already" in err

    def closed(*_: object) -> None:
        raise BrokenPipeError

    with monkeypatch.context() as patch:
        patch.setattr(doctor, "write_json", closed)
        diagnosed(server, "--json", "--report", str(file))
    assert json.loads(file.read_text())["checks"]
    file.unlink()

    class FullDisk(io.FileIO):
        def write(self, _: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(doctor, "create_new", partial(FullDisk, mode="x"))
        status, out, err = diagnosed(server, "--report", str(file))
    assert (status, file.exists()) == (2, False)
    assert "No space left" in err
    assert "checks: " in out


@pytest.mark.parametrize("columns", [60, 100])
def test_it_fits_the_terminal(columns: int) -> None:
    _, out, _ = diagnosed(Server(), columns=columns)
    assert max(map(len, out.splitlines())) <= columns
    assert ("Verdict" in out.splitlines()[0]) == (columns == 100)


MARKED = st.sampled_from([MARK, f"{MARK} 2026-01-01", f"{MARK}@acme.test", NUMBER, f"{NUMBER}", True, None, 1.5])
VALUES: st.SearchStrategy[Any] = st.recursive(
    MARKED, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.just(MARK), inner, max_size=1)
)
KEYS: st.SearchStrategy[str] = st.sampled_from(
    ["uuid", "id", "name", "created_at", "list_uuid", "type", "status", "lead", "first_name", MARK, f"{MARK}_2"]
)
ROWS: st.SearchStrategy[list[Row]] = st.lists(st.dictionaries(KEYS, VALUES), max_size=25)


def in_envelope(under: str, rows: list[Row], more: Row) -> Row:
    return {**more, under: rows}


BODIES: st.SearchStrategy[Any] = st.one_of(
    ROWS,
    VALUES,
    st.builds(
        in_envelope,
        st.sampled_from(["data", "results", MARK]),
        ROWS,
        st.dictionaries(st.sampled_from(["total", "count", "has_more", "pagination", "error", MARK]), VALUES),
    ),
)


@settings(max_examples=15)
@given(st.lists(BODIES, min_size=1, max_size=5), st.sampled_from([200, 200, 404, 422, 500, 201]), st.booleans())
def test_nothing_of_an_answer_is_shown(bodies: list[Any], status: int, as_json: bool) -> None:
    headers = {"x-request-id": MARK, f"x-{MARK}": MARK, "retry-after": MARK, "content-type": f"application/{MARK}"}
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        number = len(asked)
        return httpx.Response(200 if number % 3 else status, json=bodies[number % len(bodies)], headers=headers)

    ended, out, err = diagnosed(answer, *(["--json"] if as_json else []))
    assert ended in (0, 1)
    assert "requests" in out
    for text in (MARK, f"{NUMBER}", f"{NUMBER:,}", "acme"):
        assert text not in out.lower() + err.lower()


def test_counts_are_rough() -> None:
    assert [about(number) for number in (0, 1, 2, 10, 11, NUMBER)] == [
        *("0", "1", "2 to 10", "2 to 10", "11 to 100", "more than 10,000"),
    ]


def test_only_the_documented_words_are_made_safe() -> None:
    """Checks make texts by functions that let nothing through; none makes one by itself."""
    source = Path(doctor_checks.__file__).read_text("utf-8")
    assert "Safe(" not in source
    assert not re.search(r"words\((?!\"|'|$)", source, re.MULTILINE)


def rows_of_the_page() -> Iterator[tuple[str, str]]:
    for line in (ROOT / "docs" / "quirks.md").read_text("utf-8").splitlines():
        if line.startswith("|") and len(cells := [cell.strip() for cell in line.strip("|").split("|")]) == 3:
            yield cells[0], cells[1]


def test_checks_are_of_documented_quirks() -> None:
    known = dict(rows_of_the_page())
    for check in doctor_checks.CHECKS:
        if check.grade not in ("P", "?") or check.sentence in known:
            assert known.get(check.sentence) == check.grade, f"{check.id}: docs/quirks.md has no such row"
    assert sum(check.sentence in known for check in doctor_checks.CHECKS) > 15


def test_the_guard_keeps_what_came() -> None:
    guard = ReadOnly(httpx.MockTransport(lambda request: httpx.Response(200)), "http://api.test/v1/")
    anyio.run(guard.handle_async_request, httpx.Request("GET", "http://api.test/v1/leads/api/lists?limit=1"))
    assert [answer.status for answer in guard.answers] == [200]
