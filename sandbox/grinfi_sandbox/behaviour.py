"""How answers differ from the description: not at all, or as observed on the live server."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import unquote_plus

from . import answers
from .answers import Reply
from .dead_filters import without_key, without_names
from .description import Operation
from .errors import ApiError, UnforeseenError, UnknownFilterKeyError, invalid
from .model import Model
from .options import Found, Options
from .store import Store, among
from .validation import PAGE_DEFAULTS, Call, RawRequest
from .values import JsonObject, array_at, as_array, as_object, object_at

LARGEST_LIMIT = 100
SEARCH = "/leads/api/leads/search"
LARGEST_FLOW_CONTACTS_LIMIT = 20
LARGEST_WINDOW = 10_000
CONTACT = "/leads/api/leads/{uuid}"
OWN_SCOPE = frozenset(("ids", "all", "excludeIds"))
FLOW_CONTACTS = "/flows/api/flows-leads/list"
EMAILS = "/emails/api/emails"
SEND_EMAIL = f"{EMAILS}/send-email"
SENT = ("mailbox_uuid", "to", "body")  # no email is sent without these, whatever the description requires
MASS_TASKS = "/flows/api/tasks/mass-"
OTHER_PATH = ("/integrations/c1/", "/integrations/")
# Lists without a filter, which ignore other parameters but reject this one.
UNFILTERED = ("/emails/api/email-bodies", "/emails/api/mailbox-errors")
# Operations that answer with one contact, wrapped unless aggregation is switched off.
SINGLE = (("GET", "/leads/api/leads/{}"), ("POST", "/leads/api/leads/lookup-one"))
# Lists whose answers come without `has_more`.
UNTOLD = frozenset(
    (
        SEARCH,
        "/leads/api/companies",
        "/leads/api/companies/list",
        "/leads/api/lists",
        "/flows/api/tasks",
        EMAILS,
        "/emails/api/mailboxes",
    )
)


# A request passes these methods in this order; `Published` changes nothing in any of them:
#
#   path -> route -> relax -> check -> adjust -> operation -> present -> answer
#                               |                    |
#                               |                    +- an error ------> judge   -> answer
#                               +- unknown filter key -> forgive -> check again
#
# So the operations themselves are written once, for the description. Everything that the live server does differently
# is done before the check (it accepts more), before the operation (it ignores a part), or after it (it writes answers
# in another way).


class Published:
    """Follows the description exactly."""

    def path(self, raw_path: str) -> str:
        """Return the path by which a request is served."""
        return raw_path

    def relax(self, operation: Operation, request: RawRequest) -> RawRequest:
        """Return the part of a request that is checked."""
        return request

    def forgive(self, operation: Operation, request: RawRequest, error: UnknownFilterKeyError) -> RawRequest:
        """Return a request without the filter key that is unknown, or raise the error."""
        raise error

    def adjust(self, call: Call) -> Call:
        """Return the call to make for a checked one."""
        return call

    def present(self, call: Call, reply: Reply) -> Reply:
        """Return the answer as it is sent."""
        return reply

    def judge(self, error: ApiError) -> ApiError:
        """Return the error to answer with."""
        return error


class Observed(Published):
    """Does what programs have observed, each fact at the method that imitates it."""

    def __init__(self, model: Model, store: Store, options: Options) -> None:
        self._model = model
        self._store = store
        self._mass_action_filter: Found = options.get("mass_action_filter", "everybody")
        self._name_filter: Found = options.get("name_filter", "everybody")
        self._largest = {
            FLOW_CONTACTS: LARGEST_FLOW_CONTACTS_LIMIT,
            SEARCH: options.get("search_limit", answers.LARGEST_LIMIT),
        }
        self._ignores_keys = options.get("unknown_filter_key", "error") == "ignored"

    def path(self, raw_path: str) -> str:
        """Serve webhooks under their second path, too."""
        return raw_path.replace(*OTHER_PATH, 1) if raw_path.startswith(OTHER_PATH[0]) else raw_path

    def relax(self, operation: Operation, request: RawRequest) -> RawRequest:
        """Drop parameters that are not declared; mass operations on tasks end in a timeout."""
        if operation.path.startswith(MASS_TASKS):
            raise ApiError(504, "Gateway Timeout")
        if operation.path in UNFILTERED and not self._ignores_keys and "filter[q]" in _names(request.query):
            raise ApiError(500, "Unknown filter key: q.")
        return replace(request, query=self._declared_query(operation, request.query))

    def forgive(self, operation: Operation, request: RawRequest, error: UnknownFilterKeyError) -> RawRequest:
        rest = without_key(operation.path, request, error.key) if self._ignores_keys else None
        if rest is None:
            raise error
        return rest

    def adjust(self, call: Call) -> Call:
        """Lower the limit, refuse rows beyond the window, ignore unsaved fields and the filters of actions."""
        if (call.operation.method, call.operation.path) == ("PUT", CONTACT) and "email" in call.body:
            call = replace(call, body={name: value for name, value in call.body.items() if name != "email"})
        if call.operation.path.endswith("/mass-action") and object_at(call.body, "filter").keys() - OWN_SCOPE:
            # The live server's behaviour is unknown. The worst case is that it means every contact: a client that
            # deletes by {"status": "new"} must be seen to delete everybody, not to do what was intended.
            everybody = self._mass_action_filter == "everybody"
            call = replace(call, body={**call.body, "filter": {"all": True} if everybody else {"ids": []}})
        if call.operation.path == SEND_EMAIL and (missing := [name for name in SENT if name not in call.body]):
            raise invalid({name: [f"The {name} field is required."] for name in missing})
        call = without_names(call, self._name_filter)
        if not self._page(call).keys() & PAGE_DEFAULTS.keys():
            return call
        in_query = call.operation.method == "GET"
        values = call.query if in_query else call.body
        # A `limit` above the largest one is lowered silently, and the lowered one counts for the window: where 100 is
        # the largest, 5,000 rows from offset 9,900 on become 100 rows, which end at 10,000 and are allowed.
        largest = self._largest.get(call.operation.path, LARGEST_LIMIT)
        limit = min(int(values.get("limit", PAGE_DEFAULTS["limit"])), largest)
        if limit + int(values.get("offset", 0)) > LARGEST_WINDOW:
            raise ApiError(500, f"Result window is too large: offset + limit must be at most {LARGEST_WINDOW}.")
        lowered = {**values, "limit": limit}
        return replace(call, query=lowered) if in_query else replace(call, body=lowered)

    def present(self, call: Call, reply: Reply) -> Reply:
        if reply.body is None or reply.media_type != "application/json":
            return reply
        if reply.body in ({}, []) and call.operation.answer.media_type is None:
            return replace(reply, body=None)
        body = as_object(reply.body)
        if body is not None and self._page(call):
            body = self._present_page(call, body)
        elif body is not None and call.operation.route in SINGLE and not _flat(call):
            body = self._wrap_contacts([body])[0]
        return replace(reply, body=_plain(reply.body if body is None else body))

    def judge(self, error: ApiError) -> ApiError:
        return ApiError(500, error.message) if isinstance(error, UnforeseenError) else error

    def _present_page(self, call: Call, body: JsonObject) -> JsonObject:
        items = str(object_at(object_at(self._page(call), "data"), "items").get("$ref", ""))
        rows = array_at(body, "data")
        if items.endswith("/lead") and not _flat(call):
            rows = self._wrap_contacts(rows)
        elif items.endswith("/company"):
            rows = [{"company": row} for row in rows]
        page = {**body, "data": rows}
        if call.operation.path in UNTOLD:
            page.pop("has_more", None)
        if call.operation.path == EMAILS:
            page["pagination"] = {"has_more": body["offset"] + len(rows) < body["total"]}
        return page

    def _wrap_contacts(self, rows: list[JsonObject]) -> list[JsonObject]:
        names: dict[str, str] = {field["uuid"]: field["name"] for field in self._store.find("custom-field")}
        named: dict[str, JsonObject] = {row["uuid"]: {} for row in rows}
        for value in self._store.find("custom-field-value", [among(named, "object_uuid")]) if names else ():
            if value["custom_field_uuid"] in names:
                named[value["object_uuid"]][names[value["custom_field_uuid"]]] = value["value"]
        return [{"lead": row, "markers": [], "flows": [], "custom_fields": named[row["uuid"]]} for row in rows]

    def _page(self, call: Call) -> JsonObject:
        return self._model.checker.page_properties(call.operation.answer)

    def _declared_query(self, operation: Operation, query: str) -> str:
        names = {parameter.name for parameter in operation.query_parameters}
        if operation.method == "GET":
            names |= PAGE_DEFAULTS.keys() & self._model.checker.page_properties(operation.answer).keys()
        pieces = (piece for piece in query.split("&") if piece)
        return "&".join(piece for piece in pieces if _parameter(piece) in names)


def _flat(call: Call) -> bool:
    return bool({**call.query, **call.body}.get("disable_aggregation"))


def _names(query: str) -> set[str]:
    return {unquote_plus(piece.partition("=")[0]) for piece in query.split("&")}


def _parameter(piece: str) -> str:
    return unquote_plus(piece.partition("=")[0]).partition("[")[0]


def _plain(value: Any) -> Any:
    """Write booleans as 0 and 1, and empty objects as empty lists, as PHP does."""
    if isinstance(value, bool):
        return int(value)
    values = as_array(value)
    if values is not None:
        return [_plain(item) for item in values]
    node = as_object(value)
    if node is None:
        return value
    # Most values end here: there are many rows with many fields, so that this must be quick.
    return {key: item if item is None or type(item) is str else _plain(item) for key, item in node.items()} or []
