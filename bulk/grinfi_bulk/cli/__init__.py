"""The command `grinfi`. What it needs is loaded when a command needs it, so that help and completion come at once."""

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
        print(f"grinfi needs its extra: pip install 'grinfi-async[cli]' ({error})", file=sys.stderr)
        return 3
    except KeyboardInterrupt:  # while that is loaded
        print("grinfi: interrupted", file=sys.stderr)
        return 130
    return run(sys.argv[1:] if arguments is None else arguments)
