"""Applying an OpenAPI Overlay 1.0 document, and telling which of its actions found nothing to correct."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any, cast

import yaml
from jsonpath_ng.exceptions import JSONPathError
from jsonpath_ng.ext.parser import parse as parse_jsonpath
from oas_patch.overlay import apply_overlay  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from .description import Document, Loader
from .errors import CodegenError


def load_overlay(path: Path) -> list[dict[str, Any]]:
    """The actions of an overlay file. Each must have a target, a reason, and something to do."""
    try:
        overlay: Any = yaml.load(path.read_text("utf-8"), Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise CodegenError(f"{path.name} cannot be parsed: {' '.join(str(error).split())}") from error
    if not isinstance(overlay, dict) or str(cast("dict[str, Any]", overlay).get("overlay")) != "1.0.0":
        raise CodegenError(f"{path.name} is not an OpenAPI Overlay 1.0.0 document.")
    actions: list[dict[str, Any]] = cast("dict[str, Any]", overlay).get("actions") or []
    for number, action in enumerate(actions, 1):
        missing = [key for key in ("target", "description") if not action.get(key)]
        given = [key for key in ("update", "remove") if key in action]
        fits = isinstance(action["update"], dict) if given == ["update"] else action.get("remove") is True
        if missing or len(given) != 1 or not fits:
            raise CodegenError(
                f"{path.name}, action {number} ({action.get('target')}): "
                "needs a target, a description with the reason, and either update (an object) or remove (true)."
            )
    return actions


def apply(document: Document, actions: list[dict[str, Any]]) -> tuple[Document, list[str]]:
    """The corrected description, and a line for each optional action whose target the description does not have.

    What is to be updated must be an object.

    Raises:
        CodegenError: The description does not have the target of an action without `x-optional: true`.
    """
    corrected = copy.deepcopy(document)
    lost: dict[bool, list[str]] = {True: [], False: []}
    for action in actions:
        target = action["target"]
        matches = _matches(corrected, target)
        if "update" in action:
            matches = [match for match in matches if isinstance(match.value, dict)]
        if not matches:
            lost[action.get("x-optional") is True].append(f"{target} ({action['description']})")
            continue
        for match in matches if "update" in action else ():
            # oas-patch 0.6 cannot update an element of a list, but it can update the root of what it is given.
            apply_overlay(match.value, {"actions": [{"target": "$", "update": copy.deepcopy(action["update"])}]})
        if "remove" in action:
            apply_overlay(corrected, {"actions": [action]})
    if lost[False]:
        raise CodegenError(
            "The overlay corrects what this edition does not have. Give each of these actions another target, or take "
            "it out, or let it be left out with `x-optional: true`:",
            lost[False],
        )
    return corrected, lost[True]


def _matches(document: Document, target: str) -> list[Any]:
    try:
        return cast("list[Any]", parse_jsonpath(target).find(document))
    except JSONPathError as error:
        raise CodegenError(f"The overlay's target {target} is no JSONPath: {error}.") from error
