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
from .errors import Status, flush, report_error, say

if TYPE_CHECKING:
    from grinfi_async import Grinfi

__all__ = ["run"]

PROGRAM: Final = "grinfi"
COMPLETION: Final = "_GRINFI_COMPLETE"

app = typer.Typer(
    name=PROGRAM,
    help="Work with the Grinfi API from the command line. The API key comes from a profile (see `grinfi login`) or "
    "from GRINFI_API_KEY.",
    context_settings={"help_option_names": ["--help", "-h"]},
    epilog="Exit status: 0 done; 1 some rows failed, are unknown, were not seen to be done, or were overwritten by "
    "other rows; 2 usage or file error; 3 key or configuration error; 4 API or connection error; 130 interrupted.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Json = Annotated[bool, typer.Option("--json", help="Write JSON, for scripts.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
Journal = Annotated[
    Path | None,
    typer.Option(help="File that records progress: the same command with the same file resumes."),
]
Excel = Annotated[
    bool,
    typer.Option("--excel", help="Write CSV that spreadsheets open safely, without formulas."),
]


Filters = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        metavar="CONDITION",
        help="FIELD=VALUE, or with != < <= > >=, such as 'created_at>=2026-01-01'. Repeat to combine: all must hold.",
    ),
]
MaxFailures = Annotated[int | None, typer.Option(min=0, help="Stop when more rows than this have failed.")]


class Kind(StrEnum):
    """Kinds of rows to export."""

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
            # JSON is UTF-8. A lone surrogate, which the API may send, becomes its escape in JSON.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    debug = "--debug" in arguments  # anywhere, as users append it to a command that failed
    arguments = [argument for argument in arguments if argument != "--debug"] or ["--help"]
    try:
        status = _invoke(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has closed the pipe, as `head` does
        status = Status.PIPE_CLOSED
    except SystemExit as end:
        if not isinstance(end.code, str):
            raise
        status = report_error(end, debug=debug)  # an extra is missing
    except (Exception, KeyboardInterrupt) as error:
        status = report_error(error, debug=debug)
    flush(sys.stdout)
    flush(sys.stderr)
    return status


def _invoke(arguments: Sequence[str]) -> int:
    """Run without `app(...)`, which has its own exit statuses and messages for errors."""
    command = typer.main.get_command(app)
    try:
        with command.make_context(PROGRAM, list(arguments)) as context:
            command.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    return Status.DONE


def _open_closed_streams() -> None:
    """Open streams that the caller has closed (`>&-`): otherwise a file or connection would get their numbers.

    Using stdin or stdout then fails; output to stderr is lost.
    """
    # Opened in the wrong direction on purpose, so that reading stdin and writing stdout raise EBADF.
    modes = {"stdin": (os.O_WRONLY, "r"), "stdout": (os.O_RDONLY, "w"), "stderr": (os.O_WRONLY, "w")}
    for name, (flags, mode) in modes.items():  # in this order, as a file gets the lowest free number
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, flags), mode, encoding="utf-8"))


@app.callback(invoke_without_command=True)
def main(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    profile: Annotated[
        str | None, typer.Option(metavar="NAME", help="Use the key that `grinfi login NAME` stored.")
    ] = None,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    """`debug` is here only for --help; `run` handles it."""
    if version:
        from grinfi_async import __version__

        print(f"grinfi {__version__}")
        raise typer.Exit
    if profile is not None:
        from .client import chosen_profile

        chosen_profile.set(profile)


def complete_operation(incomplete: str) -> Iterator[str | tuple[str, str]]:
    """Names of operations; with their summaries once the resource is typed."""
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
    """Names of the arguments of the operation."""
    from .operations import BY_NAME, Method

    # `--arg` without its value, which is being completed, ends the parsing: the operation is then in `context.args`.
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
            help="An argument; repeat it for a list. Values other than text are JSON, or @FILE with JSON.",
            autocompletion=complete_argument,
        ),
    ] = None,
    document: Annotated[
        str | None,
        typer.Option("--json", metavar="OBJECT", help="Arguments as a JSON object, @FILE with one, or - for stdin."),
    ] = None,
    all_rows: Annotated[bool, typer.Option("--all", help="Write every row, not only the first page.")] = False,
    output: Annotated[
        Output | None,
        typer.Option("--output", "-o", help="Format of the answer. By default json, with --all jsonl."),
    ] = None,
    fields: Annotated[
        str | None, typer.Option(metavar="FIELD,…", help="Fields of each row to show, such as uuid,name,company.name.")
    ] = None,
    query: Annotated[
        str | None, typer.Option(metavar="JMESPATH", help="Part of the answer to show; with --all, of each row.")
    ] = None,
    help_: Annotated[
        bool, typer.Option("--help", "-h", help="Show the arguments of the operation. Without OPERATION, this help.")
    ] = False,
) -> None:
    """Call any operation of the API, and write its answer as JSON."""
    from .client import with_client
    from .operations import Method, overview
    from .operations import call as call_method
    from .output import Writer

    if operation is None:
        if not help_:
            raise typer.BadParameter("is missing; for example contacts.search", ctx=context, param_hint="OPERATION")
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
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the profile, such as the name of the team.")],
    base_url: Annotated[str | None, typer.Option(metavar="URL", help="Address of the API, if not the default.")] = None,
    store: Annotated[
        Store | None, typer.Option(help="Where to store the key: the system's keyring, or a file only you can read.")
    ] = None,
) -> None:
    """Store an API key under a name. The key is asked for, or read from a pipe."""
    from . import profiles

    print(profiles.login(name, base_url, store))


@app.command()
def logout(name: Annotated[str, typer.Argument(metavar="NAME")]) -> None:
    """Remove a profile and its key."""
    from . import profiles

    print(profiles.logout(name))


@app.command("profiles")
def profiles_(
    use: Annotated[str | None, typer.Option(metavar="NAME", help="Make this profile the default.")] = None,
    as_json: Json = False,
) -> None:
    """List the profiles; * marks the default."""
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
    """Show the user and team of the key."""
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
    """Run a local sandbox of the API. See `grinfi sandbox --help` for its options."""
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
    list_: Annotated[str, typer.Option("--list", metavar="NAME_OR_UUID", help="List to add the contacts to.")],
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="COLUMN=FIELD", help="Field for a column; COLUMN= leaves the column out."),
    ] = None,
    custom: Annotated[
        list[str] | None,
        typer.Option(
            "--custom",
            metavar="COLUMN[=NAME]",
            help="Custom field for a column, by default of the same name; '*' for all columns that are not fields.",
        ),
    ] = None,
    ignore_others: Annotated[
        bool,
        typer.Option("--ignore-others", help="Leave out columns that are not fields. By default they are refused."),
    ] = False,
    create_custom_fields: Annotated[
        bool, typer.Option("--create-custom-fields", help="Create custom fields of --custom that are missing.")
    ] = False,
    encoding: Annotated[
        str | None, typer.Option(help="Encoding of a file that is not in UTF-8, such as cp1251.")
    ] = None,
    delimiter: Annotated[str | None, typer.Option(help="Delimiter of CSV, such as ';' or tab.")] = None,
    header_row: Annotated[int | None, typer.Option(min=1, help="Row of the header, as in a spreadsheet.")] = None,
    tag: Annotated[
        list[str] | None, typer.Option(metavar="NAME_OR_UUID", help="Tag for the contacts; can be repeated.")
    ] = None,
    automation: Annotated[
        str | None, typer.Option(metavar="NAME_OR_UUID", help="Automation to add the contacts to.")
    ] = None,
    stage: Annotated[
        str | None, typer.Option(metavar="NAME_OR_UUID", help="Pipeline stage to move the contacts to.")
    ] = None,
    sender: Annotated[
        str | None,
        typer.Option(
            metavar="NAME_OR_UUID",
            help="Sender profile of the contacts. Contacts that do not show it are not added to the automation.",
        ),
    ] = None,
    enrol: Annotated[
        Enrol | None,
        typer.Option(
            help="How to add contacts to the automation: one per request (each), or 500 per request (mass). By default "
            "each for upserted contacts, mass for others."
        ),
    ] = None,
    existing: Annotated[Existing, typer.Option(help="What to do with existing contacts.")] = ("update"),
    merge: Annotated[
        Merge,
        typer.Option(
            help="What to do with rows that the server merges into one contact, by email or by name and company: "
            "report overwritten rows, skip all but the first, or refuse the file."
        ),
    ] = "report",
    via: Annotated[
        Via,
        typer.Option(
            help="How to write contacts: one per request (upsert), 500 per request and read back (create), by files "
            "that the server imports and read back (file), or the faster one that works (auto)."
        ),
    ] = "auto",
    journal: Journal = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check rows and columns, and change nothing.")] = False,
    failures: Annotated[
        Path | None, typer.Option(help="CSV file for rows that failed, to correct and import again.")
    ] = None,
    excel: Excel = False,
    max_failures: MaxFailures = None,
    repeat_unknown: Annotated[
        bool,
        typer.Option(
            "--repeat-unknown",
            help="With --journal: add contacts to the automation again that an earlier run may have added.",
        ),
    ] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Import contacts from a CSV, Excel or JSON file."""
    if excel and failures is None:
        raise typer.BadParameter("needs --failures", param_hint="--excel")
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
            "--output", "-o", dir_okay=False, help="File to write: .csv, .jsonl or .parquet; - writes CSV to stdout."
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
    """Export all rows that match the conditions to a file."""
    from .streams import STREAM, to_stdout

    if excel and output != STREAM and not output.name.removesuffix(".gz").endswith(".csv"):
        raise typer.BadParameter("needs a .csv file as --output", param_hint="--excel")
    if journal is not None and output == STREAM:
        raise typer.BadParameter("needs a file as --output: stdout cannot be resumed", param_hint="--journal")
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
        list[str] | None, typer.Argument(metavar="[UUID]...", help="UUIDs of tasks; - reads them from stdin.")
    ] = None,
    filter_: Filters = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the tasks, and change nothing.")] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Act even if the tasks cannot be checked against the conditions.")
    ] = False,
    journal: Journal = None,
    failures: Annotated[Path | None, typer.Option(help="CSV file for tasks that failed.")] = None,
    max_failures: MaxFailures = None,
    repeat_unknown: Annotated[
        bool, typer.Option("--repeat-unknown", help="With --journal: repeat tasks that an earlier run may have done.")
    ] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Complete, skip, retry or cancel tasks. Tasks that a reply has cancelled are left alone."""
    if bool(uuid) == bool(filter_):
        raise typer.BadParameter("choose tasks either by UUID or by --filter", param_hint="UUID")
    if journal is not None and filter_:
        raise typer.BadParameter("needs UUIDs: --filter may find other tasks in the next run", param_hint="--journal")
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
        typer.Option("--plan", metavar="FILE", dir_okay=False, help="Write a plan to this CSV file; change nothing."),
    ] = None,
    apply: Annotated[
        Path | None,
        typer.Option("--apply", metavar="FILE", exists=True, dir_okay=False, help="Merge contacts by this plan."),
    ] = None,
    filter_: Filters = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="With --apply: delete merged contacts for good.")] = False,
    journal: Journal = None,
    max_failures: MaxFailures = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Find duplicate contacts, and merge them by a plan."""
    from .dedupe import apply_plan, make_plan

    if (plan is None) == (apply is None):
        raise typer.BadParameter("use either --plan or --apply", param_hint="--plan")
    if plan is not None:
        if confirm or journal is not None or max_failures is not None:
            raise typer.BadParameter("--confirm, --journal and --max-failures need --apply", param_hint="--plan")
        raise typer.Exit(make_plan(plan, filter_ or (), quiet=quiet, as_json=as_json))
    if filter_:
        raise typer.BadParameter("needs --plan", param_hint="--filter")
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
        Path, typer.Argument(metavar="DATABASE", dir_okay=False, help="SQLite file; created if it does not exist.")
    ],
    since: Annotated[
        str | None,
        typer.Option(
            help="Copy changes since then: 7d, 12h, 2w, 30m (ago), a day, or a time. Only for contacts, companies, "
            "automation_contacts and flow_versions; other tables are read completely. By default since the latest sync."
        ),
    ] = None,
    table: Annotated[
        list[str] | None,
        typer.Option(
            "--table",
            parser=_table,
            metavar="TABLE",
            help=f"Table to copy: {', '.join(get_args(Table))}. Can be repeated; by default all.",
        ),
    ] = None,
    metadata: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False,
            help="Also write queries and charts for Datasette to this metadata.yaml. An existing file is kept.",
        ),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Read everything, to find deleted rows.")] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Copy the team's data into an SQLite database."""
    if full and since is not None:
        raise typer.BadParameter("cannot be used with --since: it reads everything", param_hint="--full")
    from ..sync_schema import write_datasette_metadata
    from .jobs import run_job
    from .values import read_since

    moment = None if since is None else read_since(since)
    tables: Any = table or get_args(Table)

    async def job(grinfi: Grinfi) -> object:
        return await grinfi.bulk.sync(database, since=moment, tables=tables, full=full, progress=not quiet)

    status = run_job(job, as_json=as_json)
    if metadata is not None and not write_datasette_metadata(metadata, database):
        say(f"{metadata} already exists and was kept")
    raise typer.Exit(status)


@app.command()
def inbox(
    since: Annotated[
        str | None,
        typer.Option(
            help="Messages received since then: 7d, 12h, 2w, 30m (ago), a day, or a time. By default 7d; with --watch, "
            "from now on."
        ),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Show each new message once, until Ctrl-C.")] = False,
    every: Annotated[float, typer.Option(min=5, metavar="SECONDS", help="With --watch: interval between checks.")] = 60,
    cursor: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            dir_okay=False,
            help="With --watch: file that records what was shown, so that the next run continues; --since is only "
            "for the first run.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show conversations in which the contact wrote last."""
    from . import inbox as inboxes
    from .values import read_since

    moment = None if since is None else read_since(since)
    if watch:
        raise typer.Exit(inboxes.watch(moment, every, cursor, as_json=as_json))
    if cursor is not None:
        raise typer.BadParameter("needs --watch", param_hint="--cursor")
    raise typer.Exit(inboxes.show_unanswered(moment, as_json=as_json))


webhooks = typer.Typer(context_settings={"help_option_names": ["--help", "-h"]})
app.add_typer(webhooks, name="webhooks", help="Watch deliveries during development, and set up webhooks.")


@webhooks.command()
def listen(
    forward: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Forward deliveries unchanged to this URL, such as your local server."),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1 to listen on; 0 for a free one.")
    ] = 4242,
    as_json: Json = False,
) -> None:
    """Show each delivery in a line, until Ctrl-C. Use a tunnel to receive deliveries here."""
    from .webhooks import serve

    serve(forward, port, as_json=as_json)


@webhooks.command()
def ensure(
    url: Annotated[str, typer.Argument(metavar="URL", help="URL that receives the events.")],
    event: Annotated[
        list[str] | None, typer.Option("--event", help="Event to send; can be repeated. Without it, none are sent.")
    ] = None,
    under: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Remove other webhooks whose target starts with this URL."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the changes, and make none.")] = False,
) -> None:
    """Create, update and remove webhooks so that the URL receives these events."""
    from .webhooks import set_up

    raise typer.Exit(set_up(url, event or [], under, dry_run=dry_run))


@app.command()
def report(
    kind: Annotated[ReportKind, typer.Argument(metavar="REPORT", help=", ".join(get_args(ReportKind)))],
    automation: Annotated[
        str | None,
        typer.Argument(metavar="[AUTOMATION]", help="Name or UUID, for funnel, branches and failed-tasks."),
    ] = None,
    since: Annotated[str | None, typer.Option(help="First day (2026-01-31), or how long ago (4w, 30d).")] = None,
    until: Annotated[str | None, typer.Option(help="Last day. By default today.")] = None,
    by: Annotated[str | None, typer.Option(metavar="day|week|month", help="Period of the rows of senders.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Time zone, such as Europe/Kyiv. By default UTC.")] = None,
    list_: Annotated[
        str | None, typer.Option("--list", metavar="LIST", help="Name or UUID of a list, for stages.")
    ] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Write the table as CSV.")] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Write an HTML page with charts.")
    ] = None,
    excel: Excel = False,
    as_json: Json = False,
) -> None:
    """Show a report, with its coverage and the number of requests."""
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
            metavar="FILE", dir_okay=False, help="Write a report without data of your account, to attach to an issue."
        ),
    ] = None,
    requests: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="The most requests to send; by default 64, or 76 with --list."),
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
        bool, typer.Option("--allow-writes", help="Let agents make changes that were previewed and confirmed.")
    ] = False,
    http: Annotated[
        bool, typer.Option("--http", help="Serve over HTTP, at /mcp. By default over stdin and stdout.")
    ] = False,
    host: Annotated[str, typer.Option(help="With --http: address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="With --http: port; 0 for a free one.")] = 8000,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="With --http: host name that other machines use; can be repeated."),
    ] = None,
) -> None:
    """Serve the API to agents over MCP, read-only by default.

    With --http, set GRINFI_MCP_TOKEN to the bearer token that requests must send. It is required with --allow-writes,
    and if other machines can reach the address.
    """
    from .agents import serve_http, serve_stdio

    if http:
        serve_http(host, port, allow_host or (), allow_writes=allow_writes)
    else:
        serve_stdio(allow_writes=allow_writes)
