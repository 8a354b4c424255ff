"""Editions that say the same in another way, or a little more: callers keep what they have."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from codegen.description import Document
from codegen.generate import DEFAULT_OUTPUT, Package, build, differences
from tests.codegen.helpers import edition
from tests.codegen.rewriting import as_3_1, with_other_case, with_shared_parts


def assert_same(package: Package) -> None:
    assert differences(package, DEFAULT_OUTPUT) == []
    assert package.unmatched_actions == ()


@pytest.mark.parametrize("rewrite", [as_3_1, with_shared_parts])
def test_the_same_api_written_otherwise_generates_the_same_package(rewrite: Callable[[Document], Document]) -> None:
    assert_same(build(json.loads(json.dumps(rewrite(edition())))))


def test_names_of_schemas_that_differ_in_case_give_the_same_models() -> None:
    package, known = build(with_other_case(edition())), build(edition())
    assert package.unmatched_actions == ()
    assert {name: [it.name for it in model.fields] for name, model in package.plan.models.items()} == {
        name: [it.name for it in model.fields] for name, model in known.plan.models.items()
    }
