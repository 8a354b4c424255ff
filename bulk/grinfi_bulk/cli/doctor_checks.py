"""The checks of `grinfi doctor`. What a check says is made of safe texts only."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from itertools import pairwise
from typing import Any, Final, Literal, cast, get_args, get_origin

from grinfi_async import (
    OPERATIONS,
    APIConnectionError,
    APIStatusError,
    AuthenticationError,
    Model,
    PermissionDeniedError,
    ago,
)

from .doctor import (
    ERROR,
    RATE_HEADERS,
    REQUEST_IDS,
    UUID,
    Answer,
    Check,
    Row,
    Safe,
    Seen,
    Session,
    about,
    bound,
    code,
    field_types,
    filter_names,
    joined,
    json_type,
    list_operations,
    model_of,
    named,
    words,
)

__all__ = ["CHECKS"]

Run = Callable[[Session], Awaitable[Seen]]
PAGE: Final = 20
LARGER: Final = 100
WINDOW: Final = 10_000
NOBODY: Final = "00000000-0000-4000-8000-000000000000"
NONSENSE: Final = "grinfi_doctor"
"""A field and an id that no row has."""
LONG_AGO: Final = "1990-01-01T00:00:00Z"
NEEDED: Final[Mapping[str, Row]] = {
    "listPipelineStages": {"object": "lead"},
    "listActivities": {"created_at": {">=": LONG_AGO}},
}
"""Lists that need a filter -> one that their rows meet."""
BESIDE: Final = frozenset(("markers", "flows", "custom_fields"))
"""What is a field in Python, and beside the row on the wire."""
TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")

CHECKS: Final[list[Check]] = []


def check(name: str, sentence: str, grade: str) -> Callable[[Run], Run]:
    """Add a check."""

    def add(run: Run) -> Run:
        CHECKS.append(Check(name, sentence, grade, run))
        return run

    return add


def judged(good: object, bad: object, text: Safe) -> Seen:
    """Holds if something was seen for it, and nothing against it."""
    return Seen("differs" if bad else "holds" if good else "not seen", text)


def name_of(operation_id: str) -> str:
    """An operation as the SDK calls it."""
    return f"{OPERATIONS[operation_id].resource}.{OPERATIONS[operation_id].name}"


def fate(answer: Answer, meets: Callable[[list[Row]], bool] = lambda rows: not rows) -> Safe:
    """What became of a condition: by default one that no row meets."""
    if answer.status != 200:
        return code(answer.status)
    return words("honoured") if meets(answer.rows) else words("ignored")


def by_name(found: Mapping[str, Safe]) -> Safe:
    """What was seen, by the name of what was asked."""
    return joined(words("{}: {}", named([name]), what) for name, what in found.items())


@check("envelopes", "sends rows under `data`, or as a bare list", "P")
async def envelopes(it: Session) -> Seen:
    found = dict[Safe, list[str]]()
    data, bare = words("`data`"), words("a bare list")
    for operation in list_operations():
        paging = {"limit": PAGE} if operation.paginated else {}
        needed = {"filter": NEEDED[operation.id]} if operation.id in NEEDED else {}
        try:
            answer = it.lists[operation.id] = await it.call(operation.id, **paging, **needed)
        except AuthenticationError:
            raise
        except (APIConnectionError, APIStatusError) as error:
            if not it.lists and not isinstance(error, PermissionDeniedError):
                raise
            kind = code(error.status) if isinstance(error, APIStatusError) else words("no answer")
            found.setdefault(kind, []).append(name_of(operation.id))
            continue
        if answer.status != 200:
            kind = code(answer.status)
        elif isinstance(answer.body, list):
            kind = bare
        else:
            kind = words("`{}`", named([answer.rows_under])) if answer.rows_under else words("no list")
        found.setdefault(kind, []).append(name_of(operation.id))
    text = joined(
        words("{}: {}", kind, words("{} lists", bound(len(names))) if kind == data else named(names))
        for kind, names in found.items()
    )
    answered = {kind for kind in found if not kind.startswith(("status", "no answer"))}
    return judged(answered, answered - {data, bare}, text)


@check("totals", "omits `has_more` or `total` in some answers", "C")
async def totals(it: Session) -> Seen:
    told = {name: answer for name, answer in it.lists.items() if answer.rows_under and OPERATIONS[name].paginated}
    lacking = {key: {name_of(name) for name in told if key not in told[name].envelope} for key in ("total", "has_more")}
    types = {json_type(answer.envelope["total"]) for answer in told.values() if "total" in answer.envelope}
    parts = [words("no `total`: {}", named(lacking["total"])), words("no `has_more`: {}", named(lacking["has_more"]))]
    seen = joined([*parts, words("type of `total`: {}", joined(sorted(types)))])
    return judged(any(lacking.values()), told and not any(lacking.values()), seen)


@check("pagination", "puts `has_more` of emails into `pagination`", "C")
async def pagination(it: Session) -> Seen:
    inner = {name: answer.envelope.get("pagination") for name, answer in it.lists.items()}
    where = {name for name, found in inner.items() if isinstance(found, dict) and "has_more" in found}
    asked = it.first("listEmails").status == 200
    text = words("it is there in: {}", named(map(name_of, where)))
    return judged("listEmails" in where, asked and "listEmails" not in where, text)


@check("wrapped-rows", 'wraps rows: `{"lead": {...}, "markers", "flows", "custom_fields"}`', "C")
async def wrapped_rows(it: Session) -> Seen:
    rows = it.first("searchContacts").wrapped
    around = {name for row in rows if isinstance(row.get("lead"), dict) for name in row}
    return judged(around, rows and not around, words("{} contacts; around them: {}", about(len(rows)), named(around)))


@check("flat-rows", "sends flat rows with `disable_aggregation`", "C")
async def flat_rows(it: Session) -> Seen:
    rows = (await it.ask("searchContacts", limit=PAGE, disable_aggregation=True)).wrapped
    wrapped = sum("uuid" not in row for row in rows)
    return judged(rows, wrapped, words("{} contacts; wrapped: {}", about(len(rows)), about(wrapped)))


@check("ids", "sends UUIDs as text, and other ids as described", "P")
async def ids(it: Session) -> Seen:
    good, bad = set[str](), set[str]()
    for name, value, types in it.values(lambda types: bool({str, int} & set(types))):
        if name.endswith("uuid"):
            (good if isinstance(value, str) and UUID.fullmatch(value) else bad).add(name)
        elif name.endswith("id"):
            (good if type(value) in types else bad).add(name)
    return judged(good, bad, words("as described: {}; otherwise: {}", named(good - bad), named(bad)))


@check("times", "sends times as `2026-03-04T09:25:42.000000Z`", "P")
async def times(it: Session) -> Seen:
    good, bad = 0, dict[str, Safe]()
    for name, value, _ in it.values(lambda types: any(getattr(kind, "__name__", "") == "datetime" for kind in types)):
        if isinstance(value, str) and TIME.fullmatch(value):
            good += 1
        elif isinstance(value, str):
            bad[name] = words("with a zone") if re.search(r"(Z|[+-]\d\d:?\d\d)$", value) else words("without a zone")
        else:
            bad[name] = json_type(value)
    return judged(good, bad, words("of this form: {}; otherwise: {}", about(good), by_name(bad)))


@check("shapes", "sends `[]` for an empty object, 0 and 1 for booleans", "C")
async def shapes(it: Session) -> Seen:
    lists, numbers, plain = set[str](), set[str](), set[str]()
    for name, value, types in it.values(lambda types: all(get_origin(kind) is not list for kind in types)):
        if bool in types and isinstance(value, int) and value in (0, 1):
            (plain if isinstance(value, bool) else numbers).add(name)
        elif value in ([], {}) and any(get_origin(kind) is dict or _is_model(kind) for kind in types):
            (lists if value == [] else plain).add(name)
    text = words("`[]`: {}; 0 or 1: {}; as JSON has it: {}", named(lists), named(numbers), named(plain))
    return judged(lists | numbers, plain and not lists | numbers, text)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Model)


@check("fields", "sends the fields that are described, and no others", "P")
async def described_fields(it: Session) -> Seen:
    parts = list[Safe]()
    for name in it.lists:
        model, rows = model_of(name), it.rows(name)
        if model is not None and rows:
            unknown = {key for row in rows for key in model.from_dict(row).additional_properties}
            missing = {key for key in field_types(name) if not any(key in row for row in rows)} - BESIDE
            if unknown or missing:
                parts.append(words("{}: others {}, missing {}", named([name_of(name)]), named(unknown), named(missing)))
    return judged(any(map(it.rows, it.lists)), parts, words("not as described: {}", joined(parts)))


@check("enumerations", "adds enumeration values without notice", "C")
async def enumerations(it: Session) -> Seen:
    new, known = dict[str, set[str]](), 0
    for name, value, types in it.values(lambda types: any(get_origin(kind) is Literal for kind in types)):
        if value in [each for kind in types if get_origin(kind) is Literal for each in get_args(kind)]:
            known += 1
        else:
            new.setdefault(name, set()).add(str(value))
    parts = by_name({name: about(len(values)) for name, values in new.items()})
    return judged(new, False, words("values that are not described: {}; described: {}", parts, about(known)))


@check("contact-fields", "shows in each contact the fields that it can be filtered by", "?")
async def contact_fields(it: Session) -> Seen:
    rows = it.rows("searchContacts")
    wanted = field_types("searchContacts").keys() & set(filter_names("contacts"))
    missing = {name for name in wanted for row in rows if name not in row}
    return judged(rows, missing, words("{} contacts; missing: {}", about(len(rows)), named(missing)))


@check("limit", "silently lowers `limit`, down to 20", "S, C")
async def limit(it: Session) -> Seen:
    found = dict[str, Safe]()
    lowered = refused = False
    for name in ("listFlowLeads", "searchContacts"):
        if len(it.rows(name)) >= PAGE:
            answer = await it.call(name, limit=LARGER)
            rows = answer.rows
            if answer.status != 200:
                found[name_of(name)], refused = code(answer.status), True
            elif len(rows) >= LARGER:
                found[name_of(name)] = words("kept")
            elif rows and any(row not in rows for row in (await it.call(name, limit=1, offset=len(rows))).rows):
                found[name_of(name)], lowered = bound(len(rows)), True  # there are more rows than came
    kept = found.get(name_of("listFlowLeads")) == "kept"
    return judged(lowered, kept or refused, words("of {} asked: {}", bound(LARGER), by_name(found)))


def refusal(it: Session, search: Answer, text: Safe) -> Seen:
    """Whether a search is answered with 500, where a plain one is not."""
    plain = it.first("searchContacts").status == 200
    return judged(plain and search.status == 500, plain and search.status != 500, text)


@check("window", "answers 500 if `offset + limit` exceeds 10,000", "S")
async def window(it: Session) -> Seen:
    search = await it.ask("searchContacts", limit=1, offset=WINDOW)
    tasks = await it.ask("listTasks", {"limit": 1, "offset": WINDOW})
    text = by_name({"contacts.search": code(search.status), "tasks.list": code(tasks.status)})
    return refusal(it, search, text)


def direction(rows: list[Row]) -> Safe:
    """How rows are sorted by `created_at`."""
    times = [str(row.get("created_at")) for row in rows]
    up, down = all(a <= b for a, b in pairwise(times)), all(a >= b for a, b in pairwise(times))
    return words("unknown") if up and down else words("asc") if up else words("desc") if down else words("neither")


@check("default-order", "sorts ascending by default in GET, descending in POST searches", "P")
async def default_order(it: Session) -> Seen:
    search = direction((await it.ask("searchContacts", limit=PAGE)).rows)
    names = [name for name in ("listLists", "listTasks", "listFlows") if direction(it.rows(name)) != "unknown"]
    get = direction((await it.ask(names[0], {"limit": PAGE})).rows) if names else words("unknown")
    bad = get not in ("asc", "unknown") or search not in ("desc", "unknown")
    return judged({get, search} != {"unknown"}, bad, words("GET: {}; search: {}", get, search))


@check("order", "sorts as `order_field` and `order_type` say, the same way each time", "P")
async def order(it: Session) -> Seen:
    options: Row = {"limit": PAGE, "order_field": "created_at"}
    pages = [(await it.ask("searchContacts", **options, order_type=kind)).rows for kind in ("asc", "desc", "desc")]
    up, down = direction(pages[0]), direction(pages[1])
    stable = [row.get("uuid") for row in pages[1]] == [row.get("uuid") for row in pages[2]]
    bad = up not in ("asc", "unknown") or down not in ("desc", "unknown") or not stable
    again = words("the same") if stable else words("another order")
    return judged((up, down) == ("asc", "desc"), bad, words("asc: {}; desc: {}; desc again: {}", up, down, again))


@check("flat-parameters", "ignores flat parameters (`status=closed`) and returns everything", "P")
async def flat_parameters(it: Session) -> Seen:
    names = [name for name in ("listTasks", "listLists", "listCompanies") if it.rows(name)]
    found = {name_of(name): fate(await it.ask(name, {"limit": PAGE, "uuid": NOBODY})) for name in names[:2]}
    return judged(found, set(found.values()) - {"ignored"}, by_name(found))


@check("filter-forms", "reads filters of a GET in brackets, or as JSON, depending on the list", "P, C")
async def filter_forms(it: Session) -> Seen:
    found = dict[str, Safe]()
    if it.rows("listLists"):
        found["lists.list"] = fate(await it.ask("listLists", {"limit": PAGE, "filter[uuid]": NOBODY}))
    as_json, in_brackets = (
        it.first("listPipelineStages"),
        await it.ask("listPipelineStages", {"filter[object]": NONSENSE}),
    )
    if as_json.rows:
        found["pipeline_stages.list"] = fate(in_brackets)
    brackets = found.get("lists.list")
    bad = brackets not in (None, "honoured") or as_json.status != 200
    return judged(brackets and as_json.rows, bad, words("brackets: {}; JSON: {}", by_name(found), code(as_json.status)))


@check("unknown-filter", "answers 500 to an unknown filter key, or ignores it", "P")
async def unknown_filter(it: Session) -> Seen:
    found = dict[str, Safe]()
    if it.rows("searchContacts"):
        found["contacts.search"] = fate(await it.ask("searchContacts", limit=1, filter={NONSENSE: "x"}))
    if it.rows("listTasks"):
        found["tasks.list"] = fate(await it.ask("listTasks", {"limit": 1, f"filter[{NONSENSE}]": "x"}))
    return judged(found, set(found.values()) - {"ignored", "status 500"}, by_name(found))


async def contacts_by(it: Session, name: str, rows: list[Row], **others: Any) -> Safe | None:
    """What becomes of a filter of contacts by a value that some of these rows have; None if it would not show."""
    values = [row[name] for row in rows if isinstance(row.get(name), str | int)]
    if not values:
        return None
    value = min(values, key=lambda each: (values.count(each), str(each)))
    if all(row.get(name) == value for row in rows):
        return None
    answer = await it.ask("searchContacts", limit=PAGE, filter={**others, name: value})
    if answer.status == 200 and not answer.rows:
        return words("no rows")
    return fate(answer, lambda found: all(row.get(name) == value for row in found))


@check("name-filters", "does not filter contacts by `company_name`, `name`, `first_name`, `last_name`", "F")
async def name_filters(it: Session) -> Seen:
    rows = it.rows("searchContacts")
    tried = {name: await contacts_by(it, name, rows) for name in ("company_name", "first_name")}
    found = {name: what for name, what in tried.items() if what is not None}
    return judged(found, "honoured" in found.values(), by_name(found))


@check("list-filters", "filters contacts by the fields that are described", "P")
async def list_filters(it: Session) -> Seen:
    if it.list_uuid is None:
        return Seen("skipped", words("say by --list of which list"))
    own = {"list_uuid": it.list_uuid}
    everybody = await it.ask("searchContacts", limit=1)
    answer = await it.ask("searchContacts", limit=LARGER, filter=own)
    found = dict[str, Safe]()
    names = [name for name in filter_names("contacts") if name.endswith(("uuid", "status")) and name not in own]
    for name in names:
        if (what := await contacts_by(it, name, answer.rows, **own)) is not None:
            found[name] = what
    totals = [each.envelope.get("total") for each in (everybody, answer)]
    whole, part = (total if isinstance(total, int) else -1 for total in totals)
    mine = fate(answer, lambda rows: all(row.get("list_uuid") == it.list_uuid for row in rows))
    others = any(row.get("list_uuid") != it.list_uuid for row in it.rows("searchContacts"))
    if mine != "honoured" or others or 0 <= part < whole:  # if everybody is in the list, it does not show
        found = {"list_uuid": mine, **found}
    counts = words("fewer") if 0 <= part < whole else words("as many") if part == whole >= 0 else words("unknown")
    text = words("contacts in the list, against all: {}; {}", counts, by_name(found))
    return judged(answer.rows and found, set(found.values()) - {"honoured"}, text)


@check("updated-at", "answers 500 to `updated_at` in a filter of contacts", "C")
async def updated_at(it: Session) -> Seen:
    answer = await it.ask("searchContacts", limit=1, filter={"updated_at": {">=": ago(days=1).isoformat()}})
    return refusal(it, answer, code(answer.status))


@check("flow-created-at", "cannot filter automation contacts by `created_at`", "S")
async def flow_created_at(it: Session) -> Seen:
    if not it.rows("listFlowLeads"):
        return Seen("not seen", words("no contacts in automations"))
    what = fate(await it.ask("listFlowLeads", limit=1, filter={"created_at": {"<": LONG_AGO}}))
    return judged(what != "honoured", what == "honoured", what)


@check("filter-q", "refuses `filter[q]` for LinkedIn messages, emails, email bodies and mailbox errors", "C")
async def filter_q(it: Session) -> Seen:
    taking = ("listLinkedinMessages", "listEmails", "listEmailBodies", "listMailboxErrors")
    names = [name for name in taking if it.first(name).status == 200]  # others are refused without it, too
    found = {name_of(name): code((await it.ask(name, {"limit": 1, "filter[q]": NONSENSE})).status) for name in names}
    return judged(found, "status 200" in found.values(), by_name(found))


@check("not-in", 'writes NOT IN as `{"type": {"!=": [...]}}`', "C")
async def not_in(it: Session) -> Seen:
    kinds = sorted({str(row["type"]) for row in it.rows("listTasks") if row.get("type")})
    if len(kinds) < 2:
        return Seen("not seen", words("fewer than two types of tasks"))
    answer = await it.ask("listTasks", [("limit", PAGE), ("filter[type][!=][]", kinds[0])])
    what = fate(answer, lambda rows: bool(rows) and all(row.get("type") != kinds[0] for row in rows))
    return judged(what == "honoured", what != "honoured", what)


@check("count", "sends a count as `total` or as `count`", "P, S")
async def count(it: Session) -> Seen:
    answer = await it.call("countContacts", all=True)
    names = {name for name in ("total", "count") if type(answer.envelope.get(name)) is int}
    return judged(names, not names, words("{}; {}", code(answer.status), named(names)))


@check("group-counts", 'sends group counts as a map, or as a list of `{"value", "count"}`', "P, C")
async def group_counts(it: Session) -> Seen:
    answer = await it.call("groupCountTasks", group_field="status")
    body: Any = answer.body
    kind = cast("type[object]", type(body))
    listed = bool(answer.rows_under) or kind is list
    pairs = all({"value", "count"} <= row.keys() for row in answer.wrapped)
    counts = kind is dict and all(type(value) is int for value in cast("Row", body).values())
    text = words(
        "{}; {}",
        code(answer.status),
        words("list") if listed else words("map") if counts else json_type(cast("object", body)),
    )
    good = bool(answer.wrapped and pairs if listed else counts and body)
    return judged(good, answer.status != 200 or not (pairs if listed else counts or body == []), text)


@check("mass-action-states", "shows jobs at `/leads/api/mass-actions`, which is not described", "C")
async def mass_action_states(it: Session) -> Seen:
    answer = it.first("listLeadsMassActions")
    listed = answer.status == 200 and (answer.rows_under is not None or isinstance(answer.body, list))
    return judged(listed, answer.status == 404, code(answer.status))


@check("errors", "answers 404 to an id that is not there, with an object under `error`", "P")
async def errors(it: Session) -> Seen:
    absent, malformed = await it.ask("getList", part=NOBODY), await it.ask("getList", part=NONSENSE)
    good = absent.status == 404 and isinstance(absent.envelope.get("error"), dict)
    body = named(set(absent.envelope) & set(ERROR))
    text = words("{}, body: {}; not a UUID: {}", code(absent.status), body, code(malformed.status))
    return judged(good, not good, text)


@check("retry-after", "sends `Retry-After` with a 429", "?")
async def retry_after(it: Session) -> Seen:
    refused = [answer for answer in it.answers if answer.status == 429]
    told = [answer for answer in refused if "retry-after" in answer.headers]
    limits = {name for answer in it.answers for name in RATE_HEADERS if name in answer.headers}
    text = words("429: {}, with it: {}; rate headers: {}", about(len(refused)), about(len(told)), named(limits))
    return judged(refused, len(told) < len(refused), text)


@check("content", "sends JSON as `application/json`", "P")
async def content(it: Session) -> Seen:
    answers = [answer for answer in it.answers if not answer.empty]
    bad = sum(not answer.headers.get("content-type", "").startswith("application/json") for answer in answers)
    request_ids = {name for answer in answers for name in REQUEST_IDS if name in answer.headers}
    sized = sum("content-length" in answer.headers for answer in answers)  # of a compressed one it is taken away
    text = words(
        "other types: {}; request ids: {}; answers with a Content-Length: {}",
        about(bad),
        named(request_ids),
        about(sized),
    )
    return judged(answers, bad, text)
