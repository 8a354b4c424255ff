"""Errors for wrong use show the right use."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from grinfi_async import OPERATIONS, Grinfi
from grinfi_bulk.items import iterate
from tests.sdk.helpers import Server, answering

pytestmark = pytest.mark.anyio

GRINFI: Any = Server().client()
TWO: Any = {"data": [{"uuid": "c-1"}, {"uuid": "c-2"}], "total": 2}

IN_LISTS: dict[str, Callable[[Any], Any]] = {
    "async for row in grinfi.contacts.search(...)": lambda rows: [*rows],
    "await grinfi.contacts.search(...).collect()": list,
    "await grinfi.contacts.search(...).count()": len,
    "len(await grinfi.contacts.search(...))": len,
    "(await grinfi.contacts.search(...))[0]": lambda rows: rows[0],
    "await grinfi.contacts.search(...).first()": lambda rows: rows[:3],
}


@pytest.mark.parametrize("right", IN_LISTS)
async def test_a_list_is_read_asynchronously(right: str) -> None:
    grinfi: Any = answering(TWO).client()
    with pytest.raises(TypeError) as caught:
        IN_LISTS[right](grinfi.contacts.search())
    assert f"`{right}`" in str(caught.value)
    expression = right.removeprefix("async for row in ").replace("(...)", "()")
    if "async for" in right:
        assert [row.uuid async for row in eval(expression)] == ["c-1", "c-2"]
    else:
        code = compile(expression, "right", "eval", flags=0x2000)  # PyCF_ALLOW_TOP_LEVEL_AWAIT
        assert await eval(code, {"grinfi": grinfi})


async def test_a_list_is_true_before_it_is_read() -> None:
    assert GRINFI.contacts.search()
    assert not hasattr(GRINFI.contacts.search(), "nonsense")


async def test_attributes_of_a_page_are_read_from_a_page() -> None:
    with pytest.raises(AttributeError, match=r"`\(await grinfi.contacts.search\(...\)\).total`"):
        _ = GRINFI.contacts.search().total


async def test_a_page_is_not_a_list_of_all_rows() -> None:
    page: Any = await answering(TWO).client().contacts.search()
    with pytest.raises(TypeError, match="without `await`"):
        async for _ in page:
            pass
    assert len([*page]) == 2
    assert [item async for item in iterate(page)] == page.data  # a job accepts it nevertheless


async def test_a_client_is_asynchronous() -> None:
    with pytest.raises(TypeError, match=r"`async with Grinfi\(...\) as grinfi:`"), GRINFI:
        pass


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("leads", "contacts"),
        ("lead", "contacts"),
        ("flows", "automations"),
        ("contcats", "contacts"),
        ("update_lead", "contacts.update"),
        ("listFlows", "automations.list"),
        ("contacts.list", "search"),
        ("contacts.create", "upsert"),
        ("contacts.serach", "search"),
        ("contacts.update_lead", "update"),
        ("contacts.with_raw_responses", "with_raw_response"),
        ("attachments.create", "upload"),
        ("blacklist.delete", "remove_contact"),
        ("files.save_contact_export", "save_contacts_export"),
    ],
)
def test_other_names_lead_to_those_of_this_package(wrong: str, meant: str) -> None:
    with pytest.raises(AttributeError, match=f"did you mean '{meant}'"):
        eval(f"grinfi.{wrong}", {"grinfi": GRINFI})


def test_every_word_of_the_api_leads_to_a_resource_that_has_it() -> None:
    for operation in OPERATIONS.values():
        word = operation.path.split("/api/")[1].split("/")[0].replace("-", "_")
        if not hasattr(GRINFI, word):
            with pytest.raises(AttributeError, match=r"did you mean '(\w+)'\?$") as caught:
                getattr(GRINFI, word)
            resource = str(caught.value).split("'")[-2]
            assert any(f"/{word.replace('_', '-')}" in it.path for it in OPERATIONS.values() if it.resource == resource)


def test_a_word_like_no_name_is_answered_with_all_names() -> None:
    with pytest.raises(AttributeError, match=r"it has activities, .*webhooks$"):
        _ = GRINFI.xyz
    with pytest.raises(AttributeError, match=r"it has create, delete, list, .*update"):
        _ = GRINFI.tags.xyz


def test_private_names_are_not_guessed() -> None:
    for owner in (GRINFI, GRINFI.contacts, GRINFI.contacts.search()):
        assert not hasattr(owner, "__wrapped__")
        assert getattr(owner, "_x", None) is None
    assert copy.copy(GRINFI.contacts).get.__name__ == "get"
    with pytest.raises(TypeError):
        pickle.dumps(Grinfi("key"))
