"""Profiles: an API key, its team and the address of the API, stored under a name on this machine."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from grinfi_async import ConfigurationError, InvalidArgumentError
from grinfi_bulk.choices import Store
from grinfi_overrides.environment import DEFAULT_BASE_URL, bare
from grinfi_overrides.keys import team_of
from grinfi_overrides.runtime.suggestions import did_you_mean
from grinfi_support.private_files import place_of, replacing

__all__ = ["PROFILE_VARIABLE", "Profile", "Profiles", "check_name", "client_options"]

PROFILE_VARIABLE: Final = "GRINFI_PROFILE"
FILE_VARIABLE: Final = "GRINFI_PROFILES"
SERVICE: Final = "grinfi"
"""Name of the service in the system's keyring."""
LONGEST_WAIT: Final = 10.0
"""Seconds to wait for another process that is changing the file."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile.

    Attributes:
        base_url: Address of the API.
        team: Id of the team in the key; None if the key does not have it.
        key: The key, if it is in the file; None if it is in the keyring.
    """

    base_url: str = DEFAULT_BASE_URL
    team: str | None = None
    key: str | None = field(default=None, repr=False)

    @property
    def store(self) -> Store:
        """Where the key is stored."""
        return "keyring" if self.key is None else "file"


class Profiles:
    """The profiles in a file.

    Args:
        path: The file; by default that of `GRINFI_PROFILES`, or `profiles.json` in the settings folder of the platform.

    Raises:
        ConfigurationError: The file cannot be read, or it has keys and other users may read it.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self.path = Path(path or os.environ.get(FILE_VARIABLE) or _folder() / "profiles.json")
        self.default: str | None = None
        self._all: dict[str, Profile] = {}
        self._read()

    def _read(self) -> None:
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            problem = f"The profiles cannot be read: {error}. Set {FILE_VARIABLE} to use another file."
            raise ConfigurationError(problem) from error
        try:
            content = json.loads(text)
            self.default = content["default"]
            self._all = {name: Profile(**each) for name, each in content["profiles"].items()}
            _ = [each.base_url + (each.key or "") for each in self._all.values()]  # raises TypeError for other types
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            problem = f"{self.path} is not a file of profiles; move it away and log in again."
            raise ConfigurationError(problem) from error
        readers = stat.S_IMODE(self.path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO)
        if os.name == "posix" and readers and any(each.key for each in self._all.values()):
            raise ConfigurationError(f"Other users may read the keys in {self.path}; run chmod 600 '{self.path}'.")

    @property
    def all(self) -> Mapping[str, Profile]:
        """Name -> profile, sorted by name."""
        return dict(sorted(self._all.items()))

    def named(self, name: str) -> Profile:
        """The profile with this name.

        Raises:
            ConfigurationError: There is no such profile.
        """
        if name in self._all:
            return self._all[name]
        hint = did_you_mean(name, self._all, otherwise=f"known: {', '.join(self._all) or 'none'}.")
        raise ConfigurationError(f"Unknown profile {name!r}; {hint} Create it with `grinfi login {name or 'NAME'}`.")

    def key_of(self, name: str) -> str:
        """The key of a profile.

        Raises:
            ConfigurationError: There is no such profile, or its key is gone.
        """
        key = self.named(name).key
        if key is None:
            with _keyring(f"return the key of {name!r}") as keyring:
                key = keyring.get_password(SERVICE, self._entry(name))
        if not key:
            raise ConfigurationError(f"The key of {name!r} is not in the keyring; run `grinfi login {name}` again.")
        return key

    def save(self, name: str, key: str, base_url: str, store: Store | None = None) -> Profile:
        """Store a key under a name. The first profile becomes the default.

        Args:
            name: Name of the profile; an existing profile is replaced.
            key: The key.
            base_url: Address of the API.
            store: Where to store the key; by default in the keyring, or in the file if this system has no keyring.

        Raises:
            InvalidArgumentError: The name is empty, or has characters that cannot be printed.
            ConfigurationError: The keyring does not accept the key, or the file cannot be written.
        """
        check_name(name)
        with self._changing():
            in_file = store == "file" or not self._keep(name, key, needed=store is not None)
            if store == "file" and name in self._all and self._all[name].store == "keyring":
                self._forget(name)
            self._all[name] = Profile(base_url, team_of(key), key if in_file else None)
            self.default = self.default or name
        return self._all[name]

    def use(self, name: str) -> None:
        """Make a profile the default."""
        self.named(name)
        with self._changing():
            self.named(name)
            self.default = name

    def remove(self, name: str) -> None:
        """Remove a profile and its key."""
        self.named(name)
        with self._changing():
            if self.named(name).store == "keyring":
                self._forget(name)
            del self._all[name]
            if self.default == name:
                self.default = next(iter(self._all), None) if len(self._all) == 1 else None

    def _keep(self, name: str, key: str, *, needed: bool) -> bool:
        """Put a key into the keyring; False if there is no keyring and none is `needed`."""
        try:
            with _keyring("store the key") as keyring:
                keyring.set_password(SERVICE, self._entry(name), key)
                kept = keyring.get_password(SERVICE, self._entry(name))
            if kept != key:  # some systems have a keyring that stores nothing, without an error
                raise ConfigurationError("The system's keyring did not store the key. Log in with --store file.")
        except ConfigurationError:
            if needed:
                raise
            return False
        return True

    def _forget(self, name: str) -> None:
        with _keyring(f"delete the key of {name!r}") as keyring:
            if keyring.get_password(SERVICE, self._entry(name)) is not None:
                keyring.delete_password(SERVICE, self._entry(name))

    def _entry(self, name: str) -> str:
        """Name of a key in the keyring. It has the path, as another file may have a profile of the same name."""
        return f"{name} in {self.path.absolute()}"

    @contextmanager
    def _changing(self) -> Generator[None]:
        """Read the file, change it and write it, while no other process does."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            place = place_of(self.path)
            lock = place.with_name(f".{place.name}.lock")  # SQLite releases it when the process is killed
            with closing(sqlite3.connect(lock, timeout=LONGEST_WAIT, isolation_level=None)) as held:
                held.execute("BEGIN EXCLUSIVE")
                self._read()
                yield
                profiles = {name: asdict(each) for name, each in self.all.items()}
                with replacing(place) as file:
                    file.write(json.dumps({"default": self.default, "profiles": profiles}, indent=2).encode())
        except (OSError, sqlite3.Error) as error:
            problem = f"{self.path} cannot be written: {error}. Set {FILE_VARIABLE} to use another file."
            raise ConfigurationError(problem) from error


def check_name(name: str) -> None:
    """Refuse a name that cannot be printed or typed.

    Raises:
        InvalidArgumentError: The name is empty, or has characters that cannot be printed.
    """
    if not name.strip() or not name.isprintable():
        raise InvalidArgumentError("name", f"must be a printable text, such as the name of the team, not {name!r}")


def client_options(name: str | None = None, path: str | os.PathLike[str] | None = None) -> dict[str, Any]:
    """The options of a client for a profile: its key, the expected team, and the address of the API."""
    profiles = Profiles(path)
    if name is None:
        name = os.environ.get(PROFILE_VARIABLE) or profiles.default
    if name is None:
        raise ConfigurationError(
            f"No profile is chosen: pass a name, or set {PROFILE_VARIABLE}. Known: "
            f"{', '.join(profiles.all) or 'none'}. Create one with `grinfi login NAME`."
        )
    profile = profiles.named(name)
    return {"api_key": profiles.key_of(name), "expect_team": profile.team, "base_url": profile.base_url}


def _folder() -> Path:
    try:
        from platformdirs import user_config_path
    except ImportError as error:
        raise ConfigurationError(
            f"Profiles need an extra. Run pip install 'grinfi-async[profiles]', or set {FILE_VARIABLE} to their file."
        ) from error
    return user_config_path("grinfi", appauthor=False)


@contextmanager
def _keyring(deed: str) -> Generator[Any]:
    """The system's keyring; its errors say that it does not do this `deed`."""
    try:
        import keyring
    except ImportError as error:
        raise ConfigurationError("The keyring needs an extra. Run pip install 'grinfi-async[profiles]'.") from error
    try:
        yield keyring
    except Exception as error:  # backends raise errors of any type
        problem = f"The system's keyring does not {deed}: {error or type(error).__name__}."
        raise ConfigurationError(f"{problem} Log in with --store file to avoid the keyring.") from bare(error)
