"""Models, pages and lists in consoles and notebooks."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from grinfi_async import APIKey, Company, Contact, Mailbox, Page, Tag
from tests.sdk.helpers import Server, answering

ADA: dict[str, Any] = {
    "uuid": "c-1", "team_id": 3, "name": "Ada", "company_name": "Acme", "work_email": "ada@acme.example", "tags": ["t"],
}  # fmt: skip
SCRIPT = "<script>alert('&')</script>"


class Table(HTMLParser):
    """The cells of a table, as a browser would show them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.rows: list[list[str]] = []
        self.caption = ""
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not attrs  # so that it is readable on any background
        self.tags.add(tag)
        self._open = tag
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open in ("td", "th"):
            self.rows[-1][-1] += data
        elif self._open == "caption":
            self.caption += data


def table(value: Any) -> Table:
    return Table(value._repr_html_())


def test_a_contact_says_who_it_is() -> None:
    shown = "Contact(name='Ada', company_name='Acme', work_email='ada@acme.example', uuid='c-1', …)"
    assert repr(Contact.from_dict(ADA)) == shown
    assert repr(Contact.from_dict({"uuid": "c-1", "work_email": None})) == "Contact(uuid='c-1')"
    assert repr(Contact(position="CTO")) == "Contact(position='CTO')"


def test_others_show_their_first_fields() -> None:
    assert repr(Tag(uuid="t", name="VIP")) == "Tag(uuid='t', name='VIP')"
    assert repr(Company(uuid="c", team_id=1)) == "Company(uuid='c', team_id=1)"


@pytest.mark.anyio
async def test_a_page_shows_its_size() -> None:
    page = await answering({"data": [ADA] * 20, "total": 1234}).client().contacts.search()
    assert repr(page) == "<Page of 20 Contact, total 1,234>"
    assert repr(Page[Any](data=[])) == "<Page of 0 rows>"
    assert repr(Page[Any](data=["a", 1], total=2)) == "<Page of 2 rows, total 2>"


def test_the_docstring_of_a_list_explains_how_to_read_it() -> None:
    shown = "<AsyncPaginator of contacts.search: use `async for`, or `await ….collect()`>"
    assert repr(Server().client().contacts.search()) == shown


def test_a_model_is_a_table() -> None:
    shown = table(Contact.from_dict(ADA))
    assert shown.caption == "Contact"
    assert shown.rows[:2] == [["name", "Ada"], ["company_name", "Acme"]]
    assert shown.rows[-1] == ["…", ""]


def test_a_page_is_a_table_with_a_row_for_each() -> None:
    rows = [Contact.from_dict(ADA), Contact.from_dict({"uuid": "c-2"})]
    shown = table(Page(data=rows, total=9))
    assert shown.caption == "Page of 2 Contact, total 9"
    assert shown.rows == [
        ["name", "company_name", "work_email", "uuid"],
        ["Ada", "Acme", "ada@acme.example", "c-1"],
        ["", "", "", "c-2"],
    ]
    assert table(Page[Any](data=["a", 1])).rows[1:] == [["a"], ["1"]]
    assert table(Page[Any](data=[])).caption == "Page of 0 rows"


def test_a_long_page_and_long_texts_stay_small() -> None:
    shown = table(Page(data=[Tag(uuid=str(number), name="n" * 1000) for number in range(1000)]))
    assert len(shown.rows) < 30
    assert shown.rows[-1] == ["… and 980 more"]
    assert len(shown.rows[1][1]) < 50


def test_texts_of_others_are_not_markup() -> None:
    for value in (
        Tag(uuid="t", name=SCRIPT),
        Page(data=[Tag(uuid="t", name=SCRIPT)]),
        Page[Any](data=[SCRIPT]),
        Page[Any](data=[{SCRIPT: SCRIPT}]),
    ):
        shown = table(value)
        assert shown.tags <= {"table", "caption", "thead", "tbody", "tr", "th", "td"}
        assert any(SCRIPT in cell for row in shown.rows for cell in row)


def test_no_secret_is_shown() -> None:
    secret = "a-very-secret-thing"
    key = APIKey(name="ci", last_token=secret)
    mailbox = Mailbox(uuid="m", connection_settings={"smtp_password": secret})
    for value in (key, mailbox, Page(data=[key]), Page(data=[mailbox])):
        shown: Any = value
        assert secret not in shown._repr_html_()
        assert secret not in repr(value)
