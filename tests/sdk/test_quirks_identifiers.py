"""Look-up, blacklist and enrichment: something that identifies the record must be given, or the server answers 422."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grinfi_async import Grinfi
from tests.sdk.helpers import UUID, Server, assert_refused

pytestmark = pytest.mark.anyio

Call = Callable[[Grinfi], Any]

GIVEN: list[tuple[Call, dict[str, Any]]] = [
    (lambda it: it.contacts.find(linkedin_id="ada"), {"linkedin_id": "ada"}),
    (lambda it: it.contacts.find(email="ada@acme.com"), {"email": "ada@acme.com"}),
    (lambda it: it.contacts.find(name="Ada", company_name="Acme"), {"name": "Ada", "company_name": "Acme"}),
    (lambda it: it.contacts.enrich(uuids=[UUID]), {"uuids": [UUID]}),
    (lambda it: it.contacts.enrich(filter={"all": True}), {"filter": {"all": True}}),
    (lambda it: it.companies.enrich(uuids=[UUID]), {"uuids": [UUID]}),
    (lambda it: it.companies.enrich(filter={"all": True}), {"filter": {"all": True}}),
    (lambda it: it.blacklist.add_contact(linkedin="ada"), {"linkedin": "ada"}),
    (lambda it: it.blacklist.add_contact(email="ada@acme.com"), {"email": "ada@acme.com"}),
    (lambda it: it.blacklist.add_contact(name="Ada"), {"name": "Ada"}),
    (lambda it: it.blacklist.add_contact(company_name="Acme"), {"company_name": "Acme"}),
    (lambda it: it.blacklist.add_company(linkedin="acme"), {"linkedin": "acme"}),
    (lambda it: it.blacklist.add_company(domain="acme.com"), {"domain": "acme.com"}),
    (lambda it: it.blacklist.add_company(name="Acme"), {"name": "Acme"}),
]

MISSING: list[tuple[str, str, Call]] = [
    ("linkedin_id", "linkedin_id, or email, or name and company_name", lambda it: it.contacts.find()),
    ("linkedin_id", "name and company_name", lambda it: it.contacts.find(name="Ada")),
    (
        "linkedin_id",
        "name and company_name",
        lambda it: it.contacts.find(company_name="Acme", disable_aggregation=True),
    ),
    ("linkedin_id", "at least one", lambda it: it.contacts.find(linkedin_id=None, email="")),
    ("uuids", "uuids, or filter", lambda it: it.contacts.enrich()),
    ("uuids", "uuids, or filter", lambda it: it.contacts.enrich(uuids=[])),
    ("uuids", "uuids, or filter", lambda it: it.companies.enrich()),
    ("uuids", "uuids, or filter", lambda it: it.companies.enrich(uuids=[], filter={})),
    ("linkedin", "linkedin, or email, or name, or company_name", lambda it: it.blacklist.add_contact()),
    ("linkedin", "linkedin, or domain, or name", lambda it: it.blacklist.add_company()),
    ("linkedin", "linkedin, or domain, or name", lambda it: it.blacklist.add_company(name=" ")),
]


@pytest.mark.parametrize(("call", "body"), GIVEN)
async def test_each_identifier_will_do(call: Call, body: dict[str, Any]) -> None:
    server = Server()
    await call(server.client())
    assert server.body == body


@pytest.mark.parametrize(("argument", "match", "call"), MISSING)
async def test_without_one_nothing_is_sent(argument: str, match: str, call: Call) -> None:
    await assert_refused(argument, call, match=match)
