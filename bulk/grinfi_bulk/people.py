"""What identifies a person, and the values that a merge can move from one contact to another."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from inspect import signature
from typing import Any, Final, cast

from grinfi_async import Contact, InvalidArgumentError
from grinfi_async.resources.contacts import ContactsResource
from grinfi_support.linkedin_identity import PLACEHOLDERS, LinkedInIdentity

from .cells import clean_email
from .export_columns import all_columns
from .items import as_json
from .sources import SOURCES

__all__ = [
    "CUSTOM",
    "TAG",
    "WRITABLE",
    "atoms_of",
    "fit",
    "is_running",
    "kept_of",
    "keys_of",
    "name_of",
    "running_flows",
    "texts_of",
]

TAG: Final = "tags."
CUSTOM: Final = "custom_fields."
WRITABLE: Final = tuple(
    name
    for name in signature(ContactsResource.update).parameters
    if name in Contact.wire_fields() and name not in {"uuid", "custom_fields", "pipeline_stage_uuid"}
)
"""Fields that can be written."""
TEXTS: Final = tuple(
    column.name
    for column in all_columns(SOURCES["contacts"])
    if column.kind == "text" and column.name not in {"uuid", "name", "additional_properties"}
)
"""Fields that a plan compares; those that are not writable stay as the survivor has them."""
KEPT: Final = (*TEXTS, "uuid", "name", "ln_member_id", "tags", "custom_fields", "flows", "created_at", "updated_at")
SLOTS: Final = {"linkedin": "handle", "ln_id": "ln", "sn_id": "sn", "ln_member_id": "ln"}
ENDED: Final = frozenset({"finished", "failed", "canceled", "cancelled"})
"""Status of a contact's place in an automation that has ended."""

Slots = dict[str, str]
"""Identities of which a person has one each: `handle`, and the member IDs `ln` and `sn`."""


def texts_of(row: Mapping[str, Any]) -> dict[str, str]:
    """Field -> text, without empty ones."""
    return {name: text for name in TEXTS if (text := _text(row.get(name)))}


def atoms_of(row: Mapping[str, Any]) -> dict[str, str]:
    """All values that a merge can write: fields, `tags.UUID`, `custom_fields.NAME`; without empty ones."""
    atoms = {name: text for name in WRITABLE if (text := _text(row.get(name)))}
    for tag in cast("list[Any]", row.get("tags") or []):
        uuid = cast("Mapping[str, Any]", tag).get("uuid") if isinstance(tag, Mapping) else tag
        atoms[f"{TAG}{uuid}"] = "yes"
    custom = row.get("custom_fields")
    for name, value in cast("Mapping[str, Any]", custom).items() if isinstance(custom, Mapping) else ():
        if text := as_json(value) if value and type(value) in (list, dict) else _text(value):
            atoms[f"{CUSTOM}{name}"] = text
    return atoms


def kept_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a row that is needed to compare duplicates."""
    return {name: row[name] for name in KEPT if row.get(name) not in (None, "", [], {})}


def is_running(status: object) -> bool:
    """Whether a contact with this status in an automation may still get messages from it."""
    return str(status).casefold() not in ENDED


def keys_of(row: Mapping[str, Any]) -> tuple[set[tuple[str, str]], Slots]:
    """The keys of a contact, as kind and value, that only the same person should share; and its identities."""
    keys: set[tuple[str, str]] = set()
    slots: Slots = {}
    for name, slot in SLOTS.items():
        try:
            identity = LinkedInIdentity.parse(text) if (text := _text(row.get(name))) else None
        except InvalidArgumentError:
            continue
        if identity is None:
            continue
        keys.add(("profile", identity.value))
        if identity.kind == "handle":
            slots.setdefault("handle", identity.value)
        else:
            slots.setdefault("ln" if slot == "handle" else slot, identity.value)
    for name in ("work_email", "personal_email"):
        if text := _text(row.get(name)):
            with suppress(ValueError):
                keys.add(("email", clean_email(text).casefold()))
    who, company = name_of(row), _words(_text(row.get("company_name")))
    if " " in who and company:
        keys.add(("name", f"{who} at {' '.join(company)}"))
    return keys, slots


def _words(text: str) -> list[str]:
    """The words of a name, without capitals and accents; none for a placeholder."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(letter for letter in letters if not unicodedata.combining(letter))
    if all(re.sub(r"[\W_]+", "", word) in PLACEHOLDERS for word in text.split()):
        return []
    return re.findall(r"\w+", text)


def name_of(row: Mapping[str, Any]) -> str:
    """The words of a contact's name, sorted, as first and last name may be swapped."""
    return " ".join(sorted(_words(_name(row))))


def fit(names: Sequence[str]) -> bool:
    """Whether names may belong to one person: the longest has the words of all others."""
    words = [frozenset(name.split()) for name in set(names)]
    longest = max(words, key=len, default=frozenset[str]())
    return all(each <= longest for each in words)


def _name(row: Mapping[str, Any]) -> str:
    parts = " ".join(filter(None, (_text(row.get("first_name")), _text(row.get("last_name")))))
    return _text(row.get("name")) or parts


def _text(value: object) -> str:
    if value is None or isinstance(value, list | dict):
        return ""
    return str(value).strip()


def running_flows(row: Mapping[str, Any]) -> Iterator[object]:
    """The automations that run for a contact, if its row shows them."""
    for flow in cast("list[Any]", row.get("flows") or []):
        if isinstance(flow, Mapping) and "status" in flow and is_running(cast("Mapping[str, Any]", flow)["status"]):
            yield flow
