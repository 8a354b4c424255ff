"""Pages of reports: one file of HTML with tables and charts, which needs no network and no script."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Sequence
from html import escape
from typing import Any, Final

from grinfi_async import ConfigurationError
from grinfi_bulk.wording import printable

from .tables import Column, Record, Report

__all__ = ["page_of"]

LIGHT: Final = {"text": "#1f2328", "grid": "#d8dee4"}
DARK: Final = {"text": "#e6edf3", "grid": "#3d444d"}
PALETTE: Final = ["#4c78d8", "#e8853c", "#3ca66b", "#c94f6d", "#8a63d2", "#2fa7b5", "#b8902f", "#7f8a99"]
FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
MOST_BARS: Final = 60
"""Bars that stay readable; with more, a page shows the last ones, or the first if they are not in the order of time."""
OTHERS: Final = "others"
"""What shares the last colour, if there are not enough of them."""
STYLE: Final = """
:root { color-scheme: light dark; --text: #1f2328; --soft: #59636e; --line: #d8dee4; --back: #fff; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9198a1; --line: #3d444d; --back: #0d1117; } }
body { font: 16px/1.5 FONT; color: var(--text); background: var(--back); }
body { max-width: 68rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .35rem .75rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th.text, td.text { text-align: left; white-space: normal; overflow-wrap: anywhere; min-width: 7rem; }
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; white-space: normal; }
figure { margin: 1rem 0; overflow-x: auto; } figure svg { width: 100%; min-width: 30rem; height: auto; }
.dark { display: none; }
@media (prefers-color-scheme: dark) { .dark { display: block; } .light { display: none; } }
@media print { .scroll, figure { overflow: visible; } }
p.notes, footer { color: var(--soft); font-size: .875rem; }
""".replace("FONT", FONT)


def page_of(reports: Sequence[Report], title: str | None = None) -> str:
    """A page with these reports.

    Raises:
        ConfigurationError: The extra `reports` is not installed.
    """
    title = title or (reports[0].title if len(reports) == 1 else "Grinfi reports")
    title = printable(title)
    made = f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC"
    body = "".join(_section(report, is_only=len(reports) == 1) for report in reports)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>{body}"
        f"<footer>Made {made}.</footer></body></html>\n"
    )


def _section(report: Report, *, is_only: bool) -> str:
    heading = "" if is_only else f"<h2>{escape(printable(report.title))}</h2>"
    head = "".join(_cell("th", column, column.title) for column in report.columns)
    rows = "".join(
        f"<tr>{''.join(_cell('td', *pair) for pair in zip(report.columns, cells, strict=True))}</tr>"
        for cells in report.cells()
    )
    hidden = len(_bars(report)) - MOST_BARS
    part = "last" if report.chart and report.chart.is_ordered else "first"
    cut = [f"The chart shows the {part} {MOST_BARS} of {hidden + MOST_BARS}."] if hidden > 0 else []
    notes = "<br>".join(map(escape, [*report.notes(), *cut]))
    return (
        f"<section>{heading}{_figure(report)}"
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
        f'<p class="notes">{notes}</p></section>'
    )


def _cell(tag: str, column: Column, text: str) -> str:
    kind = ' class="text"' if column.kind == "text" else ""
    return f"<{tag}{kind}>{escape(text)}</{tag}>"


def _figure(report: Report) -> str:
    if report.chart is None or not _points(report):
        return ""
    try:
        import vl_convert
    except ImportError as error:
        raise ConfigurationError("Pages need the extra: pip install 'grinfi-async[reports]'.") from error
    drawn = [
        f'<div class="{name}">{vl_convert.vegalite_to_svg(json.dumps(_chart(report, colors)))}</div>'
        for name, colors in (("light", LIGHT), ("dark", DARK))
    ]
    return f'<figure role="img" aria-label="Chart: {escape(printable(report.title))}">{"".join(drawn)}</figure>'


def _points(report: Report) -> list[dict[str, Any]]:
    return report.records if report.points is None else report.points


def _bars(report: Report) -> list[str]:
    """Where along the bottom there are bars."""
    name = None if report.chart is None else report.chart.x
    return list(dict.fromkeys(printable(str(point[name])) for point in _points(report))) if name else []


def _chart(report: Report, colors: dict[str, str]) -> dict[str, Any]:
    """The chart in Vega-Lite."""
    chart = report.chart
    assert chart is not None  # noqa: S101 - `_figure` has looked
    titles = {column.name: column.title for column in report.columns}
    points = _points(report)
    kept = _bars(report)
    kept = kept[-MOST_BARS:] if chart.is_ordered else kept[:MOST_BARS]
    values: list[Record] = [
        {"x": x, "y": point[chart.y] or 0, "color": printable(str(point.get(chart.color or "", "")))}
        for point in points
        if (x := printable(str(point[chart.x]))) in kept
    ]
    sums: Counter[str] = Counter()
    for value in values:
        sums[value["color"]] += value["y"]
    colored = {color for color, _ in sums.most_common(len(PALETTE) - (len(sums) > len(PALETTE)))}
    values = [{**value, "color": value["color"] if value["color"] in colored else OTHERS} for value in values]
    is_share = any(column.name == chart.y and column.kind == "share" for column in report.columns)
    x_axis: dict[str, Any] = {
        "field": "x",
        "type": "ordinal",
        "sort": kept,
        "title": None,
        "axis": {"labelAngle": -40, "labelOverlap": True},
    }
    y = {"field": "y", "type": "quantitative", "title": titles.get(chart.y, chart.y.replace("_", " ").capitalize())}
    encoding: dict[str, Any] = {
        "x": x_axis,
        "y": {**y, "axis": {"format": ".0%" if is_share else "d", "tickMinStep": 0 if is_share else 1}},
    }
    if chart.color is not None:
        legend = {"orient": "bottom", "columns": 3}
        encoding["color"] = {"field": "color", "type": "nominal", "title": None, "legend": legend}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": 820,
        "height": 260,
        "background": "transparent",
        "data": {"values": values},
        "mark": {"type": "bar", "cornerRadiusEnd": 2, **({} if chart.color else {"color": PALETTE[0]})},
        "encoding": encoding,
        "config": {
            "font": FONT,
            "range": {"category": PALETTE},
            "view": {"stroke": None},
            "axis": {
                "labelColor": colors["text"],
                "titleColor": colors["text"],
                "gridColor": colors["grid"],
                "domainColor": colors["grid"],
                "tickColor": colors["grid"],
                "labelFontSize": 12,
                "labelLimit": 160,
            },
            "legend": {"labelColor": colors["text"], "labelFontSize": 12, "labelLimit": 240},
        },
    }
