"""Formats Markdown of the description for docstrings, also if an editor has folded it into one line.

    The state. - `open`: waits - `done`: has ended          three lines: a paragraph, and a list of two items
    | a | b | |---|---| | 1 | 2 |                           a table of three rows

Nothing fails here: unknown syntax is formatted as a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias, TypeGuard

from .text import WIDTH, clean, escape

NARROWEST = 20
FENCE = re.compile(r"\s*```[^`]*")
FOLDED_FENCE = re.compile(r"(?:(?<=\s)|^)```([\w+-]*) +([^\n]+?) *```(?=[\s.,;]|$)", re.MULTILINE)
CELL = r"(?>(?:\\.|[^|\\\n])*)\|"
RULER = re.compile(r"\|(?:[ \t]*:?-{2,}:?[ \t]*\|)+")
ITEM = re.compile(r"(\s*)([-*+]|\d{1,3}[.)])\s+(\S.*)")
ALONE = re.compile(r"\s*(?:#{1,6}\s|>|```|\||[-*_]{3,}\s*$)")
BULLETS = re.compile(r"(?:^|(?<=[:.]\s)|(?<=\s)(?=- (?:`|\*\*)))([-*+]) (?=\S)")
FIRST = re.compile(r"(?:^|(?<=[:.]\s))1([.)]) (?=\S)")
PARAGRAPH_ENDS = (".", "!", "?", ":", ";", "  ", "\\")


@dataclass(frozen=True)
class Paragraph:
    apart: bool
    """Whether a blank line comes before it."""
    text: str

    def lines(self, width: int) -> list[str]:
        return _filled(self.text, width)


@dataclass(frozen=True)
class Item:
    apart: bool
    depth: int
    marker: str
    text: str

    def lines(self, width: int) -> list[str]:
        lead = f"{'  ' * min(self.depth, 4)}{self.marker} "
        return _filled(self.text, width, lead, " " * len(lead))


@dataclass(frozen=True)
class Code:
    apart: bool
    code: tuple[str, ...]

    def lines(self, width: int) -> list[str]:
        result: list[str] = []
        for line in self.code:
            start = line[: len(line) - len(line.lstrip())][: width // 2]
            result += [line.rstrip()] if _cost(line) <= width else _filled(line, width, start, f"{start}  ")
        return result


@dataclass(frozen=True)
class Table:
    apart: bool
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def lines(self, width: int) -> list[str]:
        """A table if it fits, or else a list with an item for each row."""
        columns = list(zip(self.header, *self.rows, strict=True))
        widths = [max(3, *map(len, column)) for column in columns]
        lines = [_row(cells, widths) for cells in (self.header, ["-" * size for size in widths], *self.rows)]
        if all(_cost(line) <= width for line in lines):
            return lines
        result: list[str] = []
        for row in self.rows or (("",) * len(self.header),):
            entries = [": ".join(filter(None, cells)) for cells in zip(self.header, row, strict=True)]
            for number, text in enumerate(filter(None, entries)):
                result += _filled(text.replace("\\|", "|"), width, "  " if number else "- ", "    ")
        return result


Block: TypeAlias = Paragraph | Item | Code | Table


def _row(cells: Sequence[str], widths: list[int]) -> str:
    return f"| {' | '.join(cell.ljust(size) for cell, size in zip(cells, widths, strict=True))} |"


def wrapped(text: str, indent: int, hanging: int = 0, lead: str = "") -> list[str]:
    """Lines of a docstring, none longer than `WIDTH` unless `indent` leaves too little room.

    Args:
        text: Markdown.
        indent: Spaces before each line.
        hanging: Additional spaces before each line after the first; with them, there are no blank lines.
        lead: The beginning of the text, such as the name of an argument.
    """
    blocks = list(_blocks(clean(text)))
    if lead:
        first = blocks[0] if blocks and isinstance(blocks[0], Paragraph) else Paragraph(False, "")
        blocks[: 1 if first in blocks[:1] else 0] = [replace(first, text=f"{lead} {first.text}")]
    lines: list[str] = []
    width = max(WIDTH - indent - hanging, NARROWEST)
    for block in blocks:
        if lines and block.apart and not hanging:
            lines.append("")
        if isinstance(block, Paragraph) and not lines:
            laid_out = _filled(block.text, width, more=hanging)
        else:
            laid_out = block.lines(width)
        for line in laid_out:
            pad = " " * (indent + (hanging if lines else 0))
            if line or not hanging:
                lines.append(escape(f"{pad}{line}") if line else "")
    return lines or [""]


def _blocks(text: str) -> Iterator[Block]:
    plain: list[str] = []
    lines = text.strip("\n").split("\n")
    number = 0
    while number < len(lines):
        end = _end_of_code(lines, number) if FENCE.fullmatch(lines[number]) else None
        if end is None:
            plain.append(lines[number])
            number += 1
            continue
        yield from _without_fences("\n".join(plain))
        plain = []
        start = len(lines[number]) - len(lines[number].lstrip())
        yield Code(True, tuple(line[min(start, len(line) - len(line.lstrip())) :] for line in lines[number : end + 1]))
        number = end + 1
    yield from _without_fences("\n".join(plain))


def _end_of_code(lines: list[str], start: int) -> int | None:
    return next((it for it in range(start + 1, len(lines)) if lines[it].strip() == "```"), None)


def _without_fences(text: str) -> Iterator[Block]:
    """Blocks of a text in which code can only be folded."""
    done = 0
    for found in FOLDED_FENCE.finditer(text):
        yield from _without_code(text[done : found.start()])
        yield Code(True, (f"```{found[1]}", found[2], "```"))
        done = found.end()
    yield from _without_code(text[done:])


def _without_code(text: str) -> Iterator[Block]:
    """Blocks of a text without code. A table is recognized by the ruler below its header, which has its columns."""
    done = 0
    for ruler in RULER.finditer(text):
        columns = ruler[0].count("|") - 1
        cells = rf"\|(?:{CELL}){{{columns}}}"
        header = next(
            (
                found
                for start in _last_pipes(text[done : ruler.start()], columns + 1)
                if (found := re.compile(rf"({cells})\s*").fullmatch(text, done + start, ruler.start()))
            ),
            None,
        )
        if header is None or ruler.start() < done:
            continue
        yield from _paragraphs(text[done : header.start()])
        done = ruler.end()
        rows: list[tuple[str, ...]] = []
        row = re.compile(rf"\s*({cells})")
        while found := row.match(text, done):
            rows.append(_cells(found[1]))
            done = found.end()
        yield Table(True, _cells(header[1]), tuple(rows))
    yield from _paragraphs(text[done:])


def _last_pipes(text: str, count: int) -> list[int]:
    """Where the last row of a text can begin: at the pipe after which there are `count` pipes."""
    pipes = [found.start() for found in re.finditer(r"(?<!\\)\|", text)]
    return pipes[-count:][:1] if len(pipes) >= count else []


def _cells(row: str) -> tuple[str, ...]:
    return tuple(" ".join(cell.split()) for cell in re.findall(r"((?:\\.|[^|\\])*)\|", row[1:]))


def _paragraphs(text: str) -> Iterator[Block]:
    found: list[Block] = []
    apart = True
    previous = ""
    for line in text.split("\n"):
        last = found[-1] if found else None
        if not line.strip():
            apart = True
            continue
        item = ITEM.fullmatch(line)
        if item is not None:
            depth = len(item[1].expandtabs()) // 2
            found.append(Item(apart and not isinstance(last, Item), depth, item[2], item[3].strip()))
        elif ALONE.match(line):
            found.append(Paragraph(apart, line.strip()))
            line = f"{line}  "
        elif not apart and _continues(last, previous, line):
            found[-1] = replace(last, text=f"{last.text} {line.strip()}")
        else:
            found.append(Paragraph(apart, line.strip()))
        apart = False
        previous = line
    for before, block, after in zip([None, *found], found, [*found[1:], None], strict=False):
        if isinstance(block, Paragraph):
            yield from _unfolded(block.text, block.apart)
        elif isinstance(block, Item) and not isinstance(before, Item) and not isinstance(after, Item):
            yield from _unfolded(f"{block.marker} {block.text}", block.apart) if not block.depth else (block,)
        else:
            yield block


def _continues(last: Block | None, previous: str, line: str) -> TypeGuard[Paragraph | Item]:
    """Whether a line continues the block before it: in a folded text, each line is its own paragraph."""
    if isinstance(last, Item):
        return line[:1] == " "
    return isinstance(last, Paragraph) and not previous.endswith(PARAGRAPH_ENDS)


def _unfolded(text: str, apart: bool) -> Iterator[Block]:
    """A line, and the list that was folded into it, if any."""
    bullets, first = BULLETS.search(text), FIRST.search(text)
    starts: list[tuple[int, int]] = []
    if bullets is not None:
        starts = [(bullets.start(), bullets.end())]
        starts += [
            (it.start() + 1, it.end())
            for it in re.compile(rf"\s{re.escape(bullets[1])} (?=\S)").finditer(text, bullets.end())
            if text.count("`", 0, it.start()) % 2 == 0
        ]
    if len(starts) < 2 and first is not None:
        starts = [(first.start(), first.end())]
        while after := re.compile(rf"\s({len(starts) + 1}{re.escape(first[1])}) (?=\S)").search(text, starts[-1][1]):
            starts.append((after.start(1), after.end()))
    if len(starts) < 2:
        item = ITEM.fullmatch(text)
        yield Paragraph(apart, text) if item is None else Item(apart, 0, item[2], item[3])
        return
    head = text[: starts[0][0]].strip()
    if head:
        yield Paragraph(apart, head)
    for (start, end), (stop, _) in pairwise([*starts, (len(text), len(text))]):
        yield Item(apart and not head and start == starts[0][0], 0, text[start:end].strip(), text[end:stop].strip())


def _cost(text: str) -> int:
    return len(escape(text))


def _filled(text: str, width: int, lead: str = "", indent: str = "", more: int = 0) -> list[str]:
    """Lines of at most `width` characters; a word is only split if it is longer than a line.

    The first line may be longer.
    """
    room = max(width - max(len(lead), len(indent)), NARROWEST)
    lines: list[str] = []
    line, used = "", 0
    for word in text.split():
        for piece in _pieces(word, room):
            cost = _cost(piece)
            if line and used + 1 + cost > room + (0 if lines else more):
                lines.append(line)
                line, used = piece, cost
            else:
                line, used = (f"{line} {piece}", used + 1 + cost) if line else (piece, cost)
    lines.append(line)
    return [f"{indent if number else lead}{it}".rstrip() for number, it in enumerate(lines)]


def _pieces(word: str, room: int) -> list[str]:
    if _cost(word) <= room:
        return [word]
    half = room // 2  # an escape takes two characters
    size = room if _cost(word) == len(word) else half
    return [word[start : start + size] for start in range(0, len(word), size)]
