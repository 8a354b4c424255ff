"""A local stand-in for the Grinfi API, driven by its OpenAPI description.

Names are imported at their first use, so that the pytest plugin loads nothing that is not installed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .app import create_app
    from .embedding import Sandbox
    from .server import SandboxServer, run_in_thread

__all__ = ["Sandbox", "SandboxServer", "create_app", "run_in_thread"]

_HOMES = {"Sandbox": "embedding", "SandboxServer": "server", "create_app": "app", "run_in_thread": "server"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value
