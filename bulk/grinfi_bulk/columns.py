"""Where the cells of each column go, and whether they can be sent."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from difflib import get_close_matches
from typing import Any, Final, Literal, NamedTuple, cast

from grinfi_async import ConfigurationError, InvalidArgumentError, LinkedInIdentity
from grinfi_overrides.runtime.suggestions import did_you_mean

from .cells import EmailPlaceholderError, cell_value, clean_domain, clean_email, is_text, split_name
from .choices import Merge
from .known_columns import (
    FIELDS,
    FULL_NAME,
    IDENTITY_FIELDS,
    LEFT_OUT,
    NAMES,
    is_own_export,
    known_beside,
    plain,
)
from .plan import NOT_A_FIELD, ColumnPlan, ImportPlan
from .problems import Advice, Problem
from .reading import RowTable, SourceRow
from .report import CODE_COLUMN, ERROR_COLUMN
from .who_is_who import Mark, WhoIsWho, is_same

__all__ = ["FIELDS", "MAX_PROBLEMS", "Columns", "CustomFields", "Ready", "UnknownColumns", "near"]

UnknownColumns = Literal["refuse", "custom_fields", "ignore"]
CustomFields = Mapping[str, str] | Collection[str] | Literal[True]

IDENTIFIER: Final = "linkedin_id"
OF_FAILURES: Final = {ERROR_COLUMN, CODE_COLUMN}
NAME_FIELDS: Final = ("first_name", "last_name", FULL_NAME, "company_name")
MAX_PROBLEMS: Final = 10_000
CREATE: Final = Advice("create_custom_fields=True creates it", "--create-custom-fields creates it")
NOT_REFUSED: Final = Advice(
    'merge="skip" sends only the first row, merge="report" sends both',
    "--merge skip sends only the first row, --merge report sends both",
)
NO_PROFILE: Final = "no column has LinkedIn profiles (URLs, handles or member IDs), which identify contacts"


class Ready(NamedTuple):
    """The values of a row that are sent."""

    lead: dict[str, Any]
    custom_fields: dict[str, Any]


class _Target(NamedTuple):
    kind: Literal["field", "identity", "name", "custom", "all_custom"]
    name: str
    rank: int = 0
    """If several columns go to the same field, the lowest rank wins."""


class Columns:
    """Where the cells of each column go.

    Args:
        mapping: Column -> field of a contact; None leaves the column out.
        custom_fields: Column -> name of a custom field; or columns named like their custom fields; or True for all
            columns that are not fields.
        unknown: What to do with other columns.
    """

    def __init__(
        self, mapping: Mapping[str, str | None] | None, custom_fields: CustomFields | None, unknown: UnknownColumns
    ) -> None:
        if unknown not in ("refuse", "custom_fields", "ignore"):
            raise ConfigurationError(f'unknown_columns must be "refuse", "custom_fields" or "ignore", not {unknown!r}.')
        self._unknown: UnknownColumns = "custom_fields" if custom_fields is True else unknown
        self._given: dict[str, _Target | None] = dict.fromkeys(OF_FAILURES)  # the input may be a file of failures
        for column, field in (mapping or {}).items():
            if field is not None and field not in FIELDS:
                problem = f"{column!r} is mapped to {field!r}, which is not a field of a contact; {near(field, FIELDS)}"
                raise InvalidArgumentError("mapping", problem)
            self._given[column] = None if field is None else _field(field, -1)
        if isinstance(custom_fields, str):
            raise ConfigurationError("custom_fields must be a mapping or a list of columns, not a string.")
        wanted: Mapping[str, str] = {}
        if isinstance(custom_fields, Mapping):
            wanted = cast("Mapping[str, str]", custom_fields)
        elif custom_fields is not None and custom_fields is not True:
            wanted = {column: column for column in custom_fields}
        for column, name in wanted.items():
            if self._given.get(column) is not None:
                raise InvalidArgumentError(
                    "custom_fields", f"{column!r} is also mapped to a field; remove one of the two"
                )
            self._given[column] = _Target("custom", name)
        self._asked = set(self._given) - OF_FAILURES
        self._targets: dict[str, _Target | None] = {}
        self._where: dict[str, int] = {}
        self._samples: dict[str, str] = {}
        self._clean: dict[str, tuple[str, str]] = {}
        self._is_own = self._has_names = False
        self._beside: dict[str, str] = {}
        self._in_objects: dict[str, int] = {}
        self._checked: tuple[list[tuple[str, LinkedInIdentity]], list[str]] = ([], [])

    def is_known(self, name: str) -> bool:
        """Whether a text is a known name of a column, by which a header is recognised."""
        name = name.strip()
        return name in self._asked or plain(name) in NAMES or plain(name) in LEFT_OUT

    # -- columns -------------------------------------------------------------------------------------------------------

    def _learn(self, columns: Iterable[str]) -> None:
        """Look at all names together, as the meaning of some depends on others."""
        names = list(columns)
        self._is_own = is_own_export(names)
        others = [name for name in names if name not in self._given]
        self._beside = known_beside(others)
        if any(it is not None and it.kind == "identity" for it in self._given.values()):
            self._beside.pop("url", None)
        self._has_names = any(NAMES.get(plain(name), ("", 0))[0] in ("first_name", "last_name") for name in others)

    def _find(self, column: str) -> _Target | Literal["unknown"] | None:
        """Where a column goes that no option mentions."""
        # An export of this package has fields that cannot be written: those are left out silently.
        name = plain(column)
        if self._is_own and column.startswith("custom_fields."):
            return _Target("custom", column.removeprefix("custom_fields."))
        if self._is_own and column == "custom_fields":
            return _Target("all_custom", column)
        if name in NAMES and not (self._is_own and column == "location"):
            return _field(*NAMES[name])
        if name in self._beside:
            return _field(self._beside[name])
        if self._is_own or name in LEFT_OUT or (name == "name" and self._has_names):
            return None
        return "unknown"

    def _add(self, column: str, row: int) -> Problem | None:
        """Decide where a column goes when it is first seen."""
        target = self._given[column] if column in self._given else self._find(column)
        problem = None
        if target == "unknown":
            target = _Target("custom", column) if self._unknown == "custom_fields" else None
            if self._unknown == "refuse":
                close = get_close_matches(plain(column), list(NAMES), n=1, cutoff=0.8)
                hint = f"did you mean {NAMES[close[0]][0]!r}? " if close else ""
                problem = Problem(
                    row,
                    column,
                    NOT_A_FIELD,
                    Advice(
                        f"{hint}mapping={{{column!r}: field}} sends it to one, custom_fields=[{column!r}] keeps it, "
                        'unknown_columns="ignore" leaves it out',
                        f"{hint}--map {f'{column}=FIELD'!r} sends it to one, --custom {column!r} keeps it, "
                        "--ignore-others leaves it out",
                    ),
                )
        self._targets[column], self._where[column] = target, row
        return problem

    def _check_header(self, source: RowTable) -> Iterator[Problem]:
        """The problems of the names of the columns."""
        columns = [column for column in source.columns or () if column]
        self._learn(columns)
        customs: dict[str, str] = {}
        for place, column in enumerate(columns):
            if column in columns[:place]:
                yield Problem(source.header_row, column, "two columns have this name; rename one of them")
                continue
            problem = self._add(column, source.header_row)
            if problem is not None:
                yield problem
            target = self._targets[column]
            if target is not None and target.kind == "custom" and customs.setdefault(target.name, column) != column:
                yield Problem(
                    source.header_row,
                    column,
                    f"column {customs[target.name]!r} also goes to the custom field {target.name!r}",
                    Advice(f"mapping={{{column!r}: None}} leaves one out", f"--map {f'{column}='!r} leaves one out"),
                )
        for column in sorted(self._asked.difference(columns)):
            yield Problem(source.header_row, column, f"the file has no such column; {near(column, columns)}")
        if not any(target is not None and target.kind == "identity" for target in self._targets.values()):
            likely = next((column for column in columns if "linkedin" in plain(column)), columns[0])
            yield Problem(
                source.header_row,
                None,
                NO_PROFILE,
                Advice(
                    f"choose one, for example mapping={{{likely!r}: {IDENTIFIER!r}}}",
                    f"choose one, for example --map {f'{likely}={IDENTIFIER}'!r}",
                ),
            )

    # -- rows ----------------------------------------------------------------------------------------------------------

    def check(
        self, source: RowTable, who: WhoIsWho, merge: Merge, is_over: Callable[[], bool]
    ) -> tuple[int, int, list[Problem]]:
        """Read all rows. Return how many can be imported, how many cannot, and the problems of the file."""
        problems = list(self._check_header(source)) if source.columns is not None else []
        repeated = any(problem.problem != NOT_A_FIELD for problem in problems)  # every row would repeat the problem
        new = wrong = 0
        for row in source.read():
            if source.columns is None and not self._where and isinstance(row, SourceRow):
                self._learn(row)
            found = [row] if isinstance(row, Problem) else list(self._check_row(row))
            if repeated or is_over():
                break
            same, is_wrong = None, any(problem.problem != NOT_A_FIELD for problem in found)
            if not is_wrong and isinstance(row, SourceRow):
                same = who.add(row.number, self._marks(row), is_sent=merge == "report")
                if same is not None and merge == "refuse":
                    found.append(Problem(row.number, None, is_same(same), NOT_REFUSED))
                    is_wrong = True
            problems.extend(found)
            new, wrong = new + (not is_wrong and same is None), wrong + is_wrong
            if len(problems) >= MAX_PROBLEMS:
                break
        if not new and not wrong and not problems:
            problems.append(Problem(source.header_row, None, "the file has no rows"))
        return new, wrong, problems

    def _check_row(self, row: SourceRow) -> Iterator[Problem]:
        customs: dict[str, str] = {}
        for column, cell in row.items():
            if column not in self._targets and (problem := self._add(column, row.number)) is not None:
                yield problem
            target, value = self._targets[column], cell_value(cell)
            if isinstance(value, str) and not is_text(value):
                advice = Advice(
                    "save the file in UTF-8, or pass encoding=", "save the file in UTF-8, or use --encoding"
                )
                yield Problem(row.number, column, "it has a damaged character", advice)
                return
            if value is None:
                continue
            self._samples.setdefault(column, str(value))
            if target is None:
                continue
            if target.kind == "custom" and customs.setdefault(target.name, column) != column:
                yield Problem(
                    row.number, column, f"column {customs[target.name]!r} also goes to the custom field {target.name!r}"
                )
            for name in _names_in(value) if target.kind == "all_custom" else ():
                self._in_objects.setdefault(name, row.number)
            wrong = _wrong(target, value)
            if wrong is not None:
                yield Problem(row.number, column, wrong)
                return
        identities, problems = self._identities(row)
        if not identities:
            if not problems:
                empty = next((it for it in row if (found := self._targets[it]) and found.kind == "identity"), None)
                text = "the LinkedIn profile is empty, but it identifies the contact: add a URL, handle or member ID"
                problems = [Problem(row.number, empty, text)]
            yield from problems
        emails, problems = self._emails(row)
        self._checked = identities, emails
        yield from problems

    def match_custom_fields(self, names: Mapping[str, str]) -> Iterator[tuple[Problem, str, str]]:
        """Match columns with existing custom fields (UUID -> name).

        Yields:
            For each missing custom field the problem, its name, and a valid name to create it with.
        """
        missing = {
            target.name: column for column, target in self._targets.items() if target and target.kind == "custom"
        }
        wanted = {**dict.fromkeys(self._in_objects, "custom_fields"), **missing}
        for name, column in wanted.items():
            if name in names.values():
                continue
            same = [known for uuid, known in names.items() if name == uuid or plain(name) == plain(known)]
            if len(same) == 1:
                self.rename_custom_field(name, same[0])
                continue
            new = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") or "name"
            row = self._in_objects.get(name, self._where[column])
            problem = f"contacts have no custom field {name!r}; {near(name, names.values())}".rstrip(";. ")
            yield Problem(row, column, problem, CREATE), name, f"_{new}" if new[0].isdigit() else new

    def rename_custom_field(self, old: str, new: str) -> None:
        """Send a custom field under another name."""
        for column, target in self._targets.items():
            if target is not None and target.kind == "custom" and target.name == old:
                self._targets[column] = _Target("custom", new)

    @property
    def has_custom_fields(self) -> bool:
        """Whether a column goes to a custom field."""
        return bool(self._in_objects) or any(it is not None and it.kind == "custom" for it in self._targets.values())

    def has_custom_values(self, row: Mapping[str, Any]) -> bool:
        """Whether a row has values of custom fields."""
        return self.has_custom_fields and bool(self.ready(row).custom_fields)

    def plan(self, form: str, new: int, wrong: int, problems: list[Problem], who: WhoIsWho | None = None) -> ImportPlan:
        """What the import would do; without `who` if merged rows are problems."""
        unknown = {problem.column for problem in problems if problem.problem == NOT_A_FIELD}
        shown = sorted(self._targets, key=lambda column: self._targets[column] is None)
        return ImportPlan(
            form,
            tuple(
                ColumnPlan(
                    column,
                    *self._clean.get(column, (_target_name(self._targets[column]), self._samples.get(column, ""))),
                    column in unknown,
                )
                for column in shown
                if column not in OF_FAILURES
            ),
            new,
            wrong,
            tuple(problems[:100]),
            len(problems),
            len(problems) < MAX_PROBLEMS,
            who.merged if who else 0,
            who.duplicates if who else 0,
            tuple(Problem(row, None, is_same(same)) for row, same in who.first) if who else (),
        )

    # -- what is sent --------------------------------------------------------------------------------------------------

    def _identities(self, row: Mapping[str, Any]) -> tuple[list[tuple[str, LinkedInIdentity]], list[Problem]]:
        """The identities of a row, the best first: a public handle, then a member ID; and problems."""
        found: list[tuple[str, LinkedInIdentity]] = []
        problems: list[Problem] = []
        for column, target, value in self._cells(row):
            if target.kind == "identity":
                try:
                    identity = LinkedInIdentity.parse(value)
                    found.append((target.name, identity))
                    self._clean.setdefault(column, (_field_of(target.name, identity), identity.value))
                except InvalidArgumentError as error:
                    problems.append(Problem(getattr(row, "number", 0), column, error.problem))
        found.sort(key=lambda each: each[1].kind != "handle")
        return found, problems

    def _emails(self, row: Mapping[str, Any]) -> tuple[list[str], list[Problem]]:
        """The email addresses of a row, the best first, and problems. A placeholder is only one without an address."""
        found: list[tuple[int, str]] = []
        problems: list[Problem] = []
        placeholders: list[Problem] = []
        for column, target, value in self._cells(row):
            if target.kind == "field" and target.name == "email":
                kind = problems
                try:
                    email = clean_email(value)
                    found.append((target.rank, email))
                    self._clean.setdefault(column, ("email", email))
                    continue
                except EmailPlaceholderError as error:
                    kind, text = placeholders, str(error)
                except ValueError as error:
                    text = str(error)
                kind.append(Problem(getattr(row, "number", 0), column, text))
        return [email for _, email in sorted(found, key=lambda each: each[0])], problems + placeholders * (not found)

    def _cells(self, row: Mapping[str, Any]) -> Iterator[tuple[str, _Target, Any]]:
        """The cells of a row that are sent."""
        for column, cell in row.items():
            target = self._targets.get(column)
            if target is not None and (value := cell_value(cell)) is not None:
                yield column, target, value

    def ready(self, row: Mapping[str, Any]) -> Ready:
        """The values of a row that are sent. Empty cells are not sent: an import clears nothing."""
        ready = Ready({}, {})
        ranks: dict[str, int] = {}
        names: dict[str, str] = {}
        for _, target, value in self._cells(row):
            if target.kind == "custom":
                ready.custom_fields[target.name] = value
            elif target.kind == "all_custom":
                customs = _object(value) or {}
                ready.custom_fields.update((name, each) for name, each in customs.items() if each is not None)
            elif target.kind == "name":
                names = split_name(value)
            elif target.kind == "field" and target.name != "email" and target.rank < ranks.get(target.name, 1_000):
                ranks[target.name] = target.rank
                ready.lead[target.name] = clean_domain(value) if target.name == "domain" else value
        if emails := self._emails(row)[0]:
            ready.lead["email"] = emails[0]
        if not ready.lead.keys() & {"first_name", "last_name"}:
            ready.lead.update(names)
        identities, _ = self._identities(row)
        for place, (name, identity) in enumerate(identities):
            if not place:
                ready.lead[IDENTIFIER] = identity.value
            ready.lead.setdefault(_field_of(name, identity), identity.value)
        return ready

    def _marks(self, row: Mapping[str, Any]) -> list[Mark]:
        """The marks by which the server recognises the contact of the row just checked; the first is the key."""
        marks = [Mark("profile", profile) for profile in dict.fromkeys(it.value for _, it in self._checked[0])]
        marks += [Mark("email", email.casefold()) for email in self._checked[1][:1]]
        cells: dict[str, str] = {}
        for _, target, value in self._cells(row):
            if target.name in NAME_FIELDS and target.name not in cells:
                cells[target.name] = str(value).casefold()
        name = " ".join(cells[it] for it in NAME_FIELDS[:2] if it in cells) or cells.get(FULL_NAME)
        if name and "company_name" in cells:
            marks.append(Mark("name and company", f"{name}\0{cells['company_name']}"))
        return marks

    def look_ups(self, row: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The arguments of `contacts.find` that find an existing contact, one for each identity."""
        lead = self.ready(row).lead
        profiles = dict.fromkeys(str(lead[name]) for name in IDENTITY_FIELDS if name in lead)
        looks = [{"linkedin_id": profile} for profile in profiles]
        if "email" in lead:
            looks[0]["email"] = lead["email"]
        name = " ".join(str(lead[part]) for part in ("first_name", "last_name") if part in lead)
        if name and "company_name" in lead:
            looks[0].update(name=name, company_name=lead["company_name"])
        return looks

    def is_other(self, row: Mapping[str, Any], contact: Mapping[str, Any]) -> bool:
        """Whether a contact shows other profiles than the row, so that the server recognised it by another mark."""
        shown: set[LinkedInIdentity] = set()
        for name in (*IDENTITY_FIELDS, "ln_member_id"):
            with suppress(InvalidArgumentError):
                if (value := contact.get(name)) not in (None, ""):
                    shown.add(LinkedInIdentity.parse(str(value)))
        own = {identity.value for _, identity in self._identities(row)[0]}
        others = {identity for identity in shown if identity.value not in own}
        return bool(shown) and (shown == others or any(identity.kind == "handle" for identity in others))

    def key(self, row: SourceRow) -> str:
        """The key that identifies the contact of a row."""
        if row.key is None:
            row.key = str(self.ready(row).lead.get(IDENTIFIER, ""))
        return row.key


def _field(name: str, rank: int = 0) -> _Target:
    """A field of a contact, with the rank of a column that goes there."""
    return _Target("identity" if name in IDENTITY_FIELDS else "name" if name == FULL_NAME else "field", name, rank)


def _field_of(column: str, identity: LinkedInIdentity) -> str:
    """The field of an identity: a number stays in the field of its column, if that takes member IDs."""
    is_number = identity.kind == "member" and identity.field == IDENTIFIER
    return column if is_number and column in ("sn_id", "ln_id") else identity.field


def _target_name(target: _Target | None) -> str | None:
    if target is None:
        return None
    return f"custom_fields.{target.name}" if target.kind == "custom" else target.name


def _object(value: Any) -> Mapping[str, Any] | None:
    """Custom fields in one cell: an object, or an object as JSON text."""
    try:
        read = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return cast("Mapping[str, Any]", read) if isinstance(read, Mapping) else {} if read == [] else None


def _names_in(value: Any) -> Iterator[str]:
    yield from (name for name, each in (_object(value) or {}).items() if each is not None)


def _wrong(target: _Target, value: Any) -> str | None:
    if target.kind == "custom":
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return f"a custom field takes text or a number, not {type(value).__name__}"
        return None
    if target.kind == "all_custom":
        return None if _object(value) is not None else "it is not an object of custom fields"
    try:
        FIELDS["first_name" if target.kind == "name" else target.name].encode(target.name, value)
    except InvalidArgumentError as error:
        return error.problem
    return None


def near(name: str, known: Iterable[str]) -> str:
    """The names that could have been meant, or all names."""
    names = list(known)
    return did_you_mean(name, names, most=3, otherwise=f"known: {', '.join(names) or 'none'}.")
