# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from typing import Any

from .._runtime.codecs import DATE_TIME, INTEGER, OBJECT, STRING, Array, ModelOf
from .._runtime.models import Model, model, wire
from .._runtime.unset import UNSET, Unset
from .node_edge import NodeEdge

__all__ = ["FlowNode"]


@model(sendable=True, open=True)
class FlowNode(Model):
    """One step in the node tree of an automation. Nodes form a graph through their edge arrays `before` and `after`,
    not through their position in the list. Each branch has to finish at an `end` node, and a flow may contain
    several of those.

    `automation` always holds the string `"auto"`. What the step really does is configured in `payload`, whose shape
    follows from `type`. Nodes without anything to configure (`linkedin_visit_profile`, `linkedin_like_latest_post`,
    `end`) have an empty array `[]` there.

    **`payload` by node type:**

    | `type` | Category | `payload` |
    | --- | --- | --- |
    | `trigger_message_replied` | trigger (entry / wait gate) | `{ subtasks: [util_timer node], check_period_type: "last_response" }` |
    | `trigger_linkedin_connection_request_accepted` | trigger (entry / wait gate) | `{ subtasks: [util_timer node] }` |
    | `trigger_email_opened` | trigger (wait gate) | `{ subtasks: [] }` — holds until the lead has opened the flow's earlier email |
    | `trigger_link_clicked` | trigger (wait gate) | `{ subtasks: [] }` — holds until a tracked link of an email is clicked |
    | `trigger_website_page_visited` | trigger (wait gate) | `{ wait_time?: seconds, wildcard?: "https://site.com/pricing*" }` — holds until a tracked page is visited |
    | `linkedin_send_connection_request` | action | `{ template, fallback_send: bool, template_uuid }` |
    | `linkedin_send_message` | action | `{ template, attachments: [], template_uuid, stop_on_reply_level: "always" }` |
    | `linkedin_send_inmail` | action | `{ subject, template, attachments: [], template_uuid, stop_on_reply_level }` |
    | `linkedin_visit_profile` | action | `[]` |
    | `linkedin_like_latest_post` | action | `[]` |
    | `linkedin_comment_latest_post` | action | `{ template, template_uuid }` — comments on the latest post of the lead |
    | `linkedin_endorse_skills` | action | `{ number: int }` |
    | `linkedin_find_contact` | action | `{ linkedin_filters: [], save_limit: int, list_uuid }` — adds the results of a LinkedIn search to `list_uuid` as new leads |
    | `linkedin_withdraw_connection_request` | action | `{ note, withdraw_key }` |
    | `email_send_message` | action | `{ subject, template, add_history: 0\\|1, attachments: [], email_field: "work_email"\\|"personal_email"\\|"", cc: [{ to_name, to_email }], template_uuid, stop_on_reply_level }` — an empty `email_field` accepts any address: the work one first, the personal one as fallback |
    | `email_search_waterflow` | branch (2) | `{ waterflow_sequence: [{ provider: "getsales"\\|"anymail_finder"\\|"hunter"\\|"findymail"\\|"email_list_verify" }], verification_provider: { provider: "email_list_verify" }\\|null, accept_catch_all: bool }` — finds or verifies the email of the lead and has built-in branches: `branch_id` 2 for found/verified, 1 for not found/unverified |
    | `rule_ab_test` | branch | `{ branches: [{ value: 50, branch_id: 1, is_enabled: true }, { value: 50, branch_id: 2, is_enabled: true }] }` — percentage split; the values add up to 100 |
    | `rule_filter` | branch | `{ branches: [{ filters: { json_logic, filter_tree_format, mass_actions_filter }, branch_id: 1 }, { branch_id: 0 }] }` — branches deterministically on a CRM condition |
    | `rule_manual_router` | branch | `{ branches: [{ branch_id: int, name: string }], note }` — the lead waits until an operator chooses its route in the UI |
    | `ai_rule_filter` | branch | `{ branches: [{ branch_id: int, name, description }, { branch_id: 0 }], classification_instructions }` — AI assigns every lead to a branch on the basis of the `description` texts, which you write in plain language. The fallback is the last branch (`branch_id: 0`); it has NO description. Uses 1–3 LLM credits for each lead |
    | `util_timer` | delay | `{ wait_time: seconds }` |
    | `util_hodor` | hold | `{ is_open: 0\\|1 }` — the lead is paused; `gs_continue_automation` or the UI resumes it |
    | `gs_add_tag` | action | `{ tag_uuid }` |
    | `gs_remove_tag` | action | `{ tag_uuid }` |
    | `gs_change_list` | action | `{ list_uuid }` — transfers the lead to a different CRM list |
    | `gs_change_pipeline_stage` | action | `{ pipeline_stage_uuid }` — transfers the lead to a different pipeline stage |
    | `gs_change_sender_profile` | action | `{ sender_profile_uuid }` — hard-pins the steps that follow to a single sender |
    | `gs_rotate_sender_profile` | action | `{ rotations: [{ contact_source_id }] }` — gives the lead a new sender by rotation; the lead starts over at the top |
    | `gs_continue_automation` | action | `{}` — releases a lead that `util_hodor` paused |
    | `gs_remove_from_all_automations` | action | `{ flow_uuids: null\\|[uuid] }` — `null` takes the lead out of every flow, an array only out of the flows it names |
    | `gs_send_to_flow` | control | `{ flow_uuid }` — adds the lead to another flow **in parallel**; it also remains in the current one |
    | `gs_call_api` | external | `{ method: "GET"\\|"POST"\\|"PUT"\\|"PATCH"\\|"DELETE", endpoint: url, headers: {}, query: {}, post: {}, timeout_secs: int, auto_retry_on_errors: bool, should_remove_empty_values: bool, api_call_account_uuid: uuid }` — lets the flow call any external API over HTTP. Values in `headers`, `query` and `post` can refer to lead fields by `{{variable}}` templating; `api_call_account_uuid` takes authentication from a saved API account |
    | `gs_trigger_custom_webhook` | external | `{ webhook_uuid }` — fires a custom webhook registered beforehand and POSTs the lead data to its URL |
    | `integration_export_to_crm` | external | `{ integration_uuid }` — lead export through a configured integration; the external CRM is HubSpot, Salesforce or Pipedrive |
    | `phone_call_phone` | phone | `{ note }` — schedules or records a phone-call action for the lead |
    | `gs_enqueue_for_enrichment` | enrichment | `{ run_settings: "all_contacts"\\|"outdated_only", outdated_older_than_in_seconds: int }` — puts the lead in the queue for advanced data enrichment; `2592000` seconds are 30 days, `7776000` are 90 days |
    | `end` | terminal | `[]` — normally a single node per flow, `id: 1` by convention (more are allowed, see above) |
    | `custom` | special | `{}` — backward-compatible fallback when a task type is unknown |

    A single node can be checked with `POST /flows/api/flow-versions/validate-node` (`validateFlowNode`) before the
    whole tree is saved.

    **Templates.** Message nodes and API-call nodes have templated fields, among them `template`, `note` and, in
    `gs_call_api`, the values of `headers`, `query` and `post`. They accept the following, rendered by the Liquid
    engine of the backend:

    - `{{variable}}` placeholders for data of the lead, company and sender and for custom fields.
    - spintax, written `{{ "a\\|b\\|c" | spintax }}`.
    - `{% if %}` conditionals.

    Usable variable names are the custom fields returned by `GET /leads/api/custom-fields` (`listCustomFields`) and
    the names in the built-in lead/company/sender namespace. Do not make names up: an unknown variable is rendered
    as an empty string.
    """

    id: int = wire(INTEGER)
    """Integer id of the node; no other node of the flow version may have the same one."""

    type: str = wire(STRING)
    """Type of the node, one of those in the table of the `flow-node` schema."""

    before: list[NodeEdge] = wire(Array(ModelOf(lambda: NodeEdge)))
    """Edges leading into the node. Required; an entry node has none and sends `[]`."""

    after: list[NodeEdge] = wire(Array(ModelOf(lambda: NodeEdge)))
    """Edges leading out of the node. Required; the `end` node has none and sends `[]`."""

    automation: str | Unset = wire(STRING, default=UNSET)
    """Constant: the string `"auto"`."""

    payload: dict[str, Any] | Unset = wire(OBJECT, default=UNSET)
    """Configuration of the node: an object shaped according to `type` (see the table of the `flow-node` schema), or
    `[]` when the type takes no configuration.
    """

    delay_in_seconds: int | Unset = wire(INTEGER, default=UNSET)
    """Seconds to wait after the previous step before running this node, e.g. `7200` for 2h or `86400` for 1 day; with
    `0` it runs immediately.
    """

    created_at: dt.datetime | Unset = wire(DATE_TIME, default=UNSET)
    """ISO-8601 timestamp. **`createFlowVersion` requires it on every node it saves**; give new nodes the current time.
    `validate-node` works without it.
    """

    updated_at: dt.datetime | Unset = wire(DATE_TIME, default=UNSET)
    """Like `created_at`, required by `createFlowVersion` when it saves a node."""
