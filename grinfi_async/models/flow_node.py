# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Required, TypedDict

from grinfi_overrides.runtime.codec import Row
from grinfi_overrides.runtime.codecs import INTEGER, OBJECT, STRING, Array, ModelOf, Nullable
from grinfi_overrides.runtime.models import Model, mapping_of, model, wire
from grinfi_overrides.runtime.times import DATE_TIME
from grinfi_overrides.runtime.unset import UNSET, Unset

from .node_edge import NodeEdge, NodeEdgeDict

__all__ = ["FlowNode", "FlowNodeDict"]


@model(sendable=True, open=True)
class FlowNode(Model):
    """One step in the node tree of an automation. Nodes form a graph through their edge arrays `before` and `after`,
    not through their position in the list. Each branch has to finish at an `end` node, and a flow may contain
    several of those.

    `automation` always holds the string `"auto"`. What the step really does is configured in `payload`, whose shape
    follows from `type`. Nodes without anything to configure (`linkedin_visit_profile`, `linkedin_like_latest_post`,
    `end`) have an empty array `[]` there.

    **`payload` by node type:**

    - `type`: `trigger_message_replied`
      Category: trigger (entry / wait gate)
      `payload`: `{ subtasks: [util_timer node], check_period_type: "last_response" }`
    - `type`: `trigger_linkedin_connection_request_accepted`
      Category: trigger (entry / wait gate)
      `payload`: `{ subtasks: [util_timer node] }`
    - `type`: `trigger_email_opened`
      Category: trigger (wait gate)
      `payload`: `{ subtasks: [] }` — holds until the lead has opened the flow's earlier email
    - `type`: `trigger_link_clicked`
      Category: trigger (wait gate)
      `payload`: `{ subtasks: [] }` — holds until a tracked link of an email is clicked
    - `type`: `trigger_website_page_visited`
      Category: trigger (wait gate)
      `payload`: `{ wait_time?: seconds, wildcard?: "https://site.com/pricing*" }` — holds until a tracked page is
        visited
    - `type`: `linkedin_send_connection_request`
      Category: action
      `payload`: `{ template, fallback_send: bool, template_uuid }`
    - `type`: `linkedin_send_message`
      Category: action
      `payload`: `{ template, attachments: [], template_uuid, stop_on_reply_level: "always" }`
    - `type`: `linkedin_send_inmail`
      Category: action
      `payload`: `{ subject, template, attachments: [], template_uuid, stop_on_reply_level }`
    - `type`: `linkedin_visit_profile`
      Category: action
      `payload`: `[]`
    - `type`: `linkedin_like_latest_post`
      Category: action
      `payload`: `[]`
    - `type`: `linkedin_comment_latest_post`
      Category: action
      `payload`: `{ template, template_uuid }` — comments on the latest post of the lead
    - `type`: `linkedin_endorse_skills`
      Category: action
      `payload`: `{ number: int }`
    - `type`: `linkedin_find_contact`
      Category: action
      `payload`: `{ linkedin_filters: [], save_limit: int, list_uuid }` — adds the results of a LinkedIn search to
        `list_uuid` as new leads
    - `type`: `linkedin_withdraw_connection_request`
      Category: action
      `payload`: `{ note, withdraw_key }`
    - `type`: `email_send_message`
      Category: action
      `payload`: `{ subject, template, add_history: 0|1, attachments: [], email_field:
        "work_email"|"personal_email"|"", cc: [{ to_name, to_email }], template_uuid, stop_on_reply_level }` — an
        empty `email_field` accepts any address: the work one first, the personal one as fallback
    - `type`: `email_search_waterflow`
      Category: branch (2)
      `payload`: `{ waterflow_sequence: [{ provider:
        "getsales"|"anymail_finder"|"hunter"|"findymail"|"email_list_verify" }], verification_provider: { provider:
        "email_list_verify" }|null, accept_catch_all: bool }` — finds or verifies the email of the lead and has
        built-in branches: `branch_id` 2 for found/verified, 1 for not found/unverified
    - `type`: `rule_ab_test`
      Category: branch
      `payload`: `{ branches: [{ value: 50, branch_id: 1, is_enabled: true }, { value: 50, branch_id: 2,
        is_enabled: true }] }` — percentage split; the values add up to 100
    - `type`: `rule_filter`
      Category: branch
      `payload`: `{ branches: [{ filters: { json_logic, filter_tree_format, mass_actions_filter }, branch_id: 1 },
        { branch_id: 0 }] }` — branches deterministically on a CRM condition
    - `type`: `rule_manual_router`
      Category: branch
      `payload`: `{ branches: [{ branch_id: int, name: string }], note }` — the lead waits until an operator
        chooses its route in the UI
    - `type`: `ai_rule_filter`
      Category: branch
      `payload`: `{ branches: [{ branch_id: int, name, description }, { branch_id: 0 }],
        classification_instructions }` — AI assigns every lead to a branch on the basis of the `description` texts,
        which you write in plain language. The fallback is the last branch (`branch_id: 0`); it has NO description.
        Uses 1–3 LLM credits for each lead
    - `type`: `util_timer`
      Category: delay
      `payload`: `{ wait_time: seconds }`
    - `type`: `util_hodor`
      Category: hold
      `payload`: `{ is_open: 0|1 }` — the lead is paused; `gs_continue_automation` or the UI resumes it
    - `type`: `gs_add_tag`
      Category: action
      `payload`: `{ tag_uuid }`
    - `type`: `gs_remove_tag`
      Category: action
      `payload`: `{ tag_uuid }`
    - `type`: `gs_change_list`
      Category: action
      `payload`: `{ list_uuid }` — transfers the lead to a different CRM list
    - `type`: `gs_change_pipeline_stage`
      Category: action
      `payload`: `{ pipeline_stage_uuid }` — transfers the lead to a different pipeline stage
    - `type`: `gs_change_sender_profile`
      Category: action
      `payload`: `{ sender_profile_uuid }` — hard-pins the steps that follow to a single sender
    - `type`: `gs_rotate_sender_profile`
      Category: action
      `payload`: `{ rotations: [{ contact_source_id }] }` — gives the lead a new sender by rotation; the lead
        starts over at the top
    - `type`: `gs_continue_automation`
      Category: action
      `payload`: `{}` — releases a lead that `util_hodor` paused
    - `type`: `gs_remove_from_all_automations`
      Category: action
      `payload`: `{ flow_uuids: null|[uuid] }` — `null` takes the lead out of every flow, an array only out of the
        flows it names
    - `type`: `gs_send_to_flow`
      Category: control
      `payload`: `{ flow_uuid }` — adds the lead to another flow **in parallel**; it also remains in the current
        one
    - `type`: `gs_call_api`
      Category: external
      `payload`: `{ method: "GET"|"POST"|"PUT"|"PATCH"|"DELETE", endpoint: url, headers: {}, query: {}, post: {},
        timeout_secs: int, auto_retry_on_errors: bool, should_remove_empty_values: bool, api_call_account_uuid: uuid
        }` — lets the flow call any external API over HTTP. Values in `headers`, `query` and `post` can refer to
        lead fields by `{{variable}}` templating; `api_call_account_uuid` takes authentication from a saved API
        account
    - `type`: `gs_trigger_custom_webhook`
      Category: external
      `payload`: `{ webhook_uuid }` — fires a custom webhook registered beforehand and POSTs the lead data to its
        URL
    - `type`: `integration_export_to_crm`
      Category: external
      `payload`: `{ integration_uuid }` — lead export through a configured integration; the external CRM is
        HubSpot, Salesforce or Pipedrive
    - `type`: `phone_call_phone`
      Category: phone
      `payload`: `{ note }` — schedules or records a phone-call action for the lead
    - `type`: `gs_enqueue_for_enrichment`
      Category: enrichment
      `payload`: `{ run_settings: "all_contacts"|"outdated_only", outdated_older_than_in_seconds: int }` — puts
        the lead in the queue for advanced data enrichment; `2592000` seconds are 30 days, `7776000` are 90 days
    - `type`: `end`
      Category: terminal
      `payload`: `[]` — normally a single node per flow, `id: 1` by convention (more are allowed, see above)
    - `type`: `custom`
      Category: special
      `payload`: `{}` — backward-compatible fallback when a task type is unknown

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

    before: list[NodeEdge] | Unset = wire(Array(ModelOf(lambda: NodeEdge)), default=UNSET)
    """Edges leading into the node. Required; an entry node has none and sends `[]`."""

    after: list[NodeEdge] | Unset = wire(Array(ModelOf(lambda: NodeEdge)), default=UNSET)
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

    created_at: dt.datetime | Unset | None = wire(Nullable(DATE_TIME), default=UNSET)
    """ISO-8601 timestamp. **`createFlowVersion` requires it on every node it saves**; give new nodes the current time.
    `validate-node` works without it.
    """

    updated_at: dt.datetime | Unset | None = wire(Nullable(DATE_TIME), default=UNSET)
    """Like `created_at`, required by `createFlowVersion` when it saves a node."""


@mapping_of(FlowNode)
class FlowNodeDict(TypedDict, total=False):
    """A mapping that can replace a `FlowNode`."""

    id: Required[int]
    """Integer id of the node; no other node of the flow version may have the same one."""

    type: Required[str]
    """Type of the node, one of those in the table of the `flow-node` schema."""

    before: Sequence[NodeEdge | NodeEdgeDict | Row] | Unset
    """Edges leading into the node. Required; an entry node has none and sends `[]`."""

    after: Sequence[NodeEdge | NodeEdgeDict | Row] | Unset
    """Edges leading out of the node. Required; the `end` node has none and sends `[]`."""

    automation: str | Unset
    """Constant: the string `"auto"`."""

    payload: Mapping[str, Any] | Unset
    """Configuration of the node: an object shaped according to `type` (see the table of the `flow-node` schema), or
    `[]` when the type takes no configuration.
    """

    delay_in_seconds: int | Unset
    """Seconds to wait after the previous step before running this node, e.g. `7200` for 2h or `86400` for 1 day; with
    `0` it runs immediately.
    """

    created_at: dt.datetime | Unset | None
    """ISO-8601 timestamp. **`createFlowVersion` requires it on every node it saves**; give new nodes the current time.
    `validate-node` works without it.
    """

    updated_at: dt.datetime | Unset | None
    """Like `created_at`, required by `createFlowVersion` when it saves a node."""
