"""Reports as text, in files, and by the command line."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from grinfi_async import ConfigurationError
from grinfi_bulk.cli import main
from grinfi_sandbox import SandboxServer, run_in_thread
from grinfi_sandbox.seeding import seed
from grinfi_toolkit.reports import Chart, Column, Report, write_page

HOSTILE = '=cmd|"<script>alert(1)</script>\x1b[31m\u202e @evil.example'
LONG = "x" * 90
REPORT = Report(
    title="Senders <b>",
    columns=[
        Column("sender", "Sender"),
        Column("sent", "Sent", "count"),
        Column("accepted", "Accepted", "count"),
        Column("rate", "of sent", "share"),
        Column("reason", "Reason"),
        Column("ready", "Ready"),
    ],
    records=[
        {
            "sender": HOSTILE,
            "sent": 1_234_567,
            "accepted": 61_728,
            "rate": 0.0500004,
            "reason": "x" * 90,
            "ready": True,
        },
        {"sender": "Кличко 李", "sent": 0, "accepted": None, "rate": None, "reason": None, "ready": False},
        {"sender": "Bo", "sent": 3, "accepted": 3, "rate": 1.0, "reason": "", "ready": None},
    ],
    requests=1,
    covers="All of it.",
    leaves_out=["Not this."],
    charts=[
        Chart("By day", [("2 Mar", HOSTILE, 3), ("3 Mar", HOSTILE, 0), ("2 Mar", "Others", 1)]),
        Chart("By step", [(f"{n}. Step", series, n) for n in range(70) for series in ("Sent", "Replied")], "groups"),
        Chart("Shares", [("A", "Replied", 0.1)], "bars", share=True),
        Chart("Nothing", [("A", "Replied", 0)]),
    ],
)
EMPTY = Report(title="Empty", columns=REPORT.columns, records=[], requests=2, covers="Nothing.", charts=[Chart("", [])])


class TestText:
    @pytest.mark.parametrize("width", [40, 60, 100, 160])
    def test_a_screen_fits_and_no_number_is_cut(self, width: int) -> None:
        text = REPORT.text(width)
        assert max(map(len, text.splitlines())) <= width
        for figure in ("1,234,567", "61,728", "5.0%", "100%", "yes"):
            assert figure in text
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert text.endswith("All of it. Not this. 1 request.")
        assert not any(line.endswith(" ") for line in text.splitlines())

    def test_unknown_figures_are_not_0(self) -> None:
        line = next(it for it in REPORT.text(160).splitlines() if "Кличко" in it)
        assert line.split()[2:] == ["0", "–", "–", "–", "no"]

    def test_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "60")
        assert str(EMPTY) == "Empty\n\nNothing to show.\n\nNothing. 2 requests."
        assert repr(EMPTY) == "<Report 'Empty': 0 records, 2 requests>"

    @pytest.mark.parametrize(("library", "use"), [("rich.console", str), ("altair", REPORT.to_html)])
    def test_a_missing_extra_is_named(
        self, library: str, use: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setitem(sys.modules, library, None)
        with pytest.raises(ConfigurationError, match=r"pip install 'grinfi-async\[reports\]'"):
            use(REPORT if use is str else tmp_path / "report.html")
        assert list(tmp_path.iterdir()) == []


class TestFiles:
    def test_csv(self, tmp_path: Path) -> None:
        path = tmp_path / "report.csv"
        REPORT.to_csv(path)
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert rows[0]["sender"] == HOSTILE
        assert [row["rate"] for row in rows] == ["0.0500004", "", "1.0"]
        assert path.stat().st_mode & 0o777 == 0o600
        REPORT.to_csv(path, excel=True)
        assert path.read_text("utf-8-sig").splitlines()[1].startswith("\"'=cmd")

    def test_json(self) -> None:
        read = json.loads(REPORT.to_json())
        assert read["records"] == REPORT.records
        assert (read["requests"], read["covers"], read["leaves_out"]) == (1, "All of it.", ["Not this."])

    def test_a_page_loads_nothing_from_elsewhere(self, tmp_path: Path) -> None:
        path = tmp_path / "report.html"
        write_page(path, [REPORT, EMPTY], title="This week")
        html = path.read_text("utf-8")
        page = Page()
        page.feed(html)
        assert page.tags.isdisjoint({"script", "iframe", "img", "image", "object", "embed", "form", "base", "b"})
        assert page.links == {"#report-0", "#report-1"}
        assert page.policy == "default-src 'none'; style-src 'unsafe-inline'"
        assert set(re.findall(r"\b(?:https?|ftp|data):[^\"'<\s]*", html)) == {
            "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
        }  # fmt: skip
        assert not re.search(r"url\((?!#)|@import", html)
        assert "prefers-color-scheme:dark" in html
        assert "alert(1)" in page.text  # as text
        assert html.count("<svg") == 2 * 3  # wide and narrow; none where there is nothing to draw
        assert 'fill="currentColor"' in html
        assert "#010203" not in html
        assert "Nothing to show." in page.text


class Page(HTMLParser):
    """The parts of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: set[str | None] = set()
        self.policy: str | None = None
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attrs)
        self.links |= {given[name] for name in ("href", "src", "xlink:href", "srcset", "action") if name in given}
        assert not any(name.startswith("on") for name in given)
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with run_in_thread() as running:
        seed(running.app.state.store, 40, 0)
        yield running


class TestTheCommand:
    @pytest.fixture(autouse=True)
    def connected(self, server: SandboxServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("GRINFI_API_KEY", server.key)
        monkeypatch.setenv("GRINFI_BASE_URL", server.url)
        monkeypatch.chdir(tmp_path)

    def test_shows_and_writes(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["report", "stages"]) == 0
        ended = capsys.readouterr()
        assert ended.out.startswith("Contacts by stage\n\nStage ")
        assert re.search(r" \d+ requests\.\n$", ended.out)
        assert main(["report", "stages", "--csv", "out.csv", "--json", "--list", "Trade fair"]) == 0
        ended = capsys.readouterr()
        assert json.loads(ended.out)["covers"] == "Contacts of the list, as of now."
        assert re.fullmatch(r"\d records are in out\.csv\n", ended.err)
        assert Path("out.csv").read_text("utf-8").startswith("stage,category,contacts,share")
        assert main(["report", "senders", "--since", "2026-01-31", "--until", "2026-02-01", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["covers"] == "2026-01-26 to 2026-02-01, days of UTC."

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["funnel"], "AUTOMATION: is required for funnel"),
            (["funnel", "None such"], "unknown automation 'None such'"),
            (["stages", "--by", "week"], "--by: cannot be used with stages"),
            (["senders", "Hello"], "AUTOMATION: cannot be used with senders"),
            (["senders", "--by", "year"], "--by: expected day, week or month"),
            (["daily", "--timezone", "Europe/Kiew"], "--timezone: there is no time zone"),
            (["daily", "--until", "last week"], "--until: 'last week' is not a time"),
            (["daily", "--since", "2026-02-31"], "--since: '2026-02-31' is not a day"),
            (["all", "--csv", "out.csv"], "--csv: a CSV file holds one report"),
            (["health", "--html", "no/such/folder.html"], "--html: the folder no/such is not writable"),
            (["health", "--excel"], "--excel: needs --csv"),
        ],
    )
    def test_mistakes_are_named(self, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["report", *arguments]) == 2
        ended = capsys.readouterr()
        assert said in ended.err
        assert (ended.out, ended.err.count("\n")) == ("", 1)
