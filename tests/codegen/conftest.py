"""Editions that several tests use, each generated once."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from types import ModuleType

import pytest

from codegen import edition
from codegen.description import validate
from codegen.generate import Package, build
from tests.codegen.helpers import NO_OVERLAY, imported, small
from tests.codegen.hostile import hostile


@pytest.fixture(scope="session", autouse=True)
def quick_parser() -> Iterator[None]:
    """Endpoints that the parser does not copy before it changes them: the copies take a quarter of a generation.

    A generation in its own process, with copies, gives the same bytes: see test_generate.py.
    """
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("openapi_python_client.parser.openapi.deepcopy", copy.copy)
        yield


@pytest.fixture
def uncorrected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small descriptions have nothing that the overlay corrects."""
    monkeypatch.setattr(edition, "OVERLAY", NO_OVERLAY)


@pytest.fixture(scope="session")
def tiny() -> Package:
    """The package of one operation."""
    return build(small(), overlay=NO_OVERLAY)


@pytest.fixture(scope="session")
def changed() -> Package:
    """The package of a hostile other edition."""
    document = hostile()
    validate(document, "the hostile edition")
    return build(document)


@pytest.fixture(scope="session")
def client(changed: Package, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """That package, imported."""
    with imported(changed, tmp_path_factory.mktemp("hostile"), "grinfi_hostile") as package:
        yield package
