"""Codecs of times and days, in all forms that the server has been seen to send."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any, Final

from ..errors import InvalidArgumentError
from .codec import Codec, reject

MILLISECONDS_FROM = 100_000_000_000
"""A numeric timestamp from this number on counts milliseconds: as seconds it would be after the year 5138."""
NUMERIC_TIME = re.compile(r"[0-9]+(\.[0-9]*)?")
LONGEST_TIME = 64
"""Characters of the longest text that is parsed: parsing a longer one could take very long."""


class _DateTime(Codec):
    """Aware datetimes. They are sent in UTC, in the form of the description's examples."""

    __slots__ = ()

    def encode(self, where: str, value: Any) -> str:
        if isinstance(value, str):  # a time as the server wrote it, for example in a row
            value = _parsed_time(value)
        if not isinstance(value, datetime):
            raise reject(where, "an aware datetime such as datetime.now(timezone.utc)", value)
        if value.utcoffset() is None:
            raise InvalidArgumentError(
                where, "the datetime has no time zone; add one, for example value.replace(tzinfo=timezone.utc)"
            )
        return _utc_text(value, "microseconds" if value.microsecond else "seconds")

    def decode(self, value: Any) -> datetime | None:
        if isinstance(value, str):
            # The usual form of the server, and of `dump`: 2026-03-01T12:00:00.000000Z. Quicker than a regular
            # expression, and this runs for every time that a program reads.
            if len(value) == 27 and value[19] == "." and value[10] == "T" and value[7] == "-" and value[26] == "Z":
                try:
                    return datetime.fromisoformat(value)
                except ValueError:
                    return None
            odd = _parse_odd_time(value)
            return odd.replace(tzinfo=UTC) if odd is not None and odd.tzinfo is None else odd
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _from_timestamp(value)
        return None

    def dump(self, value: Any) -> Any:
        if not isinstance(value, datetime):
            return value
        return _utc_text(value.replace(tzinfo=UTC) if value.utcoffset() is None else value, "microseconds")


def _parsed_time(text: str) -> datetime | str:
    try:
        return datetime.fromisoformat(text) if "T" in text else text
    except ValueError:
        return text


def _utc_text(value: datetime, precision: str) -> str:
    try:
        utc = value.astimezone(UTC)
    except OverflowError:  # Within hours of the first or the last moment of the calendar: as it is.
        return value.isoformat(timespec=precision)
    return utc.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def _from_timestamp(value: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(value / 1000 if value >= MILLISECONDS_FROM else value, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _named_zone(name: str | None, offset: int | None) -> tzinfo:
    if offset is not None:
        return timezone(timedelta(seconds=offset))
    if name in {None, "UTC", "GMT", "Z"}:
        return UTC
    raise ValueError(f"unknown time zone {name}")


def _parse_odd_time(text: str) -> datetime | None:
    """A time in another form than the usual one, or None if a part of its date would have to be guessed."""
    if len(text) > LONGEST_TIME:
        return None
    if NUMERIC_TIME.fullmatch(text):
        digits = len(text.partition(".")[0])
        if digits in {10, 13}:
            # A timestamp, in seconds or milliseconds. The parsers below would read some of these as a date: 1712345678
            # as the year 1712.
            return _from_timestamp(float(text))
        if digits not in {8, 12, 14}:  # as in YYYYMMDD, hhmm, ss
            return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return _parse_free_time(text)


def _parse_free_time(text: str) -> datetime | None:
    # dateutil fills in what a text leaves out, and guesses the order of day and month. So it reads the text several
    # times, with different defaults and orders. If the results differ, something was guessed, and the answer is None:
    #
    #     "1 March 2026"     the same in all readings
    #     "March 1"          year 2000 with the first default, 2001 with the second: None
    #     "03/04/26"         3 April, 4 March or 26 April 2003: None
    from dateutil import parser

    readings: list[dict[str, Any]] = [{"default": datetime(2000, 1, 1)}, {"default": datetime(2001, 2, 2)}]
    if not text.lstrip()[:4].isdecimal():
        readings += [{**readings[0], "dayfirst": True}, {**readings[0], "yearfirst": True}]
    found: set[datetime]
    try:
        found = {parser.parse(text, tzinfos=_named_zone, **reading) for reading in readings}
    except Exception:  # dateutil raises many kinds of errors, and reading never fails
        return None
    return found.pop() if len(found) == 1 else None


class _Date(Codec):
    __slots__ = ()

    def encode(self, where: str, value: Any) -> str:
        if isinstance(value, datetime) or not isinstance(value, date):
            raise reject(where, "a datetime.date", value)
        return value.isoformat()

    def decode(self, value: Any) -> date | None:
        moment = DATE_TIME.decode(value)
        return None if moment is None else moment.date()

    def dump(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value


DATE_TIME: Final[Codec] = _DateTime()
DATE: Final[Codec] = _Date()
