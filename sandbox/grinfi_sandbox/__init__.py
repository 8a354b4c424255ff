"""A local stand-in for the Grinfi API, driven by its OpenAPI description."""

from .app import create_app
from .server import SandboxServer, run_in_thread

__all__ = ["SandboxServer", "create_app", "run_in_thread"]
