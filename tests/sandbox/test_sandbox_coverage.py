"""The committed list of operations is the one that the sandbox writes."""

from __future__ import annotations

from pathlib import Path

from grinfi_sandbox.coverage import write_table

LISTING = Path(__file__).parents[2] / "docs" / "sandbox-operations.md"


def test_the_listing_is_up_to_date() -> None:
    hint = "run python -m grinfi_sandbox.coverage docs/sandbox-operations.md"
    assert LISTING.read_text(encoding="utf-8") == write_table(), hint
