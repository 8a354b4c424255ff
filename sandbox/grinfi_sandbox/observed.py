"""The description of the live server as observed: the vendor's, corrected by the overlay, with what the server serves
besides, which no method of a client needs.
"""

from __future__ import annotations

from .description import load_overlay
from .overlay import apply, says_what_the_server_does
from .values import JsonObject, object_at

FLAT: JsonObject = {"in": "query", "name": "disable_aggregation", "schema": {"type": "boolean"}}
FLOW_CONTACTS = "/flows/api/flows-leads"
BODY = "requestBody.content['application/json'].schema"
EVENT = f"{BODY}.properties.event.enum"
ACTIONS: list[JsonObject] = [
    # Enumerations grow without notice.
    {"target": f"$.paths['/integrations/api/webhooks'].post.{EVENT}", "remove": True},
    {"target": f"$.paths['/integrations/api/webhooks/{{uuid}}'].put.{EVENT}", "remove": True},
    {"target": "$.paths.*.get.parameters[?(@.name=='filter')].schema.properties.*.enum", "remove": True},
    {"target": "$.paths['/leads/api/leads/{uuid}'].get", "update": {"parameters": [FLAT]}},
]


def observed_document(document: JsonObject) -> JsonObject:
    """Return a description extended by what is known of the live server."""
    actions = [action for action in load_overlay() if says_what_the_server_does(action)]
    return _with_a_list_of_flow_contacts(apply(document, [*actions, *ACTIONS]))


def _with_a_list_of_flow_contacts(document: JsonObject) -> JsonObject:
    """Let the contacts of automations be listed by GET too, as programs do."""
    paths = document["paths"]
    searched = paths.get(f"{FLOW_CONTACTS}/list")
    if searched is None or FLOW_CONTACTS in paths:
        return document
    body = searched["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
    # Here a filter of lists also takes one value.
    conditions = object_at(object_at(body, "filter"), "properties")
    plain = {"properties": {name: node.get("items", node) for name, node in conditions.items()}}
    given = {**body, "filter": {**object_at(body, "filter"), **plain}}
    parameters = [{"in": "query", "name": name, "schema": schema} for name, schema in given.items()]
    listing = {"operationId": "listFlowLeadsByGet", "parameters": parameters}
    paths[FLOW_CONTACTS] = {"get": {**listing, "responses": searched["post"]["responses"]}}
    return document
