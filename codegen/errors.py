"""Errors that are shown without a traceback."""

from __future__ import annotations

from collections.abc import Sequence


class CodegenError(Exception):
    """Generation cannot continue. `details` has one line for each cause."""

    def __init__(self, message: str, details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.details = tuple(details)

    def __str__(self) -> str:
        return "\n".join([self.message, *(f"  - {detail}" for detail in self.details)])
