"""The command `grinfi`. Modules are loaded when a command needs them, so that help and completion are fast."""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    try:
        from .app import run
    except ModuleNotFoundError as error:
        if error.name != "typer":
            raise
        print(f"grinfi: {error}. Run pip install 'grinfi-async[cli]' to use the command line.", file=sys.stderr)
        return 3
    except KeyboardInterrupt:  # while modules are loaded
        print("grinfi: interrupted", file=sys.stderr)
        return 130
    return run(sys.argv[1:] if arguments is None else arguments)
