"""Times relative to now, and days in a time zone."""

from __future__ import annotations

import re
from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from ..errors import InvalidArgumentError
from ..runtime.codec import reject
from ..runtime.codecs import INTEGER, NUMBER
from ..runtime.suggestions import did_you_mean

ZONE_NAME = re.compile(r"[A-Za-z_]+(/[A-Za-z_-]+)+")


def ago(
    *,
    years: int | None = None,
    months: int | None = None,
    weeks: float | None = None,
    days: float | None = None,
    hours: float | None = None,
    minutes: float | None = None,
    seconds: float | None = None,
) -> datetime:
    """The time that long ago, in UTC. If the month has no such day, its last day is taken.

    Raises:
        InvalidArgumentError: Nothing is given, a part is negative, or years or months are not integers.
    """
    from dateutil.relativedelta import relativedelta

    whole = {"years": years, "months": months}
    parts = {**whole, "weeks": weeks, "days": days, "hours": hours, "minutes": minutes, "seconds": seconds}
    given = {name: value for name, value in parts.items() if value is not None}
    if not given:
        raise InvalidArgumentError("ago", "needs at least one part, such as days=7")
    for name, value in given.items():
        if (INTEGER if name in whole else NUMBER).encode(f"ago.{name}", value) < 0:
            raise InvalidArgumentError(f"ago.{name}", f"{value} is in the future; pass a number from 0")
    try:
        return datetime.now(UTC) - relativedelta(**given)  # type: ignore[arg-type]
    except (OverflowError, ValueError):
        reason = ", ".join(f"{name}={value}" for name, value in given.items())
        raise InvalidArgumentError("ago", f"{reason} is before the first year of the calendar") from None


def zone_of(where: str, tz: object) -> tzinfo:
    if isinstance(tz, tzinfo):
        return tz
    if not isinstance(tz, str):
        raise reject(f"{where}.on(tz)", 'the name of a time zone such as "Europe/Kyiv", or a tzinfo', tz)
    from zoneinfo import ZoneInfo, available_timezones

    zone: tzinfo | None = None
    try:
        zone = ZoneInfo(tz)
    except (KeyError, ValueError, OSError):  # OSError for a folder of the database, such as Europe
        if ZONE_NAME.fullmatch(tz):  # dateutil would also take a path, and reads "UTC+3" with the opposite sign
            from dateutil.tz import gettz

            zone = gettz(tz)  # dateutil has its own database, for systems without one
    if zone is not None:
        return zone
    hint = did_you_mean(tz, sorted(available_timezones()), otherwise="please")
    raise InvalidArgumentError(f"{where}.on(tz)", f"there is no time zone {tz!r}; {hint} pass a name like Europe/Kyiv")


def start_of_day(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day in a time zone: not 00:00 if clocks are put forward at midnight, as in Beirut.

    No rule of the zone is needed: a day begins somewhere in the 52 hours around its midnight in UTC, and a binary
    search over their seconds finds the first one with this date or a later one.
    """
    earliest = datetime.combine(day, time.min, UTC) - timedelta(hours=26)

    def moment(second: int) -> datetime:
        return earliest + timedelta(seconds=second)

    seconds = range(52 * 3600)
    return moment(bisect_left(seconds, True, key=lambda second: moment(second).astimezone(zone).date() >= day))
