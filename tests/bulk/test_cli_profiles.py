"""Profiles: `grinfi login` and the commands that use profiles."""

from __future__ import annotations

import io
import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import keyring
import keyring.backend
import keyring.errors
import pytest

from grinfi_async import ConfigurationError, Grinfi
from grinfi_bulk.cli import main
from grinfi_bulk.cli.client import chosen_profile
from grinfi_sandbox import SandboxServer, run_in_thread
from grinfi_toolkit.profiles import Profiles
from tests.environment.test_keys import key_of

ACME, NAVY = key_of(7), key_of(8)
Command = Callable[..., tuple[int, str, str]]


class Forgetful(dict[tuple[str, str], str]):
    def __setitem__(self, key: tuple[str, str], value: str) -> None:
        """Keep nothing."""


class Keyring(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority = 1  # pyright: ignore[reportAssignmentType,reportIncompatibleMethodOverride]

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise keyring.errors.KeyringLocked("locked")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def system_keyring() -> Iterator[Keyring]:
    before = keyring.get_keyring()
    backend = Keyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with run_in_thread(keys=(ACME, NAVY)) as running:
        yield running


@pytest.fixture
def grinfi(
    server: SandboxServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    for name in ("GRINFI_API_KEY", "GRINFI_PROFILE", "GRINFI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GRINFI_PROFILES", str(tmp_path / "deep" / "profiles.json"))

    def run(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        before = chosen_profile.set(None)
        status = main(arguments)
        chosen_profile.reset(before)
        written = capsys.readouterr()
        return status, written.out, written.err

    return run


def login(grinfi: Command, server: SandboxServer, name: str, key: str, *more: str) -> str:
    status, out, err = grinfi("login", name, "--base-url", server.url, *more, stdin=f"{key}\n")
    assert (status, err) == (0, "")
    return out


async def tags(profile: str | None = None, **options: Any) -> str:
    async with Grinfi.from_profile(profile, **options) as grinfi:
        await grinfi.tags.list()
        return repr(grinfi)


@pytest.mark.usefixtures("system_keyring")
def test_keys_are_in_the_keyring_and_not_in_the_file(grinfi: Command, server: SandboxServer, tmp_path: Path) -> None:
    assert "the system's keyring" in login(grinfi, server, "acme", ACME)
    text = (tmp_path / "deep" / "profiles.json").read_text()
    assert ACME not in text
    assert json.loads(text)["profiles"]["acme"]["team"] == "7"
    assert grinfi("whoami")[0] == 0


def test_the_file_of_keys_is_for_its_owner_only(grinfi: Command, server: SandboxServer, tmp_path: Path) -> None:
    file = tmp_path / "deep" / "profiles.json"
    assert str(file) in login(grinfi, server, "acme", ACME, "--store", "file")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert grinfi("whoami")[0] == 0
    file.chmod(0o644)
    status, _, err = grinfi("whoami")
    assert status == 3
    assert f"chmod 600 '{file}'" in err


@pytest.mark.usefixtures("system_keyring")
def test_each_team_has_its_profile(grinfi: Command, server: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    login(grinfi, server, "acme", ACME)
    login(grinfi, server, "navy", NAVY)
    acme, navy = json.loads(grinfi("profiles", "--json")[1])
    assert (acme["profile"], acme["team"], acme["default"]) == ("acme", "7", True)
    assert (navy["profile"], navy["team"], navy["default"]) == ("navy", "8", False)
    assert grinfi("--profile", "navy", "whoami")[0] == 0
    status, _, err = grinfi("--profile", "navi", "whoami")
    assert status == 3
    assert "did you mean 'navy'?" in err
    monkeypatch.setenv("GRINFI_PROFILE", "navy")
    assert grinfi("whoami")[0] == 0
    monkeypatch.setenv("GRINFI_API_KEY", ACME)
    assert "both set" in grinfi("whoami")[2]
    assert grinfi("--profile", "acme", "whoami")[0] == 0  # the typed text decides
    monkeypatch.delenv("GRINFI_API_KEY")
    assert grinfi("profiles", "--use", "navy")[0] == 0
    assert grinfi("logout", "navy")[0] == 0
    assert [row["profile"] for row in json.loads(grinfi("profiles", "--json")[1])] == ["acme"]


def test_a_profile_refuses_the_key_of_another_team(
    grinfi: Command, server: SandboxServer, system_keyring: Keyring
) -> None:
    login(grinfi, server, "acme", ACME)
    (entry,) = system_keyring.kept
    system_keyring.kept[entry] = NAVY
    status, _, err = grinfi("whoami")
    assert status == 3
    assert "expect_team is 7" in err
    system_keyring.kept.clear()
    assert "run `grinfi login acme` again" in grinfi("whoami")[2]
    system_keyring.locked = True
    assert "keyring does not return the key" in grinfi("whoami")[2]


def test_a_key_that_the_server_refuses_is_not_kept(grinfi: Command, server: SandboxServer, tmp_path: Path) -> None:
    assert grinfi("login", "acme", "--base-url", server.url, stdin="wrong\n")[0] == 3
    assert grinfi("login", "acme", "--base-url", server.url, stdin="\n")[0] == 2
    assert not (tmp_path / "deep").exists()
    assert "grinfi login NAME" in grinfi("whoami")[2]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"default": null, "profiles": {"a": {"colour": 1}}}', "null"])
def test_another_file_is_unchanged(tmp_path: Path, content: str) -> None:
    file = tmp_path / "notes.json"
    file.write_text(content)
    with pytest.raises(ConfigurationError, match="not a file of profiles"):
        Profiles(file)
    assert file.read_text() == content


@pytest.mark.usefixtures("system_keyring")
def test_an_empty_name_does_not_choose_another_profile(grinfi: Command, server: SandboxServer) -> None:
    login(grinfi, server, "acme", ACME)
    status, _, err = grinfi("--profile", "", "whoami")  # as by --profile "$TEAM" without TEAM
    assert status == 3
    assert "Unknown profile ''" in err
    with pytest.raises(ConfigurationError, match="Unknown profile ''"):
        Grinfi.from_profile("")
    for name in ("", " ", "a\nb", "a\x1b[2J"):
        status, _, err = grinfi("login", name, "--base-url", server.url, stdin=f"{NAVY}\n")
        assert status == 2
        assert "name: must be a printable text" in err


def test_a_keyring_that_keeps_nothing_is_not_trusted(
    grinfi: Command, server: SandboxServer, system_keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system_keyring, "kept", Forgetful())  # as that of PYTHON_KEYRING_BACKEND=…null…
    status, _, err = grinfi("login", "acme", "--base-url", server.url, "--store", "keyring", stdin=f"{ACME}\n")
    assert status == 3
    assert "--store file" in err
    assert "profiles.json" in login(grinfi, server, "acme", ACME)
    assert grinfi("whoami")[0] == 0


@pytest.mark.parametrize(
    "error", [keyring.errors.PasswordSetError("no"), RuntimeError("no D-Bus"), OSError(1783, "too long")]
)
def test_a_failing_keyring_is_reported(
    grinfi: Command, server: SandboxServer, system_keyring: Keyring, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    login(grinfi, server, "acme", ACME)

    def fail(*_: str) -> None:
        raise error

    for name in ("get_password", "set_password", "delete_password"):
        monkeypatch.setattr(system_keyring, name, fail)
    assert (grinfi("whoami")[0], grinfi("logout", "acme")[0]) == (3, 3)
    assert grinfi("login", "acme", "--base-url", server.url, "--store", "keyring", stdin=f"{ACME}\n")[0] == 3
    assert "profiles.json" in login(grinfi, server, "navy", NAVY)


def test_a_key_that_moves_into_the_file_is_not_left_in_the_keyring(
    grinfi: Command, server: SandboxServer, system_keyring: Keyring
) -> None:
    login(grinfi, server, "acme", ACME)
    login(grinfi, server, "acme", ACME, "--store", "file")
    assert not system_keyring.kept


def test_logins_at_a_time_are_all_kept(server: SandboxServer, tmp_path: Path) -> None:
    first, second = Profiles(tmp_path / "teams.json"), Profiles(tmp_path / "teams.json")
    first.save("acme", ACME, server.url, "file")
    second.save("navy", NAVY, server.url, "file")
    assert list(Profiles(first.path).all) == ["acme", "navy"]
    assert Profiles(first.path).default == "acme"
    workers = [Thread(target=Profiles(first.path).save, args=(f"t{n}", ACME, server.url, "file")) for n in range(20)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(Profiles(first.path).all) == 22


def test_a_folder_that_cannot_be_written_is_named(
    grinfi: Command, server: SandboxServer, system_keyring: Keyring, tmp_path: Path
) -> None:
    (tmp_path / "deep").write_text("a file")
    status, _, err = grinfi("login", "acme", "--base-url", server.url, stdin=f"{ACME}\n")
    assert status == 3
    assert "GRINFI_PROFILES" in err
    assert not system_keyring.kept


def test_the_end_of_the_input_is_not_a_key(grinfi: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def end(_: str) -> str:
        raise EOFError  # Ctrl-D

    monkeypatch.setattr("getpass.getpass", end)
    monkeypatch.setattr("grinfi_bulk.cli.profiles.is_typed", lambda: True)
    status, _, err = grinfi("login", "acme")
    assert status == 2
    assert "has no key" in err


def test_a_user_without_a_name_is_welcome(
    grinfi: Command, server: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nobody(_: Grinfi) -> dict[str, Any]:
        return {"user": {"first_name": None, "last_name": None, "email": "ada@example.com"}}

    monkeypatch.setattr("grinfi_bulk.cli.profiles.identify", nobody)
    assert "Logged in as <ada@example.com> at" in login(grinfi, server, "acme", ACME, "--store", "file")


@pytest.mark.anyio
@pytest.mark.usefixtures("system_keyring")
async def test_clients_of_two_teams_in_one_program(server: SandboxServer, tmp_path: Path) -> None:
    profiles = Profiles(tmp_path / "teams.json")
    for name, key in (("acme", ACME), ("navy", NAVY)):
        profiles.save(name, key, server.url)
    assert [await tags(name, path=profiles.path) for name in ("acme", "navy", None)] == [
        f"Grinfi(base_url='{server.url}', team='{team}')" for team in (7, 8, 7)
    ]
    with pytest.raises(ConfigurationError, match="Unknown profile 'anvy'; did you mean 'navy'"):
        await tags("anvy", path=profiles.path)
