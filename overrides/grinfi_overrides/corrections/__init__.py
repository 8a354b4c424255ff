"""What the server does oddly: for some operations a function that sees the request before it is sent, and the answer.

The overlay says which operation has which correction (`x-correction`), with the arguments it needs and the other
operations it calls; the generator checks that they are there. A correction knows no signature: it works on the request
as it would be sent, and calls other operations by method and path.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import httpx

    from .request import Request

__all__ = ["CORRECTIONS", "Correction", "find_correction", "load_corrections"]

Correction = Callable[["Request"], Awaitable["httpx.Response"]]

CORRECTIONS: Final = {
    "attachments": ["describe_upload"],
    "automations": ["add_new_contact"],
    "counts": ["count_contacts"],
    "custom_fields": ["change_field", "create_field", "delete_field", "name_values"],
    "flow_versions": ["check_tree", "complete_node"],
    "identities": ["blacklist_contact", "find_contact"],
    "linkedin_browsers": ["run_with_account"],
    "updates": ["update_company", "update_contact"],
}
"""Module -> the corrections in it."""


@cache
def find_correction(name: str) -> Correction:
    """A correction by its name, loaded when it is first needed."""
    module = next(module for module, names in CORRECTIONS.items() if name in names)
    correction: Correction = getattr(import_module(f"{__name__}.{module}"), name)
    return correction


def load_corrections() -> None:
    """Load all of them now."""
    for module in CORRECTIONS:
        import_module(f"{__name__}.{module}")
