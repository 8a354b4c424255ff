"""Companies: as contacts, their custom fields are written, and mass actions know whom they mean."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from grinfi_async import CompanyAction, ContactAction, Grinfi, InvalidArgumentError, NotFoundError, PartialUpdateError
from tests.sdk.crm import BEHAVIOURS, COMPANY, VALUES, Crm
from tests.sdk.helpers import assert_refused

pytestmark = pytest.mark.anyio


def untyped(value: Any) -> Any:
    """For calls that a type checker would refuse too."""
    return value


async def test_custom_fields_are_written_separately() -> None:
    crm = Crm()
    company = await crm.client().companies.update("o-1", industry="SaaS", custom_fields={"region": "EU"})
    assert company.uuid == "o-1"
    value = {"custom_field_uuid": "f-region", "object_type": "company", "object_uuid": "o-1", "value": "EU"}
    assert crm.writes == [("PUT", COMPANY, {"industry": "SaaS"}), ("POST", VALUES, value)]


async def test_a_failure_says_what_was_written() -> None:
    crm = Crm()
    crm.broken_fields = {"f-region": 422}
    with pytest.raises(PartialUpdateError, match=r"companies.update .* Written: industry") as caught:
        await crm.client().companies.update("o-1", industry="SaaS", custom_fields={"region": "EU"})
    assert (caught.value.applied, list(caught.value.failed)) == (("industry",), ["custom_fields.region"])


@pytest.mark.parametrize("standard", [{"industry": "SaaS"}, {}])
async def test_nothing_is_written_to_a_missing_company(standard: Any) -> None:
    crm = Crm()
    crm.answers = {(method, COMPANY): (404, {}) for method in ("GET", "PUT")}
    with pytest.raises(NotFoundError):
        await crm.client().companies.update("o-1", **standard, custom_fields={"region": "EU"})
    assert [path for _, path, _ in crm.writes] == [COMPANY] * len(standard)


async def test_a_field_of_contacts_is_refused() -> None:
    crm = Crm()
    with pytest.raises(InvalidArgumentError, match=r"custom_fields.size: is a custom field of contacts"):
        await crm.client().companies.update("o-1", name="Acme", custom_fields={"size": "5"})
    assert crm.writes == []


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("pipeline_stage_uuid", "pass it as lead_status_uuid"),
        ("tags", r"companies.mass_action\(CompanyAction.replace_tags\(tag_uuids\), ids=\[uuid\]\)"),
        ("region", "a custom field goes into custom_fields="),
        ("web_site", "did you mean 'website'"),
    ],
)
async def test_arguments_that_an_update_would_ignore_are_refused(name: str, match: str) -> None:
    await assert_refused(name, lambda it: untyped(it).companies.update("o-1", **{name: "x"}), match=match)


@pytest.mark.parametrize(
    ("action", "kind", "payload"),
    [
        (CompanyAction.add_tags("t"), "company_add_tags", {"payload": {"tag_uuid": "t"}}),
        (CompanyAction.remove_tags("t"), "company_remove_tags", {"payload": {"tag_uuid": "t"}}),
        (CompanyAction.replace_tags(["t"]), "company_replace_tags", {"payload": {"tag_uuids": ["t"]}}),
        (
            CompanyAction.change_pipeline_stage("s"),
            "company_change_pipeline_stage",
            {"payload": {"pipeline_stage_uuid": "s"}},
        ),
        (CompanyAction.delete(), "company_delete", {}),
    ],
)
async def test_each_action_is_sent_with_its_payload(action: CompanyAction, kind: str, payload: Any) -> None:
    crm = Crm()
    crm.answers[("POST", "/leads/api/companies/list")] = (200, {"data": [{"uuid": "o-1", "industry": "SaaS"}]})
    await crm.client().companies.mass_action(action, filter={"industry": "SaaS"})
    path = "/leads/api/companies/mass-action"
    by_ids = {"all": False, "ids": ["o-1"], "excludeIds": []}
    assert crm.writes[-1] == ("PUT", path, {"type": kind, "filter": by_ids, **payload})


async def test_a_mass_action_without_doubt() -> None:
    action = CompanyAction.delete()
    await assert_refused(
        "confirm",
        lambda it: it.companies.mass_action(action, all=True),
        match="company_delete would change all records",
    )
    await assert_refused("ids", lambda it: it.companies.mass_action(action), match="exactly one of")
    await assert_refused("filter", lambda it: it.companies.mass_action(action, filter={}), match="all=True")
    of_contacts: Any = ContactAction.delete()
    await assert_refused(
        "action", lambda it: it.companies.mass_action(of_contacts, ids=["o-1"]), match=r"CompanyAction.add_tags"
    )


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
async def test_companies_of_the_sandbox(grinfi: Grinfi, behaviour: str) -> None:
    await grinfi.custom_fields.create(name="region", object="company")
    tag = (await grinfi.tags.create(name="Hot")).uuid
    uuid = (await grinfi.companies.create(companies=[{"name": "Acme"}]))[0].uuid
    assert tag is not None
    assert uuid is not None
    assert (await grinfi.companies.update(uuid, industry="SaaS", custom_fields={"region": "EU"})).industry == "SaaS"
    assert [row.uuid for row in await grinfi.companies.search(filter={"custom_fields.region": "EU"})] == [uuid]
    await grinfi.companies.mass_action(CompanyAction.add_tags(tag), ids=[uuid])
    with anyio.fail_after(30):
        while (await grinfi.companies.get(uuid)).tags != [tag]:
            await anyio.sleep(0.02)
