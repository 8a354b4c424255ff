"""Easily misread files, made from seeds, with the truth of each: `python -m tests.bulk.adversarial 10000 [FIRST]`."""

from __future__ import annotations

import gzip
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio

from grinfi_async import ConfigurationError
from grinfi_bulk.columns import Columns
from grinfi_bulk.problems import ImportProblems
from grinfi_bulk.reading import ReadingOptions, SourceRow, open_source
from grinfi_bulk.who_is_who import WhoIsWho
from tests.bulk.workbooks import workbook

Rows = list[dict[str, str]]

COLUMNS = {
    "linkedin_id": (
        "LinkedIn URL",
        "linkedin_id",
        "Person Linkedin Url",
        "profileUrl",
        "LinkedIn-Profil",
        "Profile URL",
    ),
    "first_name": ("First Name", "firstName", "Vorname", "first_name", "FIRST_NAME"),
    "last_name": ("Last Name", "lastName", "Nachname", "Прізвище", "last_name"),
    "company_name": ("Company", "Company Name", "companyName", "Firma", "Компания"),
    "position": ("Title", "Job Title", "Current Job", "position"),
    "about": ("Summary", "about", "Profile Summary"),
    "": ("Keywords", "Who, or what", "a;b|c", "Last Contacted", "Email Status", "Company Linkedin Url", "#", "x y"),
}
"""Field -> the name of its column; columns without a field are not imported."""
NAMES = {
    "cp1251": ("Оксана", "Тарас", "Шевченко", "Ґалаґан", "Їжакевич", "Объединение «Заря»"),
    "cp1252": ("Zoë", "Müller", "François", "Ångström", "Nuñez", "Größe & Söhne – “Ltd”"),
    "mac_roman": ("Zoë", "Müller", "François", "Ångström", "Nuñez", "Café Œuvre"),
    "gb18030": ("王小明", "李娜", "北京科技有限公司", "欧阳修", "工程师", "上海"),
    "shift_jis": ("山田太郎", "佐藤", "株式会社ソニー", "表示", "高橋", "ポスト"),
}
NASTY = "ab ,;|\t'=\"\n\r/:#é0"
NOTES = (
    "Notes:",
    "Exported by Ada, 4 March 2026",
    "2 rows; all of them",
    "a | b | c",
    '"Some emails, as ever, are missing."',
)
ENDS = ("\n", "\r\n", "\r")


@dataclass
class Hostile:
    """A file, and its people: None if nothing in it may be imported."""

    content: bytes
    name: str
    people: Rows | None
    kinds: list[str] = field(default_factory=list[str])
    options: ReadingOptions = field(default_factory=ReadingOptions)


def make(seed: int) -> Hostile:
    """The file of a seed."""
    draw = random.Random(seed)
    fields = ["linkedin_id", *draw.sample([*COLUMNS][1:], draw.randint(1, 5))]
    draw.shuffle(fields)
    encoding = draw.choice(["utf-8"] * 5 + ["utf-8-sig", "utf-16", "utf-32", *NAMES])
    plain = encoding in NAMES
    header = [draw.choice([it for it in COLUMNS[name] if it.isascii() or not plain]) for name in fields]
    words = NAMES.get(encoding) or [word for names in NAMES.values() for word in names]

    def cell(name: str, number: int) -> str:
        if name == "linkedin_id":
            return draw.choice(["{}", "https://www.linkedin.com/in/{}/", "@{}", "linkedin.com/in/{}?trk=a,b;c"]).format(
                f"person-{number}"
            )
        if draw.random() < 0.4:
            return draw.choice(words)
        text = "".join(draw.choice(NASTY) for _ in range(draw.randint(0, 8)))
        text = text.lstrip("'")  # before some marks it is a spreadsheet's guard
        return text.replace("é", "e") if plain else text

    count = draw.randint(2, 6)
    lines = [[cell(name, number) for name in fields] for number in range(count)]
    if plain and len(fields) > 1:  # its letters are there, and not only a few
        for line in lines:
            place = next(place for place, name in enumerate(fields) if name != "linkedin_id")
            line[place] = " ".join(draw.sample(words, 3))
    form = draw.choices(["csv", "json", "jsonl", "xlsx"], [10, 1, 1, 1])[0]
    maker: Callable[..., Hostile] = {"csv": _csv, "xlsx": _xlsx}.get(form, _json)
    made = maker(draw, fields, header, lines, encoding)
    if draw.random() < 0.15 and form != "xlsx":
        made.content = gzip.compress(made.content)
        made.name += ".gz"
        made.kinds.append("gz")
        if draw.random() < 0.2:
            made.content, made.people = made.content[: len(made.content) * 2 // 3], None
            made.kinds.append("cut gz")
    return made


def people_of(fields: Sequence[str], lines: Sequence[Sequence[str]]) -> Rows:
    """The expected values of the people of some lines."""
    people: Rows = []
    for number, line in enumerate(lines):
        known = {name: text.strip() for name, text in zip(fields, line, strict=False) if name and text.strip()}
        people.append(known | {"linkedin_id": f"person-{number}"})
    return people


def _csv(draw: random.Random, fields: list[str], header: list[str], lines: list[list[str]], encoding: str) -> Hostile:
    delimiter, end = draw.choice(",;\t|"), draw.choice(ENDS)
    kinds = ["csv", encoding, {"\t": "tab"}.get(delimiter, delimiter)]
    people: Rows | None = people_of(fields, lines)
    quote_all, mixed = draw.random() < 0.2, draw.random() < 0.15
    lines = [list(line) for line in lines]
    trick = draw.choice(
        [
            "",
            "",
            "",
            "no header",
            "beyond",
            "short",
            "trailing",
            "bare delimiter",
            "open quote",
            "NUL",
            "twice",
            "blank",
        ]
    )

    def written(text: str) -> str:
        needs = quote_all or any(mark in text for mark in (delimiter, "\n", "\r")) or text[:1] == '"'
        return '"' + text.replace('"', '""') + '"' if needs or draw.random() < 0.1 else text

    rows = [[written(text) for text in line] for line in ([] if trick == "no header" else [header]) + lines]
    last = draw.randrange(len(rows) - len(lines), len(rows))
    if trick in ("no header", "beyond", "bare delimiter", "open quote", "NUL", "twice"):
        people = None
    if trick == "beyond":
        rows[last].append("beyond")
    elif trick == "bare delimiter":
        rows[last] = [*(text or "x" for text in rows[last][:-1]), f"one{delimiter}two"]
    elif trick == "short" and fields[-1] != "linkedin_id":
        rows[-1].pop()
        if people:
            people[-1].pop(fields[-1], None)
    elif trick == "trailing":
        rows = [[*row, ""] for row in rows]
    elif trick == "open quote":
        rows[-1][-1] = '"never closed'  # in another row, a later mark can close it: the file means something else then
    elif trick == "NUL":
        rows[last][draw.randrange(len(fields))] = "a\0b"
    elif trick == "twice":
        rows = [[row[0], *row] for row in rows]
    elif trick == "blank":
        rows.insert(len(rows) - 1, [""] * draw.randint(1, len(fields)))
    kinds.append(trick or "plain")
    before = ""
    if draw.random() < 0.15:
        before = draw.choice([f"sep={delimiter}", f'"sep={delimiter}"', f"SEP={delimiter}"]) + (
            "\r\n" if end == "\r" else end
        )
        kinds.append("sep=")
    elif draw.random() < 0.2:
        before = "".join(f"{note}{end}" for note in [*draw.sample(NOTES, draw.randint(1, 3)), *draw.choice([[], [""]])])
        kinds.append("notes")
    text = before + "".join(delimiter.join(row) + (draw.choice(ENDS[:2]) if mixed else end) for row in rows)
    made = Hostile(text.encode(encoding), draw.choice(["a.csv", "a.txt", "a"]), people, kinds)
    if encoding in NAMES and draw.random() < 0.5:
        made.options = ReadingOptions(encoding=encoding)
        kinds.append("encoding=")
    return made


def _json(draw: random.Random, fields: list[str], header: list[str], lines: list[list[str]], encoding: str) -> Hostile:
    encoding = encoding if encoding.startswith("utf") else "utf-8"
    rows = [dict(zip(header, line, strict=True)) for line in lines]
    people: Rows | None = people_of(fields, lines)
    is_array = draw.random() < 0.5
    texts = [json.dumps(row, ensure_ascii=draw.random() < 0.5) for row in rows]
    text = f"[{', '.join(texts)}]" if is_array else "\n".join(texts)
    trick = draw.choice(["", "", "cut", "NUL"])
    if trick == "cut":
        text, people = text[:-2], None
    elif trick == "NUL":
        rows[-1][header[0]] = "a\0b"
        texts[-1], people = json.dumps(rows[-1]), None
        text = f"[{','.join(texts)}]" if is_array else "\n".join(texts)
    name = "a.json" if is_array else draw.choice(["a.jsonl", "a"])
    return Hostile(text.encode(encoding), name, people, ["JSON", encoding, trick or "plain"])


def _xlsx(draw: random.Random, fields: list[str], header: list[str], lines: list[list[str]], encoding: str) -> Hostile:
    lines = [[text.replace("\r", " ") for text in line] for line in lines]
    people: Rows | None = people_of(fields, lines)
    rows: list[list[str | int | float]] = [["Our people"] for _ in range(draw.randint(0, 2))]
    for line in (header, *lines):
        rows.append([*line])
    trick = draw.choice(["", "beyond", "no header"])
    if trick:
        people = None
        if trick == "beyond":
            rows[-1] = [*rows[-1], "beyond"]
        else:
            del rows[: len(rows) - len(lines)]
    return Hostile(workbook(rows), draw.choice(["a.xlsx", "a.csv"]), people, ["xlsx", trick or "plain"])


async def sent(hostile: Hostile) -> tuple[Rows | None, str]:
    """The people that an import of a file would send, or None and why."""
    columns = Columns(None, None, "ignore")
    with ExitStack() as stack:
        path = Path(stack.enter_context(TemporaryDirectory()), hostile.name)
        path.write_bytes(hostile.content)
        try:
            async with open_source(path, hostile.options, columns.is_known) as source:
                _, _, problems = columns.check(source, WhoIsWho(), "report", lambda: False)
                if problems:
                    return None, str(problems[0])
                return [columns.ready(row).lead for row in source.read() if isinstance(row, SourceRow)], ""
        except (ImportProblems, ConfigurationError) as error:
            return None, str(error)


async def check(seed: int) -> tuple[str, str]:
    """`right`, `refused` (and whether it had to be: `refused, rightly`) or `WRONG`; and why."""
    hostile = make(seed)
    found, why = await sent(hostile)
    if found is None:
        return ("refused, rightly" if hostile.people is None else "refused"), why
    same = found == hostile.people
    return ("right" if same else "WRONG"), f"seed {seed} {hostile.kinds}: {found} is not {hostile.people}"


async def run(count: int, first: int) -> int:
    """Check files, and print how many were imported wrongly."""
    started, results, reasons = time.perf_counter(), Counter[str](), Counter[str]()
    for seed in range(first, first + count):
        result, why = await check(seed)
        results[result] += 1
        if result == "WRONG":
            print(why)
        elif result == "refused":
            reasons[" ".join(why.split()[:60])[:110]] += 1
    print(f"{count:,} files in {time.perf_counter() - started:.0f} s, imported wrongly: {results['WRONG']}")
    print(", ".join(f"{result}: {number:,}" for result, number in results.most_common()))
    for reason, number in reasons.most_common(6):
        print(f"  refused without need {number:,}: {reason}")
    return int(results["WRONG"] > 0)


if __name__ == "__main__":
    arguments = [int(each) for each in sys.argv[1:]] or [10_000]
    sys.exit(anyio.run(run, arguments[0], arguments[1] if len(arguments) > 1 else 1))
