"""Tables for notebooks. They have no colours, so they are readable in dark and light themes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any

from grinfi_overrides.runtime.models import REPR_TEXT, Model

if TYPE_CHECKING:
    from grinfi_overrides.runtime.pages import Page

__all__ = ["page_table", "table"]

MOST_ROWS = 20


def page_table(page: Page[Any]) -> str:
    """The first rows of a page, with a column for each value that the `repr` of a row shows."""
    rows = [_values(row) for row in page.data[:MOST_ROWS]]
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[row.get(name) for name in names] for row in rows]
    if len(page) > MOST_ROWS:
        cells.append([f"… and {len(page) - MOST_ROWS:,} more"])
    return table(repr(page).strip("<>"), names, cells)


def table(caption: str, names: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    """An HTML table."""
    head = f"<thead><tr>{''.join(f'<th>{escape(name)}</th>' for name in names)}</tr></thead>" if names else ""
    body = "".join(f"<tr>{''.join(f'<td>{escape(_text(value))}</td>' for value in row)}</tr>" for row in rows)
    return f"<table><caption>{escape(caption)}</caption>{head}<tbody>{body}</tbody></table>"


def _values(row: Any) -> dict[str, Any]:
    return row._shown()[0] if isinstance(row, Model) else {"": row}  # pyright: ignore[reportPrivateUsage]


def _text(value: Any) -> str:
    text = "" if value is None else value.isoformat() if isinstance(value, date) else str(value)
    return text if len(text) <= REPR_TEXT else f"{text[:REPR_TEXT]}…"
