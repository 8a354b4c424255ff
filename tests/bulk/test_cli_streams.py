"""`-` in the place of a file."""

from __future__ import annotations

import csv
import gzip
import io
from types import SimpleNamespace

import httpx
import pytest

from tests.bulk.test_cli import Command, api, grinfi, server

__all__ = ["api", "grinfi", "server"]

CONTENTS = {
    "csv": b"linkedin_id,first_name\nada,Ada\n",
    "with a byte order mark": b"\xef\xbb\xbflinkedin_id;first_name\nada;Ada\n",
    "json lines": b'{"linkedin_id": "ada", "first_name": "Ada"}\n',
    "compressed json lines": gzip.compress(b'{"linkedin_id": "ada", "first_name": "Ada"}\n'),
    "json": b' [{"linkedin_id": "ada", "first_name": "Ada"}]',
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_piped_input_is_imported(
    grinfi: Command, api: httpx.Client, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    api.post("/leads/api/lists", json={"name": "Everyone"})
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(content), isatty=lambda: False))
    ended = grinfi("import", "-", "--list", "Everyone", "--quiet")
    assert (ended.status, ended.err) == (0, "")
    assert "succeeded          1" in ended.out


def test_an_export_goes_to_stdout_and_its_report_to_stderr(
    grinfi: Command, api: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = api.post("/leads/api/lists", json={"name": "Everyone"}).json()["uuid"]
    api.post("/leads/api/leads/upsert", json={"lead": {"linkedin_id": "ada"}, "list_uuid": home})
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr("sys.stdout", out)
    assert grinfi("export", "contacts", "-o", "-", "--field", "linkedin", "--quiet").status == 0
    out.flush()
    written = out.buffer.getvalue().decode()
    assert list(csv.reader(io.StringIO(written, newline=""))) == [["linkedin"], ["ada"]]


def test_a_journal_does_not_go_with_stdout(grinfi: Command) -> None:
    ended = grinfi("export", "contacts", "-o", "-", "--journal", "export.journal")
    assert ended.status == 2
    assert "needs a file as --output" in ended.err
