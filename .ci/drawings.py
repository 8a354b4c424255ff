"""Draw the floors and the way of a call in docs/architecture.md, from the imports and from a call that is traced.

`make drawings` writes them; `make lint` fails when the page shows something else.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import runpy
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).absolute().parent.parent
PAGE = ROOT / "docs" / "architecture.md"
ASIDE = ("grinfi_sandbox", "codegen")
WIDTH = 100


def floors() -> str:
    """The layers as boxes, the highest first, with what each imports."""
    layers: dict[str, Any] = runpy.run_path(str(ROOT / ".ci" / "layers.py"))
    below: dict[str, set[str]] = layers["BELOW"]
    known: dict[str, Path] = layers["modules"]()
    loaded: dict[str, set[str]] = {layer: set() for layer in below}
    later: dict[str, set[str]] = {layer: set() for layer in below}
    for name, path in known.items():
        for each in layers["imports"](name, path, known):
            importer, imported = layers["layer_of"](each.importer), layers["layer_of"](each.module)
            if importer and imported and importer != imported:
                (loaded if each.at_load else later)[importer].add(imported)

    def height(layer: str) -> int:
        return max((height(other) + 1 for other in loaded[layer]), default=0)

    levels: dict[int, list[str]] = {}
    for layer in below:
        if layer not in ASIDE:
            levels.setdefault(height(layer), []).append(layer)

    def box(layer: str, width: int) -> list[str]:
        home = layers["SOURCES"][layer] / "__init__.py"
        text = re.split(r"\. |\.?\n|\.$|, edition", ast.get_docstring(ast.parse(home.read_text("utf-8"))) or "")[0]
        lines = [text]
        for label, others in (("imports", loaded[layer]), ("on first use", later[layer] - loaded[layer])):
            if others:
                lines.append(f"{label}: {', '.join(sorted(others))}")
        return boxed(layer, [row for line in lines for row in wrapped(line, width - 4)], width)

    drawn: list[str] = []
    for level in sorted(levels, reverse=True):
        row, width = levels[level], (WIDTH - 2 * (len(levels[level]) - 1)) // len(levels[level])
        drawn += beside([box(layer, width) for layer in row])
        drawn.append("▼".center(WIDTH).rstrip())
    drawn[-1] = "Beside them:"
    drawn += beside([box(layer, (WIDTH - 2) // 2) for layer in ASIDE])
    return "\n".join(drawn)


def wrapped(text: str, width: int) -> list[str]:
    """Text in lines of a width, further lines indented."""
    lines = [""]
    for word in text.split(" "):
        if len(lines[-1]) + 1 + len(word) > width:
            lines.append(" ")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines


def boxed(title: str, lines: Sequence[str], width: int) -> list[str]:
    """Lines in a box with a title."""
    head = f"┌─ {title} "
    return [f"{head:─<{width - 1}}┐", *(f"│ {line:<{width - 4}} │" for line in lines), f"└{'─' * (width - 2)}┘"]


def beside(boxes: Sequence[list[str]]) -> list[str]:
    """Boxes side by side, all as high as the highest."""
    height = max(map(len, boxes))
    for each in boxes:
        width = len(each[0])
        each[-1:-1] = [f"│{' ' * (width - 2)}│"] * (height - len(each))
    return ["  ".join(rows) for rows in zip(*boxes, strict=True)]


@dataclass
class Step:
    """A function that a call has passed."""

    name: str
    module: str
    request: str
    steps: list[Step] = field(default_factory=list["Step"])


class Tracer:
    """Sees the functions that run in this thread, as `sys.setprofile` shows them."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(map(str, folders))
        self._steps: dict[FrameType, Step] = {}
        self._last: Step | None = None
        self.steps: list[Step] = []

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        # A coroutine is called again whenever it resumes.
        if event != "call" or frame in self._steps or not code.co_filename.startswith(self._folders):
            return
        above = frame.f_back
        while above is not None and above not in self._steps:
            above = above.f_back
        # A task starts beneath nothing: what started last has started it.
        parent = self._steps[above] if above is not None else self._last
        # The way consists of what is awaited, and of the other functions that the resource's method calls itself.
        function = parent is not None and "Resource." in parent.name and code.co_name != "__init__"
        if not code.co_flags & inspect.CO_COROUTINE and not function:
            return
        path = Path(code.co_filename)
        package = next(Path(folder) for folder in self._folders if code.co_filename.startswith(folder))
        request = frame.f_locals.get("request")
        call = getattr(request, "extensions", {}).get("grinfi.call")
        sent = f"{call.method} {call.template}" if call is not None else ""
        step = Step(code.co_qualname, path.relative_to(package.parent).as_posix(), sent)
        self._steps[frame] = self._last = step
        (parent.steps if parent else self.steps).append(step)


async def traced(act: Callable[[Any, str], Any]) -> list[Step]:
    """The functions that a call passes on its way to a sandbox over a real connection."""
    from grinfi_async import Grinfi
    from grinfi_sandbox import Sandbox

    layers: dict[str, Any] = runpy.run_path(str(ROOT / ".ci" / "layers.py"))
    tracer = Tracer(folder for layer, folder in layers["SOURCES"].items() if layer not in ASIDE)
    with Sandbox() as sandbox:
        async with Grinfi(sandbox.key, base_url=sandbox.url) as grinfi:
            await grinfi.custom_fields.create(name="budget", object="lead", order=1)
            chosen = await grinfi.lists.create(name="Everyone")
            contact = await grinfi.contacts.upsert(lead={"linkedin_id": "ada"}, list_uuid=chosen.uuid)
            await act(grinfi, contact.uuid)  # from now on, everything is loaded and connected
            sys.setprofile(tracer)
            try:
                await act(grinfi, contact.uuid)
            finally:
                sys.setprofile(None)
    return tracer.steps


def way() -> str:
    """The functions that `contacts.update` passes, as a tree."""

    async def update(grinfi: Any, uuid: str) -> None:
        await grinfi.contacts.update(uuid, position="CTO", custom_fields={"budget": "10"})

    rows: list[tuple[str, str]] = []
    seen: set[str] = set()

    def draw(step: Step, depth: int, request: str) -> None:
        again = bool(step.steps) and step.name in seen
        seen.add(step.name)
        sent = first_request(step) if again else step.request
        shown = f"  {sent}" if sent and sent != request else ""
        rows.append((f"{'  ' * depth}{step.name}{' …' if again else ''}", f"{step.module}{shown}"))
        for each in () if again else step.steps:
            draw(each, depth + 1, step.request or request)

    def first_request(step: Step) -> str:
        return step.request or next(filter(None, map(first_request, step.steps)), "")

    def called(steps: Sequence[Step]) -> Step:
        return next((step for step in steps if "Resource." in step.name), None) or called(steps[0].steps)

    draw(called(asyncio.run(traced(update))), 0, "")
    width = max(len(left) for left, _ in rows)
    return "\n".join(f"{left:<{width}}  {right}" for left, right in rows)


def with_drawings(page: str, drawings: dict[str, str]) -> str:
    """The page with its drawings between their marks."""
    for name, drawing in drawings.items():
        marks = re.compile(rf"(<!-- drawing: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        page, count = marks.subn(lambda found: f"{found[1]}\n```\n{drawing}\n```\n\n{found[2]}", page)  # noqa: B023
        if count != 1:
            raise SystemExit(f"{PAGE.name} needs one place for a drawing: <!-- drawing: {name} --> … <!-- end -->")
    return page


def main() -> int:
    """Write the drawings, or with --check say whether they are as the code is."""
    old = PAGE.read_text("utf-8")
    new = with_drawings(old, {"floors": floors(), "way": way()})
    if "--check" in sys.argv[1:]:
        print(f"{PAGE.relative_to(ROOT)} {'shows the code' if new == old else 'is out of date; run `make drawings`'}.")
        return new != old
    PAGE.write_text(new, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
