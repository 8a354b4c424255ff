"""Which contacts are the same person, and which are not."""

from __future__ import annotations

import csv
from itertools import combinations
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grinfi_async import F, FilterIgnoredError
from grinfi_bulk import DuplicateReport
from grinfi_bulk.people import fit, keys_of, name_of
from tests.bulk.crm_in_memory import CrmInMemory, rows_of

Row = dict[str, Any]


def found_in(rows: list[Row], filter: Any = None, crm: CrmInMemory | None = None) -> DuplicateReport:
    """The duplicates among these contacts."""
    crm = crm or CrmInMemory(
        search=[{"created_at": f"2026-01-01T00:00:{n % 60:02}Z", **row} for n, row in enumerate(rows)]
    )

    async def find() -> DuplicateReport:
        async with crm.client() as grinfi:
            return await grinfi.bulk.find_duplicates(filter)

    return anyio.run(find)


def people(report: DuplicateReport) -> set[frozenset[str]]:
    return {frozenset(contact.uuid for contact in group.contacts) for group in report.groups}


def row(uuid: str, name: str = "", company: str = "", **fields: Any) -> Row:
    return {"uuid": uuid, "name": name or None, "company_name": company or None, **fields}


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ({"linkedin": "ada-byron"}, {"linkedin": "https://uk.linkedin.com/in/Ada-Byron/en?trk=x"}, "profile ada-byron"),
        ({"ln_id": "ACoAAB1234x"}, {"linkedin": "https://linkedin.com/in/ACoAAB1234x"}, "profile ACoAAB1234x"),
        ({"sn_id": "ACwAAB1234x,NAME_SEARCH,a1"}, {"sn_id": "ACwAAB1234x,NAME_SEARCH,b2"}, "profile ACwAAB1234x"),
        ({"ln_id": "ACoAAB1234", "linkedin": "ada"}, {"ln_id": "ACoAAB1234", "linkedin": "a-b"}, "profile ACoAAB1234"),
        ({"work_email": "Ada@Byron.org"}, {"personal_email": "mailto:ada@byron.org"}, "email ada@byron.org"),
        ({"name": "Ada Byron", "company_name": "Acme, Inc."}, {"name": "BYRON Ada", "company_name": "acme inc"},
         "name and company ada byron at acme inc"),
    ],
)  # fmt: skip
def test_one_person(one: Row, other: Row, reason: str) -> None:
    report = found_in([{"uuid": "a", **one}, {"uuid": "b", **other}, row("c", "Alan Turing", "Acme")])
    (group,) = report.groups
    assert [contact.reasons for contact in group.contacts] == [(reason,), (reason,)]
    assert (group.doubt, report.groups_found, report.surplus) == (None, 1, 1)


@pytest.mark.parametrize(
    "rows",
    [
        [{"linkedin": "N/A", "work_email": "-"}, {"linkedin": "N/A", "work_email": "-"}],
        [row("", "Ada Byron", "Acme"), row("", "Ada Byron", "Birch")],
        [row("", "Ada", "Acme"), row("", "Ada", "Acme")],
        [row("", "n/a n/a", "Acme"), row("", "n/a n/a", "Acme")],
        [row("", "Ada Byron", "Acme", linkedin="ada-1"), row("", "Ada Byron", "Acme", linkedin="ada-2")],
        [row("", "Ada Byron", "Acme", work_email="a@acme.com"), row("", "Ada Byron", "Acme", work_email="b@acme.com")],
        [row("", "Ada Byron", work_email="info@acme.com"), row("", "Alan Turing", work_email="info@acme.com")],
        [{"work_email": "info@acme.com", "linkedin": "a"}, {"work_email": "info@acme.com", "linkedin": "b"}],
        [{"work_email": "info@acme.com", "ln_id": "ACoAAB1"}, {"work_email": "info@acme.com", "ln_id": "ACoAAB2"}],
    ],
)
def test_different_people(rows: list[Row]) -> None:
    report = found_in([{**each, "uuid": str(n)} for n, each in enumerate(rows)])
    assert people(report) == set()


def test_a_mailbox_of_a_company_links_no_contacts() -> None:
    rows = [row(f"u{n}", f"Name {chr(97 + n % 26)}{n}", "Acme", work_email="info@acme.com") for n in range(40)]
    rows += [
        row("ada-1", "Ada Byron", work_email="INFO@acme.com"),
        row("ada-2", "Ada Byron", work_email="info@acme.com"),
    ]
    rows += [
        row("x-1", linkedin="grace", work_email="info@acme.com"),
        row("x-2", linkedin="grace", work_email="x@x.org"),
    ]
    report = found_in(rows)
    assert people(report) == {frozenset({"ada-1", "ada-2"}), frozenset({"x-1", "x-2"})}
    assert list(report.unlinked) == ["email info@acme.com: 43 contacts with different names"]
    assert "not linked: email info@acme.com: 43 contacts with different names" in str(report)


def test_a_chain_is_doubtful_and_the_plan_says_why(tmp_path: Path) -> None:
    rows = [
        row("a", linkedin="ada", work_email="one@acme.com"),
        row("b", work_email="one@acme.com", personal_email="two@acme.com"),
        row("c", linkedin="alan", work_email="two@acme.com"),
    ]
    report = found_in(rows)
    (group,) = report.groups
    assert group.doubt == "different profiles: ada, alan"
    assert {contact.uuid: contact.reasons for contact in group.contacts} == {
        "a": ("email one@acme.com",),
        "b": ("email one@acme.com", "email two@acme.com"),
        "c": ("email two@acme.com",),
    }
    assert report.in_doubt == 1
    report.write_plan(tmp_path / "plan.csv")
    with (tmp_path / "plan.csv").open(encoding="utf-8-sig", newline="") as file:
        planned = list(csv.DictReader(file))
    assert [line["keep"] for line in planned] == ["", "", ""]
    assert all(line["reason"].startswith("IN DOUBT: different profiles: ada, alan; email ") for line in planned)


def test_the_plan_shows_the_survivor_and_the_changes(tmp_path: Path) -> None:
    rows = [
        row("old", "Ada Byron", linkedin="ada", position="CEO", twitter="@ada"),
        row("full", "Ada Byron", linkedin="ada", position="CTO", about="x", headline="y"),
        row("=1+1", "Ada Byron", linkedin="ada", flows=[{"uuid": "f", "status": "in_progress"}]),
    ]
    report = found_in(rows)
    (group,) = report.groups
    assert [contact.uuid for contact in group.contacts] == ["=1+1", "full", "old"]
    assert set(group.differing) == {"position", "about", "headline", "twitter"}
    assert report.write_plan(tmp_path / "plan.csv") == 3
    text = (tmp_path / "plan.csv").read_text("utf-8")
    assert "'=1+1" in text
    assert text.startswith("\ufeffgroup,keep,reason,uuid,name,company,email,profile,take,differs,lost,seen")
    with (tmp_path / "plan.csv").open(encoding="utf-8-sig", newline="") as file:
        planned = {line["uuid"]: (line["keep"], line["lost"]) for line in csv.DictReader(file)}
    assert planned == {"'=1+1": ("yes", ""), "full": ("no", ""), "old": ("no", "twitter")}


def test_the_server_ignores_the_filter() -> None:
    crm = CrmInMemory(search=rows_of(3, list_uuid=lambda number: "other"))

    def everything(row: Row, conditions: Row) -> bool:
        return True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.bulk.crm_in_memory.matches", everything)
        with pytest.raises(FilterIgnoredError, match="list_uuid"):
            found_in([], F.list_uuid == "mine", crm)


# -- any rows ----------------------------------------------------------------------------------------------------------

some = st.sampled_from
ROWS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "linkedin": some(["ada", "alan", "ACwAAB1234", "N/A"]),
            "ln_id": some(["ACoAAB1234", "ACoAAB5678"]),
            "sn_id": some(["ACwAAB1234", "ACwAAB5678"]),
            "work_email": some(["info@acme.com", "ada@acme.com", "alan@acme.com"]),
            "personal_email": some(["info@acme.com", "ada@home.org"]),
            "name": some(["Ada Byron", "Ada", "Alan Turing", "Turing"]),
            "company_name": some(["Acme", "Birch"]),
        },
    ),
    max_size=9,
)


def closure(count: int, links: set[tuple[int, int]]) -> list[set[int]]:
    """The components, by joining until nothing changes."""
    parts = [{n} for n in range(count)]
    changed = True
    while changed:
        changed = False
        for one, other in combinations(parts, 2):
            if any((a, b) in links or (b, a) in links for a in one for b in other):
                one |= other
                parts.remove(other)
                changed = True
                break
    return parts


def naive(rows: list[Row]) -> set[frozenset[str]]:
    """The same groups, in the slow way that the documentation describes."""
    facts = [keys_of(each) for each in rows]
    links = {
        (a, b)
        for a, b in combinations(range(len(rows)), 2)
        if {it for it in facts[a][0] if it[0] == "profile"} & facts[b][0]
    }
    cores = closure(len(rows), links)

    def is_one(key: tuple[str, str], members: list[int]) -> bool:
        involved = [core for core in cores if core & set(members)]
        for slot in ("handle", "ln", "sn"):
            if sum(any(facts[n][1].get(slot) for n in core) for core in involved) > 1:
                return False
        if len(involved) == 1:
            return True
        if key[0] == "email":
            return fit([name for core in involved for n in core if (name := name_of(rows[n]))])
        boxes = [{value for n in core for kind, value in facts[n][0] if kind == "email"} for core in involved]
        boxes = [box for box in boxes if box]
        return len(boxes) < 2 or bool(boxes[0].intersection(*boxes))

    for key in {it for keys, _ in facts for it in keys if it[0] != "profile"}:
        holders = [n for n in range(len(rows)) if key in facts[n][0]]
        parts = [holders]
        if not is_one(key, holders) and len({id(core) for core in cores if core & set(holders)}) > 1:
            names = sorted({name_of(rows[n]) for n in holders} - {""}) if key[0] == "email" else []
            parts = [[n for n in holders if name_of(rows[n]) == name] for name in names]
            parts = [part for part in parts if is_one(key, part)]
        links |= {pair for part in parts for pair in combinations(part, 2)}
    return {frozenset(str(rows[n]["uuid"]) for n in part) for part in closure(len(rows), links) if len(part) > 1}


@given(ROWS, st.randoms(use_true_random=False))
def test_groups_are_the_naive_closure_in_any_order(rows: list[Row], random: Any) -> None:
    rows = [{**each, "uuid": f"u{n}"} for n, each in enumerate(rows)]
    expected = naive(rows)
    assert people(found_in(rows)) == expected
    shuffled = random.sample(rows, len(rows))
    assert people(found_in(shuffled)) == expected
