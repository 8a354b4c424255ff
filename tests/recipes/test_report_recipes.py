from __future__ import annotations

from grinfi_async import FlowBuilder, Grinfi
from tests.bulk.crm import SCHEDULE, new_list
from tests.recipes.conftest import Stage
from tests.toolkit.campaign import advance, campaign


def test_sender_report_by_week(stage: Stage) -> None:
    stage.do(campaign)
    printed = stage.run("sender-report-by-week")
    assert "Max Roe" in printed
    assert (stage.folder / "senders.csv").read_text().startswith("period,sender,")
    assert stage.requests < 50


def test_funnel_page(stage: Stage) -> None:
    stage.do(campaign)
    printed = stage.run("funnel-page", "DACH")
    assert "75.0%" in printed
    page = (stage.folder / "funnel.html").read_text()
    assert "Campaign DACH" in page
    assert "<svg" in page


def test_failed_task_triage(stage: Stage) -> None:
    async def prepare(grinfi: Grinfi) -> None:
        sender = await grinfi.sender_profiles.create(first_name="Max", last_name="Roe", assignee_user_id=1)
        flow = await grinfi.automations.create(name="Mail", use_sender_schedule=True, schedule=SCHEDULE)
        tree = FlowBuilder(sender_profiles=[sender.uuid]).add("email_send_message", subject="Hi", template="Hello")
        await grinfi.flow_versions.create(flow.uuid, **tree.build())
        contact = await grinfi.contacts.upsert(lead={"linkedin_id": "ada"}, list_uuid=await new_list(grinfi))
        await grinfi.automations.start(flow.uuid)
        await grinfi.automations.add_contact(flow.uuid, contact.uuid)  # who has no email address
        await advance(grinfi, 60)

    async def look(grinfi: Grinfi) -> dict[str, int]:
        return dict(await grinfi.tasks.group_counts(group_field="status"))

    stage.do(prepare)
    printed = stage.run("failed-task-triage")
    (error,) = [line.split()[0] for line in printed.splitlines() if line.rstrip().endswith("yes")]
    assert stage.do(look).get("failed") == 1
    printed = stage.run("failed-task-triage", error)
    if stage.behaviour == "observed":
        assert "succeeded          1" in printed
        assert "failed" not in stage.do(look)
    else:  # the description has no such operation
        assert "failed             1" in printed
