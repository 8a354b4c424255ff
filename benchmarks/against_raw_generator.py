"""Compare the generated package with what openapi-python-client makes of the same description by itself.

python -m benchmarks.against_raw_generator
"""

from __future__ import annotations

import importlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grinfi_async import Contact

ROOT = Path(__file__).parent.parent
RAW = "raw_grinfi"
PROCESSES = 15
DECODINGS = 30

IMPORTS = {
    "httpx alone": "import httpx",
    # With a transport of its own the client makes no TLS context: the raw generator's makes none either.
    "ours": "import httpx; from grinfi_async import Grinfi;"
    "Grinfi('key', transport=httpx.AsyncBaseTransport()).contacts.search",
    "raw": f"import {RAW}; from {RAW}.api.contacts import search_contacts",
}


def generate_raw(folder: Path) -> Path:
    """The raw generator's package."""
    package = folder / RAW
    subprocess.run(
        [
            *(sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"),
            *("--path", str(ROOT / "openapi.yaml"), "--output-path", str(package)),
        ],
        check=True,
        capture_output=True,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"},
    )
    return package


def size(package: Path) -> tuple[int, int]:
    """Files and lines."""
    files = [path for path in package.rglob("*.py") if "__pycache__" not in path.parts]
    return len(files), sum(path.read_bytes().count(b"\n") for path in files)


def import_seconds(folder: Path) -> dict[str, float]:
    """Best time of a fresh process with bytecode at hand, taken in turns so that all see the same machine."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    taken: dict[str, list[float]] = {name: [] for name in IMPORTS}
    for _ in range(PROCESSES + 1):
        for name, code in IMPORTS.items():
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True, env=environment)
            taken[name].append(time.perf_counter() - started)
    return {name: min(seconds[1:]) for name, seconds in taken.items()}


BESIDE = {"markers", "flows", "custom_fields"}
"""Fields that the overlay adds; the raw generator knows nothing of them."""


def full_contact(number: int) -> dict[str, Any]:
    """A contact with every field of the description, as the server writes it."""
    moment = datetime(2026, 3, 4, 9, 25, number % 60, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    samples: dict[str, Any] = {name: f"{name} {number}" for name in Contact.wire_fields() if name not in BESIDE}
    integers = [
        "team_id",
        "user_id",
        "connections_number",
        "followers_number",
        "has_open_profile",
        "has_verified_profile",
        "has_premium",
    ]
    times = ["last_automation_approve_at", "created_at", "updated_at"]
    return {
        **samples,
        **dict.fromkeys(integers, number),
        **dict.fromkeys(times, moment),
        "supported_languages": ["en", "uk"],
        "experience": [{"title": "CTO", "company": "Acme", "start_date": "2020", "end_date": "2024"}] * 3,
        "posts": [{"content": "Hello", "date": moment}] * 2,
        "educations": [
            {"school": "KPI", "degree": "MSc", "field_of_study": "Physics", "start_year": "2010", "end_year": "2015"}
        ],
        "skills": ["Python", "Sales"],
        "location": [{"address_string": "Kyiv"}],
        "tags": ["one", "two"],
        "unread_counts": [{"category": "inbox", "count": 1}],
    }


def read_wholly(contact: Contact) -> list[Any]:
    """The value of every field, since each is decoded when it is first read."""
    return [getattr(contact, name) for name in Contact.wire_fields()]


def decoding_seconds(folder: Path) -> dict[str, float]:
    """Median time to decode every field of a page of 100 full contacts."""
    page: dict[str, Any] = {"data": [full_contact(number) for number in range(100)], "limit": 100, "offset": 0}
    sys.path.insert(0, str(folder))
    raw_page: Any = importlib.import_module(f"{RAW}.models.search_contacts_response_200")
    decoders: dict[str, Callable[[], Any]] = {
        "ours": lambda: [read_wholly(Contact.from_dict(row)) for row in page["data"]],
        "raw": lambda: raw_page.SearchContactsResponse200.from_dict(page),
    }
    taken: dict[str, list[float]] = {name: [] for name in decoders}
    for _ in range(DECODINGS):
        for name, decode in decoders.items():
            started = time.perf_counter()
            decode()
            taken[name].append(time.perf_counter() - started)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="grinfi-benchmark-") as name:
        folder = Path(name)
        raw_files, raw_lines = size(generate_raw(folder))
        own_files, own_lines = size(ROOT / "grinfi_async")
        imports = import_seconds(folder)
        decoding = decoding_seconds(folder)
    base = imports["httpx alone"]
    own_import, raw_import = imports["ours"] - base, imports["raw"] - base
    rows = [
        ("files", f"{own_files}", f"{raw_files}", own_files / raw_files),
        ("lines", f"{own_lines:,}", f"{raw_lines:,}", own_lines / raw_lines),
        (
            "import and first use, above httpx",
            f"{own_import * 1e3:.0f} ms",
            f"{raw_import * 1e3:.0f} ms",
            own_import / raw_import,
        ),
        (
            "all fields of 100 full contacts",
            f"{decoding['ours'] * 1e3:.2f} ms",
            f"{decoding['raw'] * 1e3:.2f} ms",
            decoding["ours"] / decoding["raw"],
        ),
    ]
    print(f"{'':36}{'ours':>12}{'raw':>12}{'ours / raw':>12}")
    for label, own, raw, ratio in rows:
        print(f"{label:36}{own:>12}{raw:>12}{ratio:>12.2f}")
    print(f"(httpx alone takes {base * 1e3:.0f} ms; best of {PROCESSES} processes, median of {DECODINGS} decodings)")


if __name__ == "__main__":
    main()
