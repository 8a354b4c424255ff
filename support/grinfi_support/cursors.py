"""Places in a list, and cursors, which are places as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from grinfi_overrides.errors import InvalidArgumentError
from grinfi_overrides.runtime.pages import Listing, Part


class Place(NamedTuple):
    """A place between two rows."""

    part: Part
    position: int
    """Rows of the part before this place, as the server counts offsets."""
    last: str | None = None
    """Key of the row before this place."""
    time: str | None = None
    """Its `created_at`."""
    ties: int = 0
    """Number of rows with that time that have been given. The next part skips them."""
    rows: int = 0
    """Number of different rows of the part that have been given, or skipped by the caller's offset."""
    total: int | None = None
    """Number of rows that the part had at its first page."""
    done: bool = False


def cursor_text(listing: Listing, place: Place) -> str:
    """A place as JSON, with the operation and digests of the arguments, so that it is not used for another list."""
    fields = {**place._asdict(), "part": place.part._asdict()}
    return json.dumps({"operation": listing.id, "arguments": listing.arguments(), **fields})


def place_of(listing: Listing, cursor: str | Mapping[str, Any]) -> Place:
    """The place of a cursor.

    Raises:
        InvalidArgumentError: It is not a cursor, or it belongs to another operation or other arguments.
    """
    try:
        fields = dict(cast("Mapping[str, Any]", json.loads(cursor) if isinstance(cursor, str) else cursor))
        operation, arguments = fields.pop("operation"), dict(fields.pop("arguments"))
        part = Part(**fields.pop("part"))
        place = Place(part, **fields)
        _check_kinds(place)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidArgumentError("cursor", "is not a cursor; pass the `cursor` of a paginator unchanged") from error
    if operation != listing.id:
        raise InvalidArgumentError("cursor", f"is a cursor of {operation}, not of {listing.id}")
    expected = listing.arguments()
    different = [name for name in sorted({*expected, *arguments}) if expected.get(name) != arguments.get(name)]
    if different:
        raise InvalidArgumentError(
            "cursor", f"was made with another {', '.join(different)}; pass the same arguments again"
        )
    return place


def _check_kinds(place: Place) -> None:
    texts = (place.last, place.time, *place.part[:2], *place.part[3:5])
    numbers = (place.position, place.ties, place.rows, place.total or 0, place.part.again)
    flags = (place.done, place.part.beyond)
    if not (
        all(text is None or isinstance(cast("object", text), str) for text in texts)
        and all(isinstance(cast("object", number), int) and number >= 0 for number in numbers)
        and all(isinstance(cast("object", flag), bool) for flag in flags)
    ):
        raise ValueError
    place.part.halved()
