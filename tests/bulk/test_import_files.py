"""Files of common programs, with their results: those in `cases`, and headers of programs that export contacts."""

from __future__ import annotations

import csv
import gzip
import json
import sys
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest

from grinfi_async import ConfigurationError, Grinfi, InvalidArgumentError
from grinfi_bulk import ImportPlan, ImportProblems, ImportReport
from grinfi_sandbox import Sandbox
from tests.bulk.crm import contacts, new_list, writes
from tests.bulk.workbooks import workbook

pytestmark = pytest.mark.anyio
CASES = Path(__file__).with_name("cases")


@pytest.fixture
def anyio_backend() -> str:
    """Reading does not depend on the event loop."""
    return "asyncio"


@pytest.fixture
async def list_uuid(grinfi: Grinfi) -> str:
    return await new_list(grinfi)


async def load(grinfi: Grinfi, source: Any, list_uuid: str, **options: Any) -> ImportReport:
    path = CASES / source if isinstance(source, str) and source.endswith(".csv") else source
    return await grinfi.bulk.import_contacts(path, list_uuid=list_uuid, **options)


async def refused(grinfi: Grinfi, source: Any, **options: Any) -> ImportProblems:
    with pytest.raises(ImportProblems) as caught:
        await load(grinfi, source, "l", **options)
    return caught.value


def where(plan: ImportPlan | None) -> dict[str, str | None]:
    assert plan is not None
    return {column.column: column.target for column in plan.columns}


# -- files that failed once --------------------------------------------------------------------------------------------


async def test_placeholders(grinfi: Grinfi, grinfi_sandbox: Sandbox) -> None:
    error = await refused(grinfi, "placeholders.csv")
    assert [(problem.row, problem.column) for problem in error.problems] == [
        (row, "LinkedIn URL") for row in range(2, 11)
    ]
    assert str(error.problems[0]).endswith("'N/A' is a placeholder, not a profile such as linkedin.com/in/ada-byron")
    assert (error.plan and (error.plan.importable, error.plan.problem)) == (1, 9)
    assert writes(grinfi_sandbox) == []


async def test_one_person(grinfi: Grinfi, list_uuid: str) -> None:
    report = await load(grinfi, "one-person.csv", list_uuid)
    assert (report.succeeded, report.duplicates) == (2, 10)
    found = [(contact.sn_id, contact.linkedin) for contact in await contacts(grinfi)]
    assert [sn_id for sn_id, _ in found] == ["ACwAAC111AAA", None]
    assert found[1][1] == "sam-two"


async def test_connections(grinfi: Grinfi, list_uuid: str) -> None:
    report = await load(grinfi, "connections.csv", list_uuid)
    assert report.plan is not None
    assert report.plan.form == "CSV in utf-8, cells separated by commas, header in row 4"
    ada, bohdan = await contacts(grinfi)
    assert (ada.linkedin, ada.name, ada.position, ada.work_email) == ("ada-byron", "Ada Byron", "Engineer", None)
    assert (bohdan.linkedin, bohdan.company_name, bohdan.work_email) == (
        "bohdan-koval",
        "Koval",
        "bohdan@koval.example",
    )
    assert where(report.plan)["Connected On"] is None


async def test_another_encoding_is_never_guessed(grinfi: Grinfi, list_uuid: str) -> None:
    (problem,) = (await refused(grinfi, "cyrillic-cp1251.csv")).problems
    assert (problem.row, problem.column) == (2, None)
    assert "a cell is 'Оксана' in cp1251, 'Îêñàíà' in cp1252" in problem.problem
    assert str(problem).endswith("choose one, such as encoding='cp1251'")
    assert problem.text("cli").endswith("choose one, such as --encoding cp1251")
    await load(grinfi, "cyrillic-cp1251.csv", list_uuid, encoding="windows-1251")
    assert [contact.first_name for contact in await contacts(grinfi)] == ["Оксана", "Тарас"]


async def test_apostrophes(grinfi: Grinfi, list_uuid: str) -> None:
    report = await load(grinfi, "apostrophes.csv", list_uuid, unknown_columns="ignore")
    assert report.plan is not None
    assert report.plan.form == "CSV in utf-8, cells separated by semicolons"
    assert [contact.company_name for contact in await contacts(grinfi)] == ["Acme", "Bolt", "Core"]


async def test_excel_sep(grinfi: Grinfi, list_uuid: str) -> None:
    await load(grinfi, "excel-sep.csv", list_uuid)
    assert [(contact.linkedin, contact.first_name) for contact in await contacts(grinfi)] == [("ada-b", "Ada")]
    error = await refused(grinfi, StringIO("SEP=|\r\nlinkedin_id|about\r\n-|a,b\r\n"))
    assert str(error.problems[0]).startswith("row 2, column 'linkedin_id': '-' is a placeholder")


async def test_dirty_emails(grinfi: Grinfi, list_uuid: str) -> None:
    error = await refused(grinfi, "dirty-emails.csv")
    assert [(problem.row, problem.column) for problem in error.problems] == [(6, "Email"), (7, "Email")]
    good = "".join((CASES / "dirty-emails.csv").read_text("utf-8").splitlines(keepends=True)[:5])
    await load(grinfi, StringIO(good), list_uuid)
    assert {contact.work_email for contact in await contacts(grinfi)} == {
        f"{name}@one.example" for name in ("ada", "bo", "cy", "di")
    }


async def test_the_best_of_several_profiles(grinfi: Grinfi, list_uuid: str) -> None:
    report = await load(grinfi, "two-profile-columns.csv", list_uuid)
    (kai,) = await contacts(grinfi)
    assert (kai.linkedin, kai.sn_id, kai.name, kai.position) == ("kai-moe", "ACwAAB222", "Kai Moe", "CTO")
    assert list(where(report.plan).values())[:3] == ["sn_id", "sn_id", "linkedin_id"]
    rows = [
        {"profileUrl": "N/A", "sn_id": "ACwAAB333", "linkedin_id": "", "ln_id": "12345678"},
        {"profileUrl": "https://twitter.com/x", "sn_id": "", "linkedin_id": "@Lee-Ko", "ln_id": "ACoAAB444"},
    ]
    await load(grinfi, rows, list_uuid)
    found = {contact.linkedin: (contact.sn_id, contact.ln_id) for contact in await contacts(grinfi)}
    assert found["lee-ko"] == (None, "ACoAAB444")
    assert found["ACwAAB333"] == ("ACwAAB333", "12345678")
    error = await refused(grinfi, [{"profileUrl": "N/A", "linkedin_id": "https://www.linkedin.com/company/acme"}])
    assert [problem.column for problem in error.problems] == ["profileUrl", "linkedin_id"]


@pytest.mark.parametrize("width", [60, 100])
async def test_one_block_for_an_export_with_columns_that_are_not_fields(grinfi: Grinfi, width: int) -> None:
    error = await refused(grinfi, "apollo-like.csv")
    assert {problem.problem for problem in error.problems} == {"it is not a field of a contact"}
    assert error.plan is not None
    sent = {column: target for column, target in where(error.plan).items() if target is not None}
    assert sent == {
        "First Name": "first_name",
        "Last Name": "last_name",
        "Title": "position",
        "Company": "company_name",
        "Email": "email",
        "Person Linkedin Url": "linkedin_id",
    }
    screen = error.plan.screen("cli", width)
    lines = screen.splitlines()
    assert max(map(len, lines)) <= width
    assert len(lines) <= 24
    assert screen.count("--ignore-others leaves them out") == 1
    assert "=" not in error.plan.screen("cli", width).replace("FIELD'", "").replace("=", "", 2)
    assert screen.count("Last Contacted") == 1
    assert 'unknown_columns="ignore" leaves them out' in str(error)
    assert "--" not in str(error)


@pytest.mark.parametrize("name", ["shared-mailbox.csv", "namesakes.csv"])
async def test_files_that_are_read_as_they_are(grinfi: Grinfi, name: str) -> None:
    report = await load(grinfi, name, await new_list(grinfi), dry_run=True)
    assert report.rows == len((CASES / name).read_text("utf-8").splitlines()) - 1


# -- headers -----------------------------------------------------------------------------------------------------------

HEADERS: dict[str, tuple[str, str]] = {
    "LinkedIn": (
        "First Name,Last Name,URL,Email Address,Company,Position,Connected On",
        "first_name last_name linkedin_id email company_name position .",
    ),
    "LinkedIn, without emails": (
        "First Name,Last Name,URL,Company,Position,Connected On",
        "first_name last_name linkedin_id company_name position .",
    ),
    "Evaboot": (
        "First Name,Last Name,Full Name,Email,Email Status,Current Job,Profile Headline,Profile Summary,"
        "Person Location,Phone,Linkedin URL Public,Linkedin URL Unique ID,Sales Navigator URL,Years in Position,"
        "Is Open To Work,"
        "Company Name,Company Domain,Company Website URL,Company Linkedin URL Unique ID,Company Location,"
        "Company Employee Range,Matches Filters,No Match Reasons",
        "first_name last_name name email - position headline about raw_address - linkedin_id linkedin_id linkedin_id - "
        "- company_name domain domain - - - . .",
    ),
    "PhantomBuster, Sales Navigator": (
        "profileUrl,fullName,firstName,lastName,companyName,title,companyId,companyUrl,regularCompanyUrl,summary,"
        "titleDescription,industry,companyLocation,location,durationInRole,pastExperienceCompanyName,connectionDegree,"
        "profileImageUrl,sharedConnectionsCount,name,vmid,linkedInProfileUrl,isPremium,isOpenLink,query,timestamp,"
        "defaultProfileUrl",
        "linkedin_id name first_name last_name company_name position - - - about - - - raw_address - - . . . . "
        "linkedin_id linkedin_id . . . . linkedin_id",
    ),
    "PhantomBuster, search": (
        "profileUrl,fullName,connectionDegree,timestamp,category,query,firstName,lastName,headline,location,vmid,"
        "linkedinProfileUrl,company,companyUrl,industry,company2,jobTitle,jobDateRange,jobTitle2,school,additionalInfo",
        "linkedin_id name . . - . first_name last_name headline raw_address linkedin_id linkedin_id company_name - - - "
        "position - - - -",
    ),
    "PhantomBuster, profiles": (
        "firstName,lastName,linkedinProfileUrn,linkedinProfileSlug,profileUrl,linkedinHeadline,location,"
        "connectionDegree,linkedinJobTitle,linkedinJobLocation,linkedinCompanyName,linkedinCompanyUrl,"
        "linkedinPreviousJobTitle,previousCompanyName,professionalEmail",
        "first_name last_name linkedin_id linkedin_id linkedin_id headline raw_address . position - company_name - - - "
        "email",
    ),
    "Apollo": (
        "First Name,Last Name,Title,Company Name,Company Name for Emails,Email,Email Status,Primary Email Source,"
        "Email Confidence,Primary Email Catch-all Status,Primary Email Last Verified At,Seniority,Departments,"
        "Contact Owner,Work Direct Phone,Stage,Lists,Last Contacted,Account Owner,# Employees,Person Linkedin Url,"
        "Website,Company Linkedin Url,Facebook Url,Twitter Url,City,Company Address,Technologies,Email Sent,Email Open,"
        "Email Bounced,Replied,Apollo Contact Id,Apollo Account Id,Secondary Email,Secondary Email Source,"
        "Tertiary Email,Tertiary Email Source",
        "first_name last_name position company_name - email - - - - - - - - - - - - - - linkedin_id - - - - - - - - - "
        "- - . . email - email -",
    ),
    "Apollo, with two kinds of emails": (
        "First Name,Last Name,Title,Company,Email,Email Status,Sub Departments,Corporate Phone,Do Not Call,"
        "Person Linkedin Url,Subsidiary of,Secondary Email,Secondary Email Status,Primary Intent Topic,Qualify Contact",
        "first_name last_name position company_name email - - - - linkedin_id - email - - -",
    ),
    "HubSpot": (
        "Record ID,First Name,Last Name,Email,Phone Number,Job Title,Company name,LinkedIn URL,Website URL,"
        "Country/Region,Lead Status,Lifecycle Stage,Contact owner,Create Date,Associated Company,"
        "Associated Company IDs",
        ". first_name last_name email - position company_name linkedin_id - - - - - - - -",
    ),
    "HubSpot, internal names": (
        "firstname,lastname,email,jobtitle,company,hs_linkedin_url,hs_lead_status,hubspot_owner_id,lifecyclestage",
        "first_name last_name email position company_name linkedin_id - - -",
    ),
    "Lusha": (
        "User,First Name,Last Name,Direct Email,Phone 1,Phone 2,Job Title,LinkedIn URL,Company Name,Company Domain,"
        "Company Country,Company City,Company Website,Company Number of Employees,Company Main Industry,"
        "Company linkedin URL",
        "- first_name last_name email - - position linkedin_id company_name domain - - domain - - -",
    ),
    "Lusha, private emails": (
        "First Name,Last Name,Full Name,Job Title,Work Email,Private Email,Company Name,Company Domain,LinkedIn URL",
        "first_name last_name name position email email company_name domain linkedin_id",
    ),
    "ZoomInfo": (
        "ZoomInfo Contact ID,Last Name,First Name,Job Title,Management Level,Direct Phone Number,Email Address,"
        "Email Domain,ZoomInfo Contact Profile URL,LinkedIn Contact Profile URL,Person City,Country,Company Name,"
        "Website,LinkedIn Company Profile URL",
        "- last_name first_name position - - email - - linkedin_id - - company_name - -",
    ),
    "Seamless": (
        "Research Date,Contact Full Name,First Name,Middle Name,Last Name,Title,Department,Seniority,Company Name,"
        "Company Name - Cleaned,Website,List,Primary Email,Contact LI Profile URL,Email 1,Email 1 Validation,"
        "Email 1 Total AI,Personal Email,Contact Phone 1,Contact Location,Company Website Domain,"
        "Company LI Profile Url",
        "- name first_name - last_name position - - company_name - - - email linkedin_id email - - email - raw_address "
        "domain -",
    ),
    "Linked Helper": (
        "id\tpublic_id\thash_id\tmember_id\tsn_hash_id\tlh_id\tprofile_url\temail\temail_type\tfull_name\tfirst_name\t"
        "last_name\toriginal_first_name\tavatar\theadline\tlocation_name\tindustry\tsummary\taddress\tbirthday\t"
        "current_company\tcurrent_company_position\torganization_1\torganization_url_1",
        "- - - - linkedin_id - linkedin_id email - name first_name last_name - - headline raw_address - about "
        "raw_address - company_name position - -",
    ),
    "Pronto": (
        "first_name,last_name,full_name,gender,most_probable_email,most_probable_email_status,title,title_description,"
        "linkedin_profile_url,lk_headline,sales_navigator_profile_url,company_linkedin_url,connection_degree",
        "first_name last_name name - email - position - linkedin_id headline linkedin_id - .",
    ),
    "Captain Data": (
        "full_name,first_name,last_name,company_name,linkedin_profile_id,job_title,headline,profile_image_url,"
        "sales_navigator_search_url,sales_navigator_profile_url,linkedin_profile_url,sales_navigator_profile_id,"
        "sales_navigator_company_url,location,tenure_start",
        "name first_name last_name company_name linkedin_id position headline . - linkedin_id linkedin_id linkedin_id "
        "- raw_address -",
    ),
    "La Growth Machine": (
        "First Name,Last Name,Linkedin Url (Default),Email,Company Name,Website URL,Corporate Phone",
        "first_name last_name linkedin_id email company_name - -",
    ),
    "Sales Navigator helper": (
        "Full Name;Profile URL;Sales Navigator URL;Job Title;Company;Location;Company Sales Navigator URL;Record Type",
        "name linkedin_id linkedin_id position company_name raw_address - -",
    ),
    "GetSales": (
        "linkedin,first_name,last_name,company_name,position,work_email,personal_email,sn_id,ln_id,raw_address",
        "linkedin_id first_name last_name company_name position email email linkedin_id linkedin_id raw_address",
    ),
    "Ukrainian": (
        "Ім’я;Прізвище;Компанія;Посада;Електронна пошта;Телефон;Профіль LinkedIn;Статус",
        "first_name last_name company_name position email - linkedin_id -",
    ),
    "Ukrainian, name in one": ("Ім'я та прізвище;ПІБ;LinkedIn;Ел. пошта", "name - linkedin_id email"),
    "Russian": (
        "Фамилия;Имя;Отчество;Компания;Должность;Адрес электронной почты;Ссылка на LinkedIn;Город",
        "last_name first_name - company_name position email linkedin_id -",
    ),
    "Russian, names that do not say which": ("ФИО;Имя;LinkedIn URL;Почта", "- - linkedin_id -"),
    "German": (
        "Anrede;Titel;Vorname;Nachname;E-Mail-Adresse;Telefon;Firma;Jobtitel;LinkedIn-Profil;Ort",
        "- - first_name last_name email - company_name position linkedin_id -",
    ),
    "French": (
        "Civilité;Prénom;Nom;Adresse e-mail;Société;Poste;Profil LinkedIn;Ville",
        "- first_name last_name email company_name position linkedin_id -",
    ),
    "French, as a Mac writes it": ("Nom de famille;Pre\u0301nom;Nom;LinkedIn", "last_name first_name - linkedin_id"),
    "Spanish": (
        "Nombre;Apellidos;Correo electrónico;Empresa;Cargo;Perfil de LinkedIn;Teléfono;País",
        "first_name last_name email company_name position linkedin_id - -",
    ),
    "Spanish, a name alone": ("Nombre;Empresa;LinkedIn", "- company_name linkedin_id"),
    "LinkedIn's words, URL beside names in another language": (
        "Vorname;Nachname;URL;Firma", "first_name last_name linkedin_id company_name",
    ),
    "Spanish, URL": ("Nombre;Apellidos;URL", "first_name last_name linkedin_id"),
}  # fmt: skip
"""Program -> its header, and the target of each column: `.` for none, `-` for a column that needs a decision."""
SAMPLES = {
    "linkedin_id": "https://www.linkedin.com/in/Ada-Byron",
    "email": "ada@one.example",
    "name": "Ada Byron",
    "first_name": "Ada",
    "last_name": "Byron",
}


@pytest.mark.parametrize("program", HEADERS)
async def test_headers_of_programs(grinfi: Grinfi, list_uuid: str, program: str) -> None:
    header, targets = HEADERS[program]
    delimiter = next(each for each in "\t;," if each in header)
    places = dict(zip(header.split(delimiter), targets.split(), strict=True))
    row = delimiter.join(SAMPLES.get(target, "somebody@else.example") for target in places.values())
    text = f"{header}\n{row}\n"
    if "-" in targets.split():
        plan = (await refused(grinfi, StringIO(text))).plan
    else:
        plan = (await load(grinfi, StringIO(text), list_uuid, dry_run=True)).plan
    assert plan is not None
    found = {
        column.column: "-" if column.is_unknown else (column.target or ".").replace("first_name, last_name", "name")
        for column in plan.columns
    }
    assert found == places
    await load(grinfi, StringIO(text), list_uuid, unknown_columns="ignore")
    (ada,) = await contacts(grinfi)
    assert (ada.linkedin, ada.work_email) == ("ada-byron", SAMPLES["email"] if "email" in targets else None)
    assert ada.name in ("Ada Byron", None)


@pytest.mark.parametrize(
    "column",
    ["Last Contacted", "Company Linkedin Url", "Company Name for Emails", "Stage", "First Touch", "Email Status",
     "Email Confidence", "Primary Email Source", "Secondary Email Status", "Company LI Profile Url", "Last Raised At",
     "Name", "Title of the deal", "Website", "Phone", "Account Owner", "Lists", "URL", "Degree", "Contact ID",
     "Titel", "ФИО", "ПІБ", "Имя", "Nom", "Nombre", "Adresse", "Почта", "public_id", "hash_id"],
)  # fmt: skip
async def test_a_common_word_is_not_enough(grinfi: Grinfi, column: str) -> None:
    (problem,) = (await refused(grinfi, [{"linkedin_id": "ada-b", column: "x"}])).problems
    assert (problem.column, problem.problem) == (column, "it is not a field of a contact")


@pytest.mark.grinfi_sandbox(behaviour="observed")  # its searches return custom fields
@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
async def test_an_export_can_be_imported_without_changes(
    grinfi: Grinfi, list_uuid: str, tmp_path: Path, suffix: str
) -> None:
    await grinfi.custom_fields.create(name="budget", object="lead")
    lead: Any = {
        "linkedin_id": "ada-byron",
        "sn_id": "ACwAAB222",
        "first_name": "Ada",
        "position": "CTO",
        "email": "a@b.example",
    }
    await grinfi.contacts.upsert(lead=lead, list_uuid=list_uuid, custom_fields={"budget": "high"})
    everything, chosen = tmp_path / f"all{suffix}", tmp_path / f"some{suffix}"
    await grinfi.bulk.export_contacts(to=everything)
    fields = ["uuid", "linkedin", "work_email", "custom_fields.budget", "created_at"]
    await grinfi.bulk.export_contacts(to=chosen, fields=fields)
    async with (
        Sandbox(sockets=False, behaviour="observed") as other,
        Grinfi(other.key, base_url=other.url, transport=other.transport) as target,
    ):
        await target.custom_fields.create(name="budget", object="lead")
        for file in (everything, chosen):
            await load(target, file, await new_list(target))
        (ada,) = await contacts(target)
        assert (ada.linkedin, ada.sn_id, ada.name, ada.position) == ("ada-byron", "ACwAAB222", "Ada", "CTO")
        assert (ada.work_email, ada.custom_fields) == ("a@b.example", {"budget": "high"})


# -- options -----------------------------------------------------------------------------------------------------------


async def test_the_callers_choice_decides(grinfi: Grinfi, list_uuid: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("linkedin_id,email\nVorname;Profil\nАда;ada-b\n", "koi8-u")
    options: dict[str, Any] = {"encoding": "koi8-u", "delimiter": ";", "header_row": 2}
    await load(grinfi, path, list_uuid, mapping={"Vorname": "first_name", "Profil": "linkedin_id"}, **options)
    assert [(contact.linkedin, contact.first_name) for contact in await contacts(grinfi)] == [("ada-b", "Ада")]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"encoding": "cp1521"}, "encoding: unknown encoding 'cp1521'; did you mean 'cp1252' or 'cp1251'"),
        ({"delimiter": ";;"}, "delimiter: expected one character such as ';' or '\\t', got ';;'"),
        ({"delimiter": ""}, "delimiter: expected one character"),
        ({"header_row": 0}, "header_row: expected a row number of at least 1, got 0"),
    ],
)
async def test_options_that_cannot_be_used(grinfi: Grinfi, options: Any, told: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        await load(grinfi, StringIO("linkedin_id\nada\n"), "l", **options)
    assert str(caught.value).startswith(told)


@pytest.mark.parametrize(
    ("source", "options"),
    [
        ([{"linkedin_id": "ada"}], {"delimiter": ";"}),
        ((row for row in [{"linkedin_id": "ada"}]), {"encoding": "utf-8"}),
        (StringIO("linkedin_id\nada\n"), {"encoding": "utf-8"}),
        (StringIO('{"linkedin_id": "ada"}'), {"delimiter": ";"}),
        (StringIO('[{"linkedin_id": "ada"}]'), {"header_row": 1}),
    ],
)
async def test_options_of_another_format(grinfi: Grinfi, source: Any, options: Any) -> None:
    with pytest.raises(InvalidArgumentError, match=next(iter(options))):
        await load(grinfi, source, "l", **options)


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("linkedin_id;about\nada;“Straße” – süß\n".encode("cp1252"), "süß' in cp1252"),
        ("linkedin_id,about\nada,Łódź\n".encode("cp1250"), "'Łódź' in cp1250"),
        (f"linkedin_id,about\n{'ada,x' * 20_000}\nbob,Привіт\n".encode("cp1251"), "row 3: "),
        ("Ім'я;linkedin_id\nx;ada\n".encode("cp1251"), "row 1: "),
    ],
)
async def test_samples_of_other_encodings(grinfi: Grinfi, content: bytes, shown: str) -> None:
    for source in (BytesIO(content), BytesIO(gzip.compress(content))):
        (problem,) = (await refused(grinfi, source)).problems
        assert shown in str(problem)
        assert "the file is not in UTF-8" in problem.problem


async def test_samples_without_charset_normalizer(grinfi: Grinfi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "charset_normalizer", None)
    assert "'Оксана' in cp1251" in str(await refused(grinfi, "cyrillic-cp1251.csv"))


# -- formats -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.json", "a.json.gz", ""])
async def test_json_arrays(grinfi: Grinfi, list_uuid: str, tmp_path: Path, name: str) -> None:
    rows = [{"linkedin_id": f"h-{number}", "about": "[x] " * 20_000 + "é"} for number in range(3)]
    content = f" \n{json.dumps(rows, indent=1, ensure_ascii=False)}\n".encode()
    content = gzip.compress(content) if name.endswith(".gz") else content
    (tmp_path / (name or "x")).write_bytes(content)
    report = await load(grinfi, tmp_path / name if name else BytesIO(content), list_uuid)
    assert report.succeeded == 3
    assert [contact.about for contact in await contacts(grinfi)] == [row["about"].strip() for row in rows]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "the file has no rows"),
        ("[", "row 1: it is not JSON"),
        ('[{"linkedin_id": "ada"}', "row 2: it is not JSON: expected ',', got the end of the file"),
        ('[{"linkedin_id": "ada"} {}]', "row 2: it is not JSON: expected ',', got '{'"),
        ('[{"linkedin_id": "ada"},\n {"linkedin_id": "b]', "row 2: it is not JSON: Unterminated string"),
        ('[{"linkedin_id": "ada"}, 5]', "row 2: expected an object of columns and values, got int"),
    ],
)
async def test_json_arrays_that_cannot_be_read(grinfi: Grinfi, text: str, told: str) -> None:
    (problem,) = (await refused(grinfi, StringIO(text))).problems
    assert told in str(problem)


async def test_workbooks(grinfi: Grinfi, list_uuid: str, tmp_path: Path) -> None:
    rows: list[list[str | int | float]] = [
        ["Our people"],
        ["LinkedIn URL", "First Name", "E-mail", "about"],
        ["ada-b", "Ада", "ada@one.example", 5],
        [123456789, "Bo", "", 2.5],
    ]
    (tmp_path / "a.xlsx").write_bytes(workbook([], rows, first_row=3))
    report = await load(grinfi, tmp_path / "a.xlsx", list_uuid)
    assert report.plan is not None
    assert report.plan.form == "spreadsheet, sheet 'S2', header in row 4"
    found = {contact.first_name: contact.about for contact in await contacts(grinfi)}
    assert found == {"Ада": "5", "Bo": "2.5"}
    rows[3][0] = 0
    error = await refused(grinfi, BytesIO(workbook(rows)))
    assert [str(problem)[:50] for problem in error.problems] == [
        "row 4, column 'LinkedIn URL': '0' is a placeholder,"[:50]
    ]


async def test_workbooks_without_the_extra(grinfi: Grinfi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'grinfi-async\[excel\]' to read it, or save it as CSV"):
        await load(grinfi, BytesIO(workbook([["linkedin_id"], ["ada"]])), "l")


# -- custom fields -----------------------------------------------------------------------------------------------------


@pytest.mark.grinfi_sandbox(behaviour="observed")  # its searches return custom fields
async def test_custom_fields_can_be_made(grinfi: Grinfi, grinfi_sandbox: Sandbox, list_uuid: str) -> None:
    rows = [{"linkedin_id": "ada-b", "# Employees": "50", "3rd note": "x"}]
    options: dict[str, Any] = {"custom_fields": True, "create_custom_fields": True}
    report = await load(grinfi, rows, list_uuid, dry_run=True, **options)
    assert where(report.plan)["# Employees"] == "custom_fields.# Employees"
    assert "createCustomField" not in writes(grinfi_sandbox)
    await load(grinfi, rows, list_uuid, **options)
    (ada,) = await contacts(grinfi)
    assert ada.custom_fields == {"Employees": "50", "_3rd_note": "x"}
    await refused(grinfi, [{"linkedin_id": "-", "new one": "x"}], **options)
    assert writes(grinfi_sandbox).count("createCustomField") == 2


# -- emails ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("mailto:ada@one.example?subject=Hi", "ada@one.example"),
        ("Ada Byron <ada@one.example>", "ada@one.example"),
        ("<ada@one.example>;", "ada@one.example"),
        ("\u00a0'ada@one.example'\u200b", "ada@one.example"),
        ("A.B+c@sub.one.co.uk", "A.B+c@sub.one.co.uk"),
        ("дара@приклад.укр", "дара@приклад.укр"),
    ],
)
async def test_emails_are_cleaned(grinfi: Grinfi, list_uuid: str, given: str, kept: str) -> None:
    await load(grinfi, [{"linkedin_id": "ada-b", "email": given}], list_uuid)
    assert [contact.work_email for contact in await contacts(grinfi)] == [kept]


@pytest.mark.parametrize(
    "given",
    ["n/a", "-", "none@none.com", "test@test.com", "NO@no.email", "ada@one", "ada", "@one.example", "a..b@one.example",
     ".a@one.example", "a@-one.example", "a b@one.example", "a@one.example, b@one.example", "a@1.2.3.4"],
)  # fmt: skip
async def test_values_that_are_not_emails(grinfi: Grinfi, given: str) -> None:
    (problem,) = (await refused(grinfi, [{"linkedin_id": "ada-b", "email": given}])).problems
    assert problem.column == "email"


async def test_the_best_of_several_emails(grinfi: Grinfi, list_uuid: str) -> None:
    header = ["linkedin_id", "personal_email", "work_email"]
    rows = [
        ["a-1", "p@home.example", "w@firm.example"],
        ["a-2", "p2@home.example", "n/a"],
        ["a-3", "p3@home.example", ""],
    ]
    file = StringIO()
    csv.writer(file).writerows([header, *rows])
    await load(grinfi, StringIO(file.getvalue()), list_uuid)
    assert [contact.work_email for contact in await contacts(grinfi)] == [
        "w@firm.example",
        "p2@home.example",
        "p3@home.example",
    ]
