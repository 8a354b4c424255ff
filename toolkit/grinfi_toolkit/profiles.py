"""Profiles: the key, the team and the address of the API under a name, kept on this machine."""

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
"""What the keys are called in the system's keyring."""
LONGEST_WAIT: Final = 10.0
"""Seconds to wait for another process that changes the file."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known under a name.

    Attributes:
        base_url: Where its API is.
        team: Id of the team that its key says it is for; None if it does not say.
        key: The key, if the file has it; else it is in the keyring.
    """

    base_url: str = DEFAULT_BASE_URL
    team: str | None = None
    key: str | None = field(default=None, repr=False)

    @property
    def store(self) -> Store:
        """Where the key is."""
        return "keyring" if self.key is None else "file"


class Profiles:
    """The profiles in a file.

    Args:
        path: The file; by default `GRINFI_PROFILES`, or `profiles.json` in the folder for settings of this platform.

    Raises:
        ConfigurationError: The file cannot be read, or others than its owner may read it.
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
            problem = f"The profiles cannot be read: {error}. {FILE_VARIABLE} can name another file."
            raise ConfigurationError(problem) from error
        try:
            content = json.loads(text)
            self.default = content["default"]
            self._all = {name: Profile(**each) for name, each in content["profiles"].items()}
            _ = [each.base_url + (each.key or "") for each in self._all.values()]  # a TypeError if they are not texts
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            problem = f"{self.path} is not a file of profiles; move it away and log in again."
            raise ConfigurationError(problem) from error
        readers = stat.S_IMODE(self.path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO)
        if os.name == "posix" and readers and any(each.key for each in self._all.values()):
            raise ConfigurationError(f"{self.path} holds keys, and others may read it: chmod 600 '{self.path}'.")

    @property
    def all(self) -> Mapping[str, Profile]:
        """Name -> profile, in the order of their names."""
        return dict(sorted(self._all.items()))

    def named(self, name: str) -> Profile:
        """The profile of this name.

        Raises:
            ConfigurationError: There is none.
        """
        if name in self._all:
            return self._all[name]
        hint = did_you_mean(name, self._all, otherwise=f"there are: {', '.join(self._all) or 'none'}.")
        raise ConfigurationError(f"There is no profile {name!r}; {hint} `grinfi login {name or 'NAME'}` makes one.")

    def key_of(self, name: str) -> str:
        """The key of a profile.

        Raises:
            ConfigurationError: There is no such profile, or its key is gone.
        """
        key = self.named(name).key
        if key is None:
            with _keyring(f"give the key of {name!r}") as keyring:
                key = keyring.get_password(SERVICE, self._entry(name))
        if not key:
            raise ConfigurationError(f"The key of {name!r} is not in the keyring; run `grinfi login {name}` again.")
        return key

    def save(self, name: str, key: str, base_url: str, store: Store | None = None) -> Profile:
        """Keep a key under a name. The first profile is the default.

        Args:
            name: Name of the profile; one that is there is replaced.
            key: The key.
            base_url: Where its API is.
            store: Where the key goes; by default into the keyring, or into the file if this system has no keyring.

        Raises:
            InvalidArgumentError: The name is empty, or has characters that cannot be shown.
            ConfigurationError: The keyring does not take the key, or the file cannot be written.
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
        """Forget a profile and its key."""
        self.named(name)
        with self._changing():
            if self.named(name).store == "keyring":
                self._forget(name)
            del self._all[name]
            if self.default == name:
                self.default = next(iter(self._all), None) if len(self._all) == 1 else None

    def _keep(self, name: str, key: str, *, needed: bool) -> bool:
        """Put a key into the keyring; False if there is none and it may go elsewhere."""
        try:
            with _keyring("keep the key") as keyring:
                keyring.set_password(SERVICE, self._entry(name), key)
                kept = keyring.get_password(SERVICE, self._entry(name))
            if kept != key:  # some systems have a keyring that keeps nothing
                raise ConfigurationError("The system's keyring did not keep the key. Log in with --store file.")
        except ConfigurationError:
            if needed:
                raise
            return False
        return True

    def _forget(self, name: str) -> None:
        with _keyring(f"forget the key of {name!r}") as keyring:
            if keyring.get_password(SERVICE, self._entry(name)) is not None:
                keyring.delete_password(SERVICE, self._entry(name))

    def _entry(self, name: str) -> str:
        """What the keyring calls a key: another file may have a profile of the same name."""
        return f"{name} in {self.path.absolute()}"

    @contextmanager
    def _changing(self) -> Generator[None]:
        """Change what the file has now, and write it, while no other process does."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            place = place_of(self.path)
            lock = place.with_name(f".{place.name}.lock")  # of SQLite, which lets go of it when a process is killed
            with closing(sqlite3.connect(lock, timeout=LONGEST_WAIT, isolation_level=None)) as held:
                held.execute("BEGIN EXCLUSIVE")
                self._read()
                yield
                profiles = {name: asdict(each) for name, each in self.all.items()}
                with replacing(place) as file:
                    file.write(json.dumps({"default": self.default, "profiles": profiles}, indent=2).encode())
        except (OSError, sqlite3.Error) as error:
            problem = f"{self.path} cannot be written: {error}. {FILE_VARIABLE} can name another file."
            raise ConfigurationError(problem) from error


def check_name(name: str) -> None:
    """Refuse a name that cannot be shown or typed.

    Raises:
        InvalidArgumentError: It is one.
    """
    if not name.strip() or not name.isprintable():
        raise InvalidArgumentError("name", f"must be a text that can be shown, such as the team's name, not {name!r}")


def client_options(name: str | None = None, path: str | os.PathLike[str] | None = None) -> dict[str, Any]:
    """The options of a client with a profile: its key, the team that must be its, and where its API is."""
    profiles = Profiles(path)
    if name is None:
        name = os.environ.get(PROFILE_VARIABLE) or profiles.default
    if name is None:
        raise ConfigurationError(
            f"Which profile? Pass a name, or set {PROFILE_VARIABLE}; there are: {', '.join(profiles.all) or 'none'}. "
            "`grinfi login NAME` makes one."
        )
    profile = profiles.named(name)
    return {"api_key": profiles.key_of(name), "expect_team": profile.team, "base_url": profile.base_url}


def _folder() -> Path:
    try:
        from platformdirs import user_config_path
    except ImportError as error:
        raise ConfigurationError(
            f"Profiles need the extra: pip install 'grinfi-async[profiles]', or set {FILE_VARIABLE} to their file."
        ) from error
    return user_config_path("grinfi", appauthor=False)


@contextmanager
def _keyring(deed: str) -> Generator[Any]:
    """The system's keyring, to do something with it."""
    try:
        import keyring
    except ImportError as error:
        raise ConfigurationError("Keys in the keyring need the extra: pip install 'grinfi-async[profiles]'.") from error
    try:
        yield keyring
    except Exception as error:  # backends raise what they like
        problem = f"The system's keyring does not {deed}: {error or type(error).__name__}."
        raise ConfigurationError(f"{problem} Log in with --store file to do without it.") from bare(error)
