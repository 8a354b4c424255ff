"""Texts of the description are for people: other ones give the same code."""

from __future__ import annotations

from codegen.description import validate
from codegen.edition import DEFAULT_OUTPUT
from codegen.generate import build
from tests.codegen.helpers import contents, edition
from tests.codegen.texts import code_of, rewritten, texts_of

MOST = 120
"""Characters of a line."""


def test_other_texts_give_the_same_code() -> None:
    document = rewritten(edition())
    validate(document, "the rewritten edition")
    files = build(document).files
    assert files.keys() == contents(DEFAULT_OUTPUT).keys()
    different = [
        name
        for name, content in files.items()
        if name.endswith(".py") and code_of(content.decode()) != code_of((DEFAULT_OUTPUT / name).read_text("utf-8"))
    ]
    assert different == []
    for name, content in files.items():
        assert b"#operation/createTag" not in content, name
        assert [line for line in texts_of(content.decode()) if len(line) > MOST] == [], name
