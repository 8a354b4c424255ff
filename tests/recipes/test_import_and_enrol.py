from __future__ import annotations

from collections import Counter

from grinfi_async import Grinfi
from tests.bulk.crm import added, new_automation, new_list
from tests.recipes.conftest import Stage

EXPORT = """First Name,Last Name,Title,Company,Email,Person Linkedin Url
Ada,Byron,CTO,Acme,ada@acme.test,http://www.linkedin.com/in/ada-b
Grace,Hopper,Admiral,Navy,grace@navy.test,http://www.linkedin.com/in/grace-h
"""


def test_every_contact_is_added_once(stage: Stage) -> None:
    (stage.folder / "export.csv").write_text(EXPORT, "utf-8")

    async def prepare(grinfi: Grinfi) -> tuple[str, str]:
        list_uuid, flow = await new_list(grinfi), await new_automation(grinfi)
        await grinfi.contacts.upsert(lead={"linkedin_id": "grace-h"}, list_uuid=await new_list(grinfi, "Known"))
        return list_uuid, flow

    async def look(grinfi: Grinfi) -> Counter[str]:
        return await added(grinfi, flow)

    _, flow = stage.do(prepare)
    for _ in range(2):
        printed = stage.run("import-and-enrol", "export.csv", "Prospects", "Hello")
        assert "existing           1" in printed
        assert stage.do(look) == {"ada-b": 1}
