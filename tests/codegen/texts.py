"""Editions with other words: every description and summary is rewritten, and nothing else.

`python -m tests.codegen.texts NEW [SEED]` writes such an edition of openapi.yaml. With it in place, all tests pass:
`python -m tests.codegen.texts openapi.yaml && make generate test`.
"""

from __future__ import annotations

import ast
import io
import random
import sys
import tokenize
from pathlib import Path
from typing import Any, Final, cast

from codegen.description import Document
from tests.codegen.helpers import dump, edition

TEXTS: Final = ("description", "summary")
VALUES: Final = ("default", "enum", "example", "value")
"""Keys whose values are data, where a `description` is not a text."""

WORDS: Final = """
the record identifier of each UUID value returned when nothing default required ignored server контакт список имя
значение 連絡先 一覧 値 επαφή κατάλογος קשר רשימה زبون قائمة café naïve Straße 😀
"""
TABLE: Final = "\n\n| `type` | Payload |\n| --- | --- |\n| `made_up_type` | `{ a: 1\\|2 }` |\n\n"
"""It lists other things than the table that it replaces."""
FRAGMENTS: Final = (
    "UUID of the record, or UUIDs of several.",
    "Required; an entry node has none and sends `[]`. Default: 7.",
    "None if the server answered 204.",
    "`await` it for every row.",
    "See #operation/createTag and [the contact](#schema/lead), or #operation/noSuchOperation.",
    "[listTags](#operation/listTags), <https://docs.example.com/#tag/Tags>.",
    '"quoted" and """thrice""" and \'\'\'so\'\'\' and ends in a quote"',
    "Back\\slashes \\n \\N{BULLET} \\x and a last one \\",
    "Braces {uuid} {{variable}} {% if x %} {# y #} %s %(name)s.",
    "Args: Returns: Raises: Attributes:",
    "# type: ignore",
    "<b>bold</b> & **strong** _em_ ~~gone~~",
    "| `type` | Payload | | --- | --- | | `made_up_type` | `{ a: 1\\|2 }` | | `other` | none |",
    "- one - two `code` - three",
    "1. first 2. second",
    '```json { "a": [1, 2], "b": "c" } ```',
    TABLE,
    "\n\n```python\nArgs:\n    uuid: not this\n```\n\n",
    "\n\nArgs:\n    uuid: nor this\n\nRaises:\n    Nothing: at all.\n\n",
    "\n\n- one\n- two\n  1. nested\n\n# Heading\n\n> quoted\n",
    "https://example.com/" + "long/" * 40,
)


def rewritten(document: Document, seed: int = 1, *, empty: bool = False) -> Document:
    """The document with another text wherever it has one, or without. A text depends on the seed and its place."""
    return cast(Document, _rewritten(document, None if empty else seed, "$"))


def _rewritten(node: Any, seed: int | None, path: str) -> Any:
    if isinstance(node, dict):
        return {
            key: _text(value, seed, f"{path} {key}")
            if key in TEXTS and isinstance(value, str)
            else value
            if key in VALUES and not path.endswith(".properties")
            else _rewritten(value, seed, f"{path}.{key}")
            for key, value in cast("dict[str, Any]", node).items()
        }
    if isinstance(node, list):
        return [_rewritten(item, seed, f"{path}[{index}]") for index, item in enumerate(cast("list[Any]", node))]
    return node


def _text(text: str, seed: int | None, path: str) -> str:
    chance = random.Random(f"{seed} {path}")
    if seed is None or chance.random() < 0.1:
        return ""
    words = WORDS.split()
    rewritten_words = [word if chance.random() < 0.2 else chance.choice(words) for word in text.split()]
    for fragment in chance.sample(FRAGMENTS, chance.randint(0, 4)):
        rewritten_words.insert(chance.randint(0, len(rewritten_words)), fragment)
    joined = " ".join(rewritten_words)
    if "| --- |" in text:
        return joined + TABLE
    return " ".join(joined.split()) if chance.random() < 0.7 else joined


def code_of(source: str) -> tuple[str, list[str]]:
    """The code of a module without its docstrings, those of attributes included, and its comments."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            kept = [it for it in cast("list[ast.stmt]", body) if not _is_text(it)]
            node.body = kept or [ast.Pass()]  # type: ignore[attr-defined]
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return ast.unparse(tree), [token.string for token in tokens if token.type == tokenize.COMMENT]


def texts_of(source: str) -> list[str]:
    """The lines of all docstrings, as they are written."""
    lines = source.split("\n")
    texts = [it for it in ast.walk(ast.parse(source)) if isinstance(it, ast.Expr) and _is_text(it)]
    return [line for text in texts for line in lines[text.lineno - 1 : text.end_lineno]]


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


if __name__ == "__main__":
    dump(rewritten(edition(), int(sys.argv[2]) if len(sys.argv) > 2 else 1), Path(sys.argv[1]))
