"""The description of the live server as it has been observed: the vendor's, corrected by the overlay, and what it
serves besides that no method of a client needs.
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
    # PENDING
    {
        "target": f"$.paths['/emails/api/emails/send-email'].post.{BODY}.required",
        "remove": True,
    },
    {
        "target": f"$.paths['/emails/api/emails/send-email'].post.{BODY}",
        "update": {
            "properties": {
                "mailbox_uuid": {"type": "string", "format": "uuid"},
                "to": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["to_email"],
                        "properties": {"to_email": {"type": "string"}, "to_name": {"type": "string"}},
                    },
                },
            }
        },
    },
    {"target": f"$.paths['/flows/api/linkedin-messages'].post.{BODY}.required", "remove": True},
    {
        "target": f"$.paths['/flows/api/linkedin-messages'].post.{BODY}",
        "update": {
            "required": ["sender_profile_uuid", "lead_uuid"],
            "properties": {
                "subject": {"type": "string"},
                "linkedin_messenger_type": {"type": "string", "enum": ["basic", "sn"]},
            },
        },
    },
    {
        "target": "$.paths['/flows/api/flows/{flowUuid}/leads/{leadUuid}'].post",
        "update": {
            "requestBody": {
                "content": {
                    "application/json": {
                        "schema": {"type": "object", "properties": {"contact_source_id": {"type": "integer"}}}
                    }
                }
            }
        },
    },
    {
        "target": f"$.paths['/flows/api/tasks/group-counts'].post.{BODY}.properties.group_field",
        "update": {"enum": ["automation_error_code", "mailbox_uuid"]},
    },
    {
        "target": f"$.paths['/flows/api/tasks/group-counts'].post.{BODY}.properties.filter",
        "update": {"properties": {"automation_error_code": {}, "id": {}}},
    },
    {
        "target": "$.paths['/flows/api/tasks'].get.parameters[?(@.name=='filter')].schema",
        "update": {"properties": {"automation_error_code": {}, "id": {}}},
    },
    {
        "target": "$.paths['/flows/api/linkedin-messages'].get.parameters[?(@.name=='filter')].schema",
        "update": {
            "properties": {
                "linkedin_conversation_uuid": {},
                "uuid": {},
                "linkedin_account_uuid": {},
                "automation": {},
                "linkedin_type": {},
            }
        },
    },
]


def observed_document(document: JsonObject) -> JsonObject:
    """Return a description with what is known of the live server beyond it."""
    actions = [action for action in load_overlay() if says_what_the_server_does(action)]
    return _with_a_list_of_flow_contacts(apply(document, [*actions, *ACTIONS]))


def _with_a_list_of_flow_contacts(document: JsonObject) -> JsonObject:
    """Let the contacts of automations be listed by GET too, as programs do."""
    paths = document["paths"]
    searched = paths.get(f"{FLOW_CONTACTS}/list")
    if searched is None or FLOW_CONTACTS in paths:
        return document
    body = searched["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
    # A filter of lists takes one value of them here.
    conditions = object_at(object_at(body, "filter"), "properties")
    plain = {"properties": {name: node.get("items", node) for name, node in conditions.items()}}
    given = {**body, "filter": {**object_at(body, "filter"), **plain}}
    parameters = [{"in": "query", "name": name, "schema": schema} for name, schema in given.items()]
    listing = {"operationId": "listFlowLeadsByGet", "parameters": parameters}
    paths[FLOW_CONTACTS] = {"get": {**listing, "responses": searched["post"]["responses"]}}
    return document
