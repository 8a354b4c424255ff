"""An edition: a description with the overlay applied, validated, and in its one form. Two of them can be compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from .corrections import unmet_needs
from .description import Document, check_references, check_version, validate
from .diff import Difference, Rename, compare
from .errors import CodegenError
from .model_names import ModelPlaces, kept_names, successors
from .modules import RESERVED_CLASSES
from .names import load_models, load_names, plan_names
from .normal import normal
from .overlay import apply, load_overlay
from .overrides import Overrides, read_overrides

ROOT = Path(__file__).parent.parent
DEFAULT_SPEC = ROOT / "openapi.yaml"
DEFAULT_OUTPUT = ROOT / "grinfi_async"
OVERLAY = ROOT / "codegen" / "overlay.yaml"
NAMES = ROOT / "codegen" / "names.yaml"


def released_version() -> str:
    """The version of the distribution."""
    path = ROOT / "overrides" / "grinfi_overrides" / "version.py"
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


class Edition:
    """A description as it is compared: corrected, with the public names of its operations and models."""

    def __init__(self, document: Document, pinned: Mapping[str, str], overrides: Overrides) -> None:
        self.document, self._overrides = document, overrides
        self.names = plan_names(document, load_names(NAMES), overrides.attributes)
        self.models = self.named(pinned)

    def named(self, pinned: Mapping[str, str]) -> ModelPlaces:
        """Its models, when some keep the name they had."""
        return ModelPlaces(self.document, self.names, RESERVED_CLASSES | set(self._overrides.public), pinned)


def compare_editions(
    old: Document, new: Document, source: str = "The new edition", overlay: Path | None = None
) -> Difference:
    """What callers of the package meet when it is generated from the new edition instead of the old one.

    Models keep their name where `sync` can see that they are the same.
    """
    overrides, pinned = read_overrides(ROOT), load_models(NAMES)
    try:
        before, after = (
            Edition(correct(document, name, overlay, check_references)[0], pinned, overrides)
            for document, name in ((old, "The old edition"), (new, source))
        )
        kept = {**after.models.used_pins, **kept_names(before.models, after.models)}
        models = after.models if kept == after.models.used_pins else after.named(kept)
        following = successors(before.models, models)
        return replace(
            compare(before.document, after.document, (before.names, after.names)),
            models=tuple(
                Rename(name, next(iter(sorted(following.get(name, ()))), ""))
                for name in sorted(before.models.fields.keys() - models.fields.keys())
            ),
            unmet=tuple(unmet_needs(after.document, after.names, overrides)),
            kept_models=tuple(sorted(kept.items())),
        )
    except (AttributeError, LookupError, TypeError, ValueError):
        # Validation takes longer than all of this; it says what cannot be compared, and why.
        for document, name in ((old, "The old edition"), (new, source)):
            correct(document, name, overlay)
        raise
