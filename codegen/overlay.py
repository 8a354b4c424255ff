"""Applying an OpenAPI Overlay 1.0 document, and telling which of its actions found nothing to correct."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any, cast

import yaml
from jsonpath_ng.ext.parser import parse as parse_jsonpath
from oas_patch.overlay import apply_overlay  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from .description import Document
from .errors import CodegenError


def load_overlay(path: Path) -> list[dict[str, Any]]:
    """The actions of an overlay file. Each must have a target, a reason, and something to do."""
    overlay = yaml.safe_load(path.read_text("utf-8"))
    if not isinstance(overlay, dict) or str(cast("dict[str, Any]", overlay).get("overlay")) != "1.0.0":
        raise CodegenError(f"{path.name} is not an OpenAPI Overlay 1.0.0 document.")
    actions: list[dict[str, Any]] = cast("dict[str, Any]", overlay).get("actions") or []
    for number, action in enumerate(actions, 1):
        missing = [key for key in ("target", "description") if not action.get(key)]
        if missing or isinstance(action.get("update"), dict) == ("remove" in action):
            raise CodegenError(
                f"{path.name}, action {number} ({action.get('target')}): "
                "needs a target, a description with the reason, and either update (an object) or remove."
            )
    return actions


def apply(document: Document, actions: list[dict[str, Any]]) -> tuple[Document, list[str]]:
    """The corrected description, and a line for each action whose target the description does not have."""
    corrected = copy.deepcopy(document)
    unmatched: list[str] = []
    for action in actions:
        target = action["target"]
        matches = cast("list[Any]", parse_jsonpath(target).find(corrected))
        if not matches:
            unmatched.append(f"{target} ({action['description']})")
            continue
        for match in matches if "update" in action else ():
            # oas-patch 0.6 cannot update an element of a list, but it can update the root of what it is given.
            apply_overlay(match.value, {"actions": [{"target": "$", "update": copy.deepcopy(action["update"])}]})
        if "remove" in action:
            apply_overlay(corrected, {"actions": [action]})
    return corrected, unmatched
