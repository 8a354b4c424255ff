"""The command line: `python -m grinfi_sandbox`."""

from __future__ import annotations

import argparse
import sqlite3
import sys
from pathlib import Path

from .app import DEFAULT_KEY, create_app
from .description import find_description, load_description
from .server import listen, serve


def main(arguments: list[str] | None = None) -> int:
    """Serve the sandbox until SIGTERM or SIGINT; return the exit status."""
    parser = argparse.ArgumentParser(prog="grinfi_sandbox", description="A local stand-in for the Grinfi API.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port; 0 takes a free one (default: %(default)s)")
    parser.add_argument("--spec", type=Path, metavar="FILE", help="OpenAPI description (default: the Grinfi API's)")
    parser.add_argument("--database", default=":memory:", metavar="FILE", help="SQLite file (default: in memory)")
    parser.add_argument("--verbose", action="store_true", help="log each request")
    options = parser.parse_args(arguments)
    try:
        description = load_description(options.spec or find_description())
        app = create_app(description, options.database)
        listener, url = listen(options.host, options.port)
    except (OSError, ValueError, sqlite3.Error) as error:
        print(f"grinfi_sandbox: {error}", file=sys.stderr)
        return 1
    serve(
        app, listener, lambda: print(f"grinfi_sandbox ready: url={url} key={DEFAULT_KEY}", flush=True), options.verbose
    )
    app.state.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
