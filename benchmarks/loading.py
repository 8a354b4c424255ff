"""Import a client, and make its first call."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .peers import RAW, ROOT, raw_folder
from .processes import result_of
from .tables import Benchmark, Measure, Row, Table, count, milliseconds

PROCESSES = 7

HTTPX = "import httpx; transport = httpx.MockTransport(lambda _: httpx.Response(200, json={answer}))"
HTTPX2 = HTTPX.replace("httpx", "httpx2")
# With a transport that answers at once, no client makes a TLS context, which would take the same time for all.
PROGRAMS = {
    "httpx alone": (
        f"{HTTPX}; client = httpx.AsyncClient(transport=transport)",
        "await client.get('http://server.test')",
    ),
    "httpx2 alone": (
        f"{HTTPX2}; client = httpx2.AsyncClient(transport=transport)",
        "await client.get('http://server.test')",
    ),
    "raw generator": (
        f"{HTTPX}; from {RAW} import AuthenticatedClient;"
        "client = AuthenticatedClient('http://server.test', 'key', httpx_args={{'transport': transport}})",
        f"from {RAW}.api.tags import list_tags; await list_tags.asyncio(client=client)",
    ),
    "githubkit": (
        f"{HTTPX}; from githubkit import GitHub; client = GitHub('key', async_transport=transport, http_cache=False)",
        "(await client.rest.issues.async_list()).parsed_data",
    ),
    "openai": (
        f"{HTTPX2}; from openai import AsyncOpenAI;"
        "client = AsyncOpenAI(api_key='key', http_client=httpx2.AsyncClient(transport=transport))",
        "await client.models.list()",
    ),
    "ours": (
        f"{HTTPX}; from grinfi_async import Grinfi; client = Grinfi('key', transport=transport)",
        "await client.tags.list()",
    ),
}
ANSWERS: dict[str, Any] = {"githubkit": []}
"""What the first call is answered with, if that is not an empty page."""


def program(name: str) -> str:
    ready, call = PROGRAMS[name]
    ready = ready.format(answer=ANSWERS.get(name, {"data": list[Any]()}))
    return f"""import time; started = time.perf_counter()
{ready}
ready = time.perf_counter()
import asyncio
async def main():
    {call}
asyncio.run(main())
print([ready - started, time.perf_counter() - started])"""


def size(package: Path) -> tuple[int, int]:
    """Files and lines."""
    files = [path for path in package.rglob("*.py") if "__pycache__" not in path.parts]
    return len(files), sum(path.read_bytes().count(b"\n") for path in files)


def run() -> Iterator[Table]:
    taken: dict[str, list[list[float]]] = {name: [] for name in PROGRAMS}
    for _ in range(PROCESSES + 1):  # the first one compiles to bytecode
        for name in PROGRAMS:
            taken[name].append(result_of("-c", program(name)))
    rows = [
        Row(name, [min(each) for each in zip(*times[1:], strict=True)], name == "ours") for name, times in taken.items()
    ]
    yield Table(
        (Measure("client ready", milliseconds), Measure("first call answered", milliseconds)), rows, base="ours"
    )
    yield Table(
        (Measure("files", count), Measure("lines", count)),
        (
            Row("raw generator", size(raw_folder() / RAW)),
            Row("ours (`grinfi_async`)", size(ROOT / "grinfi_async"), ours=True),
        ),
        caption="generated code",
    )


BENCHMARK = Benchmark(
    "import",
    "Import",
    "From the start of the program, without the start of Python. The second column includes the first; its call "
    f"is answered in the process at once. Best of {PROCESSES} new processes, in turns, with cached bytecode.",
    run,
)
