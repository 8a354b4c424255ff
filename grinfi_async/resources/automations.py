# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal
from uuid import UUID

from grinfi_overrides.filters import FILTER, FilterOf
from grinfi_overrides.runtime.codec import Filter, Row
from grinfi_overrides.runtime.codecs import (
    BOOLEAN,
    INTEGER,
    NAMED_VALUES,
    OBJECT,
    STRING,
    UUID_TEXT,
    Array,
    Choice,
    Integer,
    ModelOf,
    NamedValues,
    Nullable,
)
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.requests import ExtraBody, json_body, optional_json_body, path_text, query_pairs
from grinfi_overrides.runtime.responses import read_json, read_map, read_model
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.pagination import AsyncPaginator, awaitable
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.added_contact import AddedContact
from ..models.automation import Automation
from ..models.automation_folder import AutomationFolder
from ..models.automation_metrics import AutomationMetrics
from ..models.new_contact import NewContact, NewContactDict
from ..models.node_statistics import NodeStatistics
from ..models.schedule import Schedule, ScheduleDict
from ..operations import OPERATIONS

__all__ = ["AutomationsResource"]

OrderType = Literal["asc", "desc"]
LIST_CONTACTS_FILTER: Final = FilterOf(
    "automations.list_contacts", known=("flow_uuid", "lead_uuid", "status"), lists=("flow_uuid", "lead_uuid", "status")
)


class AutomationsResource(Resource):
    """Outreach sequences. An automation is a workflow of several steps that performs actions on a schedule, such as
    sending LinkedIn messages and emails.

    **Status of a flow:** `on` (active), `off` (paused), `draft` or `archived`.
    """

    @property
    def with_raw_response(self) -> _WithRawResponse:
        """The same operations, which return a `RawResponse`: status, headers and request id with the result."""
        return _WithRawResponse(self)

    @awaitable
    def list(
        self,
        *,
        limit: int | Unset = UNSET,
        offset: int | Unset = UNSET,
        order_field: str | Unset = UNSET,
        order_type: OrderType | Unset = UNSET,
        filter: Filter | Unset = UNSET,
        page_size: int | Unset = UNSET,
        prefetch: int = 0,
        cursor: str | Mapping[str, Any] | None = None,
    ) -> AsyncPaginator[Automation]:
        """Page through automations.

        Returns all outreach automations of your account. An automation is a scheduled series of steps: sending
        emails or LinkedIn messages, and taking other actions.

        GET /flows/api/flows

        Args:
            limit: Number of items on a page, 20 by default. An iteration over all rows uses it as page size. The
                server's default: 20.
            offset: Number of items to skip, 0 by default. The server's default: 0.
            order_field: Field to sort on, `created_at` by default. Always sent; 'created_at' by default.
            order_type: Direction of the sort. Always sent; 'asc' by default.
            filter: Conditions that narrow the list.
            page_size: Rows in each request of an iteration; by default `limit`, or else 1,000.
            prefetch: Number of further pages to request at the same time, as soon as the total is known.
            cursor: The `cursor` of an earlier iteration, to continue after its last row.

        Returns:
            One page of automations. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listFlows"],
                "/flows/api/flows",
                item=ModelOf(lambda: Automation),
                query=query_pairs(
                    optional={
                        "limit": (limit, Integer(minimum=1)),
                        "offset": (offset, Integer(minimum=0)),
                        "order_field": (order_field, STRING),
                        "order_type": (order_type, Choice(OrderType)),
                        "filter": (filter, FILTER, "brackets"),
                    }
                ),
                paging="query",
                ordered=True,
            ),
            page_size=page_size,
            prefetch=prefetch,
            cursor=cursor,
        )

    async def create(
        self,
        *,
        name: str,
        use_sender_schedule: bool,
        schedule: Schedule | ScheduleDict | Row,
        description: str | Unset | None = UNSET,
        priority: int | Unset = UNSET,
        is_public: bool | Unset = UNSET,
        flow_workspace_uuid: str | UUID | Unset | None = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> Automation:
        """Create a draft automation.

        Creates an outreach automation (flow) from code, which is where building one without the web editor begins.
        The new automation has the status `draft` and no node tree: save its workflow steps in a second request,
        `POST /flows/api/flows/{flowUuid}/flow-versions` (`createFlowVersion`), and then activate it through `PUT
        /flows/api/flows/{flowUuid}/start` (`startFlow`).

        The calls an agent typically makes, in order:

        1. `POST /flows/api/flows` (this operation) creates the shell.
        2. `POST /flows/api/flows/{flowUuid}/flow-versions` saves the node tree.
        3. `PUT /flows/api/flows/{flowUuid}/start` sets it live.

        POST /flows/api/flows

        Args:
            name: Name of the automation.
            use_sender_schedule: With `true`, every step follows the working hours of its own sender profile; the
                `schedule` object has no effect at runtime then, although the request must still contain it. With
                `false`, the flow's `schedule` is used.
            schedule: A `Schedule`, or a mapping of its fields.
            description: Text. None is sent as null.
            priority: Execution priority; automations with a higher value run earlier. The default is 2.
            is_public: Makes the automation visible to everyone in the team when `true`.
            flow_workspace_uuid: UUID of the workspace (folder) that will hold the automation. None is sent as null.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The new automation, in `draft` status and still without a node tree.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["createFlow"],
                "/flows/api/flows",
                json=json_body(
                    required={
                        "name": (name, STRING),
                        "use_sender_schedule": (use_sender_schedule, BOOLEAN),
                        "schedule": (schedule, ModelOf(lambda: Schedule)),
                    },
                    optional={
                        "description": (description, Nullable(STRING)),
                        "priority": (priority, INTEGER),
                        "is_public": (is_public, BOOLEAN),
                        "flow_workspace_uuid": (flow_workspace_uuid, Nullable(UUID_TEXT)),
                    },
                    extra=extra_body,
                ),
            ),
            Automation,
        )

    async def get(self, flow_uuid: str | UUID) -> Automation:
        """Retrieve automation by UUID.

        Returns the complete record of the automation with the given UUID.

        GET /flows/api/flows/{flowUuid}

        Args:
            flow_uuid: UUID of the automation.

        Returns:
            The requested automation.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: No automation matches the given UUID.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(OPERATIONS["getFlow"], f"/flows/api/flows/{path_text('flow_uuid', flow_uuid)}"),
            Automation,
        )

    async def update(
        self,
        flow_uuid: str | UUID,
        *,
        name: str | Unset = UNSET,
        description: str | Unset = UNSET,
        schedule: Schedule | ScheduleDict | Row | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> Automation:
        """Edit automation settings.

        Changes the name, description or schedule of an automation.

        PUT /flows/api/flows/{flowUuid}

        Args:
            flow_uuid: UUID of the automation.
            name: Text.
            description: Text.
            schedule: A `Schedule`, or a mapping of its fields.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The automation after the update.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["updateFlow"],
                f"/flows/api/flows/{path_text('flow_uuid', flow_uuid)}",
                json=json_body(
                    optional={
                        "name": (name, STRING),
                        "description": (description, STRING),
                        "schedule": (schedule, ModelOf(lambda: Schedule)),
                    },
                    extra=extra_body,
                ),
            ),
            Automation,
        )

    async def delete(self, flow_uuid: str | UUID) -> None:
        """Delete automation by UUID.

        Deletes the automation for good; there is no way to restore it.

        DELETE /flows/api/flows/{flowUuid}

        Args:
            flow_uuid: UUID of the automation.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(OPERATIONS["deleteFlow"], f"/flows/api/flows/{path_text('flow_uuid', flow_uuid)}")

    async def start(self, flow_uuid: str | UUID) -> Automation:
        """Start running an automation.

        Sets the automation live: it starts to process contacts and runs its outreach steps according to its
        schedule.

        PUT /flows/api/flows/{flowUuid}/start

        Args:
            flow_uuid: UUID of the automation.

        Returns:
            The automation, now started.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The automation cannot be started, for example because it is archived.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["startFlow"], f"/flows/api/flows/{path_text('flow_uuid', flow_uuid)}/start"
            ),
            Automation,
        )

    async def stop(self, flow_uuid: str | UUID) -> Automation:
        """Pause a running automation.

        Pauses the automation; a contact that is already in progress still completes the step it is on.

        PUT /flows/api/flows/{flowUuid}/stop

        Args:
            flow_uuid: UUID of the automation.

        Returns:
            The automation, now stopped.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["stopFlow"], f"/flows/api/flows/{path_text('flow_uuid', flow_uuid)}/stop"
            ),
            Automation,
        )

    async def archive(self, flow_uuid: str | UUID) -> Automation:
        """Move automation to the archive.

        Puts the automation in the archive; while it is there, it cannot be started.

        PUT /flows/api/flows/{flowUuid}/archive

        Args:
            flow_uuid: UUID of the automation.

        Returns:
            The automation, now archived.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["archiveFlow"], f"/flows/api/flows/{path_text('flow_uuid', flow_uuid)}/archive"
            ),
            Automation,
        )

    async def unarchive(self, flow_uuid: str | UUID) -> Automation:
        """Restore an archived automation.

        Takes the automation out of the archive, which makes it possible to start it again.

        PUT /flows/api/flows/{flowUuid}/unarchive

        Args:
            flow_uuid: UUID of the automation.

        Returns:
            The automation, no longer archived.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["unarchiveFlow"], f"/flows/api/flows/{path_text('flow_uuid', flow_uuid)}/unarchive"
            ),
            Automation,
        )

    async def clone(
        self,
        *,
        flow_uuid: str | UUID,
        name: str,
        flow_workspace_uuid: str | UUID | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> Automation:
        """Duplicate an automation.

        Copies an existing automation under a new name. The copy is stopped when created.

        POST /flows/api/flows/clone

        Args:
            flow_uuid: UUID of the automation to copy.
            name: Text.
            flow_workspace_uuid: UUID of the automation workspace.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The newly created copy.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["cloneFlow"],
                "/flows/api/flows/clone",
                json=json_body(
                    required={"flow_uuid": (flow_uuid, UUID_TEXT), "name": (name, STRING)},
                    optional={"flow_workspace_uuid": (flow_workspace_uuid, UUID_TEXT)},
                    extra=extra_body,
                ),
            ),
            Automation,
        )

    async def node_statistics(
        self,
        flow_uuid: str | UUID,
        *,
        node_ids: Sequence[int],
        filter: Filter | Unset | None = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> dict[int, NodeStatistics]:
        """Get per-node funnel statistics.

        Returns the funnel of an automation step by step: for every node, the number of contacts per status reached,
        and the real conversions at this step. **This is the accurate source for engagement per campaign, and it
        agrees with the web app.**

        For acceptance and reply numbers, use it instead of counting `trigger_..._accepted` tasks. Follow-up
        campaigns inflate that count, because some contacts were connected before they entered;
        `node_conversions.accepted` gives the true figure.

        - Acceptance rate, on the connection-request node: `node_conversions.accepted / node_statuses.closed`.
        - Replies, for each message node: `node_conversions.replied`.

        **`node_ids` is mandatory**: list the nodes to cover by their integer ids, taken from `nodes[].id` of the
        active version (see `GET /flows/api/flows/{flowUuid}`). To limit the period, add a `filter`, such as an
        `executed_at`/date range.

        POST /flows/api/flows/{flowUuid}/statistics/nodes

        Args:
            flow_uuid: UUID of the automation.
            node_ids: Ids (integers) of the nodes to include in the report.
            filter: Restricts the counts by date range or by contact; optional. None is sent as null.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            Object keyed by `node_id`. `node_statuses` gives the number of contacts for each task status.
            `node_conversions` gives what really came of the step (`accepted`, `replied`, `opened`, `blocked`), or
            an empty array for a node without any. `node_branches`, found on rule/trigger nodes, gives the number of
            contacts that went down each branch.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: Validation failed: the request must contain `node_ids`.
            GrinfiError: The request failed in another way.
        """
        return read_map(
            await self._client.send(
                OPERATIONS["getFlowNodeStatistics"],
                f"/flows/api/flows/{path_text('flow_uuid', flow_uuid)}/statistics/nodes",
                json=json_body(
                    required={"node_ids": (node_ids, Array(INTEGER))},
                    optional={"filter": (filter, Nullable(FILTER))},
                    extra=extra_body,
                ),
            ),
            ModelOf(lambda: NodeStatistics),
            numbered=True,
        )

    async def contact_source_statistics(
        self, flow_uuid: str | UUID, *, contact_source_ids: Sequence[int], extra_body: ExtraBody = UNSET
    ) -> dict[str, dict[str, Any]]:
        """Get statistics by contact source.

        Splits the funnel of an automation by **contact source** (audience) and breaks the conversions down per
        channel, so that the performance of several audiences in one flow can be compared.

        `contact_source_ids` takes the integer ids found in the `contact_sources` of the flow version (see `GET
        /flows/api/flows/{flowUuid}`).

        POST /flows/api/flows/{flowUuid}/statistics/contact-sources

        Args:
            flow_uuid: UUID of the automation.
            contact_source_ids: Ids of the contact sources.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            Object keyed by `contact_source_id`. Each value contains `contact_source_statuses`,
            `contact_source_added_by` (`user` / `filter`) and `contact_source_conversions`. The conversions are
            split by channel (`linkedin_connection_request`, `linkedin_message`, `email`, …), with the counts `sent`
            / `accepted` / `opened` / `replied` / `blocked`.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: Validation failed: the request must contain `contact_source_ids`.
            GrinfiError: The request failed in another way.
        """
        return read_map(
            await self._client.send(
                OPERATIONS["getFlowContactSourceStatistics"],
                f"/flows/api/flows/{path_text('flow_uuid', flow_uuid)}/statistics/contact-sources",
                json=json_body(required={"contact_source_ids": (contact_source_ids, Array(INTEGER))}, extra=extra_body),
            ),
            OBJECT,
        )

    @awaitable
    def list_contacts(
        self,
        *,
        filter: Filter | Unset = UNSET,
        limit: int | Unset = UNSET,
        offset: int | Unset = UNSET,
        order_field: str | Unset = UNSET,
        order_type: OrderType | Unset = UNSET,
        page_size: int | Unset = UNSET,
        prefetch: int = 0,
        cursor: str | Mapping[str, Any] | None = None,
        extra_body: ExtraBody = UNSET,
    ) -> AsyncPaginator[dict[str, Any]]:
        """List contacts enrolled in flows.

        Searches the enrollments of contacts in automations. Each flow-lead record returned ties one contact to one
        flow and holds timing fields, the status and the node it is currently at.

        POST /flows/api/flows-leads/list

        Args:
            filter: Conditions that the rows must meet.
            limit: A whole number. An iteration over all rows uses it as page size. The server's default: 20.
            offset: A whole number. The server's default: 0.
            order_field: Field to sort by. Always sent; 'created_at' by default.
            order_type: Direction of the sort. Always sent; 'asc' by default.
            page_size: Rows in each request of an iteration; by default `limit`, or else 1,000.
            prefetch: Number of further pages to request at the same time, as soon as the total is known.
            cursor: The `cursor` of an earlier iteration, to continue after its last row.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            One page of flow-lead records. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listFlowLeads"],
                "/flows/api/flows-leads/list",
                item=OBJECT,
                json=json_body(
                    optional={
                        "filter": (filter, LIST_CONTACTS_FILTER),
                        "limit": (limit, INTEGER),
                        "offset": (offset, INTEGER),
                        "order_field": (order_field, STRING),
                        "order_type": (order_type, Choice(OrderType)),
                    },
                    extra=extra_body,
                ),
                paging="body",
                ordered=True,
                windowed=False,
            ),
            page_size=page_size,
            prefetch=prefetch,
            cursor=cursor,
        )

    async def delete_contact_history(self, lead_uuid: str | UUID) -> None:
        """Delete a contact's enrollment history.

        Erases every flow-lead record of the contact, in all automations and irreversibly. Only the enrollment
        history is removed; the contact is kept.

        DELETE /flows/api/flows/leads/{leadUuid}

        Args:
            lead_uuid: UUID of the contact.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: The contact does not exist or has no flow-lead records.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(
            OPERATIONS["deleteFlowLeadHistory"], f"/flows/api/flows/leads/{path_text('lead_uuid', lead_uuid)}"
        )

    @awaitable
    def list_folders(self) -> AsyncPaginator[AutomationFolder]:
        """Get all automation folders.

        Returns every folder (workspace) used to organize automations.

        GET /flows/api/flow-workspaces

        Returns:
            One page of automation folders. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listFlowWorkspaces"],
                "/flows/api/flow-workspaces",
                item=ModelOf(lambda: AutomationFolder),
                paging="none",
            )
        )

    async def create_folder(
        self, *, name: str, order: int | Unset = UNSET, extra_body: ExtraBody = UNSET
    ) -> AutomationFolder:
        """Add an automation folder.

        POST /flows/api/flow-workspaces

        Args:
            name: Text.
            order: A whole number.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The newly created folder.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["createFlowWorkspace"],
                "/flows/api/flow-workspaces",
                json=json_body(
                    required={"name": (name, STRING)}, optional={"order": (order, INTEGER)}, extra=extra_body
                ),
            ),
            AutomationFolder,
        )

    async def update_folder(
        self, uuid: str | UUID, *, name: str | Unset = UNSET, order: int | Unset = UNSET, extra_body: ExtraBody = UNSET
    ) -> AutomationFolder:
        """Edit an automation folder.

        PUT /flows/api/flow-workspaces/{uuid}

        Args:
            uuid: UUID of the resource.
            name: Text.
            order: A whole number.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The folder after the update.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["updateFlowWorkspace"],
                f"/flows/api/flow-workspaces/{path_text('uuid', uuid)}",
                json=json_body(optional={"name": (name, STRING), "order": (order, INTEGER)}, extra=extra_body),
            ),
            AutomationFolder,
        )

    async def delete_folder(self, uuid: str | UUID) -> Any:
        """Delete automation folder by UUID.

        DELETE /flows/api/flow-workspaces/{uuid}

        Args:
            uuid: UUID of the resource.

        Returns:
            The folder has been deleted. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["deleteFlowWorkspace"], f"/flows/api/flow-workspaces/{path_text('uuid', uuid)}"
            )
        )

    async def metrics(
        self, *, uuids: Sequence[str | UUID], extra_body: ExtraBody = UNSET
    ) -> dict[str, AutomationMetrics]:
        """Fetch current automation metrics.

        Returns current-state figures for one or several automations, keyed by automation UUID: the contact counts
        and the **queue of pending tasks**.

        **`task_counts` measures the queue, not what was sent.** For each task type it counts the tasks that have
        yet to run (status `in_progress`); tasks already sent are **not** included. In a comparison with `listTasks`
        over four automations, `task_counts` equalled the result of `filter[status]=in_progress` exactly, whereas
        the volume really sent (`filter[status]=closed`) turned out 5–250× higher.

        To learn how much was really sent, or to report on any date range, call `GET /flows/api/tasks` with
        `filter[status]=closed` plus a range on `filter[executed_at]`. Date filtering is not available here: the
        figures always describe the current state.

        POST /flows/api/flows/metrics

        Args:
            uuids: UUIDs of the automations to report on.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            Object keyed by automation UUID; every value holds the contact counts and, per task type, the task
            counts.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_map(
            await self._client.send(
                OPERATIONS["getFlowMetrics"],
                "/flows/api/flows/metrics",
                json=json_body(required={"uuids": (uuids, Array(UUID_TEXT))}, extra=extra_body),
            ),
            ModelOf(lambda: AutomationMetrics),
        )

    async def add_contact(
        self,
        flow_uuid: str | UUID,
        lead_uuid: str | UUID,
        *,
        contact_source_id: int | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> None:
        """Enroll a contact in an automation.

        Enrolls an existing contact in an automation, starting it at the beginning of the sequence.

        POST /flows/api/flows/{flowUuid}/leads/{leadUuid}

        Args:
            flow_uuid: UUID of the automation.
            lead_uuid: UUID of the contact.
            contact_source_id: Id of the contact source through which the contact enters, if the automation has
                several.
            extra_body: Additional fields, which are sent in the body as they are.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: Either the automation or the contact does not exist.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(
            OPERATIONS["addLeadToFlow"],
            f"/flows/api/flows/{path_text('flow_uuid', flow_uuid)}/leads/{path_text('lead_uuid', lead_uuid)}",
            json=optional_json_body(optional={"contact_source_id": (contact_source_id, INTEGER)}, extra=extra_body),
        )

    async def add_new_contact(
        self,
        flow_uuid: str | UUID,
        *,
        lead: NewContact | NewContactDict | Row,
        list_uuid: str | UUID,
        custom_fields: NamedValues | Unset = UNSET,
        update_lead_if_exists: bool | Unset = UNSET,
        move_to_list: bool | Unset = UNSET,
        flow_segment_id: int | Unset = UNSET,
        skip_if_lead_exists: bool | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> AddedContact:
        """Create and enroll a contact.

        Creates a contact in the given list and enrolls it in the automation right away, so that the sequence starts
        for it. When `skip_if_lead_exists` is `true`, a contact that already exists is not added again.

        POST /flows/api/flows/{flowUuid}/add-new-lead, GET /leads/api/custom-fields

        Args:
            flow_uuid: UUID of the automation.
            lead: A `NewContact`, or a mapping of its fields.
            list_uuid: UUID of the list in which the contact is created.
            custom_fields: Values of custom fields by name or UUID; an unknown field is refused before anything is
                sent.
            update_lead_if_exists: Update contact if exists. The server's default: True.
            move_to_list: Move to list. The server's default: False.
            flow_segment_id: Segment of the automation that the contact enters. The server's default: 1.
            skip_if_lead_exists: Skips a contact that already exists when `true`.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The outcome: `created` shows whether the contact was created or skipped.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["addNewLeadToFlow"],
                f"/flows/api/flows/{path_text('flow_uuid', flow_uuid)}/add-new-lead",
                json=json_body(
                    required={"lead": (lead, ModelOf(lambda: NewContact)), "list_uuid": (list_uuid, UUID_TEXT)},
                    optional={
                        "custom_fields": (custom_fields, NAMED_VALUES),
                        "update_lead_if_exists": (update_lead_if_exists, BOOLEAN),
                        "move_to_list": (move_to_list, BOOLEAN),
                        "flow_segment_id": (flow_segment_id, INTEGER),
                        "skip_if_lead_exists": (skip_if_lead_exists, BOOLEAN),
                    },
                    extra=extra_body,
                ),
            ),
            AddedContact,
        )

    async def cancel_contact(
        self, lead_uuid: str | UUID, *, flow_uuids: Sequence[str | UUID], extra_body: ExtraBody = UNSET
    ) -> None:
        """Cancel contact in chosen automations.

        Takes the contact out of the listed automations and cancels its progress there.

        PUT /flows/api/flows/leads/{leadUuid}/cancel

        Args:
            lead_uuid: UUID of the contact.
            flow_uuids: UUIDs of the automations in which the contact is cancelled.
            extra_body: Additional fields, which are sent in the body as they are.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(
            OPERATIONS["cancelLeadFromFlows"],
            f"/flows/api/flows/leads/{path_text('lead_uuid', lead_uuid)}/cancel",
            json=json_body(required={"flow_uuids": (flow_uuids, Array(UUID_TEXT))}, extra=extra_body),
        )

    async def cancel_contact_everywhere(self, lead_uuid: str | UUID) -> None:
        """Cancel contact in every automation.

        Takes the contact out of every active automation in one call.

        PUT /flows/api/flows/leads/{leadUuid}/cancel-all

        Args:
            lead_uuid: UUID of the contact.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(
            OPERATIONS["cancelLeadFromAllFlows"],
            f"/flows/api/flows/leads/{path_text('lead_uuid', lead_uuid)}/cancel-all",
        )


class _WithRawResponse(RawMethods):
    list = RawMethod(AutomationsResource.list)
    create = RawMethod(AutomationsResource.create)
    get = RawMethod(AutomationsResource.get)
    update = RawMethod(AutomationsResource.update)
    delete = RawMethod(AutomationsResource.delete)
    start = RawMethod(AutomationsResource.start)
    stop = RawMethod(AutomationsResource.stop)
    archive = RawMethod(AutomationsResource.archive)
    unarchive = RawMethod(AutomationsResource.unarchive)
    clone = RawMethod(AutomationsResource.clone)
    node_statistics = RawMethod(AutomationsResource.node_statistics)
    contact_source_statistics = RawMethod(AutomationsResource.contact_source_statistics)
    list_contacts = RawMethod(AutomationsResource.list_contacts)
    delete_contact_history = RawMethod(AutomationsResource.delete_contact_history)
    list_folders = RawMethod(AutomationsResource.list_folders)
    create_folder = RawMethod(AutomationsResource.create_folder)
    update_folder = RawMethod(AutomationsResource.update_folder)
    delete_folder = RawMethod(AutomationsResource.delete_folder)
    metrics = RawMethod(AutomationsResource.metrics)
    add_contact = RawMethod(AutomationsResource.add_contact)
    add_new_contact = RawMethod(AutomationsResource.add_new_contact)
    cancel_contact = RawMethod(AutomationsResource.cancel_contact)
    cancel_contact_everywhere = RawMethod(AutomationsResource.cancel_contact_everywhere)
