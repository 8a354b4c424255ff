"""The commands."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, get_args

import typer

from ..choices import Enrol, Existing, Merge, Output, ReportKind, Store, Table, Verb, Via
from .errors import Status, say, settle, tell

if TYPE_CHECKING:
    from grinfi_async import Grinfi

__all__ = ["run"]

PROGRAM: Final = "grinfi"
COMPLETION: Final = "_GRINFI_COMPLETE"

app = typer.Typer(
    name=PROGRAM,
    help="Work with the Grinfi API from the command line. The key is that of a profile (`grinfi login`), or is read "
    "from GRINFI_API_KEY.",
    context_settings={"help_option_names": ["--help", "-h"]},
    epilog="Exit status: 0 done, 1 some rows failed, are unknown, were not seen to be done or were overwritten "
    "by others, 2 wrong usage or file, "
    "3 key or configuration, 4 API or connection, 130 interrupted.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Json = Annotated[bool, typer.Option("--json", help="Write JSON, for scripts.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
Journal = Annotated[
    Path | None,
    typer.Option(help="File that records what is done: the same command with it resumes where it stopped."),
]
Excel = Annotated[
    bool,
    typer.Option("--excel", help="Write CSV that a spreadsheet opens safely: no cell is taken for a formula."),
]


Filters = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        metavar="CONDITION",
        help="FIELD=VALUE, or != < <= > >=, such as 'created_at>=2026-01-01'; can be repeated, and all must hold.",
    ),
]
MaxFailures = Annotated[int | None, typer.Option(min=0, help="Stop when more rows than this have failed.")]


class Kind(StrEnum):
    """What can be exported."""

    CONTACTS = "contacts"
    COMPANIES = "companies"
    TASKS = "tasks"
    MESSAGES = "messages"
    EMAILS = "emails"
    AUTOMATION_CONTACTS = "automation-contacts"


def run(arguments: Sequence[str]) -> int:
    """Run the command; return its exit status."""
    if COMPLETION in os.environ:
        app(prog_name=PROGRAM)
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # JSON is UTF-8. Half of a surrogate pair, which the API may send, becomes the escape JSON has for it.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    debug = "--debug" in arguments  # wherever it stands: it is added when a command has failed
    arguments = [argument for argument in arguments if argument != "--debug"] or ["--help"]
    try:
        status = _invoke(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has enough, as `head` does
        status = Status.PIPE_CLOSED
    except SystemExit as end:
        if not isinstance(end.code, str):
            raise
        status = tell(end, debug=debug)  # an extra is missing
    except (Exception, KeyboardInterrupt) as error:
        status = tell(error, debug=debug)
    settle(sys.stdout)
    settle(sys.stderr)
    return status


def _invoke(arguments: Sequence[str]) -> int:
    """Not `app(...)`: that has exit statuses and lines of its own for errors."""
    command = typer.main.get_command(app)
    try:
        with command.make_context(PROGRAM, list(arguments)) as context:
            command.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    return Status.DONE


def _open_closed_streams() -> None:
    """Open what the caller has closed, as by `>&-`, or a file or connection would take its place.

    Using stdin or stdout fails then; what goes to stderr is lost.
    """
    modes = {"stdin": (os.O_WRONLY, "r"), "stdout": (os.O_RDONLY, "w"), "stderr": (os.O_WRONLY, "w")}
    for name, (flags, mode) in modes.items():  # in this order: a file gets the first number that is free
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, flags), mode, encoding="utf-8"))


@app.callback(invoke_without_command=True)
def main(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    profile: Annotated[
        str | None, typer.Option(metavar="NAME", help="Use the key that `grinfi login NAME` keeps.")
    ] = None,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    """`debug` is here for the help: `run` has read it."""
    if version:
        from grinfi_async import __version__

        print(f"grinfi {__version__}")
        raise typer.Exit
    if profile is not None:
        from .client import chosen_profile

        chosen_profile.set(profile)


def complete_operation(incomplete: str) -> Iterator[str | tuple[str, str]]:
    """Names of operations; with what they do as soon as the resource is known."""
    from grinfi_async import OPERATIONS

    for operation in OPERATIONS.values():
        name = f"{operation.resource}.{operation.name}"
        if not name.startswith(incomplete):
            continue
        if "." in incomplete:
            from .operations import Method

            yield name, Method(name).summary
        else:
            yield name


def complete_argument(context: typer.Context, incomplete: str) -> Iterator[str]:
    """Names of the operation's arguments."""
    from .operations import BY_NAME, Method

    # An option without its value, which is what is being completed, ends the parsing: the operation is left over.
    name = context.params.get("operation") or next(iter(context.args), "")
    for parameter in Method(name).parameters if name in BY_NAME else ():
        if parameter.startswith(incomplete):
            yield f"{parameter}="


@app.command(context_settings={"help_option_names": []})
def call(
    context: typer.Context,
    operation: Annotated[
        str | None,
        typer.Argument(
            metavar="[OPERATION]", help="RESOURCE.METHOD, such as contacts.search.", autocompletion=complete_operation
        ),
    ] = None,
    argument: Annotated[
        list[str] | None,
        typer.Option(
            "--arg",
            metavar="NAME=VALUE",
            help="An argument; a list may be given one by one. What is not text is JSON, or @FILE with JSON.",
            autocompletion=complete_argument,
        ),
    ] = None,
    document: Annotated[
        str | None,
        typer.Option("--json", metavar="OBJECT", help="Arguments as a JSON object, @FILE with one, or - for stdin."),
    ] = None,
    all_rows: Annotated[bool, typer.Option("--all", help="Every row; without it, the first page.")] = False,
    output: Annotated[
        Output | None,
        typer.Option("--output", "-o", help="How the answer is written; by default json, and jsonl with --all."),
    ] = None,
    fields: Annotated[
        str | None, typer.Option(metavar="FIELD,…", help="What to show of each row, such as uuid,name,company.name.")
    ] = None,
    query: Annotated[
        str | None, typer.Option(metavar="JMESPATH", help="What to take of the answer; with --all, of each row.")
    ] = None,
    help_: Annotated[
        bool, typer.Option("--help", "-h", help="Show what the operation does, and its arguments. Without one, this.")
    ] = False,
) -> None:
    """Call any operation of the API, and write its answer as JSON."""
    from .client import with_client
    from .operations import Method, overview
    from .operations import call as call_method
    from .output import Writer

    if operation is None:
        if not help_:
            raise typer.BadParameter("say which, such as contacts.search", ctx=context, param_hint="OPERATION")
        print(f"{context.get_help()}\n\nOperations:\n{overview()}")
        return
    method = Method(operation)
    if help_:
        print(method.help())
        return
    arguments = method.arguments(argument or (), document)
    shown = tuple(field.strip() for field in fields.split(",")) if fields else ()
    writer = Writer(sys.stdout, output or ("jsonl" if all_rows else "json"), shown, query)
    with_client(lambda grinfi: call_method(grinfi, method, arguments, writer, all_rows=all_rows))


@app.command()
def login(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call the profile, such as the team's name.")],
    base_url: Annotated[str | None, typer.Option(metavar="URL", help="Where the API is, if elsewhere.")] = None,
    store: Annotated[
        Store | None, typer.Option(help="Where the key goes: the system's keyring, or a file for you only.")
    ] = None,
) -> None:
    """Keep an API key under a name. It is asked for, or read from a pipe."""
    from . import profiles

    print(profiles.login(name, base_url, store))


@app.command()
def logout(name: Annotated[str, typer.Argument(metavar="NAME")]) -> None:
    """Forget a profile and its key."""
    from . import profiles

    print(profiles.logout(name))


@app.command("profiles")
def profiles_(
    use: Annotated[str | None, typer.Option(metavar="NAME", help="Make this one the default.")] = None,
    as_json: Json = False,
) -> None:
    """List the profiles; * is the default."""
    from . import profiles
    from .output import write_json

    if use is not None:
        print(profiles.use(use))
        return
    rows = profiles.listing()
    if as_json:
        write_json(rows, sys.stdout)
        return
    for row in rows:
        mark = "*" if row["default"] else " "
        print(
            f"{mark} {row['profile']}  team {row['team'] or 'unknown'}  {row['base_url']}  key in the {row['key_in']}"
        )


@app.command()
def whoami(as_json: Json = False) -> None:
    """Show whose key is in use, where the API is, and its rate limit."""
    from .client import as_text, identify, with_client
    from .output import write_json

    account = with_client(identify)
    if as_json:
        write_json(account, sys.stdout)
    else:
        print(as_text(account))


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
def sandbox(context: typer.Context) -> None:
    """Serve a local stand-in for the API; `grinfi sandbox --help` shows its options."""
    from grinfi_sandbox.__main__ import main as serve

    raise typer.Exit(Status.USAGE if serve(context.args) else Status.DONE)


@app.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            allow_dash=True,
            help="CSV, an Excel workbook (.xlsx), JSON Lines (.jsonl, .ndjson) or a JSON array; also .gz; - for stdin.",
        ),
    ],
    list_: Annotated[str, typer.Option("--list", metavar="NAME_OR_UUID", help="List the contacts go to.")],
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="COLUMN=FIELD", help="Field of a column; COLUMN= leaves the column out."),
    ] = None,
    custom: Annotated[
        list[str] | None,
        typer.Option(
            "--custom",
            metavar="COLUMN[=NAME]",
            help="Custom field of a column, by default of the same name; '*' for all columns that are not a field.",
        ),
    ] = None,
    ignore_others: Annotated[
        bool,
        typer.Option("--ignore-others", help="Leave out columns that are not a field; else they are refused."),
    ] = False,
    create_custom_fields: Annotated[
        bool, typer.Option("--create-custom-fields", help="Make the custom fields of --custom that are missing.")
    ] = False,
    encoding: Annotated[
        str | None, typer.Option(help="Encoding of a file that is not in UTF-8, such as cp1251.")
    ] = None,
    delimiter: Annotated[str | None, typer.Option(help="What divides the cells of CSV, such as ';' or tab.")] = None,
    header_row: Annotated[int | None, typer.Option(min=1, help="Row of the header, as a spreadsheet counts.")] = None,
    tag: Annotated[
        list[str] | None, typer.Option(metavar="NAME_OR_UUID", help="Tag for the contacts; can be repeated.")
    ] = None,
    automation: Annotated[
        str | None, typer.Option(metavar="NAME_OR_UUID", help="Automation the contacts are added to.")
    ] = None,
    stage: Annotated[
        str | None, typer.Option(metavar="NAME_OR_UUID", help="Pipeline stage the contacts are moved to.")
    ] = None,
    sender: Annotated[
        str | None,
        typer.Option(
            metavar="NAME_OR_UUID",
            help="Sender profile of the contacts; those that do not show it are not added to the automation.",
        ),
    ] = None,
    enrol: Annotated[
        Enrol | None,
        typer.Option(
            help="How contacts get into the automation: one in a request (each), or 500 in a request (mass). By "
            "default as they are written."
        ),
    ] = None,
    existing: Annotated[Existing, typer.Option(help="What to do with contacts that are there already.")] = ("update"),
    merge: Annotated[
        Merge,
        typer.Option(
            help="Rows that the server makes one contact, by email or by name and company: report those that another "
            "row has overwritten, skip all but the first, or refuse the file."
        ),
    ] = "report",
    via: Annotated[
        Via,
        typer.Option(
            help="How contacts are written: one in a request (upsert), 500 in a request and read back (create), "
            "by files that the server imports and read back (file), or "
            "what is quicker and was seen to work (auto)."
        ),
    ] = "auto",
    journal: Journal = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check the rows and show where columns go.")] = False,
    failures: Annotated[
        Path | None, typer.Option(help="CSV file for the rows that failed, to be fixed and imported again.")
    ] = None,
    excel: Excel = False,
    max_failures: MaxFailures = None,
    repeat_unknown: Annotated[
        bool,
        typer.Option(
            "--repeat-unknown",
            help="With a journal: add contacts to the automation again for which it is unknown whether they are in it.",
        ),
    ] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Import contacts from a file."""
    if excel and failures is None:
        raise typer.BadParameter("it is for the file of --failures", param_hint="--excel")
    from .jobs import custom_fields, run_job, targets
    from .streams import from_stdin
    from .values import pairs

    mapping = {column: field or None for column, field in pairs("--map", map_ or ()).items()}
    customs = custom_fields(custom or ())

    with from_stdin(file) as source:

        async def job(grinfi: Grinfi) -> object:
            return await grinfi.bulk.import_contacts(
                source,
                **await targets(grinfi, list_, tag or (), stage, sender, automation),
                mapping=mapping,
                custom_fields=customs,
                existing=existing,
                merge=merge,
                via=via,
                enrol=enrol,
                unknown_columns="ignore" if ignore_others else "refuse",
                create_custom_fields=create_custom_fields,
                encoding=encoding,
                delimiter=delimiter,
                header_row=header_row,
                dry_run=dry_run,
                journal=journal,
                max_failures=max_failures,
                repeat_unknown=repeat_unknown,
                progress=not quiet,
            )

        status = run_job(job, as_json=as_json, failures=failures, excel=excel, journal=journal, writes=not dry_run)
    raise typer.Exit(status)


@app.command()
def export(
    kind: Annotated[Kind, typer.Argument(metavar="KIND", help=", ".join(Kind))],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", dir_okay=False, help="File to write: .csv, .jsonl or .parquet; - for CSV to stdout."
        ),
    ],
    filter_: Filters = None,
    field: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Field to write; can be repeated. By default all.")
    ] = None,
    journal: Journal = None,
    excel: Excel = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Export every row that meets the conditions."""
    from .streams import STREAM, to_stdout

    if excel and output != STREAM and not output.name.removesuffix(".gz").endswith(".csv"):
        raise typer.BadParameter("it goes with a .csv file", param_hint="--excel")
    if journal is not None and output == STREAM:
        raise typer.BadParameter("what went to stdout cannot be resumed; name a file", param_hint="--journal")
    from .jobs import run_job
    from .values import read_filter

    conditions = read_filter("--filter", filter_ or ())
    with to_stdout(output) as to:

        async def job(grinfi: Grinfi) -> object:
            export_rows = getattr(grinfi.bulk, f"export_{kind.value.replace('-', '_')}")
            return await export_rows(conditions, to=to, fields=field, journal=journal, excel=excel, progress=not quiet)

        status = run_job(job, as_json=as_json, journal=journal)
    raise typer.Exit(status)


@app.command()
def tasks(
    action: Annotated[Verb, typer.Argument(metavar="ACTION", help=", ".join(get_args(Verb)))],
    uuid: Annotated[
        list[str] | None, typer.Argument(metavar="[UUID]...", help="Tasks; - reads them from stdin, one in a line.")
    ] = None,
    filter_: Filters = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show which tasks are meant, and change nothing.")] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Do it although the tasks do not show whether they meet the conditions.")
    ] = False,
    journal: Journal = None,
    failures: Annotated[Path | None, typer.Option(help="CSV file for the tasks that failed.")] = None,
    max_failures: MaxFailures = None,
    repeat_unknown: Annotated[
        bool, typer.Option("--repeat-unknown", help="With a journal: do again what may have been done.")
    ] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Complete, skip, retry or cancel tasks one by one. Those that a reply cancelled are left alone."""
    if bool(uuid) == bool(filter_):
        raise typer.BadParameter("say which tasks are meant, by UUIDs or by --filter", param_hint="UUID")
    from .jobs import ids_of, run_job
    from .values import read_filter

    conditions = read_filter("--filter", filter_ or ())
    ids = ids_of(uuid) if uuid else None

    async def job(grinfi: Grinfi) -> object:
        if dry_run:
            return await grinfi.bulk.preview(ids=ids, filter=conditions, of="tasks")
        return await getattr(grinfi.bulk, f"{action}_tasks")(
            ids=ids,
            filter=conditions,
            confirm=confirm,
            journal=journal,
            max_failures=max_failures,
            repeat_unknown=repeat_unknown,
            progress=not quiet,
        )

    raise typer.Exit(run_job(job, as_json=as_json, failures=failures, journal=journal, writes=not dry_run))


@app.command()
def dedupe(
    plan: Annotated[
        Path | None,
        typer.Option(
            "--plan", metavar="FILE", dir_okay=False, help="Write a plan to this CSV file, and change nothing."
        ),
    ] = None,
    apply: Annotated[
        Path | None,
        typer.Option("--apply", metavar="FILE", exists=True, dir_okay=False, help="Do what this plan says."),
    ] = None,
    filter_: Filters = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="With --apply: delete the contacts that are not kept, for good.")
    ] = False,
    journal: Journal = None,
    max_failures: MaxFailures = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Find contacts that are the same person, write a plan to be edited, and merge them by it."""
    from .dedupe import apply_plan, make_plan

    if (plan is None) == (apply is None):
        raise typer.BadParameter("say what to do by one of --plan and --apply", param_hint="--plan")
    if plan is not None:
        if confirm or journal is not None or max_failures is not None:
            raise typer.BadParameter("--confirm, --journal and --max-failures go with --apply", param_hint="--plan")
        raise typer.Exit(make_plan(plan, filter_ or (), quiet=quiet, as_json=as_json))
    if filter_:
        raise typer.BadParameter("it goes with --plan", param_hint="--filter")
    if apply is not None:
        options = {"confirm": confirm, "journal": journal, "max_failures": max_failures, "progress": not quiet}
        raise typer.Exit(apply_plan(apply, options, as_json=as_json))


def _table(name: str) -> str:
    if name not in get_args(Table):
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(get_args(Table))}")
    return name


@app.command()
def sync(
    database: Annotated[
        Path, typer.Argument(metavar="DATABASE", dir_okay=False, help="SQLite file; it is made if it is not there.")
    ],
    since: Annotated[
        str | None,
        typer.Option(
            help="What changed since: 7d, 12h, 2w, 30m, a day, or a time; of contacts, companies, automation_contacts "
            "and flow_versions. By default since the latest sync. Other tables are read as a whole."
        ),
    ] = None,
    table: Annotated[
        list[str] | None,
        typer.Option(
            "--table",
            parser=_table,
            metavar="TABLE",
            help=f"What to copy, of {', '.join(get_args(Table))}; can be repeated. By default all.",
        ),
    ] = None,
    metadata: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False,
            help="Also write this metadata.yaml, with queries and charts for Datasette. A file that is there is kept.",
        ),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Read everything, and notice what was deleted.")] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Copy contacts, automations, tasks, messages and all around them into an SQLite database."""
    from ..sync_schema import write_datasette_metadata
    from .jobs import run_job
    from .values import read_since

    moment = None if since is None else read_since(since)
    tables: Any = table or get_args(Table)

    async def job(grinfi: Grinfi) -> object:
        return await grinfi.bulk.sync(database, since=moment, tables=tables, full=full, progress=not quiet)

    status = run_job(job, as_json=as_json)
    if metadata is not None and not write_datasette_metadata(metadata, database):
        say(f"{metadata} is there already, and was kept")
    raise typer.Exit(status)


@app.command()
def inbox(
    since: Annotated[
        str | None,
        typer.Option(
            help="Messages that came since: 7d, 12h, 2w, 30m, a day, or a time. By default 7d; with --watch, from now."
        ),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Show each message once as it comes, until Ctrl-C.")] = False,
    every: Annotated[float, typer.Option(min=5, metavar="SECONDS", help="With --watch: how often to look.")] = 60,
    cursor: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            dir_okay=False,
            help="With --watch: file that remembers what was shown, for the next time; --since is for the first time.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show the conversations in which the contact spoke last, over LinkedIn and email."""
    from . import inbox as inboxes
    from .values import read_since

    moment = None if since is None else read_since(since)
    if watch:
        raise typer.Exit(inboxes.watch(moment, every, cursor, as_json=as_json))
    if cursor is not None:
        raise typer.BadParameter("it goes with --watch", param_hint="--cursor")
    raise typer.Exit(inboxes.show_unanswered(moment, as_json=as_json))


webhooks = typer.Typer(context_settings={"help_option_names": ["--help", "-h"]})
app.add_typer(webhooks, name="webhooks", help="Watch webhooks while you develop, and set them up.")


@webhooks.command()
def listen(
    forward: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where deliveries go on to as they are, such as your local server."),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of 127.0.0.1 to listen at; 0 takes a free one.")
    ] = 4242,
    as_json: Json = False,
) -> None:
    """Show each delivery in a line, until Ctrl-C. A tunnel of yours brings them here."""
    from .webhooks import serve

    serve(forward, port, as_json=as_json)


@webhooks.command()
def ensure(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where events go.")],
    event: Annotated[
        list[str] | None, typer.Option("--event", help="An event; can be repeated. Without one, none are sent.")
    ] = None,
    under: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Webhooks below this URL are yours: those that are not wanted are removed."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and change nothing.")] = False,
) -> None:
    """Create, update and remove webhooks, so that the URL gets these events."""
    from .webhooks import set_up

    raise typer.Exit(set_up(url, event or [], under, dry_run=dry_run))


@app.command()
def report(
    kind: Annotated[ReportKind, typer.Argument(metavar="REPORT", help=", ".join(get_args(ReportKind)))],
    automation: Annotated[
        str | None, typer.Argument(metavar="[AUTOMATION]", help="Of funnel, branches, failed-tasks: name or UUID.")
    ] = None,
    since: Annotated[str | None, typer.Option(help="First day, or how long ago: 2026-01-31, 4w, 30d.")] = None,
    until: Annotated[str | None, typer.Option(help="Last day; by default today.")] = None,
    by: Annotated[str | None, typer.Option(metavar="day|week|month", help="Periods of senders.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Where days begin, such as Europe/Kyiv; by default UTC.")] = None,
    list_: Annotated[
        str | None, typer.Option("--list", metavar="LIST", help="Of stages: name or UUID of a list.")
    ] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Write the table as CSV.")] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Write a page with charts, to be sent on.")
    ] = None,
    excel: Excel = False,
    as_json: Json = False,
) -> None:
    """Show a report, with what it covers and how many requests it cost."""
    from .reports import show_report

    options = {"automation": automation, "since": since, "until": until, "by": by, "timezone": timezone, "list": list_}
    raise typer.Exit(show_report(kind, options, csv=csv, html=html, excel=excel, as_json=as_json))


@app.command()
def doctor(
    list_: Annotated[
        str | None,
        typer.Option("--list", metavar="NAME_OR_UUID", help="A list of contacts, to try filters on: name or UUID."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", dir_okay=False, help="Write a report without data of your account, to be sent in."
        ),
    ] = None,
    requests: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Send at most so many requests; by default 64, 76 with --list."),
    ] = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Check which documented quirks of the API hold. It only reads; exit status 1 if something differs."""
    from .doctor import diagnose
    from .doctor_checks import CHECKS

    raise typer.Exit(diagnose(CHECKS, requests, list_, report, quiet=quiet, as_json=as_json))


@app.command("mcp")
def mcp_(
    allow_writes: Annotated[
        bool, typer.Option("--allow-writes", help="Let agents write what was previewed and confirmed.")
    ] = False,
    http: Annotated[
        bool, typer.Option("--http", help="Serve by HTTP, at /mcp; by default by stdin and stdout.")
    ] = False,
    host: Annotated[str, typer.Option(help="With --http: the address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="With --http: the port; 0 for a free one.")] = 8000,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="With --http: name under which other machines reach it; can be repeated."),
    ] = None,
) -> None:
    """Offer the API, reports and the inbox to agents, as an MCP server that reads.

    With --http, GRINFI_MCP_TOKEN is the bearer token that requests must have. It is needed with --allow-writes, and for
    an address that other machines can reach.
    """
    from .agents import serve_http, serve_stdio

    if http:
        serve_http(host, port, allow_host or (), allow_writes=allow_writes)
    else:
        serve_stdio(allow_writes=allow_writes)
