"""An edition: a description, corrected by the overlay, validated and normalized. Two editions can be compared."""

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
        raise CodegenError(f"{path} does not set __version__.")
    return found[1]


def correct(
    document: Document,
    source: str,
    overlay: Path | None = None,
    check: Callable[[Document, str], None] = validate,
) -> tuple[Document, list[str]]:
    """The corrected description of an edition, and the overlay actions that were not used.

    The overlay is applied before validation, because it can correct errors.
    """
    check_version(document, source)
    corrected, unmatched = apply(document, load_overlay(overlay or OVERLAY))
    check(corrected, source)
    return normal(corrected), unmatched


class Edition:
    """A corrected description, with the public names of its operations and models, for comparison."""

    def __init__(self, document: Document, pinned: Mapping[str, str], overrides: Overrides) -> None:
        self.document, self._overrides = document, overrides
        self.names = plan_names(document, load_names(NAMES), overrides.attributes)
        self.models = self.named(pinned)

    def named(self, pinned: Mapping[str, str]) -> ModelPlaces:
        """Its models, if some keep the name they had."""
        return ModelPlaces(self.document, self.names, RESERVED_CLASSES | set(self._overrides.public), pinned)


def compare_editions(
    old: Document, new: Document, source: str = "The new edition", overlay: Path | None = None
) -> Difference:
    """What changes for callers if the package is generated from the new edition.

    Models keep their name if `sync` can see that they are the same.
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
        # The comparison does not validate, because validation takes longer than the comparison. It failed, so validate
        # now, to get an error that says what is wrong with the description.
        for document, name in ((old, "The old edition"), (new, source)):
            correct(document, name, overlay)
        raise
