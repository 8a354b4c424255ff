"""LinkedIn identities: reads a person's profile URL, handle or member ID, in the many forms that lists have.

A text is taken apart in this order. Each step handles one form, and the rest goes to the next step:

    urn:li:fsd_profile:ACoAA…                       URN
    ACwAA…,NAME_SEARCH,x                            SEARCHED: copied from a search in Sales Navigator
    https://uk.linkedin.com/in/Ada-Byron/en?trk=x   SITE, then PATH
    /sales/lead/ACwAA…,x     /in/ada-byron          PATH
    @ada-byron     ACoAA…    12345                  the name itself

Whatever is not a person has a reason, such as "a company's page", which the error contains.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal
from urllib.parse import quote, unquote

from attrs import frozen

from grinfi_overrides.errors import InvalidArgumentError

__all__ = ["PLACEHOLDERS", "LinkedInIdentity", "without_marks"]

PLACEHOLDERS: Final = frozenset(
    re.findall(
        r"\w+",
        "na nan nil nul null none no not nothing undefined unknown empty blank missing void tbd notfound notavailable "
        "notapplicable noprofile nolinkedin unavailable private x xx xxx false true me",
    )
)
"""Texts that mean "no value". Case, and everything except letters and digits, is ignored."""
EXCEL_ERROR: Final = re.compile(r"#(?:N/?A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|#+)", re.IGNORECASE)
MARKS: Final = " \t\r\n\"'`<>()[]{}«»“”‘’„,;"
SITE: Final = re.compile(r"(?:[a-z][a-z+.-]*:)?/{0,2}((?:[\w-]+\.)+[a-z]{2,})(?::\d+)?(/.*|[?#].*)?", re.IGNORECASE)
PATH: Final = re.compile(
    r"/?(?:(?:mwlite|comm|m|mwlite/profile)/)?(?:(in|pub)|sales/(?:lead|people|profile))(?:/([^?#]*))?(?:[?#].*)?",
    re.IGNORECASE,
)
URN: Final = re.compile(
    r"urn:li:(?:fsd?_|fs_mini|fs_sales)?(?:profile|member)(?:profile)?:\(?([^,)]+).*", re.IGNORECASE
)
SEARCHED: Final = re.compile(r"(AC[a-z]AA[\w-]{4,}|\d{5,}),[A-Za-z_].*", re.ASCII)
MEMBER: Final = re.compile(r"AC[a-z]AA[\w-]{4,}", re.ASCII)
OTHER_MEMBER: Final = re.compile(r"A[A-Z][A-Za-z]AA(?=.*[a-z])[\w-]{34}", re.ASCII)
"""IDs of other parts of LinkedIn, such as `ADEAA…` and `AEMAA…`. No field of a contact takes them."""
UNCASED: Final = re.compile(r"ac[a-z]aa[\w-]{30,}", re.ASCII)
OLD_PARTS: Final = re.compile(r"([0-9a-f]{1,3})/([0-9a-f]{1,3})/([0-9a-f]{1,3})(?:/.*)?", re.IGNORECASE)
MANGLED: Final = re.compile(r"[+-]?\d[\d.,:/-]*(?:e[+-]?\d+)?", re.IGNORECASE)
OTHER_PAGES: Final = {"company": "a company's page", "showcase": "a company's page", "school": "a school's page"}


@frozen
class LinkedInIdentity:
    """A person on LinkedIn, in a canonical form: equal for the same profile, or the same member ID.

    Attributes:
        value: The canonical form: a handle in lower case, or a member ID as it is.
        kind: "handle" for a public profile, "member" for a member ID.
        field: The contact field for it: `sn_id` for IDs of Sales Navigator (`ACwAA…`), `ln_id` for other member IDs
            (`ACoAA…`), `linkedin_id` for handles and numbers.
    """

    value: str
    kind: Literal["handle", "member"]
    field: Literal["linkedin_id", "sn_id", "ln_id"]

    @classmethod
    def parse(cls, text: str, argument: str = "linkedin_id") -> LinkedInIdentity:
        """Read a profile URL, handle or member ID in any form.

        Args:
            text: For example `https://uk.linkedin.com/in/Ada-Byron/en?trk=x`, `@ada-byron`, `/sales/lead/ACwAA…,x`.
            argument: The name of the argument in errors.

        Raises:
            InvalidArgumentError: It is a placeholder (`N/A`), a company's page, another site, a number that a
                spreadsheet has changed, or something else that is not a person.
        """
        found = _find(text)
        if isinstance(found, str):
            shown = text if len(text) <= 60 else f"{text[:57]}..."
            raise InvalidArgumentError(
                argument, f"{shown!r} is {found}, not a profile such as linkedin.com/in/ada-byron"
            )
        return found

    @property
    def url(self) -> str:
        """The address of the profile."""
        return f"https://www.linkedin.com/in/{quote(self.value)}"


def without_marks(text: str) -> str:
    """The text without invisible characters, and without quotes, brackets and commas around it."""
    if not text.isascii():
        text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf").strip()
    return text.strip(MARKS)


def _find(text: str) -> LinkedInIdentity | str:
    """The identity; or, as text, what it is instead."""
    text = without_marks(text)
    if _is_placeholder(text):
        return "a placeholder"
    if urn := URN.fullmatch(text):
        return _identity(urn[1])
    if searched := SEARCHED.fullmatch(text):
        return _identity(searched[1])
    path = text
    if (site := SITE.fullmatch(text)) and "@" not in text:
        host, path = site[1].lower(), site[2] or ""
        if host != "linkedin.com" and not host.endswith(".linkedin.com"):
            return "a short link" if host == "lnkd.in" else "another site"
        page = path.strip("/").split("/")[0].split("?")[0].lower()
        if old := re.fullmatch(r"/profile/view.*[?&]id=([\w-]+).*", path):
            member = _identity(old[1])
            is_handle = isinstance(member, LinkedInIdentity) and member.kind == "handle"
            return "a member ID of another kind" if is_handle else member
        if not PATH.fullmatch(path):
            return OTHER_PAGES.get(page, "another page of LinkedIn")
    if found := PATH.fullmatch(path):
        kind, rest = (found[1] or "sales").lower(), unquote(found[2] or "").strip("/ ")
        if not rest:
            return "an address without a name"
        if _is_placeholder(rest):
            return "a placeholder"
        name, _, more = rest.partition("/")
        if kind == "sales":
            name = name.split(",")[0]
            return _identity(name) if MEMBER.fullmatch(name) or name.isdecimal() else "another page of LinkedIn"
        if kind == "pub" and name == "dir":
            return "a directory"
        if kind == "pub" and more:
            # LinkedIn has turned /pub/name/a/b/c into /in/name-cba, with three digits for c and b, and without an a of
            # 0: /pub/ada/4/5a/b3 is now /in/ada-0b305a4.
            if not (parts := OLD_PARTS.fullmatch(more)):
                return "an old address that is not complete"
            name += f"-{parts[3]:0>3}{parts[2]:0>3}{parts[1] if parts[1] != '0' else ''}"
        return _identity(name)
    return _identity(text.strip("/").removeprefix("@"))


def _is_placeholder(text: str) -> bool:
    if len(text) > 30 and text[0].isalpha():
        return False
    letters = re.sub(r"[\W_]+", "", text.casefold())
    return letters.strip("0") == "" or letters in PLACEHOLDERS or EXCEL_ERROR.fullmatch(text) is not None


def _identity(text: str) -> LinkedInIdentity | str:
    text = without_marks(unquote(text))  # a second time for a URL: some programs encode twice
    if _is_placeholder(text):
        return "a placeholder"
    if MEMBER.fullmatch(text):
        return LinkedInIdentity(text, "member", "sn_id" if text.startswith("ACw") else "ln_id")
    if text.isascii() and text.isdecimal():
        return LinkedInIdentity(text.lstrip("0"), "member", "linkedin_id")
    if MANGLED.fullmatch(text):
        return "a number that a spreadsheet has changed"
    if OTHER_MEMBER.fullmatch(text):
        return "a member ID of another kind"
    if UNCASED.fullmatch(text):
        return "a member ID that was changed to lower case"
    if "@" in text:
        return "an email address"
    if SITE.fullmatch(text):
        return "another site"
    if any(letter.isspace() for letter in text):
        return "a text with spaces"
    handle = unicodedata.normalize("NFC", text.lower())
    if not handle.isprintable() or "\ufffd" in handle or re.search(r"""[/\\?#,;:|<>"'*=+$%^~`(){}\[\]]""", handle):
        return "another text"
    return LinkedInIdentity(handle, "handle", "linkedin_id")
