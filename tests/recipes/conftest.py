"""A stage for the programs of docs/recipes: a sandbox on a loopback socket, and a service that they send to."""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar
from uuid import uuid4

import anyio
import pytest

from grinfi_async import Grinfi
from grinfi_sandbox import SandboxServer, run_in_thread

RECIPES = Path(__file__).parent.parent.parent / "docs" / "recipes"
PROGRAM = re.compile(r"```python\n(.*?)```", re.DOTALL)
LONGEST = 30
"""Lines of a recipe's program."""

ResultT = TypeVar("ResultT")


class Service:
    """Another program that a recipe talks to, such as Slack, a CRM or a language model: it answers all POSTs."""

    def __init__(self) -> None:
        self.received: list[Any] = []
        """The JSON bodies it received."""
        self.answer: Any = {}
        """Its answer."""
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                service.received.append(json.loads(body))
                answer = json.dumps(service.answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *arguments: Any) -> None:
                """Write nothing to the terminal."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=partial(self._server.serve_forever, poll_interval=0.01), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@dataclass
class Stage:
    """Where a recipe runs: its folder is the working directory, and the environment names the sandbox."""

    server: SandboxServer
    behaviour: str
    folder: Path
    service: Service
    capture: pytest.CaptureFixture[str]
    arguments: pytest.MonkeyPatch
    names: dict[str, Any] = field(default_factory=dict[str, Any])
    """The names that the last program defined."""

    def do(self, use: Callable[[Grinfi], Awaitable[ResultT]]) -> ResultT:
        """Prepare records in the sandbox, or read them."""

        async def main() -> ResultT:
            async with Grinfi(self.server.key, base_url=self.server.url, rate_limiter=None) as grinfi:
                return await use(grinfi)

        return anyio.run(main)

    def run(self, recipe: str, *arguments: str, run_name: str = "__main__") -> str:
        """Run the program of a recipe as written; return its output."""
        text = (RECIPES / f"{recipe}.md").read_text("utf-8")
        program = PROGRAM.search(text)
        assert program is not None, recipe
        assert len(program[1].splitlines()) <= LONGEST, recipe
        file = self.folder / f"{recipe.replace('-', '_')}.py"
        file.write_text(program[1], "utf-8")
        self.arguments.setattr("sys.argv", [file.name, *arguments])
        self.capture.readouterr()
        module = ModuleType(run_name)
        if run_name != "__main__":  # annotations are resolved in the module that a function names
            self.arguments.setitem(sys.modules, run_name, module)
        self.names = vars(module)
        exec(compile(program[1], str(file), "exec"), self.names)
        return self.capture.readouterr().out

    @property
    def requests(self) -> int:
        """How many requests the sandbox has answered."""
        return len(self.server.app.state.sandbox.received())


@pytest.fixture(params=["published", "observed"])
def stage(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Stage]:
    service = Service()
    with run_in_thread(behaviour=request.param, keys=(f"key-{uuid4()}",)) as server:  # a separate limit
        monkeypatch.setenv("GRINFI_API_KEY", server.key)
        monkeypatch.setenv("GRINFI_BASE_URL", server.url)
        monkeypatch.setenv("SERVICE_URL", service.url)
        monkeypatch.chdir(tmp_path)
        yield Stage(server, request.param, tmp_path, service, capsys, monkeypatch)
    service.close()
