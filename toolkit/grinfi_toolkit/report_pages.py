"""Reports as an HTML page: charts and tables in one file, without network access and scripts."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from importlib import import_module
from typing import Any, Final

from .report_tables import Chart, Column, Report, extra_missing, shown, write

__all__ = ["page", "write_page"]

INK: Final = "#010203"
"""Placeholder in drawings for the colour of the text, light or dark."""
PALETTE: Final = ("#3f85c6", "#d9822b", "#2f9e72", "#c05a9c", "#8571d0", "#a8952a", "#d0584c", "#7d8894")
"""Colours that work on light and dark backgrounds."""
WIDTHS: Final = {"wide": 960, "narrow": 340}
"""Charts are drawn twice, as a wide one would be unreadable on a phone."""
MOST_BARS: Final = 60
MOST_COLUMNS: Final = 5
"""Most columns for which a phone has room; wider tables are shown record by record."""
STYLE: Final = """
:root{color-scheme:light dark;--ink:#1d2129;--soft:#5a6472;--ground:#fff;--line:#dfe3e8;--band:#f5f7f9}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ee;--soft:#9aa5b4;--ground:#15181d;--line:#313842;--band:#1c2027}}
*{box-sizing:border-box}
body{margin:0 auto;padding:24px 16px 48px;max-width:1040px;background:var(--ground);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
h1{font-size:24px;line-height:1.25;margin:0 0 4px}h2{font-size:19px;line-height:1.3;margin:40px 0 4px}
p{margin:4px 0;overflow-wrap:anywhere}.soft,li{color:var(--soft)}ul{margin:4px 0;padding-left:20px;font-size:14px}
figure{margin:16px 0}figcaption{font-weight:600;margin-bottom:4px}svg{display:block;width:100%;height:auto}
.narrow{display:none}
.table{overflow-x:auto;margin:16px 0}table{border-collapse:collapse;width:100%;font-size:14px}
th,td{padding:6px 10px;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
th{font-weight:600;color:var(--soft);vertical-align:bottom}
td.text{overflow-wrap:break-word;min-width:5em}td:first-child{min-width:7.5em}
.number{text-align:right;font-variant-numeric:tabular-nums}
tbody tr:nth-child(even){background:var(--band)}
nav{margin:12px 0 0;display:flex;flex-wrap:wrap;gap:4px 16px}a{color:inherit}
@media(max-width:640px){.wide{display:none}.narrow{display:block}body{padding:16px 12px 32px}
h1{font-size:21px}th,td{padding:6px 8px}
.cards thead{display:none}.cards table,.cards tbody{display:block}.cards tr{display:block;padding:8px 0}
.cards tr{border-bottom:1px solid var(--line)}.cards td{display:flex;justify-content:space-between;gap:16px;border:0}
.cards td{padding:2px 8px;text-align:right}.cards td::before{content:attr(data-title);color:var(--soft);text-align:left}
.cards td::before{flex:none}.cards td:first-child{font-weight:600;text-align:left}
.cards td:first-child::before{content:none}}
@media print{body{max-width:none}.table{overflow:visible}}
"""


def write_page(path: str | os.PathLike[str], reports: Sequence[Report], *, title: str | None = None) -> None:
    """Write several reports into one page; see `Report.to_html`.

    Args:
        path: The file; only its owner may read it.
        reports: The reports, in the order shown.
        title: Heading of the page; by default the title of the first report.
    """
    write(path, page(reports, title=title))


def page(reports: Sequence[Report], *, title: str | None = None) -> str:
    """The page as text.

    Raises:
        ConfigurationError: The extra `reports` is missing.
    """
    heading = title or (reports[0].title if reports else "Reports")
    requests = sum(report.requests for report in reports)
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_text(heading)}</title>\n<style>{STYLE}</style>\n</head>\n<body>",
        f"<h1>{_text(heading)}</h1>",
        f'<p class="soft">Made on {datetime.now(UTC):%d %B %Y, %H:%M} UTC from {requests:,} requests.</p>',
    ]
    if len(reports) > 1:
        links = (f'<a href="#report-{n}">{_text(report.title)}</a>' for n, report in enumerate(reports))
        parts.append(f"<nav>{''.join(links)}</nav>")
    for number, report in enumerate(reports):
        parts.append(f'<section id="report-{number}">')
        if len(reports) > 1 or title:
            parts.append(f"<h2>{_text(report.title)}</h2>")
        parts += [f"<p>{_text(report.covers)}</p>", *map(_figure, report.charts), *_table(report)]
        if report.leaves_out:
            parts.append(f"<ul>{''.join(f'<li>{_text(it)}</li>' for it in report.leaves_out)}</ul>")
        parts.append("</section>")
    return "\n".join([*parts, "</body>\n</html>\n"])


def _text(value: str) -> str:
    return escape(shown(value, "text"))


def _cell(value: Any, column: Column) -> str:
    """A cell, in which addresses may break."""
    return escape(shown(value, column.kind)).replace("@", "@<wbr>").replace("_", "_<wbr>")


def _table(report: Report) -> Iterator[str]:
    if not report.records:
        yield '<p class="soft">Nothing to show.</p>'
        return
    columns = [("text" if it.kind == "text" else "number", _text(it.title), it) for it in report.columns]
    heads = "".join(f'<th class="{name}">{title}</th>' for name, title, _ in columns)
    cards = " cards" if len(columns) > MOST_COLUMNS else ""
    yield f'<div class="table{cards}" tabindex="0"><table><thead><tr>{heads}</tr></thead><tbody>'
    for record in report.records:
        cells = (
            f'<td class="{name}" data-title="{title}">{_cell(record.get(it.name), it)}</td>'
            for name, title, it in columns
        )
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table></div>"


def _figure(chart: Chart) -> str:
    if not any(value for _, _, value in chart.rows):
        return ""
    drawn = "".join(f'<div class="{name}">{_svg(chart, width)}</div>' for name, width in WIDTHS.items())
    return f"<figure><figcaption>{_text(chart.title)}</figcaption>{drawn}</figure>"


def _svg(chart: Chart, width: int) -> str:
    try:
        alt: Any = import_module("altair")
        import_module("vl_convert")  # altair imports it later; its absence is reported here
    except ImportError as error:
        raise extra_missing("A page with charts", error) from error
    is_lying, narrow = chart.kind != "columns", width == WIDTHS["narrow"]
    # Control characters would end the process: vl-convert aborts if a label is not valid XML.
    rows = [(shown(category, "text"), shown(name, "text"), value) for category, name, value in chart.rows]
    categories = list(dict.fromkeys(category for category, _, _ in rows))
    if is_lying and len(categories) > MOST_BARS:
        categories = categories[:MOST_BARS]
        rows = [row for row in rows if row[0] in set(categories)]
    series = list(dict.fromkeys(name for _, name, _ in rows))
    order = {name: place for place, name in enumerate(series)}
    values = [
        {"category": category, "series": name, "value": value, "order": order[name]} for category, name, value in rows
    ]
    labels = min(130 if narrow else 260, 9 * max(map(len, categories)))
    amount = alt.Axis(format="~%" if chart.share else "~s", tickMinStep=0.01 if chart.share else 1, tickCount=5)
    names = alt.Axis(labelLimit=labels, labelOverlap=not is_lying, labelAngle=0, grid=False, ticks=False)
    if not is_lying:
        names.labelSeparation = 8
    by_category = alt.Y if is_lying else alt.X
    by_value = alt.X if is_lying else alt.Y
    encoding: dict[str, Any] = {
        "category": by_category("category:N", sort=categories, title=None, axis=names),
        "value": by_value("value:Q", title=None, axis=amount, stack=chart.kind != "groups" and "zero"),
    }
    if chart.kind == "groups":
        encoding["offset"] = alt.YOffset("series:N", sort=series)
    legend = alt.Legend(orient="top", columns=2 if narrow else 4, title=None, labelLimit=width // (2 if narrow else 4))
    colours = alt.Scale(domain=series, range=[PALETTE[n % len(PALETTE)] for n in range(len(series))])
    colour = alt.Color("series:N", scale=colours, legend=legend if len(series) > 1 else None)
    step = 16 * len(series) + 10 if chart.kind == "groups" else 26
    drawing = (
        alt.Chart(alt.Data(values=values))
        .mark_bar()
        .encode(*encoding.values(), colour, alt.Order("order:Q"))
        .properties(width=width, height=step * len(categories) if is_lying else 220)
        .configure(background="transparent", autosize=alt.AutoSizeParams(type="fit-x", contains="padding"), padding=2)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK, titleColor=INK, gridColor=INK, gridOpacity=0.15, domainColor=INK, domainOpacity=0.4,
            tickColor=INK, tickOpacity=0.4, labelFontSize=12,
        )
        .configure_legend(labelColor=INK, labelFontSize=12)
    )  # fmt: skip
    out = io.StringIO()
    drawing.save(out, format="svg")
    return out.getvalue().replace(INK, "currentColor")
