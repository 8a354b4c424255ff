"""Make the pictures of README.md from a real run: `make pictures`.

The commands run in a terminal of 80 columns against a sandbox that is filled the same way each time. The terminal
becomes docs/images/terminal.svg; a page of `grinfi report` becomes docs/images/report.png, by Chromium.
"""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import httpx
from rich.console import Console
from rich.text import Text

from grinfi_sandbox import SandboxServer, run_in_thread
from grinfi_sandbox.seeding import seed

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
COLUMNS = 80
FLOW = "Founders, DACH"
FIRST, LAST = datetime(2026, 1, 5, 9, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
PERIOD = ("--since", f"{FIRST:%Y-%m-%d}", "--until", f"{LAST:%Y-%m-%d}")
SHOWN = (
    ("grinfi", "import", "contacts.csv", "--list", "Prospects", "--ignore-others", "--dry-run"),
    ("grinfi", "import", "contacts.csv", "--list", "Prospects", "--ignore-others", "--quiet"),
    ("grinfi", "report", "funnel", FLOW, *PERIOD),
)
PAGE = ("grinfi", "report", "senders", *PERIOD)
SIZE = (1280, 760)
FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
RANDOM = Random(5)  # noqa: S311 - the same people each time
STEPS = (
    ("linkedin_send_connection_request", 0, "accepted", 0.38),
    ("linkedin_send_message", 2, "replied", 0.19),
    ("linkedin_send_message", 6, "replied", 0.12),
)
"""Type of a task, days from the start, what a contact may do, and how many do."""


def main() -> None:
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise SystemExit(f"The picture of the report needs Chromium: install one of {', '.join(BROWSERS)}.")
    IMAGES.mkdir(exist_ok=True)
    with run_in_thread() as server, tempfile.TemporaryDirectory() as folder:
        fill(server)
        shutil.copy(ROOT / "examples" / "contacts.csv", folder)
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "TERM": "xterm-256color",
            "GRINFI_API_KEY": server.key,
            "GRINFI_BASE_URL": server.url,
        }
        written = "\n".join(f"\x1b[1;32m$\x1b[0m {shown(it)}\n{run(it, folder, environment)}" for it in SHOWN)
        (IMAGES / "terminal.svg").write_text(drawing(written), "utf-8")
        subprocess.run([*PAGE, "--html", "report.html"], cwd=folder, env=environment, check=True)  # noqa: S603
        photograph(browser, Path(folder, "report.html"), IMAGES / "report.png")
    for picture in sorted(IMAGES.iterdir()):
        print(f"{picture.relative_to(ROOT)}: {picture.stat().st_size / 1000:.0f} kB")


def fill(server: SandboxServer) -> None:
    """Contacts, three senders, and what an automation has done in eight weeks."""
    store = server.app.state.store
    seed(store, 600, 0)
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {server.key}"}) as api:

        def made(path: str, **body: Any) -> str:
            answer = api.post(path, json=body)
            if answer.is_error:
                raise SystemExit(f"{path}: {answer.text}")
            return str(answer.json()["uuid"])

        made("/leads/api/lists", name="Prospects")
        senders = [
            made("/flows/api/sender-profiles", first_name=first, last_name=last, assignee_user_id=1)
            for first, last in (("Zoe", "Roe"), ("Max", "Okafor"), ("Maria", "Kovac"))
        ]
        schedule = {"timezone": "UTC", "timeblocks": list[Any]()}
        flow = made("/flows/api/flows", name=FLOW, use_sender_schedule=True, schedule=schedule)
        made(f"/flows/api/flows/{flow}/flow-versions", **version(senders))
    tasks = [task for contact in store.find("lead") for task in outreach(contact["uuid"], flow, senders)]
    with store.transaction():
        store.insert_many("task", tasks)


def version(senders: list[str]) -> dict[str, Any]:
    """The steps, one after the other."""
    at = written(FIRST)
    kinds = [kind for kind, *_ in STEPS] + ["end"]
    nodes = [
        {
            "id": number,
            "type": kind,
            "automation": "auto",
            "before": [{"node_id": number - 1, "branch_id": 1}] if number > 1 else [],
            "after": [] if kind == "end" else [{"node_id": number + 1, "branch_id": 1}],
            "payload": [] if kind == "end" else {"template": "Hello", "template_uuid": None},
            "created_at": at,
            "updated_at": at,
        }
        for number, kind in enumerate(kinds, 1)
    ]
    source = {"id": 1, "sender_profiles": senders, "after_id": 1}
    return {"nodes": nodes, "contact_sources": [source], "first_common_node_id": None}


def outreach(contact: str, flow: str, senders: list[str]) -> list[dict[str, Any]]:
    """The tasks of a contact, until it does not accept, or replies."""
    tasks: list[dict[str, Any]] = []
    start = FIRST + timedelta(days=RANDOM.randrange(48), minutes=RANDOM.randrange(480))
    sender = RANDOM.choices(senders, (5, 3, 2))[0]
    for node, (kind, days, outcome, share) in enumerate(STEPS, 1):
        at = written(start + timedelta(days=days))
        happened = RANDOM.random() < share
        tasks.append(
            {
                "uuid": str(UUID(int=RANDOM.getrandbits(128), version=4)),
                "team_id": 1,
                "lead_uuid": contact,
                "sender_profile_uuid": sender,
                "flow_uuid": flow,
                "flow_origin": "automation",
                "flow_node_id": node,
                "type": kind,
                "automation": "auto",
                "status": "closed",
                "attempts": 1,
                "payload": {},
                "fork_result": None,
                "error_msg": None,
                "automation_error_code": None,
                "outcomes": {outcome: at} if happened else {},
                "executed_at": at,
                "schedule_at": at,
                "created_at": at,
                "updated_at": at,
            }
        )
        if happened == (outcome == "replied"):
            break
    return tasks


def written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}"


def shown(command: tuple[str, ...]) -> str:
    """A command as it is typed."""
    return " ".join(f"'{word}'" if re.search(r"[^\w./-]", word) else word for word in command)


def run(command: tuple[str, ...], folder: str, environment: dict[str, str]) -> str:
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 60, COLUMNS, 0, 0))
    program = subprocess.Popen(command, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)  # noqa: S603
    os.close(theirs)
    parts: list[bytes] = []
    while True:
        try:
            part = os.read(ours, 65_536)
        except OSError:  # the terminal is closed
            part = b""
        if not part:
            break
        parts.append(part)
    os.close(ours)
    text = b"".join(parts).decode("utf-8").replace("\r\n", "\n")
    if program.wait() != 0:
        raise SystemExit(f"{shown(command)} ended with {program.returncode}:\n{text}")
    return text


def drawing(text: str) -> str:
    """A terminal as SVG, with fonts that the reader has."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi(text.rstrip("\n")))
    svg = console.export_svg(title="grinfi", unique_id="grinfi")
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    return re.sub(r"font-family: Fira Code, monospace", f"font-family: {FONTS}", svg)


def photograph(browser: str, page: Path, picture: Path) -> None:
    """A page as a browser shows it on a light screen."""
    width, height = SIZE
    subprocess.run(  # noqa: S603
        [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--force-color-profile=srgb",
            f"--window-size={width},{height}",
            f"--screenshot={picture}",
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )


if __name__ == "__main__":
    main()
