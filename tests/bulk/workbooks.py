"""Excel files for tests."""

from __future__ import annotations

import zipfile
from io import BytesIO
from xml.sax.saxutils import escape


def workbook(*sheets: list[list[str | int | float]], first_row: int = 1) -> bytes:
    """An .xlsx file."""
    names = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}"/>' for n in range(1, len(sheets) + 1))
    links = "".join(
        f'<Relationship Id="r{n}" Target="worksheets/s{n}.xml" Type="http://schemas.openxmlformats.org/officeDocument/'
        '2006/relationships/worksheet"/>'
        for n in range(1, len(sheets) + 1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r" '
        f'Target="xl/workbook.xml" Type="{office}/officeDocument"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">{links}</Relationships>',
    }
    for number, rows in enumerate(sheets, 1):
        cells = "".join(
            f'<row r="{row}">'
            + "".join(
                f'<c r="{chr(65 + column)}{row}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
                if isinstance(cell, str)
                else f'<c r="{chr(65 + column)}{row}"><v>{cell}</v></c>'
                for column, cell in enumerate(line)
            )
            + "</row>"
            for row, line in enumerate(rows, first_row)
        )
        parts[f"xl/worksheets/s{number}.xml"] = f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>'
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return file.getvalue()
