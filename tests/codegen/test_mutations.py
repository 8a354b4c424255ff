"""A sample of the changes that `make mutations` tries in full."""

from __future__ import annotations

import pytest

from tests.codegen import real_mutations
from tests.codegen.mutations import MUTATIONS, Mutation, problems

SAMPLE = MUTATIONS[7::55]


@pytest.mark.parametrize("mutation", SAMPLE, ids=lambda it: it.name)
def test_a_changed_edition_generates_and_its_changes_are_reported(mutation: Mutation) -> None:
    assert problems(mutation) == []


def test_changes_of_the_committed_description_are_reported() -> None:
    assert real_mutations.problems(number=0, seed=7) == []


def test_every_combination_of_expectations_has_mutations() -> None:
    truths = {(it.breaking, bool(it.told)) for it in MUTATIONS}
    assert truths == {(True, True), (False, True), (False, False)}
    assert len({it.name for it in MUTATIONS}) == len(MUTATIONS) >= 200
