"""Which column is what of a contact, and whether its cells can be sent."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final, Literal, NamedTuple, cast
from urllib.parse import unquote
from uuid import UUID

from grinfi_async import ConfigurationError, InvalidArgumentError, NewContact
from grinfi_overrides.runtime.suggestions import did_you_mean

from .reading import Problem, RowTable, SourceRow
from .report import ERROR_COLUMN

__all__ = [
    "FIELDS",
    "IDENTIFIER",
    "MAX_PROBLEMS",
    "Columns",
    "CustomFields",
    "Ready",
    "UnknownColumns",
    "identity",
    "near",
]

UnknownColumns = Literal["refuse", "custom_fields", "ignore"]
CustomFields = Mapping[str, str] | Collection[str] | Literal[True]

FIELDS: Final = {entry.wire: entry.codec for entry in NewContact.wire_fields().values()}
IDENTIFIER: Final = "linkedin_id"
EMAIL: Final = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")
PROFILE_URL: Final = re.compile(r"(?:https?://)?(?:[\w-]+\.)*linkedin\.com/in/([^/?#\s]+)", re.IGNORECASE)
MAX_PROBLEMS: Final = 10_000

SYNONYMS: Final = {
    "linkedin_id": ("linkedin_url", "linkedin_profile", "linkedin_profile_url", "profile_url", "person_linkedin_url"),
    "first_name": ("given_name",),
    "last_name": ("family_name", "surname"),
    "company_name": ("company", "organization", "organisation"),
    "email": ("email_address", "work_email"),
    "domain": ("company_domain",),
    "position": ("job_title", "title", "role"),
    "raw_address": ("address", "location"),
    "about": ("bio",),
    "sn_id": ("sales_navigator_id",),
}
"""Field -> other names of its column. Case, spaces, underscores and hyphens count in none of its names."""


def plain(name: str) -> str:
    """A name without what does not count."""
    return re.sub(r"[\s_-]+", "", name).casefold()


KNOWN: Final = {plain(name): field for field, names in SYNONYMS.items() for name in names} | {
    plain(field): field for field in FIELDS
}


class Ready(NamedTuple):
    """A row as it is sent."""

    lead: dict[str, Any]
    custom_fields: dict[str, Any]


class _Target(NamedTuple):
    kind: Literal["field", "custom"]
    name: str


IDENTIFYING: Final = _Target("field", IDENTIFIER)


class Columns:
    """Where the cells of each column go.

    Args:
        mapping: Column -> field of a contact; None to leave the column out.
        custom_fields: Column -> name of a custom field, or columns that have the names of theirs, or True for all
            columns that are no field.
        unknown: What is to be done with a column that is neither.
    """

    def __init__(
        self, mapping: Mapping[str, str | None] | None, custom_fields: CustomFields | None, unknown: UnknownColumns
    ) -> None:
        if unknown not in ("refuse", "custom_fields", "ignore"):
            raise ConfigurationError(f'unknown_columns must be "refuse", "custom_fields" or "ignore", not {unknown!r}.')
        self._unknown: UnknownColumns = "custom_fields" if custom_fields is True else unknown
        self._given: dict[str, _Target | None] = {ERROR_COLUMN: None}  # a file of failures, fed in again
        for column, field in (mapping or {}).items():
            if field is not None and field not in FIELDS:
                raise ConfigurationError(
                    f"mapping: {column!r} is mapped to {field!r}, which is no field of a contact; "
                    f"{near(field, FIELDS)} A custom field goes into custom_fields={{{column!r}: {field!r}}}."
                )
            self._given[column] = None if field is None else _Target("field", field)
        if isinstance(custom_fields, str):
            raise ConfigurationError("custom_fields must be a mapping or a list of columns, not a string.")
        wanted: Mapping[str, str] = {}
        if isinstance(custom_fields, Mapping):
            wanted = cast("Mapping[str, str]", custom_fields)
        elif custom_fields is not None and custom_fields is not True:
            wanted = {column: column for column in custom_fields}
        for column, name in wanted.items():
            if self._given.get(column) is not None:
                raise ConfigurationError(f"custom_fields: {column!r} is in mapping, too; leave it out of one of them.")
            self._given[column] = _Target("custom", name)
        self._asked = set(self._given) - {ERROR_COLUMN}
        self._targets: dict[str, _Target | None] = {}
        self._where: dict[str, int] = {}

    # -- columns -------------------------------------------------------------------------------------------------------

    def _add(self, column: str, row: int) -> Problem | None:
        """Decide where a column goes that is met for the first time."""
        if column in self._given:
            target = self._given[column]
        elif (field := KNOWN.get(plain(column))) is not None:
            target = _Target("field", field)
        else:
            target = _Target("custom", column) if self._unknown == "custom_fields" else None
        self._targets[column], self._where[column] = target, row
        if target is None:
            if column in self._given or self._unknown == "ignore":
                return None
            return Problem(
                row,
                column,
                f"it is no field of a contact; {near(column, FIELDS)} Say where it goes: "
                f"mapping={{{column!r}: field}}, custom_fields=[{column!r}], or mapping={{{column!r}: None}} "
                "to leave it out",
            )
        return None

    def _check_header(self, source: RowTable) -> Iterator[Problem]:
        """What is wrong with the names of the columns."""
        columns = [column for column in source.columns or () if column]
        fields: dict[_Target, str] = {}
        for place, column in enumerate(columns):
            if column in columns[:place]:
                yield Problem(source.header_row, column, "two columns have this name; rename one of them")
                continue
            problem = self._add(column, source.header_row)
            if problem is not None:
                yield problem
            target = self._targets[column]
            if target is not None and fields.setdefault(target, column) != column:
                yield Problem(
                    source.header_row,
                    column,
                    f"column {fields[target]!r} is {target.name}, too; leave one out with mapping={{{column!r}: None}}",
                )
        for column in sorted(self._asked.difference(columns)):
            yield Problem(source.header_row, column, f"there is no such column; {near(column, columns)}")
        if IDENTIFYING not in fields:
            likely = next((column for column in columns if "linkedin" in plain(column)), columns[0])
            yield Problem(
                source.header_row,
                None,
                f"no column is {IDENTIFIER}, which tells contacts apart (a profile's URL, handle or member ID); "
                f"say which, for example mapping={{{likely!r}: {IDENTIFIER!r}}}",
            )

    # -- rows ----------------------------------------------------------------------------------------------------------

    def check(self, source: RowTable) -> tuple[int, list[Problem]]:
        """Read all rows: how many there are, and what is wrong with them."""
        problems = list(self._check_header(source)) if source.columns is not None else []
        if problems:
            return 0, problems  # every row would repeat them
        count = 0
        for row in source.read():
            if isinstance(row, Problem):
                problems.append(row)
            else:
                count += 1
                problems.extend(self._check_row(row))
            if len(problems) >= MAX_PROBLEMS:
                break
        if not count and not problems:
            problems.append(Problem(source.header_row, None, "there is no row"))
        return count, problems

    def _check_row(self, row: SourceRow) -> Iterator[Problem]:
        missing = True
        filled: dict[_Target, str] = {}
        for column, cell in row.items():
            if column not in self._targets and (problem := self._add(column, row.number)) is not None:
                yield problem
            target, value = self._targets[column], _cell(cell)
            if isinstance(value, str) and not _is_text(value):
                yield Problem(row.number, column, "it has a character that is damaged; save the file in UTF-8")
                continue
            if target is None or value is None:
                continue
            if filled.setdefault(target, column) != column:
                yield Problem(row.number, column, f"column {filled[target]!r} is {target.name}, too")
            missing = missing and target != IDENTIFYING
            problem_told = _wrong(target, value)
            if problem_told is not None:
                yield Problem(row.number, column, problem_told)
        if missing:
            yield Problem(
                row.number,
                next((column for column in row if self._targets[column] == IDENTIFYING), None),
                f"{IDENTIFIER} is empty, but it tells contacts apart: a profile's URL, handle or member ID",
            )

    def match_custom_fields(self, names: Mapping[str, str]) -> Iterator[Problem]:
        """Take the custom fields that there are (UUID -> name) for those wanted; one that is missing is a problem."""
        for column, target in self._targets.items():
            if target is None or target.kind != "custom" or target.name in names.values():
                continue
            same = [name for uuid, name in names.items() if target.name == uuid or plain(target.name) == plain(name)]
            if len(same) == 1:
                self._targets[column] = _Target("custom", same[0])
                continue
            new = re.sub(r"\W+", "_", target.name, flags=re.ASCII).strip("_") or "name"
            yield Problem(
                self._where[column],
                column,
                f"contacts have no custom field {target.name!r}; {near(target.name, names.values())} To make it: "
                f"custom_fields.create(name={new!r}, object='lead')",
            )

    @property
    def custom_columns(self) -> list[str]:
        """The columns that are custom fields."""
        return [column for column, target in self._targets.items() if target is not None and target.kind == "custom"]

    def ready(self, row: Mapping[str, Any]) -> Ready:
        """What is sent of a row. Empty cells are not: an import clears nothing."""
        ready = Ready({}, {})
        for column, cell in row.items():
            target, value = self._targets.get(column), _cell(cell)
            if target is not None and value is not None:
                (ready.lead if target.kind == "field" else ready.custom_fields)[target.name] = value
        return ready

    def key(self, row: Mapping[str, Any]) -> str:
        """What identifies the contact of a row."""
        return identity(str(self.ready(row).lead.get(IDENTIFIER, "")))


def identity(linkedin_id: str) -> str:
    """The same for all ways to write the same profile: as URL or as handle, in capitals or not."""
    url = PROFILE_URL.match(linkedin_id)
    return (unquote(url[1]) if url else linkedin_id).casefold()


def _cell(value: Any) -> Any:
    """What a cell holds; None if it is empty."""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID | Decimal) else value


def _is_text(value: str) -> bool:
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def _wrong(target: _Target, value: Any) -> str | None:
    if target.kind == "custom":
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return f"a custom field takes text or a number, not {type(value).__name__}"
        return None
    try:
        FIELDS[target.name].encode(target.name, value)
    except InvalidArgumentError as error:
        return error.problem
    if target.name == "email" and EMAIL.fullmatch(value) is None:
        return f"{value!r} is no email address"
    return None


def near(name: str, known: Iterable[str]) -> str:
    names = list(known)
    return did_you_mean(name, names, most=3, otherwise=f"there are {', '.join(names) or 'none'}.")
