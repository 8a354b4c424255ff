"""Names of columns in exports of other tools: LinkedIn, Sales Navigator helpers, PhantomBuster, Evaboot, Apollo,
HubSpot, Lusha and others. To add a name, add it here and a header to the tests.

Each name has the same meaning in all of these files. A word with several meanings ("Stage", "Website", "Titel",
"ФИО", whose first word is a last name) is not here: the caller says where it goes. A word that only another column
makes clear ("Имя" beside "Фамилия") is in `_BESIDE`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from grinfi_async import Contact, NewContact

__all__ = ["FIELDS", "FULL_NAME", "IDENTITY_FIELDS", "LEFT_OUT", "NAMES", "is_own_export", "known_beside", "plain"]

FIELDS: Final = {entry.wire: entry.codec for entry in NewContact.wire_fields().values()}
"""Fields of a contact that can be written, by name."""
IDENTITY_FIELDS: Final = ("linkedin_id", "linkedin", "sn_id", "ln_id")
FULL_NAME: Final = "first_name, last_name"
"""Target of a column that holds the whole name of a person."""

_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "linkedin_id": (
        *("linkedin_url", "linkedin_profile", "linkedin_profile_url", "linkedin_profile_link", "linkedin_link"),
        *("profile_url", "profile_link", "public_profile_url", "default_profile_url", "linkedin_public_url"),
        *("linkedin_url_public", "person_linkedin_url", "person_linkedin", "contact_linkedin_url", "hs_linkedin_url"),
        *("linkedin_contact_profile_url", "prospect_linkedin_url", "lead_linkedin_url", "linkedin_handle"),
        *("linkedin_username", "public_identifier", "linkedin_public_id", "linkedin_public_identifier"),
        *("linkedin_url_unique_id", "sales_navigator_url", "sales_navigator_profile_url", "sales_nav_url"),
        *("sales_navigator_link", "linkedin_sales_navigator_url", "vmid", "entity_urn", "member_urn"),
        *("linkedin_member_id", "ln_member_id", "linkedin_profile_slug", "linkedin_profile_urn", "linkedin_profile_id"),
        *("contact_li_profile_url", "linkedin_url_(default)", "sales_navigator_profile_id", "sn_hash_id"),
        *(
            "linkedin_profil",
            "profil_linkedin",
            "profil_url",
            "url_linkedin",
            "url_du_profil",
            "url_du_profil_linkedin",
            "lien_linkedin",
        ),
        *("url_de_linkedin", "perfil_de_linkedin", "perfil_linkedin", "профиль_linkedin", "ссылка_на_linkedin"),
        *("профіль_linkedin", "посилання_на_linkedin"),
    ),
    "sn_id": ("sales_navigator_id", "sales_nav_id"),
    "first_name": ("given_name", "contact_first_name", "person_first_name", "vorname", "prénom"),
    "last_name": (
        *("family_name", "surname", "contact_last_name", "person_last_name", "nachname", "familienname"),
        *("nom_de_famille", "apellido", "apellidos", "фамилия", "прізвище"),
    ),
    FULL_NAME: (
        *("full_name", "contact_full_name", "person_name", "contact_name", "vollständiger_name", "nom_complet"),
        *("nombre_completo", "имя_и_фамилия", "ім'я_та_прізвище"),
    ),
    "company_name": (
        *("company", "current_company", "current_company_name", "organization", "organisation"),
        *("linkedin_company_name", "firma", "firmenname", "unternehmen", "unternehmensname", "société", "entreprise"),
        *("nom_de_l'entreprise", "empresa", "nombre_de_la_empresa", "компания", "название_компании", "компанія"),
        "назва_компанії",
    ),
    "email": (
        *("email_address", "work_email", "work_email_address", "business_email", "professional_email", "company_email"),
        *("corporate_email", "primary_email", "direct_email", "secondary_email", "additional_email", "personal_email"),
        *("private_email", "tertiary_email", "most_probable_email", "email_1", "email_adresse", "courriel"),
        *("adresse_e_mail", "email_professionnel", "correo_electrónico", "электронная_почта", "эл._почта"),
        *("адрес_электронной_почты", "електронна_пошта", "ел._пошта", "адреса_електронної_пошти"),
    ),
    "domain": (
        *("company_domain", "company_domain_name", "company_website_domain", "company_website", "company_website_url"),
        "company_url_domain",
    ),
    "position": (
        *("job_title", "title", "current_job", "current_job_title", "current_title", "current_position", "role"),
        *("current_company_position", "linkedin_job_title", "jobtitel", "stellenbezeichnung", "berufsbezeichnung"),
        *("poste", "intitulé_de_poste", "intitulé_du_poste", "cargo", "puesto", "должность", "посада"),
    ),
    "headline": ("linkedin_headline", "profile_headline", "lk_headline"),
    "raw_address": ("address", "location", "person_location", "contact_location", "location_name"),
    "about": ("bio", "summary", "linkedin_bio", "profile_summary"),
}
_BOOKKEEPING: Final = (
    *("connected_on", "linkedin_is_premium", "is_premium", "open_profile", "is_open_link", "is_open_profile"),
    *("matches_filters", "no_match_reasons", "profile_image_url", "profile_picture_url", "profile_picture", "img_url"),
    *("shared_connections_count", "connection_degree", "query", "timestamp", "record_id"),
    *("apollo_contact_id", "apollo_account_id", "search_account_full_name", "search_account_profile_id"),
)
"""Columns that other tools add for themselves, and that no contact needs."""


def plain(name: str) -> str:
    """A name for comparison, without case, spaces, underscores and hyphens, and with one kind of apostrophe."""
    name = unicodedata.normalize("NFC", re.sub(r"[\s_-]+", "", name).casefold())
    return re.sub("[’ʼ`´‘]", "'", name)


NAMES: Final[dict[str, tuple[str, int]]] = {
    plain(name): (field, rank)
    for field, names in _NAMES.items()
    for rank, name in enumerate((field, *names))
    if name != FULL_NAME
} | {plain(field): (field, 0) for field in FIELDS}
"""Plain name of a column -> field of a contact, and rank: of several columns, the lowest wins."""
LEFT_OUT: Final = frozenset(map(plain, _BOOKKEEPING))
_OWN: Final = frozenset(entry.wire for entry in Contact.wire_fields().values()) | {"additional_properties", "error"}


def is_own_export(columns: Iterable[str]) -> bool:
    """Whether a file was exported by this package: it has UUIDs, and only fields of a contact."""
    names = set(columns)
    return "uuid" in names and all(name in _OWN or name.startswith("custom_fields.") for name in names)


_BESIDE: Final = {
    "имя": ("first_name", "last_name"),
    "ім'я": ("first_name", "last_name"),
    "nombre": ("first_name", "last_name"),
    "nom": ("last_name", "first_name"),
    "url": ("linkedin_id", "first_name", "last_name"),  # last, as the entries above may add these two
}
"""Word -> its field, if columns of the other fields are there too; alone the word is ambiguous."""


def known_beside(columns: Iterable[str]) -> dict[str, str]:
    """Fields of ambiguous words that the other columns make clear, unless the field has its own column."""
    names = {plain(column) for column in columns}
    fields = {NAMES[name][0] for name in names if name in NAMES}
    found: dict[str, str] = {}
    for word, (field, *others) in _BESIDE.items():
        same = IDENTITY_FIELDS if field in IDENTITY_FIELDS else (field,)
        if word in names and fields.issuperset(others) and fields.isdisjoint(same):
            found[word] = field
            fields.add(field)
    return found
