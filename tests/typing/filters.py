"""Filters as callers write them, and those that type checkers refuse. This file is never executed."""

from __future__ import annotations

import datetime as dt
from typing import assert_type
from uuid import UUID

from grinfi_async import ContactSource, ContactSourceDict, Expression, F, Grinfi, Unchecked, ago
from grinfi_async.fields import automation_contacts, contacts, emails, linkedin_messages, pipeline_stages, tasks


async def accepted(grinfi: Grinfi, day: dt.date, uuid: UUID) -> None:
    assert_type(contacts.email_status == "ok", Expression)
    assert_type(F.anything == 1, Expression)
    assert_type((F.a >= 1) & (F.b < day) & F.c.is_null(), Expression)
    assert_type(~(contacts.email_status != "ok"), Expression)
    assert_type(contacts.company_uuid == None, Expression)  # noqa: E711
    assert_type(contacts.uuid.in_(["a", uuid]), Expression)
    assert_type(tasks.executed_at.between(day, ago(days=7)), Expression)
    assert_type(tasks.executed_at.on(day, tz="Europe/Kyiv"), Expression)
    assert_type(F.executed_at.on(day), Expression)
    await grinfi.contacts.search(filter=contacts.email_status == "ok")
    await grinfi.tasks.list(filter=(tasks.status == "closed") & {"type": "brand_new"} & (F.type == "brand_new"))
    await grinfi.linkedin_messages.list(filter=linkedin_messages.type.in_(["inbox", "outbox"]))
    await grinfi.automations.list_contacts(filter=automation_contacts.flow_uuid.in_([uuid]))


async def refused_by_checkers(grinfi: Grinfi, day: dt.date) -> None:
    # A comparison with a value of another type is a plain bool for checkers, and no filter.
    await grinfi.contacts.search(filter=contacts.email_status == 5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await grinfi.tasks.list(filter=tasks.status == "done")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await grinfi.tasks.list(filter=tasks.flow_node_id == "1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await grinfi.tasks.list(filter=(tasks.status == "done") & (F.a == 1))  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
    await grinfi.tasks.list(filter=tasks.executed_at == day)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await grinfi.pipeline_stages.list(filter=pipeline_stages.object == "contact")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await grinfi.contacts.search(filter=contacts.position)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    contacts.email_statsu  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]  # noqa: B018
    contacts.connections_number >= "500"  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]  # noqa: B015
    emails.sent_at >= "2026-07-01"  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]  # noqa: B015
    tasks.status.in_(["closed", "done"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    tasks.status.on(day)  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    contacts.position.between("a", 5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ago(days="7")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    (F.a == 1) & (1 == 1)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnusedExpression]


async def not_checked(grinfi: Grinfi) -> None:
    assert_type(F.unchecked("new_field") == 1, Expression)
    assert_type(F.unchecked("new_field").not_in([1, "a"]) & (tasks.status == "closed"), Expression)
    await grinfi.tasks.list(filter=tasks.status.in_(["closed", Unchecked("restarted")]))
    await grinfi.tags.metrics(uuids=[], metrics=["leads_count", Unchecked("new_count")])
    await grinfi.webhooks.create(name="n", event=Unchecked("new_event"), request_method="POST", target_url="u")
    ContactSource(rotation_strategy=Unchecked("new"))
    source: ContactSourceDict = {"rotation_strategy": Unchecked("new")}
    await grinfi.flow_versions.create("uuid", nodes=[], contact_sources=[source])
    await grinfi.webhooks.create(name="n", event="new_event", request_method="POST", target_url="u")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Unchecked(1.5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
