"""One person on LinkedIn has many forms and one identity; other values have none."""

from __future__ import annotations

import csv
import json
import string
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grinfi_async import Grinfi, InvalidArgumentError, LinkedInIdentity, NotFoundError
from grinfi_sandbox import Sandbox

CASES = Path(__file__).parents[1] / "bulk" / "cases"
MEMBERS = st.builds(
    "AC{}AA{}".format,
    st.sampled_from("wo"),
    st.text(string.ascii_letters + string.digits + "_-", min_size=4, max_size=34),
)
HANDLES = st.from_regex(r"[a-z][a-z0-9]{3,12}-[a-z0-9é]{4,9}", fullmatch=True)
FORMS = [
    "https://www.linkedin.com/in/{}",
    "http://linkedin.com/in/{}/",
    "HTTPS://UK.LINKEDIN.COM/IN/{}?trk=x&y=1",
    "https://de.linkedin.com/in/{}/en",
    "www.linkedin.com/in/{}/detail/contact-info/#top",
    "linkedin.com/mwlite/in/{}",
    "https://www.linkedin.com/comm/in/{}",
    "https://www.linkedin.com/mwlite/profile/in/{}",
    "m.linkedin.com:443/in/{}",
    "//linkedin.com/in/{}",
    "https://www.linkedin.com/pub/{}",
    "/in/{}",
    "in/{}",
    "@{}",
    "{}/",
    " <{}>, ",
    "'{}'",
    "\ufeff{}\u200b",
    "\u00a0{}\u2060",
]
MEMBER_FORMS = [
    "https://www.linkedin.com/in/{}",
    "https://www.linkedin.com/sales/lead/{},NAME_SEARCH,aB_1",
    "https://www.linkedin.com/sales/people/{},OUT_OF_NETWORK,ab59?_ntb=x%3D%3D",
    "https://www.linkedin.com/sales/lead/{}%2CNAME_SEARCH%2CaB",
    "https://www.linkedin.com/profile/view?id={}&trk=x",
    "urn:li:fsd_profile:{}",
    "urn:li:fs_salesProfile:({},NAME_SEARCH,ab)",
    "{},NAME_SEARCH,ab59",
    "\u200b{}",
]


@given(HANDLES, st.sampled_from(FORMS), st.booleans())
def test_every_form_of_a_handle_is_the_same_person(handle: str, form: str, encoded: bool) -> None:
    written = form.format(quote(handle.upper()) if encoded else handle.title())
    identity = LinkedInIdentity.parse(written)
    assert identity == LinkedInIdentity.parse(handle)
    assert (identity.value, identity.kind, identity.field) == (handle, "handle", "linkedin_id")


@given(MEMBERS, st.sampled_from(MEMBER_FORMS))
def test_every_form_of_a_member_id_is_the_same_person(member: str, form: str) -> None:
    identity = LinkedInIdentity.parse(form.format(member))
    assert (identity.value, identity.kind) == (member, "member")
    assert identity.field == ("sn_id" if member.startswith("ACw") else "ln_id")


@given(st.text() | st.builds(str.format, st.sampled_from(FORMS + MEMBER_FORMS), st.text()))
@example("https://www.linkedin.com/in/%25%32%46")
@example("İ")
def test_any_text_is_one_person_or_refused_consistently(text: str) -> None:
    with suppress(InvalidArgumentError):  # any other error is a failure
        identity = LinkedInIdentity.parse(text)
        assert LinkedInIdentity.parse(identity.value) == identity
        assert LinkedInIdentity.parse(identity.url) == identity


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("https://www.linkedin.com/pub/ada-byron/1/2a/3b4", "ada-byron-3b402a1"),
        ("https://www.linkedin.com/pub/ada-byron/0/2a/3b4?trk=x", "ada-byron-3b402a"),
        ("http://fr.linkedin.com/pub/ada-byron/5A/3/7/en", "ada-byron-0070035a"),
        ("https://www.linkedin.com/profile/view?id=12345678&authType=NAME_SEARCH", "12345678"),
        ("https://www.linkedin.com/profile/view?trk=x&id=ACoAAB222xxx", "ACoAAB222xxx"),
        ("https://www.linkedin.com/in/ada-byron/?originalSubdomain=de  ", "ada-byron"),
        ("https://www.linkedin.com/in/ada-byron/overlay/contact-info/#top", "ada-byron"),
        ("https://www.linkedin.com/in/ACoAAB222xxx?miniProfileUrn=urn%3Ali%3Afs_miniProfile%3AACoAAB1", "ACoAAB222xxx"),
        ("https://www.linkedin.com/in/jos%25C3%25A9-garc%25C3%25ADa", "josé-garcía"),
        ("https://www.linkedin.com/in/jose\u0301", "josé"),
        ("https://ua.linkedin.com/in/Оксана-Т/", "оксана-т"),
        ("https://www.linkedin.com/in/%F0%9F%92%A1-lee", "💡-lee"),
        ("urn:li:member:12345678", "12345678"),
        ("https://www.linkedin.com/sales/profile/12345678,AAAA,NAME_SEARCH", "12345678"),
        ("00123456", "123456"),
    ],
)
def test_the_name_of_a_file(text: str, value: str) -> None:
    assert LinkedInIdentity.parse(text).value == value


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (
            "N/A|----------------------------------------|0000000000000000000000000000000000000000|#N/A|n.a.|-|--|?|null|NULL|nan|None|0|000|undefined||\u200b|#REF!|#VALUE!|#NAME?|######|"
            "https://www.linkedin.com/in/N/A|linkedin.com/in/null|https://www.linkedin.com/in/unavailable",
            "a placeholder",
        ),
        ("https://www.linkedin.com/company/acme|linkedin.com/showcase/acme/", "a company's page"),
        ("https://www.linkedin.com/school/mit", "a school's page"),
        ("https://twitter.com/fay|linkedin.com.evil.example/in/x1|notlinkedin.com/in/ada|acme.com", "another site"),
        ("https://lnkd.in/abc|http://lnkd.in/p/abc", "a short link"),
        ("https://www.linkedin.com/pub/ada-byron/1/2a|linkedin.com/pub/ada-byron/en", "an old address that is not"),
        ("https://www.linkedin.com/pub/dir/Ada/Byron", "a directory"),
        (
            "https://www.linkedin.com/profile/view?id=ADEAABx_nbQBD-VfAJuZ553VsR2PnfmdzWYQmEx|"
            "https://www.linkedin.com/profile/view?id=ada-byron|"
            "https://www.linkedin.com/in/AEMAABx_nbQBD-VfAJuZ553VsR2PnfmdzWYQmEx",
            "a member ID of another kind",
        ),
        ("https://www.linkedin.com/feed/|https://www.linkedin.com/sales/company/12345|linkedin.com", "another page"),
        ("https://www.linkedin.com/posts/ada-b_x-1|linkedin.com/recruiter/profile/12345678,x,CAP", "another page"),
        ("https://www.linkedin.com/in/|linkedin.com/in?x=1", "an address without a name"),
        ("1.23E+08|1,23457E+08|1.23457e8|123456789.0|123,456,789|+380501234567|2026-03-04", "a number that"),
        ("Ada Byron|ada\u00a0byron", "a text with spaces"),
        ("ada@one.example", "an email address"),
        ("acwaabqxyzabcdefghijklmnopqrstuvwxyz1234", "a member ID that was changed to lower case"),
        ("https://www.linkedin.com/in/%E9ric|=ada|ada|b\ud800".replace("ada|b", "ada;b"), "another text"),
    ],
)  # fmt: skip
def test_values_that_are_not_people(texts: str, told: str) -> None:
    for text in texts.split("|"):
        with pytest.raises(InvalidArgumentError, match=rf"^profile: .*is {told}|has {told}") as caught:
            LinkedInIdentity.parse(text, "profile")
        assert caught.value.argument == "profile"


def test_twelve_rows_of_two_people() -> None:
    with (CASES / "one-person.csv").open(encoding="utf-8", newline="") as file:
        found = [LinkedInIdentity.parse(row["LinkedIn URL"]) for row in csv.DictReader(file)]
    assert [identity.value for identity in found] == ["ACwAAC111AAA"] * 4 + ["sam-two"] * 8


@pytest.mark.anyio
async def test_contacts_are_found_by_every_form(grinfi: Grinfi, grinfi_sandbox: Sandbox) -> None:
    everyone = await grinfi.lists.create(name="Everyone")
    ada = await grinfi.contacts.upsert(lead={"linkedin_id": "ada-byron"}, list_uuid=everyone.uuid)
    for form in FORMS:
        assert (await grinfi.contacts.find(linkedin_id=form.format("Ada-Byron"))).uuid == ada.uuid
    before = len(grinfi_sandbox.requests)
    with pytest.raises(InvalidArgumentError, match="linkedin_id: 'N/A' is a placeholder"):
        await grinfi.contacts.find(linkedin_id="N/A")
    assert len(grinfi_sandbox.requests) == before


@pytest.mark.anyio
@pytest.mark.parametrize("known", ["ada-byron", "https://www.linkedin.com/in/ada-byron", None])
async def test_a_server_that_knows_one_form_only(known: str | None) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content)["linkedin_id"])
        return httpx.Response(200, json={"uuid": "c-1"}) if asked[-1] == known else httpx.Response(404, json={})

    async with Grinfi("key", transport=httpx.MockTransport(answer), rate_limiter=None) as grinfi:
        if known is None:
            with pytest.raises(NotFoundError):
                await grinfi.contacts.find(linkedin_id="Ada-Byron/")
        else:
            assert (await grinfi.contacts.find(linkedin_id="Ada-Byron/")).uuid == "c-1"
    assert asked == ["ada-byron", "https://www.linkedin.com/in/ada-byron"][: 1 if known == "ada-byron" else 2]


@pytest.mark.anyio
async def test_a_handle_is_blacklisted_in_every_form(grinfi: Grinfi) -> None:
    entry = await grinfi.blacklist.add_contact(linkedin="https://uk.linkedin.com/in/Ada-Byron/en")
    assert entry.linkedin == "ada-byron"
    assert (await grinfi.blacklist.add_contact(email="ada@one.example")).email == "ada@one.example"
    with pytest.raises(InvalidArgumentError, match="linkedin: '-' is a placeholder"):
        await grinfi.blacklist.add_contact(linkedin="-")
