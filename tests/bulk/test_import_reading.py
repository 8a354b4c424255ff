"""Reading files, streams and iterables, and the report of rows that cannot be imported."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import pickle
import tracemalloc
from collections.abc import AsyncIterator, Iterable
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import anyio
import pytest

from grinfi_async import ConfigurationError, Grinfi, Hooks, InvalidArgumentError, RequestEvent, observe
from grinfi_bulk import ImportProblems
from grinfi_sandbox import Sandbox
from tests.bulk.crm import contacts, handles, new_list, writes

pytestmark = pytest.mark.anyio

HEADER = "linkedin_id,first_name,company_name\n"


@pytest.fixture
def anyio_backend() -> str:
    """Reading does not depend on the event loop, except for asynchronous sources."""
    return "asyncio"


@pytest.fixture
async def list_uuid(grinfi: Grinfi) -> str:
    return await new_list(grinfi)


async def names(grinfi: Grinfi) -> list[str | None]:
    return [contact.first_name for contact in await contacts(grinfi)]


async def problems(grinfi: Grinfi, source: Any, **options: Any) -> list[str]:
    with pytest.raises(ImportProblems) as caught:
        await grinfi.bulk.import_contacts(source, list_uuid="l", **options)
    assert caught.value.complete
    return [str(problem) for problem in caught.value.problems]


# -- encodings and delimiters ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "Zoë"),
        ("utf-8-sig", "Zoë"),
        ("utf-16", "Zoë"),
        ("utf-32", "Zoë"),
        ("ascii", "Zoe"),
    ],
)
async def test_encodings(grinfi: Grinfi, list_uuid: str, tmp_path: Path, encoding: str, name: str) -> None:
    file = tmp_path / "contacts.csv"
    # The name comes after more than one block of plain ASCII.
    rows = "".join(f"a-{number},Ann,{'x' * 700}\n" for number in range(100))
    file.write_text(f"{HEADER}{rows}zoe,{name},Acme\n", encoding=encoding)
    await grinfi.bulk.import_contacts(file, list_uuid=list_uuid)
    assert (await names(grinfi))[-1] == name


async def test_damaged_utf_8_is_not_read_as_another_encoding(grinfi: Grinfi) -> None:
    text = f"{HEADER}zoe,Zoë,Acme\n\nann,Ann,".encode() + b"\xff\n"
    assert await problems(grinfi, BytesIO(text)) == [
        "row 4, column 'company_name': it has a damaged character; save the file in UTF-8, or pass encoding="
    ]
    (told,) = await problems(grinfi, [{"linkedin_id": "ada", "about": "\ud800"}])
    assert told.startswith("row 1, column 'about': it has a damaged character")
    (told,) = await problems(grinfi, BytesIO("linkedin_id\nada".encode("utf-16")[:-1]))
    assert "cannot be read as utf-16" in told


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
async def test_delimiters(grinfi: Grinfi, list_uuid: str, delimiter: str) -> None:
    lines = [["linkedin_id", "first_name", "about"], ["ada", "Ada", "one, two; three | four"], ["bob", "Bob", ""]]
    text = "\r\n".join(delimiter.join(f'"{cell}"' if " " in cell else cell for cell in line) for line in lines)
    await grinfi.bulk.import_contacts(StringIO(text), list_uuid=list_uuid)
    assert [contact.about for contact in await contacts(grinfi)] == ["one, two; three | four", None]


async def test_the_header_decides_if_the_rows_do_not(grinfi: Grinfi, list_uuid: str) -> None:
    await grinfi.bulk.import_contacts(StringIO("linkedin_id;about\nada\nbob;x,y,z\ncem;a,b\n"), list_uuid=list_uuid)
    assert [contact.about for contact in await contacts(grinfi)] == [None, "x,y,z", "a,b"]


async def test_a_single_column_does_not_need_a_delimiter(grinfi: Grinfi, list_uuid: str, tmp_path: Path) -> None:
    (tmp_path / "ids.txt").write_text("linkedin_id\nada\nbob\n")
    await grinfi.bulk.import_contacts(tmp_path / "ids.txt", list_uuid=list_uuid)
    assert await handles(grinfi) == ["ada", "bob"]


@pytest.mark.parametrize("content", [b"PK\x03\x04...", b"linkedin_id\0"], ids=["spreadsheet", "binary"])
async def test_values_that_are_not_text(grinfi: Grinfi, content: bytes) -> None:
    with pytest.raises(ConfigurationError, match="save it as CSV"):
        await grinfi.bulk.import_contacts(BytesIO(content), list_uuid="l")


# -- kinds of sources --------------------------------------------------------------------------------------------------

ROWS = [{"linkedin_id": "ada", "first_name": "Ada"}, {"linkedin_id": "bob", "first_name": "Bob"}]
LINES = "\n\n".join(map(json.dumps, ROWS))
TABLE = "linkedin_id,first_name\nada,Ada\nbob,Bob\n"


async def _asynchronous() -> AsyncIterator[dict[str, str]]:
    for row in ROWS:
        await anyio.sleep(0)
        yield row


@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
@pytest.mark.parametrize(
    "make",
    [
        lambda: ROWS,
        lambda: iter(ROWS),
        lambda: (dict(row) for row in ROWS),
        _asynchronous,
        lambda: StringIO(TABLE),
        lambda: BytesIO(TABLE.encode()),
        lambda: BytesIO(gzip.compress(TABLE.encode())),
        lambda: StringIO(LINES),
    ],
    ids=["list", "iterator", "generator", "async", "text", "bytes", "gzip", "JSON Lines"],
)
async def test_a_source_that_can_be_read_only_once_is_imported(grinfi: Grinfi, list_uuid: str, make: Any) -> None:
    report = await grinfi.bulk.import_contacts(make(), list_uuid=list_uuid)
    assert (report.rows, report.succeeded) == (2, 2)
    assert await names(grinfi) == ["Ada", "Bob"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.jsonl", LINES.encode()),
        ("rows.ndjson.gz", gzip.compress(LINES.encode())),
        ("rows.tsv", TABLE.replace(",", "\t").encode()),
        ("ROWS.CSV.gz", gzip.compress(TABLE.encode())),
        ("rows", TABLE.encode()),
    ],
    ids=["JSON Lines", "compressed JSON Lines", "tabs", "compressed CSV", "no suffix"],
)
async def test_files(grinfi: Grinfi, list_uuid: str, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    await grinfi.bulk.import_contacts(str(tmp_path / name), list_uuid=list_uuid)
    assert await names(grinfi) == ["Ada", "Bob"]


@pytest.mark.parametrize("source", [None, 5, b"linkedin_id", {"linkedin_id": "ada"}])
async def test_values_that_are_not_sources(grinfi: Grinfi, source: Any) -> None:
    with pytest.raises(ConfigurationError, match="source must be a path, an open file, or an iterable of mappings"):
        await grinfi.bulk.import_contacts(source, list_uuid="l")


async def test_a_missing_file(grinfi: Grinfi, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no\.csv"):
        await grinfi.bulk.import_contacts(tmp_path / "no.csv", list_uuid="l")


async def test_a_file_that_changes_while_it_is_imported(grinfi: Grinfi, list_uuid: str, tmp_path: Path) -> None:
    file = tmp_path / "contacts.csv"
    file.write_text(f"{HEADER}ada,Ada,Acme\n")

    def damage(event: RequestEvent) -> None:
        file.write_text(f'{HEADER}ada,"Ada,Acme\n')

    with (
        observe(Hooks(before_attempt=damage)),
        pytest.raises(ConfigurationError, match=r"source has changed since it was checked: row 2: .*quotation marks"),
    ):
        await grinfi.bulk.import_contacts(file, list_uuid=list_uuid)


# -- columns -----------------------------------------------------------------------------------------------------------


async def test_columns_are_found_by_their_names(grinfi: Grinfi, list_uuid: str) -> None:
    header = "LinkedIn URL;First Name;last-name;E-Mail;Company;Job title;LOCATION"
    row = "https://www.linkedin.com/in/ada/;Ada;Lovelace;ada@acme.com;Acme;Countess;London"
    await grinfi.bulk.import_contacts(StringIO(f"{header}\n{row}\n"), list_uuid=list_uuid)
    (ada,) = await contacts(grinfi)
    assert (ada.linkedin, ada.name, ada.work_email) == ("ada", "Ada Lovelace", "ada@acme.com")
    assert (ada.company_name, ada.position, ada.raw_address) == ("Acme", "Countess", "London")


@pytest.mark.grinfi_sandbox(behaviour="observed")  # its searches return custom fields
async def test_overrides(grinfi: Grinfi, list_uuid: str) -> None:
    await grinfi.custom_fields.create(name="lead_source", object="lead")
    await grinfi.custom_fields.create(name="size", object="lead")
    text = "Who,first_name,company,Lead Source,Employees,Notes\nada,Ada,Acme,fair,50,secret\n"
    await grinfi.bulk.import_contacts(
        StringIO(text),
        list_uuid=list_uuid,
        mapping={"Who": "linkedin_id", "company": "headline", "Notes": None},
        custom_fields={"Lead Source": "lead_source", "Employees": "size"},
    )
    (ada,) = await contacts(grinfi)
    assert (ada.linkedin, ada.headline, ada.company_name) == ("ada", "Acme", None)
    assert ada.custom_fields == {"lead_source": "fair", "size": "50"}


@pytest.mark.grinfi_sandbox(behaviour="observed")  # its searches return custom fields
@pytest.mark.parametrize(
    "options",
    [{"custom_fields": True}, {"unknown_columns": "custom_fields"}, {"custom_fields": ["Lead-Source"]}],
    ids=["all", "unknown", "listed"],
)
async def test_columns_that_become_custom_fields(grinfi: Grinfi, list_uuid: str, options: Any) -> None:
    await grinfi.custom_fields.create(name="lead_source", object="lead")
    await grinfi.bulk.import_contacts(StringIO("linkedin_id,Lead-Source\nada,fair\n"), list_uuid=list_uuid, **options)
    (ada,) = await contacts(grinfi)
    assert ada.custom_fields == {"lead_source": "fair"}


async def test_unknown_columns(grinfi: Grinfi, grinfi_sandbox: Sandbox, list_uuid: str) -> None:
    text = "linkedin_id,Frist name,shoe size\nada,Ada,38\n"
    told = await problems(grinfi, StringIO(text))
    assert told[0].startswith("row 1, column 'Frist name': it is not a field of a contact; did you mean 'first_name'?")
    assert 'unknown_columns="ignore" leaves it out' in told[0]
    assert told[1].startswith("row 1, column 'shoe size': it is not a field of a contact; mapping={'shoe size': field}")
    assert writes(grinfi_sandbox) == ["createList"]
    await grinfi.bulk.import_contacts(StringIO(text), list_uuid=list_uuid, unknown_columns="ignore")
    assert await names(grinfi) == [None]


async def test_missing_custom_fields(grinfi: Grinfi, grinfi_sandbox: Sandbox) -> None:
    await grinfi.custom_fields.create(name="lead_source", object="lead")
    await grinfi.custom_fields.create(name="shoe_size", object="company")
    (told,) = await problems(grinfi, StringIO("linkedin_id,lead source,shoe size\nada,x,y\n"), custom_fields=True)
    assert told.startswith("row 1, column 'shoe size': contacts have no custom field 'shoe size'; ")
    assert told.endswith("; create_custom_fields=True creates it")
    assert "upsertContact" not in writes(grinfi_sandbox)


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("first_name,email", "row 1: no column has LinkedIn profiles (URLs, handles or member IDs)"),
        ("Our LinkedIn,email", "mapping={'Our LinkedIn': 'linkedin_id'}"),
        ("linkedin_id,email,email", "row 1, column 'email': two columns have this name"),
    ],
)
async def test_headers_that_cannot_be_used(grinfi: Grinfi, header: str, told: str) -> None:
    assert told in (await problems(grinfi, StringIO(f"{header}\na,b,c\n")))[-1]


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"mapping": {"Mail": "e_mail"}}, InvalidArgumentError, "'Mail' is mapped to 'e_mail', which .* mean 'email'"),
        ({"mapping": {"A": "about"}, "custom_fields": ["A"]}, InvalidArgumentError, "'A' is also mapped to a field"),
        ({"custom_fields": "size"}, ConfigurationError, "a mapping or a list of columns, not a string"),
        ({"unknown_columns": "drop"}, ConfigurationError, 'must be "refuse", "custom_fields" or "ignore"'),
        ({"existing": "keep"}, ConfigurationError, 'must be "update", "skip" or "move", not \'keep\''),
        ({"tags": "a-tag"}, InvalidArgumentError, "tags: expected a list of UUIDs"),
        ({"tags": [""]}, InvalidArgumentError, "tag_uuid: expected a UUID"),
    ],
)
async def test_arguments(grinfi: Grinfi, options: Any, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        await grinfi.bulk.import_contacts(ROWS, list_uuid="l", **options)


async def test_named_columns_that_do_not_exist(grinfi: Grinfi) -> None:
    told = await problems(grinfi, StringIO("linkedin_id,Mail\nada,\n"), mapping={"Mial": "email", "Mail": None})
    assert told == ["row 1, column 'Mial': the file has no such column; did you mean 'Mail'?"]


# -- rows --------------------------------------------------------------------------------------------------------------


async def test_all_problems_are_reported_with_their_spreadsheet_rows(grinfi: Grinfi, grinfi_sandbox: Sandbox) -> None:
    text = (
        "\n"
        "linkedin_id,email,about\n"
        'ada,ada@acme.com,"two\nlines"\n'
        ",,\n"
        "bob,bob at acme.com\n"
        "\n"
        " ,x@y.z,\n"
        "cem,cem@acme.com,x,y\n"
        "dan,dan@acme.com,x,,\n"
    )
    assert await problems(grinfi, StringIO(text)) == [
        "row 5, column 'email': 'bob at acme.com' is not an email address",
        "row 7, column 'linkedin_id': the LinkedIn profile is empty, but it identifies the contact: "
        "add a URL, handle or member ID",
        "row 8: it has 4 cells, but the header has only 3",
    ]
    assert writes(grinfi_sandbox) == []


async def test_cells_without_a_column_name(grinfi: Grinfi, list_uuid: str) -> None:
    (told,) = await problems(grinfi, StringIO("linkedin_id,,about\nada,,x\nbob,y,x\n"))
    assert told == "row 3: cell 2 is not empty, but its column has no name in the header"
    await grinfi.bulk.import_contacts(StringIO("linkedin_id,,about,\nada,,x,\n"), list_uuid=list_uuid)
    assert await handles(grinfi) == ["ada"]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ('linkedin_id,about\nada,x\nbob,"never closed\ncem,y\n', "row 3: it cannot be read as CSV"),
        ('linkedin_id,about\nada,"x"y\n', "row 2: it cannot be read as CSV"),
        ("", "row 1: the file is empty: it has no header and no rows"),
        ("linkedin_id,about\n,\n", "row 1: the file has no rows"),
        ('{"linkedin_id": "ada"}\n\n{"linkedin_id": \n', "row 3: it is not JSON"),
        ('{"linkedin_id": "ada"}\n["bob"]\n', "row 2: expected an object of columns and values, got list"),
        ('{"linkedin_id": "ada"}\n{"first_name": "Bob"}\n', "row 2: the LinkedIn profile is empty"),
        ('{"linkedin_id": 17}\n', "row 1, column 'linkedin_id': expected a string, got int 17"),
        ('{"linkedin_id": "x", "LinkedIn URL": ""}\n', "row 1, column 'linkedin_id': 'x' is a place"),
    ],
)
async def test_rows_that_cannot_be_read(grinfi: Grinfi, rows: str, told: str) -> None:
    (problem,) = await problems(grinfi, StringIO(rows))
    assert problem.startswith(told)


async def test_a_compressed_file_that_ends_too_early(grinfi: Grinfi) -> None:
    packed = gzip.compress((HEADER + "".join(f"a-{number},{number}\n" for number in range(20_000))).encode())
    (told,) = await problems(grinfi, BytesIO(packed[: len(packed) // 2]))
    assert told == "row 1: the compressed file is incomplete; copy it again"


@pytest.mark.parametrize("value", [True, ["a"], {"b": 1}])
async def test_values_that_custom_fields_refuse(grinfi: Grinfi, value: Any) -> None:
    await grinfi.custom_fields.create(name="size", object="lead")
    (told,) = await problems(grinfi, [{"linkedin_id": "ada", "size": value}], custom_fields=True)
    assert told == f"row 1, column 'size': a custom field takes text or a number, not {type(value).__name__}"


@pytest.mark.grinfi_sandbox(behaviour="observed")  # its searches return custom fields
@pytest.mark.parametrize("as_source", [list, iter], ids=["list", "iterator"])
async def test_values_of_mappings(grinfi: Grinfi, list_uuid: str, as_source: Any) -> None:
    for name in ("size", "since"):
        await grinfi.custom_fields.create(name=name, object="lead")
    row = {"linkedin_id": " ada ", "about": None, "size": 50, "since": dt.date(2026, 3, 4), "headline": ""}
    await grinfi.bulk.import_contacts(as_source([row]), list_uuid=list_uuid, custom_fields=True)
    (ada,) = await contacts(grinfi)
    assert ada.linkedin == "ada"
    assert ada.custom_fields == {"size": "50", "since": "2026-03-04"}


async def test_an_import_clears_nothing(grinfi: Grinfi, list_uuid: str) -> None:
    await grinfi.bulk.import_contacts(StringIO(f"{HEADER}ada,Ada,Acme\n"), list_uuid=list_uuid)
    await grinfi.bulk.import_contacts(StringIO(f"{HEADER}ada,Augusta,\n"), list_uuid=list_uuid)
    (ada,) = await contacts(grinfi)
    assert (ada.first_name, ada.company_name) == ("Augusta", "Acme")


async def test_a_dry_run_writes_nothing(grinfi: Grinfi, grinfi_sandbox: Sandbox, list_uuid: str) -> None:
    report = await grinfi.bulk.import_contacts(ROWS, list_uuid=list_uuid, dry_run=True)
    assert str(report).startswith("2 rows can be imported; nothing was written\n")
    assert (report.rows, report.done) == (2, 0)
    assert writes(grinfi_sandbox) == ["createList"]
    assert await problems(grinfi, [*ROWS, {"linkedin_id": ""}, {"about": "x"}], dry_run=True)


async def test_many_problems_are_counted_and_some_are_shown(grinfi: Grinfi) -> None:
    with pytest.raises(ImportProblems) as caught:
        await grinfi.bulk.import_contacts([{"linkedin_id": "a", "email": "no"}] * 30, list_uuid="l")
    told = str(caught.value)
    assert told.startswith("30 problems found before anything was sent:\n")
    assert "  row 1, column 'email': 'no' is a placeholder, not an email address\n" in told
    assert told.endswith("\n  and 25 more problems; the attribute `problems` has them")
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems
    with pytest.raises(ImportProblems, match="10,000 problems or more") as caught:
        await grinfi.bulk.import_contacts([{"linkedin_id": "a", "email": "no"}] * 10_001, list_uuid="l")
    assert not caught.value.complete


async def test_memory_does_not_grow_with_the_file(grinfi: Grinfi, list_uuid: str) -> None:
    def lines(count: int) -> Iterable[dict[str, str]]:
        return ({"linkedin_id": f"a-{number}", "about": "x" * 500} for number in range(count))

    peaks: list[int] = []
    for count in (100, 2_000):
        tracemalloc.start()
        await grinfi.bulk.import_contacts(lines(count), list_uuid=list_uuid, dry_run=True)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 200_000
