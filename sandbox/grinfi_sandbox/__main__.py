"""The command line: `python -m grinfi_sandbox`."""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from pathlib import Path

try:
    from .answers import LARGEST_LIMIT
    from .app import DEFAULT_KEY, create_app
    from .description import load_description
    from .seeding import seed
    from .server import listen, serve
    from .store import JOB_DELAY
except ModuleNotFoundError as error:
    raise SystemExit(f"grinfi_sandbox needs its extra: pip install 'grinfi-async[sandbox]' ({error}).") from None


LONGEST_DELAY = 86_400
# What the observed behaviour does where the live server's behaviour is unknown.
FACTS = (
    (
        "--mass-action-filter",
        ("everybody", "nobody"),
        "observed: the contacts that a mass action affects whose filter has other keys than ids",
    ),
    ("--name-filter", ("everybody", "nobody"), "observed: the contacts that a filter by name finds"),
    ("--unknown-filter-key", ("error", "ignored"), "observed: the effect of an unknown filter key"),
)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= LONGEST_DELAY:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to {LONGEST_DELAY}")
    return seconds


def _number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 up")
    return int(text)


def main(arguments: list[str] | None = None) -> int:
    """Serve the sandbox until SIGTERM or SIGINT; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="grinfi_sandbox",
        usage="python -m grinfi_sandbox [--help] [OPTION …]",
        description="A local stand-in for the Grinfi API.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="HOST",
        help="answer requests that name this host too (default: only the address of the sandbox); repeatable",
    )
    parser.add_argument("--port", type=int, default=8000, help="port; 0 takes a free one (default: %(default)s)")
    parser.add_argument("--spec", type=Path, metavar="FILE", help="OpenAPI description (default: the Grinfi API's)")
    parser.add_argument("--database", default=":memory:", metavar="FILE", help="SQLite file (default: in memory)")
    parser.add_argument(
        "--contacts", type=_number, default=0, metavar="N", help="seed a new database with this many contacts"
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="seed of these contacts: another number makes other contacts"
    )
    parser.add_argument(
        "--behaviour",
        choices=("published", "observed"),
        default="observed",
        help="follow the description, or the live server as observed (default: %(default)s)",
    )
    for option, values, text in FACTS:
        parser.add_argument(option, choices=values, default=values[0], help=f"{text} (default: %(default)s)")
    parser.add_argument(
        "--search-limit",
        type=_number,
        default=LARGEST_LIMIT,
        metavar="N",
        help="observed: the largest number of contacts that a search answers with (default: %(default)s)",
    )
    parser.add_argument(
        "--job-delay",
        type=_seconds,
        default=JOB_DELAY,
        metavar="SECONDS",
        help="run mass actions, imports and exports this long after the request (default: %(default)s)",
    )
    parser.add_argument(
        "--rate-limit",
        metavar="N/SECONDS[:fixed|sliding|bucket]",
        help="refuse more than this many requests of a key in this many seconds, as in 300/60 (default: no limit)",
    )
    parser.add_argument("--no-rate-limit-headers", action="store_true", help="omit the headers that show the limit")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="SPEC",
        help="a fault, as in operation=upsertContact,status=503,probability=0.1,count=5; repeatable",
    )
    parser.add_argument("--json", action="store_true", help="print url and key as JSON when ready")
    parser.add_argument(
        "--webhook-host",
        action="append",
        default=[],
        metavar="HOST",
        help="let webhooks call this host too (default: loopback addresses only); repeatable",
    )
    parser.add_argument("--verbose", action="store_true", help="log each request")
    options = parser.parse_args(arguments)
    try:
        description = None if options.spec is None else load_description(options.spec)
        app = create_app(
            description,
            options.database,
            behaviour=options.behaviour,
            mass_action_filter=options.mass_action_filter,
            name_filter=options.name_filter,
            unknown_filter_key=options.unknown_filter_key,
            job_delay=options.job_delay,
            search_limit=options.search_limit,
            rate_limit=options.rate_limit,
            rate_limit_headers=not options.no_rate_limit_headers,
            faults=options.fault,
            webhook_hosts=options.webhook_host,
            allow_hosts=(options.host, *options.allow_host),
        )
        if options.contacts and app.state.store.fresh:
            seed(app.state.store, options.contacts, options.seed)
        listener, url = listen(options.host, options.port)
    except (OSError, OverflowError, ValueError, sqlite3.Error) as error:
        print(f"grinfi_sandbox: {error}", file=sys.stderr)
        return 1
    line = f"grinfi_sandbox ready: url={url} key={DEFAULT_KEY}"
    ready_line = json.dumps({"url": url, "key": DEFAULT_KEY}) if options.json else line
    serve(app, listener, lambda: print(ready_line, flush=True), options.verbose)
    app.state.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
