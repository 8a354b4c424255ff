"""Names of people, the same in reports, the inbox and on the command line."""

from __future__ import annotations

from grinfi_async import Contact, SenderProfile

__all__ = ["full_name", "name_of"]


def full_name(person: Contact | SenderProfile) -> str:
    """First and last name, if known."""
    return " ".join(part for part in (person.first_name, person.last_name) if part)


def name_of(person: Contact | SenderProfile | None) -> str:
    """The name of a person; without one, the label of a sender, or the UUID."""
    if person is None:
        return "(unknown)"
    name = person.name if isinstance(person, Contact) else None
    label = person.label if isinstance(person, SenderProfile) else None
    return name or full_name(person) or label or person.uuid
