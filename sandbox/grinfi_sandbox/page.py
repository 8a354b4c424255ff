"""The page at `/`: the state and the latest requests, for a browser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from starlette.responses import HTMLResponse, Response

from .values import JsonObject

SHOWN = 50
COLUMNS = ("time", "method", "path", "operation_id", "status", "fault", "duration_ms")
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1c2330; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; } th, td { text-align: left; padding: .2rem .9rem .2rem 0; vertical-align: top; }
th { border-bottom: 1px solid #9aa4b2; font-weight: 600; } td { overflow-wrap: anywhere; }
tr.failed td { color: #a31515; } p { color: #55606e; }
"""


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def tag(name: str, *children: str, **attributes: str) -> Markup:
    """Return an element; attributes and children are escaped, except markup."""
    inner = "".join(child if isinstance(child, Markup) else escape(child) for child in children)
    given = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in attributes.items())
    return Markup(f"<{name}{given}>{inner}</{name}>")


def render(title: str, counts: Mapping[str, int], requests: Sequence[JsonObject], notes: Iterable[str]) -> Response:
    """Return the page; `requests` has the latest first."""
    kinds = [_row(kind, str(total)) for kind, total in counts.items()]
    latest = [_request(entry) for entry in requests[:SHOWN]]
    body = tag(
        "body",
        tag("h1", title),
        *(tag("p", note) for note in notes),
        tag("h2", "Records"),
        _table(("kind", "count"), kinds) if kinds else tag("p", "There are none."),
        tag("h2", "Latest requests"),
        _table(COLUMNS, latest) if latest else tag("p", "There are none."),
    )
    head = tag(
        "head",
        Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width">'),
        tag("title", title),
        tag("style", Markup(STYLE)),
    )
    headers = {"content-security-policy": POLICY, "cache-control": "no-store"}
    return HTMLResponse(f"<!doctype html>{tag('html', head, body, lang='en')}", headers=headers)


def _table(columns: Iterable[str], rows: Iterable[Markup]) -> Markup:
    head = tag("tr", *(tag("th", column.replace("_", " ")) for column in columns))
    return tag("table", tag("thead", head), tag("tbody", *rows))


def _row(*cells: str, **attributes: str) -> Markup:
    return tag("tr", *(tag("td", cell) for cell in cells), **attributes)


def _request(entry: JsonObject) -> Markup:
    path = entry["path"] + (f"?{entry['query']}" if entry["query"] else "")
    cells = ["" if value is None else str(value) for value in ({**entry, "path": path}[name] for name in COLUMNS)]
    failed = entry["status"] is None or entry["status"] >= 400
    return _row(*cells, class_="failed" if failed else "answered")
