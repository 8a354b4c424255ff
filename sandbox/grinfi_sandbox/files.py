"""CSV files: uploads that are imported and exports that are downloaded, both by jobs; and data sources."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import PurePath
from typing import Any
from uuid import uuid4

from .answers import Reply
from .blacklist import blacklist_matcher
from .companies import Companies
from .contacts import DEDUPLICATION, Contacts
from .custom_fields import find_custom_field
from .errors import ApiError, invalid_field
from .members import Crm, MassAction, Members
from .resources import COMPANY, CUSTOM_FIELD, DATA_SOURCE, LEAD, Collection, Handler, Records
from .schemas import UUID
from .store import Store, equals
from .validation import Call, Checker
from .values import JsonObject, array_at

ROWS_PER_STEP = 500
METRICS = ("saved_records", "queued_records", "duplicate_records", "error_records", "blacklisted_records")
PARSED = 4  # files that are kept as parsed
LEAD_TARGETS = ("linkedin_id", "email", "ln_member_id")
COMPANY_IDENTITY = ("linkedin", "domain", "website", "name")
DELIMITERS = ",;\t|"


class DataSources(Collection):
    """Data sources: jobs that import. Data sources of LinkedIn find no contacts."""

    def __init__(self, records: Records, checker: Checker, lists: Records) -> None:
        super().__init__(records, checker)
        self._lists = lists
        records.store.on_job("data-source", self._run)

    def routes(self) -> dict[tuple[str, str], Handler]:
        return {**super().routes(), ("PUT", f"{DATA_SOURCE.path}/metrics"): self.metrics}

    def create(self, call: Call) -> Reply:
        reply = super().create(call)
        self._records.store.schedule("data-source", {"uuid": reply.body["uuid"]})
        return reply

    def fields(self, call: Call, document: JsonObject | None) -> JsonObject:
        if "list_uuid" in call.body:
            self._lists.require("list_uuid", call.body["list_uuid"])
        if "type" in call.body:
            self._records.require_fit("type", call.body["type"])
        return call.body if document else {"payload": {}, "errors": [], **call.body, "status": "not_started"}

    def metrics(self, call: Call) -> Reply:
        """Return the counts of each known data source."""
        store = self._records.store
        found = [store.get(DATA_SOURCE.kind, uuid) for uuid in call.body["uuids"]]
        blank = dict.fromkeys(METRICS, 0)
        body = {document["uuid"]: {**blank, **document.get("metrics", {})} for document in found if document}
        return Reply(call.operation.answer.status, body)

    def _run(self, job: JsonObject) -> None:
        document = self._records.get(job["uuid"])
        self._records.store.update(document, {"status": "completed"})


class FileImports:
    """Uploaded CSV files. The data source of an import has the UUID of the file."""

    def __init__(self, contacts: Contacts, companies: Companies, records: dict[str, Records], crm: Crm) -> None:
        self._contacts = contacts
        self._companies = companies
        self._records = records
        self._crm = crm
        self._store: Store = records[LEAD.kind].store
        self._store.on_job("import", self._import)

    def routes(self) -> dict[tuple[str, str], Handler]:
        path = "/leads/api/file-imports"
        return {
            ("POST", f"{path}/upload-csv"): self.upload,
            ("POST", f"{path}/{{}}/import-leads"): self.import_leads,
            ("POST", f"{path}/{{}}/import-companies"): self.import_companies,
        }

    def upload(self, call: Call) -> Reply:
        part = call.files["file"]
        try:
            text = part.content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise invalid_field("file", f"The file is not encoded as UTF-8: {error.reason}.") from error
        try:
            header, rows, delimiter = _parse(text)
        except csv.Error as error:
            raise invalid_field("file", f"The file cannot be read as CSV: {error}.") from error
        if not any(header):
            raise invalid_field("file", "The file has no header.")
        name = PurePath(part.name).name or "upload.csv"
        config = {"columns": header, "rows": len(rows)}
        uuid = str(uuid4())
        payload = {"delimiter": delimiter, "enclosure": '"', "file_path": name, "config": config}
        record = {"uuid": uuid, "team_id": 1, "type": call.body["type"], "payload": payload, "status": "uploaded"}
        self._store.write_file(uuid, record, text)
        return Reply(call.operation.answer.status, record)

    def import_leads(self, call: Call) -> Reply:
        tags = array_at(call.body, "tags")
        for tag in tags:
            self._crm.tags.require("tags", tag)
        record = self._begin(call, LEAD.kind)
        uuid = call.body.get("list_uuid")
        target = (
            self._crm.lists.require("list_uuid", uuid)
            if uuid
            else self._crm.lists.create({"name": PurePath(record["payload"]["file_path"]).stem})
        )
        return self._start(call, record, {"kind": LEAD.kind, "list_uuid": target["uuid"], "tags": tags})

    def import_companies(self, call: Call) -> Reply:
        return self._start(call, self._begin(call, COMPANY.kind), {"kind": COMPANY.kind, "list_uuid": "", "tags": []})

    def _begin(self, call: Call, kind: str) -> JsonObject:
        """Check the columns of an import, and return the record of its file."""
        uuid = next(iter(call.path.values()))
        record, _ = self._read(uuid)
        header = record["payload"]["config"]["columns"]
        known = self._records[kind].text_names
        for column in call.body["columns"]:
            source, target = column.get("source"), column.get("target")
            if source is not None and source not in header:
                raise invalid_field("columns", f"The file has no column {source}; it has {', '.join(header)}.")
            special = kind == LEAD.kind and target in LEAD_TARGETS
            if target and not special and target not in known and self._custom_field(kind, target) is None:
                raise invalid_field("columns", f"There is no field {target} of the object type {kind}.")
        return record

    def _start(self, call: Call, record: JsonObject, details: JsonObject) -> Reply:
        _, text = self._read(record["uuid"])
        queued = len(_parse(text)[1])
        plan = call.job
        faults = {"left_out": sorted(plan.left_out(queued)), "stop": plan.stop(queued), "end": plan.end}
        started: JsonObject = {
            "status": "in_progress",
            "errors": [],
            "metrics": {"queued_records": queued},
            "list_uuid": details["list_uuid"],
            "tags": details["tags"],
            "payload": {"file_import_uuid": record["uuid"], "columns": call.body["columns"]},
        }
        source = self._store.get(DATA_SOURCE.kind, record["uuid"])
        if source is None:
            self._records[DATA_SOURCE.kind].create({**started, "type": "csv_leads"}, record["uuid"])
        elif source["status"] == "in_progress":
            raise invalid_field("uuid", "The import of this file is in progress.")
        else:
            self._store.update(source, started)
        job = {"uuid": record["uuid"], "kind": details["kind"], "columns": call.body["columns"], "done": 0}
        self._store.schedule("import", {**job, **faults, "delay": plan.delay}, plan.delay)
        return Reply(call.operation.answer.status, {})

    def _import(self, job: JsonObject) -> None:
        """Import the next rows; another job imports the rest."""
        source = self._records[DATA_SOURCE.kind].get(job["uuid"])
        _, text = self._read(job["uuid"])
        header, rows, _ = _parse(text)
        metrics, errors = dict.fromkeys(METRICS, 0) | source["metrics"], list(source["errors"])
        import_row = self._row_importer(job["kind"], source)
        end, left_out = min(job["done"] + ROWS_PER_STEP, job["stop"]), set(job["left_out"])
        for position, row in enumerate(rows[job["done"] : end], job["done"]):
            if position in left_out:
                metrics["saved_records"] += 1
                continue
            cells = dict(zip(header, (cell.strip() for cell in row), strict=False))
            values = {
                str(column["target"]): cells[column["source"]]
                for column in job["columns"]
                if column.get("target") and cells.get(column.get("source"))
            }
            outcome = import_row(values)
            metrics[outcome] += 1
            if outcome == "error_records":
                errors.append({"line": position + 2, "message": "The row identifies no contact."})
        metrics["queued_records"] = len(rows) - end
        finished = end == job["stop"]
        status = job["end"] if finished and job["end"] != "endless" else "in_progress"
        self._store.update(source, {"metrics": metrics, "errors": errors, "status": status})
        if not finished:
            self._store.schedule("import", {**job, "done": end}, job["delay"])

    def _row_importer(self, kind: str, source: JsonObject) -> Callable[[JsonObject], str]:
        """Return the function that imports a row and returns the metric that counts it."""
        members: Members = self._contacts if kind == LEAD.kind else self._companies
        blacklisted = blacklist_matcher(self._store)

        def import_row(values: JsonObject) -> str:
            custom = {name: self._custom_field(kind, name) for name in values}
            sent = {name: value for name, value in values.items() if custom[name] is None}
            if kind == LEAD.kind:
                fields = self._contacts.new_fields(sent)
                identified = any(fields.get(name) for name in (*DEDUPLICATION, "name"))
                same = self._contacts.find_same(sent) if identified else None
                place: JsonObject = {"list_uuid": source["list_uuid"], "tags": source["tags"]}
            else:
                fields = self._companies.new_fields(sent)
                identified = bool(fields.get("name") or fields.get("domain"))
                same = self._companies.find_same(sent, COMPANY_IDENTITY) if identified else None
                place = {}
            if not identified:
                return "error_records"
            if blacklisted(kind, fields):
                return "blacklisted_records"
            if same is not None:
                return "duplicate_records"
            document = members.make({**fields, **place, "data_source_uuid": source["uuid"]})
            for name, field in custom.items():
                if field is not None:
                    self._crm.values.set(field, document["uuid"], values[name])
            return "saved_records"

        return import_row

    def _custom_field(self, kind: str, target: str) -> JsonObject | None:
        name = target.removeprefix("custom_fields.")
        if name == target and (target in LEAD_TARGETS or target in self._records[kind].text_names):
            return None
        return find_custom_field(self._store, name, kind)

    def _read(self, uuid: str) -> tuple[JsonObject, str]:
        found = self._store.read_file(uuid)
        if found is None or "payload" not in found[0]:
            raise ApiError(404, f"There is no file import {uuid}.")
        return found


class FileExports:
    """Exports to CSV. The file of an export is called `<its UUID>.csv`."""

    def __init__(self, contacts: Members, companies: Members, records: dict[str, Records], crm: Crm) -> None:
        self._members = {LEAD.kind: contacts, COMPANY.kind: companies}
        self._records = records
        self._crm = crm
        self._store: Store = records[LEAD.kind].store
        self._store.on_job("export", self._export)
        contacts.on_action("export_csv", MassAction(lambda payload: None, self._export_selected, at_once=True))

    def routes(self) -> dict[tuple[str, str], Handler]:
        path = "/leads/api/file-exports"
        return {
            ("POST", f"{path}/leads"): self.export_leads,
            ("POST", f"{path}/companies"): self.export_companies,
            ("POST", f"{path}/download"): self.download,
        }

    def export_leads(self, call: Call) -> Reply:
        record = self._queue(LEAD.kind, call.body["filter"])
        more = {"team_id": 1, "type": "contact_export_csv", "filter": call.body["filter"]}
        return Reply(call.operation.answer.status, {**record, **more})

    def export_companies(self, call: Call) -> Reply:
        record = self._queue(COMPANY.kind, call.body["filter"])
        return Reply(call.operation.answer.status, {**record, "type": "account_export_csv"})

    def download(self, call: Call) -> Reply:
        name = call.body["file_name"]
        found = self._store.read_file(f"{name}.csv" if UUID.fullmatch(name) else name)
        if found is None or "export" not in found[0]:
            raise ApiError(404, f"There is no export file {name}, or it is not ready.")
        return Reply(call.operation.answer.status, found[1], "text/csv")

    def _queue(self, kind: str, selection: JsonObject) -> JsonObject:
        members = self._members[kind]
        conditions = members.selection(selection) if selection else []
        uuid = str(uuid4())
        job = {"uuid": uuid, "kind": kind, "uuids": self._store.uuids(kind, conditions)}
        self._store.schedule("export", job)
        return {"uuid": uuid, "status": "queued"}

    def _export(self, job: JsonObject) -> None:
        wanted = set(job["uuids"])
        documents = [document for document in self._store.find(job["kind"]) if document["uuid"] in wanted]
        self._write(f"{job['uuid']}.csv", job["kind"], documents)
        if job["kind"] == LEAD.kind:  # without activities, which would be slow for a whole database
            self._crm.events.emit_for_all("contact_exported", documents)

    def _export_selected(self, leads: list[JsonObject], payload: JsonObject) -> None:
        name = f"{uuid4()}.csv"
        self._write(name, LEAD.kind, leads)
        for lead in leads:
            self._members[LEAD.kind].record(lead, "contact_exported", {"file_name": name})

    def _write(self, name: str, kind: str, documents: list[JsonObject]) -> None:
        fields = self._store.find(CUSTOM_FIELD.kind, [equals("object", kind)], "order")
        header = ["uuid", *self._records[kind].text_names, "tags", "created_at", "updated_at"]
        tags: dict[str, str] = {tag["uuid"]: tag["name"] for tag in self._store.find("tag")}
        stream = io.StringIO()
        writer = csv.writer(stream)
        writer.writerow([*header, *(field["name"] for field in fields)])
        for document in documents:
            shown = {**document, "tags": ", ".join(tags.get(tag, "") for tag in array_at(document, "tags"))}
            values = self._crm.values.of(document["uuid"]) if fields else {}
            held = (values.get(field["uuid"]) for field in fields)
            writer.writerow([*(_cell(shown.get(column)) for column in header), *map(_cell, held)])
        self._store.write_file(name, {"export": kind}, stream.getvalue())


@lru_cache(PARSED)
def _parse(text: str) -> tuple[list[str], list[list[str]], str]:
    """Return the header of a CSV file, its rows without the empty ones, and its delimiter."""
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(row)]
    return [cell.strip() for cell in rows[0]] if rows else [], rows[1:], delimiter


def _cell(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)
