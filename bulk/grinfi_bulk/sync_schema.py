"""The schema of a copy in SQLite: keys, indexes, views with names, and pages for Datasette."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Final

from .export_columns import Column

__all__ = ["LINKS", "VIEWS", "ddl", "write_datasette_metadata"]

TYPES: Final = {"integer": "INTEGER", "real": "REAL", "boolean": "INTEGER"}
KEYS: Final = {
    "lead_uuid": "contacts",
    "company_uuid": "companies",
    "list_uuid": "lists",
    "pipeline_stage_uuid": "pipeline_stages",
    "sender_profile_uuid": "senders",
    "flow_uuid": "automations",
    "flow_version_uuid": "flow_versions",
    "flow_lead_uuid": "automation_contacts",
    "task_pipeline_uuid": "tasks",
    "parent_task_pipeline_uuid": "tasks",
    "replied_to_uuid": "emails",
}
"""Column -> the table it refers to. Not enforced, as a row may be copied before the row it refers to."""
INDEXED: Final = {*KEYS, "created_at"}

_TAGS: Final = "json_each(CASE WHEN json_valid(new.tags) THEN new.tags ELSE '[]' END)"
LINKS: Final = {
    "contact_tags": """
        CREATE TABLE contact_tags (
            contact_uuid TEXT NOT NULL REFERENCES contacts (uuid), tag_uuid TEXT NOT NULL REFERENCES tags (uuid),
            PRIMARY KEY (contact_uuid, tag_uuid)
        ) WITHOUT ROWID""",
    "contact_tags_by_tag": "CREATE INDEX contact_tags_by_tag ON contact_tags (tag_uuid)",
    "contact_tags_of_new": f"""
        CREATE TRIGGER contact_tags_of_new AFTER INSERT ON contacts BEGIN
            INSERT OR IGNORE INTO contact_tags SELECT new.uuid, value FROM {_TAGS} WHERE value IS NOT NULL;
        END""",  # noqa: S608
    "contact_tags_of_changed": f"""
        CREATE TRIGGER contact_tags_of_changed AFTER UPDATE OF tags ON contacts WHEN old.tags IS NOT new.tags BEGIN
            DELETE FROM contact_tags WHERE contact_uuid = new.uuid;
            INSERT OR IGNORE INTO contact_tags SELECT new.uuid, value FROM {_TAGS} WHERE value IS NOT NULL;
        END""",  # noqa: S608
}
"""Name -> statement that creates it. Triggers update the links when contacts are written."""
VIEWS: Final = {
    "sender_names": """
        CREATE VIEW sender_names AS
        SELECT uuid, coalesce(nullif(trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), ''), label, uuid)
            AS sender
        FROM senders""",
    "custom_field_values": """
        CREATE VIEW custom_field_values AS
        SELECT contacts.uuid AS contact_uuid, each.key AS field, each.value AS value
        FROM current_contacts AS contacts,
            json_each(CASE WHEN json_valid(custom_fields) THEN custom_fields ELSE '{}' END) AS each""",
    "contacts_named": """
        CREATE VIEW contacts_named AS
        SELECT contact.uuid, contact.name, contact.position, contact.company_name AS company, contact.linkedin,
            coalesce(contact.work_email, contact.personal_email) AS email, lists.name AS list, stage.name AS stage,
            sender, (
                SELECT group_concat(coalesce(tags.name, tag_uuid), ', ')
                FROM contact_tags LEFT JOIN tags ON tags.uuid = tag_uuid WHERE contact_uuid = contact.uuid
            ) AS tags, contact.status, contact.linkedin_status, contact.email_status, contact.created_at,
            contact.updated_at
        FROM current_contacts AS contact
        LEFT JOIN lists ON lists.uuid = contact.list_uuid
        LEFT JOIN pipeline_stages AS stage ON stage.uuid = contact.pipeline_stage_uuid
        LEFT JOIN sender_names ON sender_names.uuid = contact.sender_profile_uuid""",
    "conversation_messages": """
        CREATE VIEW conversation_messages AS
        SELECT 'linkedin' AS channel, type AS direction, lead_uuid, sender_profile_uuid, status, text AS message,
            coalesce(sent_at, created_at) AS at
        FROM current_messages
        UNION ALL
        SELECT 'email', type, lead_uuid, sender_profile_uuid, status, subject, coalesce(sent_at, created_at)
        FROM current_emails""",
    "messages_daily": """
        CREATE VIEW messages_daily AS
        SELECT date(at) AS day, channel, direction, coalesce(sender, sender_profile_uuid) AS sender,
            count(*) AS messages
        FROM conversation_messages LEFT JOIN sender_names ON uuid = sender_profile_uuid
        WHERE status IS NOT 'failed'
        GROUP BY 1, 2, 3, sender_profile_uuid""",
    "funnel": """
        CREATE VIEW funnel AS
        WITH enrolled AS (
            SELECT flow_uuid, lead_uuid, min(created_at) AS since, max(status = 'in_progress') AS is_on_its_way
            FROM current_automation_contacts GROUP BY flow_uuid, lead_uuid
        ), reached AS (
            SELECT DISTINCT flow_uuid, lead_uuid FROM current_tasks
            WHERE status = 'closed' AND type IN (
                'linkedin_send_connection_request', 'linkedin_send_message', 'linkedin_send_inmail',
                'email_send_message'
            )
        ), answered AS (
            SELECT lead_uuid, max(at) AS latest FROM conversation_messages WHERE direction = 'inbox' GROUP BY lead_uuid
        )
        SELECT flow.uuid, flow.name AS automation, flow.status, count(enrolled.lead_uuid) AS contacts,
            coalesce(sum(is_on_its_way), 0) AS on_their_way, count(reached.lead_uuid) AS reached,
            count(CASE WHEN reached.lead_uuid IS NOT NULL THEN answered.lead_uuid END) AS replied,
            round(
                100.0 * count(CASE WHEN reached.lead_uuid IS NOT NULL THEN answered.lead_uuid END)
                / nullif(count(reached.lead_uuid), 0), 1
            ) AS replied_percent
        FROM current_automations AS flow
        LEFT JOIN enrolled ON enrolled.flow_uuid = flow.uuid
        LEFT JOIN reached ON reached.flow_uuid = flow.uuid AND reached.lead_uuid = enrolled.lead_uuid
        LEFT JOIN answered ON answered.lead_uuid = enrolled.lead_uuid AND answered.latest >= enrolled.since
        GROUP BY flow.uuid""",
}
"""Views; each comes after the views that it reads."""


def ddl(name: str, columns: Sequence[Column], there: set[str]) -> Iterator[str]:
    """The statements that create a table, or add new columns to it."""
    new = [column for column in columns if column.name not in {"uuid", *there}]
    if not new:
        return
    definitions = [_definition(column) for column in new]
    if there:
        yield from (f"ALTER TABLE {name} ADD COLUMN {definition}" for definition in definitions)
    else:
        definitions = ["uuid TEXT PRIMARY KEY NOT NULL", *definitions, "deleted_at TEXT", "_pass INTEGER"]
        yield f"CREATE TABLE {name} ({', '.join(definitions)})"
    for column in new:
        if column.name in INDEXED:
            yield f"CREATE INDEX {name}_by_{column.name} ON {name} ({column.name})"
    names = ", ".join(f'"{column.name}"' for column in columns)
    yield f"DROP VIEW IF EXISTS current_{name}"
    yield f"CREATE VIEW current_{name} AS SELECT {names} FROM {name} WHERE deleted_at IS NULL"  # noqa: S608


def _definition(column: Column) -> str:
    key = f" REFERENCES {KEYS[column.name]} (uuid)" if column.name in KEYS else ""
    return f'"{column.name}" {TYPES.get(column.kind, "TEXT")}{key}'


def write_datasette_metadata(path: str | os.PathLike[str], database: str | os.PathLike[str]) -> bool:
    """Write a metadata.yaml for Datasette, with queries and charts for a copy.

    Args:
        path: The file to write.
        database: The copy that `sync` wrote.

    Returns:
        False if the file already exists; it is left as it is.
    """
    text = resources.files("grinfi_bulk").joinpath("datasette.yaml").read_text("utf-8")
    try:
        with Path(path).open("x", encoding="utf-8") as file:
            file.write(text.replace("{database}", json.dumps(Path(database).stem, ensure_ascii=False)))
    except FileExistsError:
        return False
    return True
