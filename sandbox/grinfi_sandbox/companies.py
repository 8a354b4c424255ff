"""Companies: many at once, look-up, their contacts, and mass actions."""

from __future__ import annotations

from .answers import Reply
from .blacklist import handle_of
from .members import Crm, Members
from .resources import COMPANY, LEAD, Handler, Records
from .store import equals
from .validation import Call, Checker
from .values import JsonObject

LOOKUP_FIELDS = ("ln_id", "linkedin", "website", "name")


class Companies(Members):
    """Serves companies."""

    prefix = "company"

    def __init__(self, records: Records, checker: Checker, crm: Crm, leads: Records) -> None:
        super().__init__(records, checker, crm)
        self._leads = leads

    def routes(self) -> dict[tuple[str, str], Handler]:
        path = COMPANY.path
        return {
            **super().routes(),
            ("POST", path): self.create_all,
            ("POST", f"{path}/list"): self.list,
            ("POST", f"{path}/lookup"): self.look_up,
            ("POST", f"{path}/leads"): self.list_leads,
        }

    def create_all(self, call: Call) -> Reply:
        shared: JsonObject = {"lists": call.body.get("list_uuids") or []}
        for uuid in shared["lists"]:
            self._crm.lists.require("list_uuids", uuid)
        if "data_source_uuid" in call.body:
            shared["data_source_uuid"] = call.body["data_source_uuid"]
        made = [self.make({**self.new_fields(company), **shared}) for company in call.body["companies"]]
        return Reply(call.operation.answer.status, [self._records.row(document) for document in made])

    def look_up(self, call: Call) -> Reply:
        found: dict[str, JsonObject] = {}
        for lookup in call.body["lookups"]:
            document = self.find_same(lookup, LOOKUP_FIELDS)
            if document is not None:
                found[document["uuid"]] = document
        return Reply(call.operation.answer.status, [self._records.row(document) for document in found.values()])

    def list_leads(self, call: Call) -> Reply:
        """Return the contacts of each known company."""
        body = {
            uuid: [self._leads.row(lead) for lead in self._store.find(LEAD.kind, [equals("company_uuid", uuid)])]
            for uuid in call.body["uuids"]
            if self._store.get(COMPANY.kind, uuid) is not None
        }
        return Reply(call.operation.answer.status, body)

    def fields(self, call: Call, document: JsonObject | None) -> JsonObject:
        if call.body.get("lead_status_uuid") is not None:
            self.require_stage("lead_status_uuid", call.body["lead_status_uuid"])
        return company_fields(call.body)

    def new_fields(self, sent: JsonObject) -> JsonObject:
        """Return the fields of a new company: those sent, its domain, and a name."""
        domain = sent.get("domain") or domain_of(sent.get("website") or "") or None
        return {"name": domain or "", **company_fields(sent), "domain": domain}

    def make(self, fields: JsonObject) -> JsonObject:
        """Create a company. Contacts that have its name and no company yet then belong to it."""
        document = super().make(fields)
        for lead in self._store.find(LEAD.kind, [equals("company_name", document["name"])]):
            if lead.get("company_uuid") is None:
                self._store.update(lead, {"company_uuid": document["uuid"]})
        return document

    def forget(self, document: JsonObject) -> None:
        super().forget(document)
        for lead in self._store.find(LEAD.kind, [equals("company_uuid", document["uuid"])]):
            self._store.update(lead, {"company_uuid": None})

    def find_same(self, sent: JsonObject, names: tuple[str, ...]) -> JsonObject | None:
        """Find the company that the first of the named fields identifies."""
        fields = company_fields(sent)
        for name in names:
            value = fields.get(name)
            if name == "ln_id" and isinstance(value, str):
                value = int(value) if value.isdecimal() and len(value) < 19 else None
            if not value:
                continue
            if name == "website":
                document = self._find_by_website(str(value))
            else:
                document = self._store.first(COMPANY.kind, [equals(name, value)])
            if document is not None:
                return document
        return None

    def _find_by_website(self, website: str) -> JsonObject | None:
        return self._store.first(COMPANY.kind, [equals("website", website)]) or self._store.first(
            COMPANY.kind, [equals("domain", domain_of(website))]
        )


def company_fields(sent: JsonObject) -> JsonObject:
    """Turn the LinkedIn URL of a request into the handle that is stored."""
    return {**sent, "linkedin": handle_of(sent["linkedin"])} if sent.get("linkedin") else sent


def domain_of(website: str) -> str:
    """Return the domain in a web address."""
    return website.rpartition("://")[2].partition("/")[0].removeprefix("www.")
