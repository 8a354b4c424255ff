# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""The types of flow nodes, and the builder for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Literal

from grinfi_support.flow_builder import BaseFlowBuilder, NodeType, PayloadField

__all__ = ["NODE_TYPES", "BranchType", "FlowBuilder", "StepType"]

StepType = Literal[
    "linkedin_send_connection_request",
    "linkedin_send_message",
    "linkedin_send_inmail",
    "linkedin_visit_profile",
    "linkedin_like_latest_post",
    "linkedin_comment_latest_post",
    "linkedin_endorse_skills",
    "linkedin_find_contact",
    "linkedin_withdraw_connection_request",
    "email_send_message",
    "util_timer",
    "util_hodor",
    "gs_add_tag",
    "gs_remove_tag",
    "gs_change_list",
    "gs_change_pipeline_stage",
    "gs_change_sender_profile",
    "gs_rotate_sender_profile",
    "gs_continue_automation",
    "gs_remove_from_all_automations",
    "gs_send_to_flow",
    "gs_call_api",
    "gs_trigger_custom_webhook",
    "integration_export_to_crm",
    "phone_call_phone",
    "gs_enqueue_for_enrichment",
    "custom",
]
"""Types of steps that do not branch."""

BranchType = Literal[
    "trigger_message_replied",
    "trigger_linkedin_connection_request_accepted",
    "trigger_email_opened",
    "trigger_link_clicked",
    "trigger_website_page_visited",
    "email_search_waterflow",
    "rule_ab_test",
    "rule_filter",
    "rule_manual_router",
    "ai_rule_filter",
]
"""Types of steps that branch."""

NODE_TYPES: Final = {
    "trigger_message_replied": NodeType(
        fields={
            "wait_time": PayloadField(kind="seconds", required=True, subtask="util_timer"),
            "check_period_type": PayloadField(default="last_response"),
        },
        branches=(1, 2),
    ),
    "trigger_linkedin_connection_request_accepted": NodeType(
        fields={"wait_time": PayloadField(kind="seconds", required=True, subtask="util_timer")}, branches=(1, 2)
    ),
    "trigger_email_opened": NodeType(fields={"subtasks": PayloadField(default=[])}, branches=(1, 2)),
    "trigger_link_clicked": NodeType(fields={"subtasks": PayloadField(default=[])}, branches=(1, 2)),
    "trigger_website_page_visited": NodeType(
        fields={"wait_time": PayloadField(kind="seconds"), "wildcard": PayloadField()}, branches=(1, 2)
    ),
    "linkedin_send_connection_request": NodeType(
        fields={
            "template": PayloadField(default=""),
            "template_uuid": PayloadField(default=None),
            "fallback_send": PayloadField(default=True),
        }
    ),
    "linkedin_send_message": NodeType(
        fields={
            "template": PayloadField(default=""),
            "template_uuid": PayloadField(default=None),
            "attachments": PayloadField(default=[]),
            "stop_on_reply_level": PayloadField(default="always"),
        },
        any_of=("template", "template_uuid"),
    ),
    "linkedin_send_inmail": NodeType(
        fields={
            "template": PayloadField(default=""),
            "template_uuid": PayloadField(default=None),
            "attachments": PayloadField(default=[]),
            "stop_on_reply_level": PayloadField(default="always"),
            "subject": PayloadField(default=""),
        },
        any_of=("template", "template_uuid"),
    ),
    "linkedin_visit_profile": NodeType(empty_list=True),
    "linkedin_like_latest_post": NodeType(empty_list=True),
    "linkedin_comment_latest_post": NodeType(
        fields={"template": PayloadField(default=""), "template_uuid": PayloadField(default=None)},
        any_of=("template", "template_uuid"),
    ),
    "linkedin_endorse_skills": NodeType(fields={"number": PayloadField(required=True)}),
    "linkedin_find_contact": NodeType(
        fields={
            "linkedin_filters": PayloadField(required=True),
            "save_limit": PayloadField(required=True),
            "list_uuid": PayloadField(required=True),
        }
    ),
    "linkedin_withdraw_connection_request": NodeType(
        fields={"note": PayloadField(default=None), "withdraw_key": PayloadField(default=None)}
    ),
    "email_send_message": NodeType(
        fields={
            "template": PayloadField(default=""),
            "template_uuid": PayloadField(default=None),
            "attachments": PayloadField(default=[]),
            "stop_on_reply_level": PayloadField(default="always"),
            "subject": PayloadField(default=""),
            "add_history": PayloadField(kind="flag", default=False),
            "email_field": PayloadField(default=""),
            "cc": PayloadField(default=[]),
        },
        any_of=("template", "template_uuid"),
    ),
    "email_search_waterflow": NodeType(
        fields={
            "waterflow_sequence": PayloadField(required=True),
            "verification_provider": PayloadField(default=None),
            "accept_catch_all": PayloadField(default=False),
        },
        branches=(1, 2),
    ),
    "rule_ab_test": NodeType(fields={"branches": PayloadField(kind="shares")}, branches="branches"),
    "rule_filter": NodeType(fields={"branches": PayloadField(required=True)}, branches="branches"),
    "rule_manual_router": NodeType(
        fields={"branches": PayloadField(required=True), "note": PayloadField(default="")}, branches="branches"
    ),
    "ai_rule_filter": NodeType(
        fields={"branches": PayloadField(required=True), "classification_instructions": PayloadField(required=True)},
        branches="branches",
    ),
    "util_timer": NodeType(fields={"wait_time": PayloadField(kind="seconds", required=True)}),
    "util_hodor": NodeType(fields={"is_open": PayloadField(kind="flag", default=False)}),
    "gs_add_tag": NodeType(fields={"tag_uuid": PayloadField(required=True)}),
    "gs_remove_tag": NodeType(fields={"tag_uuid": PayloadField(required=True)}),
    "gs_change_list": NodeType(fields={"list_uuid": PayloadField(required=True)}),
    "gs_change_pipeline_stage": NodeType(fields={"pipeline_stage_uuid": PayloadField(required=True)}),
    "gs_change_sender_profile": NodeType(fields={"sender_profile_uuid": PayloadField(required=True)}),
    "gs_rotate_sender_profile": NodeType(fields={"rotations": PayloadField(required=True)}),
    "gs_continue_automation": NodeType(),
    "gs_remove_from_all_automations": NodeType(fields={"flow_uuids": PayloadField(default=None)}),
    "gs_send_to_flow": NodeType(fields={"flow_uuid": PayloadField(required=True)}),
    "gs_call_api": NodeType(
        fields={
            "method": PayloadField(required=True),
            "endpoint": PayloadField(required=True),
            "headers": PayloadField(default={}),
            "query": PayloadField(default={}),
            "post": PayloadField(default={}),
            "timeout_secs": PayloadField(default=30),
            "auto_retry_on_errors": PayloadField(default=False),
            "should_remove_empty_values": PayloadField(default=False),
            "api_call_account_uuid": PayloadField(default=None),
        }
    ),
    "gs_trigger_custom_webhook": NodeType(fields={"webhook_uuid": PayloadField(required=True)}),
    "integration_export_to_crm": NodeType(fields={"integration_uuid": PayloadField(required=True)}),
    "phone_call_phone": NodeType(fields={"note": PayloadField(default="")}),
    "gs_enqueue_for_enrichment": NodeType(
        fields={
            "run_settings": PayloadField(default="all_contacts"),
            "outdated_older_than_in_seconds": PayloadField(kind="seconds", default=2592000),
        }
    ),
    "custom": NodeType(open=True),
}
"""Type -> the fields of its payload."""


class FlowBuilder(BaseFlowBuilder[StepType, BranchType]):
    """A tree of flow nodes, or one branch of it.

    Builders never change: each method returns a new one, so builders can share a beginning.

        tree = (
            FlowBuilder(sender_profiles=[sender.uuid])
            .add("linkedin_send_connection_request", template="Hello {{first_name}}")
            .branch(
                "trigger_linkedin_connection_request_accepted",
                {
                    1: FlowBuilder().add("linkedin_withdraw_connection_request").end(),
                    2: FlowBuilder().add("linkedin_send_message", template="Thanks!", delay=timedelta(hours=2)),
                },
                wait_time=timedelta(days=7),
            )
            .add("gs_add_tag", tag_uuid=tag.uuid)
        )
        await grinfi.flow_versions.create(flow.uuid, **tree.build())

    Args:
        sender_profiles: UUIDs of the sender profiles that do the steps; they are put into the only contact source.
        contact_sources: Contact sources instead of that one. A source without `id` is numbered; one without `after_id`
            starts at the first step.
    """

    _types = NODE_TYPES
    _new_node: ClassVar[Mapping[str, Any]] = {"automation": "auto"}
    _new_source: ClassVar[Mapping[str, Any]] = {
        "name": None,
        "rotation_strategy": "fair",
        "mass_actions_filter": None,
        "filter_tree_format": None,
    }
