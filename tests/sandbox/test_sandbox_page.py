"""The page for a person."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from grinfi_sandbox import Sandbox
from tests.sandbox.embedded import client

pytestmark = pytest.mark.anyio
VOID = {"meta"}


class Reader(HTMLParser):
    """Collects the tables, the elements and the links of a page; insists on closed elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.tables: list[list[list[str]]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("td", "th"):
            self.tables[-1][-1][-1] += data


async def test_it_shows_counts_and_the_latest_requests_first() -> None:
    async with Sandbox(sockets=False) as sandbox, client(sandbox) as api:
        for name in ("a", "b"):
            await api.post("/leads/api/tags", json={"name": name})
        await api.post("/leads/api/lists", json={"name": "c"})
        await api.get("/leads/api/nothing?x=1")
        api.headers.pop("authorization")
        answer = await api.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = Reader(answer.text)
    counts, requests = page.tables
    assert counts[0] == ["kind", "count"]
    assert [row for row in counts if row[0] in ("list", "tag")] == [["list", "1"], ["tag", "2"]]
    assert [row[1:5] for row in requests] == [
        ["method", "path", "operation id", "status"],
        ["GET", "/leads/api/nothing?x=1", "", "404"],
        ["POST", "/leads/api/lists", "createList", "201"],
        ["POST", "/leads/api/tags", "createTag", "201"],
        ["POST", "/leads/api/tags", "createTag", "201"],
    ]
    assert sandbox.key not in answer.text


async def test_the_page_shows_an_empty_sandbox_and_its_faults() -> None:
    async with (
        Sandbox(sockets=False, faults=["status=503"], behaviour="observed") as sandbox,
        client(sandbox) as api,
    ):
        text = (await api.get("/")).text
    assert all(row[1:2] != ["method"] for table in Reader(text).tables for row in table)
    assert "There are none." in text
    assert "behaviour observed" in text
    assert "&quot;status&quot;: 503" in text


async def test_it_escapes_everything_and_loads_nothing() -> None:
    hostile = "<script>alert(1)</script>\"'&amp;"
    async with Sandbox(sockets=False) as sandbox, client(sandbox) as api:
        await api.get(f"/{hostile}?{hostile}=<img src=x onerror=alert(2)>")
        sandbox.requests.append({})  # a copy: it changes nothing
        answer = await api.get("/")
    page = Reader(answer.text)
    path: Any = page.tables[-1][1][2]
    assert path.startswith(f"/{hostile}?")
    assert not page.elements & {"script", "img", "link", "iframe"}
    assert not page.attributes & {"src", "href", "onerror"}
    assert "default-src 'none'" in answer.headers["content-security-policy"]
