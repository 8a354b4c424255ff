"""Values of the command line as Python objects: conditions, times, pairs, names of records."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import AsyncIterable, Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, Protocol, TypeVar, cast

from grinfi_async import Expression, F, InvalidArgumentError, ago
from grinfi_overrides.runtime.suggestions import did_you_mean

__all__ = ["pairs", "read_filter", "read_json", "read_since", "uuid_of"]

CONDITION: Final = re.compile(r"\s*([^<>=!]+?)\s*(>=|<=|!=|<>|==|=|>|<)\s*(.*?)\s*", re.DOTALL)
COMPARISONS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "=": operator.eq, "==": operator.eq, "!=": operator.ne, "<>": operator.ne,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
DURATION: Final = re.compile(r"(\d+)\s*([wdhm])")
UNITS: Final = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}


MomentT = TypeVar("MomentT", date, datetime)


class Named(Protocol):
    """A record with a name, such as a list or a tag."""

    uuid: str
    name: str | None


def read_filter(where: str, conditions: Sequence[str]) -> Expression | None:
    """A filter of conditions `FIELD OPERATOR VALUE`; a text that starts with a brace is a complete filter as JSON.

    Values are text, unless they are JSON: a number, `true`, `null`, a list (any of its values), or text in quotes.
    """
    if not conditions:
        return None
    combined = Expression()
    for text in conditions:
        combined &= Expression(read_json(where, text)) if text.lstrip().startswith("{") else _condition(where, text)
    return combined


def _condition(where: str, text: str) -> Expression:
    found = CONDITION.fullmatch(text)
    if found is None:
        raise InvalidArgumentError(where, f"write FIELD=VALUE, or one of != < <= > >= between them, not {text!r}")
    name, symbol, written = found.groups()
    value: Any = written
    try:
        value = json.loads(written, parse_constant=str)
    except ValueError:
        if symbol[0] in "<>" and DAY.fullmatch(written):
            value = _moment(where, written, date)  # compared with a time, a date means the complete day
    field = F[name]
    if isinstance(value, list):
        if symbol not in ("=", "=="):
            raise InvalidArgumentError(where, f"a list needs = and not {symbol}, in {text!r}")
        return field.in_(cast("list[Any]", value))
    condition: Expression = COMPARISONS[symbol](field, value)
    return condition


def read_since(text: str, option: str = "--since") -> datetime:
    """A time: `7d`, `12h`, `2w` or `30m` ago, a day in UTC, or a time with its zone."""
    if found := DURATION.fullmatch(text.strip()):
        number, unit = found.groups()
        return ago(**{UNITS[unit]: int(number)})
    moment = _moment(option, text.strip(), datetime)
    if DAY.fullmatch(text.strip()):
        return moment.replace(tzinfo=UTC)
    if moment.tzinfo is None:
        raise InvalidArgumentError(option, f"{text!r} has no time zone; add one, such as {text.strip()}Z for UTC")
    return moment


def _moment(where: str, text: str, kind: type[MomentT]) -> MomentT:
    try:
        return kind.fromisoformat(text)
    except ValueError:
        raise InvalidArgumentError(
            where, f"{text!r} is not a time; write 2026-01-31, 2026-01-31T12:00:00Z, or how long ago: 7d, 12h, 2w, 30m"
        ) from None


def read_json(where: str, text: str) -> Any:
    """The value of a JSON text; an error names the option that has it."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise InvalidArgumentError(where, f"is not JSON: {error}") from None


def pairs(where: str, texts: Sequence[str]) -> dict[str, str | None]:
    """The pairs of texts `NAME=VALUE`; None as the value of a text without `=`."""
    read: dict[str, str | None] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not name.strip():
            raise InvalidArgumentError(where, f"write NAME=VALUE, not {text!r}")
        if name in read:
            raise InvalidArgumentError(where, f"{name} is given twice")
        read[name] = value if equals else None
    return read


async def uuid_of(where: str, wanted: str, rows: AsyncIterable[Named], kind: str) -> str:
    """The UUID of the record with this name or UUID."""
    known: list[Named] = [row async for row in rows]
    found = [row for row in known if row.uuid == wanted] or [row for row in known if row.name == wanted]
    if len(found) > 1:
        uuids = ", ".join(str(row.uuid) for row in found)
        raise InvalidArgumentError(where, f"{len(found)} {kind}s are named {wanted!r}; pass the UUID of one: {uuids}")
    if not found:
        near = did_you_mean(wanted, (row.name for row in known if row.name), most=3)
        raise InvalidArgumentError(where, f"unknown {kind} {wanted!r}{near and f'; {near}'}")
    return found[0].uuid
