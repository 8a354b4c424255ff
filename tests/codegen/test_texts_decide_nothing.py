"""Texts of the description are for people: other ones give the same code."""

from __future__ import annotations

import pytest

from codegen.description import validate
from codegen.generate import build
from tests.codegen.helpers import edition
from tests.codegen.texts import code_of, rewritten


@pytest.mark.parametrize("seed", [1, 2])
def test_other_texts_give_the_same_code(seed: int) -> None:
    document = rewritten(edition(), seed)
    validate(document, "the rewritten edition")
    files = build(document).files
    original = build(edition()).files
    assert files.keys() == original.keys()
    different = [
        name
        for name, content in files.items()
        if name.endswith(".py") and code_of(content.decode()) != code_of(original[name].decode())
    ]
    assert different == []
