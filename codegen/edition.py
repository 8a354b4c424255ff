"""An edition: a description with the overlay applied, validated, and in its one form. Two of them can be compared."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from .description import Document, check_references, check_version, validate
from .diff import Difference, compare
from .errors import CodegenError
from .names import load_names, plan_names
from .normal import normal
from .overlay import apply, load_overlay
from .overrides import read_overrides

ROOT = Path(__file__).parent.parent
DEFAULT_SPEC = ROOT / "openapi.yaml"
DEFAULT_OUTPUT = ROOT / "grinfi_async"
OVERLAY = ROOT / "codegen" / "overlay.yaml"
NAMES = ROOT / "codegen" / "names.yaml"
OVERRIDES = ROOT / "overrides"


def released_version() -> str:
    """The version of the distribution."""
    path = OVERRIDES / "grinfi_overrides" / "version.py"
    found = re.search(r'__version__ = "([0-9.]+)"', path.read_text("utf-8"))
    if found is None:
        raise CodegenError(f"{path} names no __version__.")
    return found[1]


def correct(
    document: Document,
    source: str,
    overlay: Path | None = None,
    check: Callable[[Document, str], None] = validate,
) -> tuple[Document, list[str]]:
    """The description of an edition, and the overlay actions that found nothing to correct.

    The overlay comes first: it can correct what is not valid.
    """
    check_version(document, source)
    corrected, unmatched = apply(document, load_overlay(overlay or OVERLAY))
    check(corrected, source)
    return normal(corrected), unmatched


def compare_editions(
    old: Document, new: Document, source: str = "The new edition", overlay: Path | None = None
) -> Difference:
    """What callers of the package meet when it is generated from the new edition instead of the old one."""
    listed, attributes = load_names(NAMES), read_overrides(OVERRIDES).attributes
    try:
        before = correct(old, "The old edition", overlay, check_references)[0]
        after = correct(new, source, overlay, check_references)[0]
        names = plan_names(before, listed, attributes), plan_names(after, listed, attributes)
        return compare(before, after, names)
    except (AttributeError, LookupError, TypeError, ValueError):
        # Validation takes longer than all of this; it says what cannot be compared, and why.
        for document, name in ((old, "The old edition"), (new, source)):
            correct(document, name, overlay)
        raise
