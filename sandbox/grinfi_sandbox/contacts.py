"""Contacts: upsert and look-up with deduplication, search, counts and mass actions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from .answers import Reply
from .blacklist import handle_of
from .custom_fields import find_custom_field
from .errors import ApiError, invalid_field
from .members import Crm, MassAction, Members, required
from .resources import COMPANY, LEAD, Handler, Records
from .store import Condition, among, equals
from .validation import Call, Checker
from .values import JsonObject, array_at

# In this order; the first match decides.
DEDUPLICATION = ("ln_member_id", "ln_id", "sn_id", "linkedin", "work_email", "personal_email")

# A `linkedin_id` that is not a handle is the member's ID on LinkedIn, or in Sales Navigator.
MEMBER_IDS = {"ACoA": "ln_id", "ACwA": "sn_id"}
MEMBER_ID = re.compile(r"AC[ow]A[\w-]{8,}")


class Contacts(Members):
    """Serves contacts."""

    prefix = "contact"

    def __init__(self, records: Records, checker: Checker, crm: Crm) -> None:
        super().__init__(records, checker, crm)
        self.on_action("change_list", MassAction(self._check_list, self._change_list))
        self._store.on_job("create-leads", self._create_all)
        self.on_action("mark_read", MassAction(lambda payload: None, self._mark_read))

    def routes(self) -> dict[tuple[str, str], Handler]:
        path = LEAD.path
        return {
            **super().routes(),
            ("POST", path): self.create_many,
            ("POST", f"{path}/upsert"): self.upsert,
            ("POST", f"{path}/lookup-one"): self.look_up,
            ("POST", f"{path}/search"): self.list,
            ("POST", f"{path}/count"): self.count,
            ("POST", "/flows/api/flows/{}/add-new-lead"): self.add_to_flow,
        }

    def upsert(self, call: Call) -> Reply:
        return self._reply(call, self.upsert_lead(call.body, bool(call.body.get("update_if_exists", True))))

    def create_many(self, call: Call) -> Reply:
        """Create or change the contacts one after another, as upsert does; answer with them in their order.

        When that is late, or never ends, the answer is empty.
        """
        target = self._crm.lists.require("list_uuid", call.body["list_uuid"])["uuid"]
        leads, plan = array_at(call.body, "leads"), call.job
        left_out = plan.left_out(len(leads))
        bodies = [
            {"list_uuid": target, "lead": lead}
            for position, lead in enumerate(leads[: plan.stop(len(leads))])
            if position not in left_out
        ]
        if plan.delay is not None or plan.end == "endless":
            self._store.schedule("create-leads", {"bodies": bodies}, plan.delay)
            return Reply(call.operation.answer.status, [])
        rows = self._create_all({"bodies": bodies})
        if plan.end == "failed":
            return Reply(500, ApiError(500, "Server Error").body())
        return Reply(call.operation.answer.status, rows)

    def _create_all(self, job: JsonObject) -> list[JsonObject]:
        uuids = [self.upsert_lead(body, True)["uuid"] for body in job["bodies"]]
        return [self._records.row(self._records.get(uuid)) for uuid in uuids]

    def add_to_flow(self, call: Call) -> Reply:
        """Answer 204, or 200 when the contact exists and is to be skipped."""
        known = self.find_same(call.body["lead"]) is not None
        if known and call.body.get("skip_if_lead_exists"):
            return Reply(200, {"reason": "skipped"})
        self.upsert_lead(call.body, bool(call.body.get("update_lead_if_exists", True)))
        return Reply(204)

    def look_up(self, call: Call) -> Reply:
        sent = {name: value for name, value in call.body.items() if value is not None}
        if not sent.keys() & {"linkedin_id", "email"} and not {"name", "company_name"} <= sent.keys():
            raise invalid_field("linkedin_id", "At least one identifier is required.")
        document = self.find_same(sent)
        if document is None:
            raise ApiError(404, "No contact matches.")
        return self._reply(call, document)

    def count(self, call: Call) -> Reply:
        """Count all contacts or those in `ids`; a `filter` narrows either, and selects on its own too."""
        conditions = self._records.where(call.body.get("filter") or {})
        if not call.body.get("all"):
            if "ids" in call.body:
                conditions.append(among(call.body["ids"]))
            elif not conditions:
                raise invalid_field("ids", "The ids field is required when all is false.")
        return Reply(call.operation.answer.status, {"total": self._store.count(LEAD.kind, conditions)})

    def fields(self, call: Call, document: JsonObject | None) -> JsonObject:
        return _with_name(stored_fields(call.body), document or {})

    def new_fields(self, sent: JsonObject) -> JsonObject:
        """Return the fields of a new contact."""
        return _with_name(stored_fields(sent), {})

    def make(self, fields: JsonObject) -> JsonObject:
        """Create a contact, of the company that has the name."""
        company = None
        if fields.get("company_name"):
            called = [equals("name", fields["company_name"])]
            find = partial(self._store.first, COMPANY.kind, called)
            company = self._store.remembered(COMPANY.kind, fields["company_name"], find)
        return super().make({"company_uuid": company and company["uuid"], **fields})

    def upsert_lead(self, body: JsonObject, update: bool) -> JsonObject:
        """Create or find the contact of an upsert's body, and change it when `update` is true."""
        target = self._crm.lists.require("list_uuid", body["list_uuid"])
        custom_values = list(self._custom_values(body.get("custom_fields") or {}))
        fields = stored_fields(body["lead"])
        document = self.find_same(body["lead"])
        known = document is not None
        if document is None:
            document = self.make({**_with_name(fields, {}), "list_uuid": target["uuid"]})
        else:
            changes = _with_name(fields, document) if update else {}
            if body.get("move_to_list"):
                changes = {**changes, "list_uuid": target["uuid"]}
            document = self.save(document, changes) if changes else document
        if update or not known:
            for field, value in custom_values:
                self._crm.values.set(field, document["uuid"], value)
        return document

    def find_same(self, sent: JsonObject) -> JsonObject | None:
        """Find the contact that the fields of a request identify."""
        return self._store.first_of(LEAD.kind, _identities(_with_name(stored_fields(sent), {})))

    def _custom_values(self, values: JsonObject) -> Iterator[tuple[JsonObject, str | None]]:
        for name, value in values.items():
            field = find_custom_field(self._store, name)
            if field is None:
                raise invalid_field(f"custom_fields.{name}", f"There is no custom field {name} for contacts.")
            if isinstance(value, list | dict):
                raise invalid_field(f"custom_fields.{name}", f"The custom_fields.{name} field must be a plain value.")
            yield field, value if value is None or isinstance(value, str) else str(value)

    def _check_list(self, payload: JsonObject) -> None:
        self._crm.lists.require("payload.list_uuid", required(payload, "list_uuid"))

    def _change_list(self, leads: list[JsonObject], payload: JsonObject) -> None:
        for lead in leads:
            self.save(lead, {"list_uuid": payload["list_uuid"]})

    def _mark_read(self, leads: list[JsonObject], payload: JsonObject) -> None:
        for lead in leads:
            self._store.update(lead, {"unread_counts": []})


def stored_fields(sent: JsonObject) -> JsonObject:
    """Rename the fields of a request to those of a contact."""
    fields = {name: value for name, value in sent.items() if name not in ("linkedin_id", "email", "domain")}
    if "email" in sent:
        fields["work_email"] = sent["email"]
    if isinstance(fields.get("linkedin"), str):
        fields["linkedin"] = handle_of(fields["linkedin"])
    identifier = sent.get("linkedin_id")
    if isinstance(identifier, str):
        handle = handle_of(identifier)
        fields[_field_of(handle)] = handle
    return fields


def _field_of(identifier: str) -> str:
    """Return the field for a handle, or for a member ID of one of three kinds."""
    if identifier.isdecimal():
        return "ln_member_id"
    return MEMBER_IDS[identifier[:4]] if MEMBER_ID.fullmatch(identifier) else "linkedin"


def _with_name(fields: JsonObject, document: JsonObject) -> JsonObject:
    """Compose `name` when one of its parts is sent."""
    if not fields.keys() & {"first_name", "last_name"}:
        return fields
    parts = (fields.get(part, document.get(part)) for part in ("first_name", "last_name"))
    return {**fields, "name": " ".join(part for part in parts if part) or None}


def _identities(fields: JsonObject) -> Iterator[list[Condition]]:
    """A sent email address is looked for as the work email, then as the personal one."""
    values: dict[str, Any] = {"personal_email": fields.get("work_email"), **fields}
    for name in DEDUPLICATION:
        value = values.get(name)
        if value:
            yield [equals(name, value)]
        if isinstance(value, str) and MEMBER_ID.fullmatch(value):
            yield from ([equals(other, value)] for other in ("ln_id", "sn_id", "linkedin") if other != name)
    if values.get("name") and values.get("company_name"):
        yield [equals("name", values["name"]), equals("company_name", values["company_name"])]
