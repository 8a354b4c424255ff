"""`python -m codegen sync` and `diff`: new editions, from files and over HTTP."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from typer.testing import Result

from codegen.description import Document
from codegen.generate import Package, build, differences, write
from codegen.names import load_names
from tests.codegen.helpers import STRING, Json, contents, dump, obj, operation, ref, run, small

pytestmark = pytest.mark.usefixtures("uncorrected")


class Served(NamedTuple):
    status: int = 200
    content: bytes = b""
    length: int | None = None
    location: str | None = None


class Server(ThreadingHTTPServer):
    """Answers with a given page for each path."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages: dict[str, Served] = {}

    def url(self, page: Served, path: str = "/openapi.yaml") -> str:
        self.pages[path] = page
        return f"http://127.0.0.1:{self.server_port}{path}"


class Handler(BaseHTTPRequestHandler):
    server: Server  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        page = self.server.pages[self.path]
        self.send_response(page.status)
        if page.location is not None:
            self.send_header("Location", page.location)
        self.send_header("Content-Length", str(len(page.content) if page.length is None else page.length))
        self.end_headers()
        self.wfile.write(page.content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class Place(NamedTuple):
    """A description and the package generated from it, as in the repository."""

    root: Path
    spec: Path
    output: Path

    def sync(self, source: str | Path) -> Result:
        return run("sync", source, "--spec", self.spec, "--output", self.output)


@pytest.fixture
def place(tiny: Package, tmp_path: Path) -> Place:
    root = tmp_path / "repository"
    root.mkdir()
    place = Place(root, dump(small(), root / "openapi.yaml"), root / "package")
    write(tiny, place.output)
    return place


def dumped(document: Document, folder: Path) -> bytes:
    return dump(document, folder / "new.yaml").read_bytes()


def notes(**operations: str) -> Document:
    """An edition with these operations: operationId -> path."""
    return small({path: {"get": operation(name, tag="Notes")} for name, path in operations.items()})


def test_a_new_edition_is_shown_taken_over_and_generated(server: Server, tmp_path: Path) -> None:
    old = notes(listNotes="/notes", getOne="/notes/one")
    place = Place(tmp_path, dump(old, tmp_path / "openapi.yaml"), tmp_path / "package")
    write(build(old), place.output)
    source = tmp_path / "elsewhere"
    source.mkdir()
    new = notes(fetchOne="/notes/one", archiveNotes="/notes/archive")
    content = dumped(new, source)
    moved = server.url(Served(301, location="/bundle.yaml"), "/moved.yaml")
    server.url(Served(content=content), "/bundle.yaml")

    result = place.sync(moved)
    assert result.exit_code == 0, result.output
    shown, changelog = result.stdout.split("For CHANGELOG.md:")
    for part in (shown, changelog):
        assert all(name in part for name in ("archiveNotes", "listNotes", "getOne", "fetchOne"))
    assert f"Replaced openapi.yaml and wrote {place.output}: 2 operations." in shown
    assert place.spec.read_bytes() == content
    assert differences(build(new), place.output) == []
    assert "async def archive(self)" in (place.output / "resources" / "notes.py").read_text("utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", "openapi.yaml", "package"]

    before = contents(tmp_path)
    again = place.sync(source / "new.yaml")
    assert again.exit_code == 0
    assert "CHANGELOG" not in again.stdout
    assert contents(tmp_path) == before


@pytest.mark.parametrize(("path", "version"), [("/other", "0.2.0"), ("/notes", "1.0.0")], ids=["addition", "breaking"])
def test_the_changelog_is_written_and_a_version_proposed(
    place: Place, tmp_path: Path, path: str, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codegen.__main__.released_version", lambda: "0.1.0")
    log = place.root / "CHANGELOG.md"
    log.write_text("# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A.\n\n## [0.1.0]\n", "utf-8")
    new = notes(listNotes=path)
    if version == "0.2.0":
        new["paths"] |= small()["paths"]
    dumped(new, tmp_path)
    result = place.sync(tmp_path / "new.yaml")
    assert result.exit_code == 0, result.output
    assert f"Proposed version: {version}, after 0.1.0" in result.stdout
    changed = log.read_text("utf-8")
    removed = "### Breaking\n\n- Removed `listThings`.\n\n" if version == "1.0.0" else ""
    assert changed == (
        f"# Changelog\n\n## [Unreleased]\n\n{removed}### Changed\n\n- Added `listNotes`.\n\n### Added\n\n- A.\n\n"
        "## [0.1.0]\n"
    )


def test_a_changelog_without_a_place_for_entries_changes_nothing(place: Place, tmp_path: Path) -> None:
    (place.root / "CHANGELOG.md").write_text("# Changelog\n", "utf-8")
    dumped(notes(listNotes="/notes"), tmp_path)
    before = contents(place.root)
    assert_refused(place.sync(tmp_path / "new.yaml"), 'no heading "## [Unreleased]"')
    assert contents(place.root) == before


LAUGHS = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
UNBOUNDED: dict[str, tuple[bytes, str]] = {
    "aliases": (f"openapi: 3.0.3\na0: &a0 [x]\n{LAUGHS}".encode(), "values after its YAML aliases are expanded"),
    "an alias in itself": (b"openapi: 3.0.3\nx: &x [*x]\n", "values after its YAML aliases are expanded"),
    "an external reference": (
        json.dumps(small(schemas={"x": {"$ref": "other.yaml#/x"}})).encode(),
        "the reference other.yaml#/x leads out of the file; bundle",
    ),
}


@pytest.mark.parametrize("case", UNBOUNDED)
def test_an_unbounded_description_is_refused(case: str, place: Place, server: Server) -> None:
    content, problem = UNBOUNDED[case]
    before = contents(place.root)
    assert_refused(place.sync(server.url(Served(content=content))), problem)
    assert contents(place.root) == before


def test_a_download_takes_a_bounded_time_and_size(
    server: Server, monkeypatch: pytest.MonkeyPatch, place: Place
) -> None:
    url = server.url(Served(content=dumped(small(), place.root)))
    monkeypatch.setattr("codegen.description.MAX_SECONDS", -1)
    assert_refused(place.sync(url), "could not be downloaded within -1 s")
    monkeypatch.setattr("codegen.description.MAX_SECONDS", 60)
    monkeypatch.setattr("codegen.description.MAX_BYTES", 10)
    assert_refused(place.sync(url), "has more than 10 bytes")


def cut_off(place: Place) -> bytes:
    """The first half of a description, up to the end of a line, so that it is still YAML."""
    content = place.spec.read_bytes()
    return content[: content.rindex(b"\n", 0, len(content) // 2) + 1]


BAD: dict[str, tuple[Served, str]] = {
    "not found": (Served(404, b"no such page"), "it answered with status 404, not 200"),
    "server error": (Served(500), "it answered with status 500, not 200"),
    "no content": (Served(204), "it answered with status 204, not 200"),
    "web page": (Served(content=b"\n<!DOCTYPE html>\n<title>Docs</title>\n"), "is a web page"),
    "empty": (Served(content=b""), "no `openapi` at its top"),
    "less than announced": (Served(content=b"openapi: 3.0.3\n", length=100_000), "Cannot download"),
    "no YAML": (Served(content=b"openapi: 3.0.3\npaths: {\n"), "cannot be parsed"),
    "no text": (Served(content=b"\x89PNG\xff"), "is not UTF-8 text"),
    "no OpenAPI": (Served(content=b"name: value\n"), "no `openapi` at its top"),
    "JSON cut off": (Served(content=json.dumps(small()).encode()[:-40]), "cannot be parsed; is it truncated?"),
    "circle": (Served(302, location="/openapi.yaml"), "Cannot download"),
    "unknown version": (Served(content=b"openapi: 9.0.0\n"), "uses OpenAPI 9.0.0"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_answer_changes_nothing(case: str, server: Server, place: Place) -> None:
    page, problem = BAD[case]
    before = contents(place.root)
    result = place.sync(server.url(page))
    assert_refused(result, problem)
    assert contents(place.root) == before


def assert_refused(result: Result, problem: str) -> None:
    assert result.exit_code == 1
    assert problem in result.stderr
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit), result.exception


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (small({}), "describes no operation"),
        (small({"/a": {"get": {}}}), "is not a valid OpenAPI description"),
        (small(schemas={"x": obj(y={"$ref": "#/components/schemas/z"})}), "is not a valid OpenAPI description"),
        (small({"/a": {"get": operation("a", {"name": "s", "in": "cookie", "schema": {}})}}), "the cookie parameter s"),
    ],
)
def test_a_broken_edition_changes_nothing(document: Document, problem: str, place: Place, tmp_path: Path) -> None:
    dumped(document, tmp_path)
    before = contents(place.root)
    assert_refused(place.sync(tmp_path / "new.yaml"), problem)
    assert contents(place.root) == before


def test_an_edition_that_is_cut_off_changes_nothing(place: Place, server: Server) -> None:
    before = contents(place.root)
    assert_refused(place.sync(server.url(Served(content=place.spec.read_bytes().rstrip()))), "looks truncated")
    assert_refused(place.sync(server.url(Served(content=cut_off(place)))), "is not")
    assert contents(place.root) == before


def test_a_missing_source_changes_nothing(place: Place) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    before = contents(place.root)
    assert_refused(place.sync(f"http://127.0.0.1:{port}/openapi.yaml"), "Cannot download http://127.0.0.1")
    assert_refused(place.sync("http://[::1/openapi.yaml"), "Cannot download")
    assert_refused(place.sync(place.root / "none.yaml"), "No such file or directory")
    assert contents(place.root) == before


def test_a_package_that_cannot_be_written_leaves_the_old_description(place: Place, tmp_path: Path) -> None:
    dumped(small({"/b": {"get": operation("getB")}}), tmp_path)
    foreign = place.root / "mine"
    foreign.mkdir()
    (foreign / "diary.txt").touch()
    before = contents(place.root)
    result = run("sync", tmp_path / "new.yaml", "--spec", place.spec, "--output", foreign)
    assert_refused(result, "is not a generated package")
    assert contents(place.root) == before
    assert not list(place.root.glob(".*"))


def test_a_description_that_cannot_be_written_changes_nothing(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dumped(small({"/b": {"get": operation("getB")}}), tmp_path)
    before = contents(place.root)

    def full(path: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert_refused(place.sync(tmp_path / "new.yaml"), f"Cannot write {place.spec}: No space left on device")
    assert contents(place.root) == before


def test_models_keep_their_names_from_one_edition_to_the_next(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edition(owner: str, *, inline: bool = False) -> Json:
        fields = obj(name=STRING, email=STRING, age=STRING)
        schemas = {"thing": obj(owner=fields if inline else ref(owner)), **({} if inline else {owner: fields})}
        return small({"/a": {"get": operation("getA", answer=ref("thing"))}}, schemas)

    names = place.root / "codegen" / "names.yaml"
    names.parent.mkdir()
    for module in ("edition", "generate"):
        monkeypatch.setattr(f"codegen.{module}.NAMES", names)
    names.write_text("things:\n  listThings: list\n", "utf-8")
    place.sync(dump(edition("", inline=True), tmp_path / "0.yaml"))
    for number, (name, pins) in enumerate((("owner", {"Owner": "ThingOwner"}), ("holder", {"Holder": "ThingOwner"}))):
        synced = place.sync(dump(edition(name), tmp_path / f"{number}.yaml"))
        assert synced.exit_code == 0, synced.output
        assert "No changes." in synced.stdout
        assert yaml.safe_load(names.read_text("utf-8")) == {"things": {"listThings": "list"}, "x-models": pins}
        assert "class ThingOwner(" in (place.output / "models" / "thing.py").read_text("utf-8")
        assert load_names(names).keys() == {"listThings"}


# -- diff --------------------------------------------------------------------------------------------------------------


def test_two_editions_are_compared_in_every_format(server: Server, tmp_path: Path) -> None:
    old = dump(small({"/a": {"get": operation("getA")}, "/b": {"get": operation("getB")}}), tmp_path / "old.yaml")
    url = server.url(Served(content=dumped(small({"/a": {"get": operation("getA")}}), tmp_path)))
    told = [run("diff", old, url, "--format", format) for format in ("text", "markdown", "json")]
    assert [result.exit_code for result in told] == [0, 0, 0]
    assert all("getB" in result.stdout for result in told)
    assert "getB" in json.dumps(json.loads(told[2].stdout))
    assert run("diff", old, url).stdout == told[0].stdout


def test_breaking_changes_can_fail_the_command(tmp_path: Path) -> None:
    one = dump(small({"/a": {"get": operation("getA")}}), tmp_path / "one.yaml")
    two = dump(small({"/a": {"get": operation("getA")}, "/b": {"get": operation("getB")}}), tmp_path / "two.yaml")
    assert run("diff", two, one, "--fail-on-breaking").exit_code == 1
    assert run("diff", one, two, "--fail-on-breaking").exit_code == 0
    assert run("diff", one, one, "--fail-on-breaking").exit_code == 0
    assert_refused(run("diff", one, tmp_path / "none.yaml"), "Cannot read")


@pytest.mark.parametrize(
    "broken",
    [
        {**operation("getA"), "parameters": 5},
        {**operation("getA"), "requestBody": {"content": {"application/json": {"schema": {"properties": [1]}}}}},
    ],
)
def test_an_edition_that_cannot_be_compared_is_refused_as_invalid(broken: Json, tmp_path: Path) -> None:
    one = dump(small({"/a": {"get": operation("getA")}}), tmp_path / "one.yaml")
    two = dump(small({"/a": {"get": broken}}), tmp_path / "two.yaml")
    assert_refused(run("diff", one, two), f"{two} is not a valid OpenAPI description")
