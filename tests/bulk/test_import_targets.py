"""Imports into a pipeline stage, and for a sender profile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grinfi_async import InvalidArgumentError
from grinfi_bulk import ImportReport
from tests.bulk.people_server import ACTS, FLOW, LIST, SENDER, STAGE, TAGS, PeopleServer
from tests.bulk.server import in_virtual_time
from tests.bulk.test_import_many import rows

EACH = {"via": "upsert"}
MANY = {"via": "create"}


async def load(server: PeopleServer, count: int, **options: Any) -> ImportReport:
    async with server.client() as grinfi:
        return await grinfi.bulk.import_contacts(rows(count), list_uuid=LIST, **options)


def values(server: PeopleServer, field: str) -> set[object]:
    server.finish()
    return {contact.get(field) for contact in server.contacts.values()}


@pytest.mark.parametrize("via", [EACH, MANY])
def test_contacts_are_moved_to_the_stage_and_given_the_sender(via: dict[str, str], tmp_path: Path) -> None:
    async def run() -> None:
        server = PeopleServer()
        target: dict[str, Any] = {"tags": TAGS, "pipeline_stage_uuid": STAGE, "sender_profile_uuid": SENDER, **via}
        target |= {"flow_uuid": FLOW, "journal": tmp_path / f"journal-{via['via']}"}
        report = await load(server, 7, **target)
        assert (report.succeeded, report.done) == (7, 7)
        assert values(server, "pipeline_stage_uuid") == {STAGE}
        assert values(server, "sender_profile_uuid") == {SENDER}
        assert server.enrolled == dict.fromkeys(server.contacts, 1)

        acted = server.requests[ACTS]
        for contact in server.contacts.values():
            contact["pipeline_stage_uuid"] = "stage-1"  # moved on since
        again = await load(server, 7, **target)
        assert (again.skipped, server.requests[ACTS]) == (7, acted)
        assert values(server, "pipeline_stage_uuid") == {"stage-1"}

    in_virtual_time(run)


@pytest.mark.parametrize("via", [EACH, MANY])
def test_a_stage_that_does_not_show_is_not_done(via: dict[str, str]) -> None:
    async def run() -> None:
        server = PeopleServer()
        server.left_out = {"u-1"}
        report = await load(server, 3, pipeline_stage_uuid=STAGE, **via)
        assert (report.succeeded, report.sent) == (2, 1)
        (unseen,) = report.unseen
        assert (unseen.key, unseen.code) == (server.contacts["u-1"]["linkedin"], "not_seen")

    in_virtual_time(run)


def test_if_the_server_ignores_senders_no_contact_enters_the_automation() -> None:
    """Somebody else would write to them. The trial takes two requests; for the others, none is sent."""

    async def run() -> None:
        server = PeopleServer()
        server.takes_senders = False
        report = await load(server, 7, sender_profile_uuid=SENDER, flow_uuid=FLOW)
        assert (report.succeeded, report.sent, report.failed) == (0, 1, 6)
        assert sum(number for name, number in server.requests.items() if "/leads/u-" in name) == 2
        assert not server.enrolled
        assert "which the server ignored for the first one" in next(report.failures).error

    in_virtual_time(run)


def test_existing_contacts_get_neither() -> None:
    async def run() -> None:
        server = PeopleServer()
        await load(server, 1)
        report = await load(
            server, 2, pipeline_stage_uuid=STAGE, sender_profile_uuid=SENDER, flow_uuid=FLOW, existing="skip"
        )
        assert (report.existing, report.succeeded) == (1, 1)
        server.finish()
        old, new = server.contacts.values()
        assert (old["pipeline_stage_uuid"], "sender_profile_uuid" in old) == ("stage-1", False)
        assert (new["pipeline_stage_uuid"], new["sender_profile_uuid"]) == (STAGE, SENDER)
        assert server.enrolled == {new["uuid"]: 1}

    in_virtual_time(run)


def test_a_missing_stage_is_noticed_before_anything_is_sent() -> None:
    async def run() -> None:
        server = PeopleServer()
        with pytest.raises(InvalidArgumentError, match="pipeline_stage_uuid: contacts have no pipeline stage nowhere"):
            await load(server, 2, pipeline_stage_uuid="nowhere")
        assert not server.contacts

    in_virtual_time(run)
