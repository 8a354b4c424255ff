"""No file is imported wrongly: its delimiter and header row follow from its structure, or the user is asked."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, get_args

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grinfi_bulk.columns import Columns
from grinfi_bulk.layouts import Layout, find_layout
from grinfi_bulk.problems import ImportProblems, Problem
from grinfi_bulk.reading import ReadingOptions, SourceRow, open_source
from tests.bulk import adversarial

Quoting = Literal[0, 1]  # as needed, or all cells
KNOWN = Columns({"Who, or what": "about", "a;b|c": None}, None, "ignore").is_known
NAMES = ["first_name", "Last Name", "E-Mail", "Company", "Job title", "about", "Who, or what", "a;b|c", "URL"]
CELLS = st.text("ab ,;|\t'\"\n=é0", max_size=8)
NOTES = st.lists(st.text("ab ,;|:é", min_size=1, max_size=20).filter(str.strip), max_size=3)


def table_of(text: str, lines: Sequence[Sequence[str]], delimiter: str, quoting: Quoting, end: str) -> str:
    file = StringIO(text, newline="")
    file.seek(0, 2)
    csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(lines)
    return file.getvalue()


async def read(
    content: bytes, name: str = "a.csv", options: ReadingOptions | None = None
) -> list[dict[str, str]] | list[str]:
    """The rows of a file, or why it is refused."""
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        try:
            async with open_source(path, options or ReadingOptions(), KNOWN) as source:
                rows = list(source.read())
        except ImportProblems as error:
            return [str(problem) for problem in error.problems]
    problems = [str(row) for row in rows if isinstance(row, Problem)]
    return problems or [dict(row) for row in rows if isinstance(row, SourceRow)]


def run(content: bytes, name: str = "a.csv") -> list[dict[str, str]] | list[str]:
    return anyio.run(read, content, name)


@given(
    names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True),
    data=st.data(),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from(get_args(Quoting)),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    notes=NOTES,
    has_separator=st.booleans(),
)
def test_a_file_is_read_as_it_was_written_or_refused(
    names: list[str],
    data: st.DataObject,
    delimiter: str,
    quoting: Quoting,
    end: str,
    encoding: str,
    notes: list[str],
    has_separator: bool,
) -> None:
    header = data.draw(st.permutations(["linkedin_id", *names]))
    cells = st.lists(CELLS, min_size=len(header) - 1, max_size=len(header) - 1)
    rows = [
        [f"h-{number}" if name == "linkedin_id" else others.pop() for name in header]
        for number, others in enumerate(data.draw(st.lists(cells, min_size=1, max_size=6)))
    ]
    before = f"sep={delimiter}{end}" if has_separator else "".join(f"{note}{end}" for note in notes)
    text = table_of(before, [header, *rows], delimiter, quoting, end)
    read = run(text.encode(encoding))
    if isinstance(read[0], str):
        assert notes or not has_separator
    else:
        unguarded = [
            [cell[1:] if cell[:1] == "'" and cell.lstrip("'")[:1] in {"=", "\t"} else cell for cell in row]
            for row in rows
        ]
        assert read in [[dict(zip(header, row, strict=True)) for row in each] for each in (rows, unguarded)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", list(",;\t|"))
def test_cells_full_of_other_delimiters(delimiter: str, end: str) -> None:
    header = ["linkedin_id", "first_name", "about"]
    rows = [["ada", "Ada, Countess; of | L", "a;b;c;d"], ["bob", "['x', 'y']", "1,5 | 2,5\t3,5"], ["cid", "", ""]]
    text = table_of("", [header, *rows], delimiter, 0, end)
    assert run(text.encode()) == [dict(zip(header, row, strict=True)) for row in rows]


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ("linkedin_id;about\nada\nbob;x,y,z\ncem;a,b\n", Layout(";", 1)),
        ("linkedin_id\nada\nbob\n", Layout(",", 1)),
        ("LinkedIn URL\nhttps://www.linkedin.com/sales/lead/ACwAAB222,NAME_SEARCH,a\n", Layout(";", 1)),
        ("\n\nlinkedin_id,email\nada,\n", Layout(",", 3)),
        ("Export of 4 March 2026; 2 rows\n\nlinkedin_id;email\nada;a@b.example\n", Layout(";", 3)),
        ("Exported by, Ada\nSource, a; b\nfirst_name;last_name;URL\na;b;c\n", Layout(";", 3)),
        ("Title\nlinkedin_id,email\nada,\nemail,first_name\n", Layout(",", 2)),
        ('"linkedin_id";"Who, or what"\n"ada";"a;b"\n', Layout(";", 1)),
        ("x;y\n1;2\nlinkedin_id;email\n", Layout(";", 3)),
        ("", Layout(",", 0)),
    ],
)
def test_layouts(text: str, layout: Layout) -> None:
    assert find_layout(text, KNOWN, complete=True) == layout


def test_two_delimiters_that_fit_alike_are_asked_for() -> None:
    text = "linkedin_id;email,about\nada;a@b.example,x\n"
    told = run(text.encode())
    assert told == [
        "row 1: the delimiter is unclear: commas give 2 columns, semicolons give 2; choose with delimiter=',' "
        "or delimiter=';'"
    ]
    with pytest.raises(ImportProblems) as caught:
        find_layout(text, KNOWN, complete=True)
    assert caught.value.problems[0].text("cli").endswith("choose with --delimiter ',' or --delimiter ';'")


def test_a_sample_that_ends_in_a_cell() -> None:
    rows = [["linkedin_id", "about"], *([f"h-{number}", f"{'x;y' * 30}\n{number}"] for number in range(2_000))]
    text = table_of("", rows, ",", 1, "\n")
    assert len(text) > 3 * (1 << 16)
    assert len(run(text.encode())) == 2_000


@pytest.mark.parametrize("part", range(3))
def test_nothing_of_a_hostile_file_is_imported_wrongly(part: int) -> None:
    """`make adversarial` checks 10,000."""

    async def job() -> None:
        for seed in range(part * 100, part * 100 + 100):
            result, why = await adversarial.check(seed)
            assert result != "WRONG", why

    anyio.run(job)


@pytest.mark.parametrize(
    "content", ["linkedin_id,about\nada,a\0b\n".encode("utf-16"), b'[{"linkedin_id": "a\\u0000b"}]']
)
def test_a_nul_is_damage(content: bytes) -> None:
    result = anyio.run(adversarial.sent, adversarial.Hostile(content, "a", None))
    assert result[0] is None
    assert "damaged" in result[1]
