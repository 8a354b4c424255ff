"""Blacklists of contacts and of companies."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias
from urllib.parse import unquote

from .resources import COMPANY, COMPANY_BLACKLIST, LEAD_BLACKLIST, Collection
from .store import Store, equals
from .validation import Call
from .values import JsonObject

Matcher: TypeAlias = Callable[[str, JsonObject], bool]

PROFILE_URL = re.compile(
    r"(?:https?://)?(?:[a-z]+\.)?linkedin\.com/(?:in|company|sales/(?:lead|people))/([^/?#,]+).*", re.IGNORECASE
)


def handle_of(text: str) -> str:
    """Return the LinkedIn handle in the URL of a profile or company; other text as it is."""
    profile = PROFILE_URL.fullmatch(text)
    return unquote(profile.group(1)) if profile else text


class BlacklistEntries(Collection):
    """Entries of a blacklist; LinkedIn URLs are kept as handles."""

    def fields(self, call: Call, document: JsonObject | None) -> JsonObject:
        handle = call.body.get("linkedin")
        return {**call.body, "linkedin": handle_of(handle)} if handle else call.body


def blacklist_matcher(store: Store) -> Matcher:
    """Return a function that returns whether a contact or company, given with its kind, is on a blacklist.

    A contact is also left out when its company is, by what is known of the company, by the name that the contact has
    for it, or by the domain of the contact's email address.
    """
    leads, companies = store.find(LEAD_BLACKLIST.kind), store.find(COMPANY_BLACKLIST.kind)
    by_field = {
        name: {_fold(entry[name]) for entry in entries if entry.get(name)}
        for name, entries in (("linkedin", leads), ("email", leads))
    }
    names = {(_fold(entry.get("name")), _fold(entry.get("company_name"))) for entry in leads}
    companies_by_field = {
        name: {_fold(entry[name]) for entry in companies if entry.get(name)} for name in ("linkedin", "domain", "name")
    }

    def matches(kind: str, document: JsonObject) -> bool:
        if kind == COMPANY.kind:
            return any(_fold(document.get(name)) in values for name, values in companies_by_field.items())
        emails = [_fold(document[name]) for name in ("work_email", "personal_email") if document.get(name)]
        name, company = _fold(document.get("name")), _fold(document.get("company_name"))
        return (
            _fold(document.get("linkedin")) in by_field["linkedin"]
            or any(email in by_field["email"] for email in emails)
            or (
                bool(name or company)
                and not names.isdisjoint({(name, company), (name, ""), ("", company)} - {("", "")})
            )
            or company in companies_by_field["name"]
            or any(email.rpartition("@")[2] in companies_by_field["domain"] for email in emails)
            or (bool(companies) and matches(COMPANY.kind, _company(store, document)))
        )

    return matches


def _company(store: Store, lead: JsonObject) -> JsonObject:
    """Return the company of a contact; a contact that is not stored yet has only the company's name."""
    company = store.get(COMPANY.kind, str(lead.get("company_uuid")))
    if company is None and lead.get("company_name"):
        company = store.first(COMPANY.kind, [equals("name", lead["company_name"])])
    return company or {}


def _fold(value: Any) -> str:
    return str(value or "").casefold()
