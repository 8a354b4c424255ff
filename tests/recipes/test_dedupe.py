from __future__ import annotations

from grinfi_async import Grinfi
from tests.bulk.crm import handles, new_list
from tests.recipes.conftest import Stage


def test_twins_become_one(stage: Stage) -> None:
    async def prepare(grinfi: Grinfi) -> None:
        list_uuid = await new_list(grinfi)
        for linkedin_id, email in (("ada-1", "ada@acme.test"), ("ada-2", "ada@acme.test"), ("grace", "g@acme.test")):
            contact = await grinfi.contacts.upsert(
                lead={"linkedin_id": linkedin_id, "first_name": "Ada", "last_name": linkedin_id[:3]},
                list_uuid=list_uuid,
            )
            await grinfi.contacts.update(contact.uuid, personal_email=email, linkedin=linkedin_id.partition("-")[0])

    stage.do(prepare)
    assert "Edit plan.csv" in stage.run("dedupe")
    assert stage.do(handles) == ["ada", "ada", "grace"]  # nothing is deleted before the plan was seen
    stage.run("dedupe")
    assert stage.do(handles) == ["ada", "grace"]
