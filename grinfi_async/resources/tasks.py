# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal
from uuid import UUID

from grinfi_overrides.filters import FilterOf
from grinfi_overrides.runtime.codec import Filter
from grinfi_overrides.runtime.codecs import STRING, UUID_TEXT, Array, Choice, Integer, ModelOf
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.requests import ExtraBody, json_body, path_text, query_pairs
from grinfi_overrides.runtime.responses import read_json, read_model
from grinfi_overrides.runtime.times import DATE, DATE_TIME
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.group_counts import GroupCounts, read_counts
from grinfi_support.pagination import AsyncPaginator, awaitable
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.task import Task
from ..operations import OPERATIONS

__all__ = ["TasksResource"]

OrderType = Literal["asc", "desc"]
GroupField = Literal["flow_uuid", "sender_profile_uuid", "type", "status", "automation_error_code", "mailbox_uuid"]
LIST_FILTER: Final = FilterOf(
    "tasks.list",
    known=(
        "flow_uuid",
        "status",
        "type",
        "automation",
        "lead_uuid",
        "sender_profile_uuid",
        "flow_node_id",
        "executed_at",
        "schedule_at",
        "id",
        "automation_error_code",
    ),
)
GROUP_COUNTS_FILTER: Final = FilterOf(
    "tasks.group_counts",
    known=(
        "flow_uuid",
        "status",
        "type",
        "automation",
        "lead_uuid",
        "sender_profile_uuid",
        "flow_node_id",
        "executed_at",
        "schedule_at",
        "id",
        "automation_error_code",
    ),
)


class TasksResource(Resource):
    """Single outreach actions, for example a LinkedIn message or an email to be sent. You can create them by hand, and
    automations generate them.

    The `type` of a task is one of `linkedin_send_message`, `linkedin_send_connection_request`,
    `linkedin_send_inmail`, `linkedin_like_latest_post`, `linkedin_endorse_skills`, `email_send_message`,
    `trigger_linkedin_connection_request_accepted`.

    Its `status` is one of `in_progress`, `closed`, `canceled`, `failed`, `skipped`.
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
    ) -> AsyncPaginator[Task]:
        """List outreach tasks.

        Returns outreach tasks. A task is one individual action, either executed by an automation or created
        manually by you; each contact gets one for each step.

        **Filters work only in the form `filter[...]`**, with the brackets URL-encoded (`filter%5Btype%5D=...`).
        Flat query parameters, for example `?flow_uuid=` and `?type=`, are **silently ignored**, so the result is
        not filtered at all.

        **Counts:** `total` in the response is the number of tasks that match. Request `limit=1` and read it; there
        is no need to fetch every page.

        **What was really sent:** combine `status=closed` (executed) with a date on `executed_at`. Do not use
        `schedule_at` for this, as it is often `null`. A date range is written with comparison operators inside the
        field, for example `filter[executed_at][>=]=2026-07-22&filter[executed_at][<=]=2026-07-23`.

        **Performance:** restrict every reporting query by `filter[flow_uuid]` or a different selective field.
        Without such a restriction, a query over a large number of tasks may time out and return `504`.

        Example, the connection requests that one automation sent on a particular day:

        ```
        GET /flows/api/tasks?limit=1
          &filter[flow_uuid]=f97f182b-06bb-415c-b92e-0f38f85a2048
          &filter[type]=linkedin_send_connection_request
          &filter[status]=closed
          &filter[executed_at][>=]=2026-07-22
          &filter[executed_at][<=]=2026-07-23
        ```

        GET /flows/api/tasks

        Args:
            limit: Number of items on a page, 20 by default. An iteration over all rows uses it as page size. The
                server's default: 20.
            offset: Number of items to skip, 0 by default. The server's default: 0.
            order_field: Field to sort on, `created_at` by default. Always sent; 'created_at' by default.
            order_type: Direction of the sort. Always sent; 'asc' by default.
            filter: Filters in the form `filter[field]=value`. The schema `mixed-filter-type` defines the values: a
                scalar means equals, an array means IN, and an object carries a comparison operator (for instance
                `>=` / `<=` on dates).
            page_size: Rows in each request of an iteration; by default `limit`, or else 1,000.
            prefetch: Number of further pages to request at the same time, as soon as the total is known.
            cursor: The `cursor` of an earlier iteration, to continue after its last row.

        Returns:
            One page of tasks. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listTasks"],
                "/flows/api/tasks",
                item=ModelOf(lambda: Task),
                query=query_pairs(
                    optional={
                        "limit": (limit, Integer(minimum=1)),
                        "offset": (offset, Integer(minimum=0)),
                        "order_field": (order_field, STRING),
                        "order_type": (order_type, Choice(OrderType)),
                        "filter": (filter, LIST_FILTER, "brackets"),
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
        lead_uuid: str | UUID,
        sender_profile_uuid: str | UUID,
        text: str,
        schedule_at: dt.datetime,
        type: str | Unset = UNSET,
        note: str | Unset = UNSET,
        timezone: str | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> Task:
        """Add a manual task.

        Adds a manual outreach task, usually of one of these types: `linkedin_send_message`,
        `linkedin_send_connection_request`, `linkedin_send_inmail`, `linkedin_like_latest_post`,
        `linkedin_endorse_skills`.

        POST /flows/api/tasks

        Args:
            lead_uuid: UUID of the contact.
            sender_profile_uuid: UUID of the sender profile.
            text: Text.
            schedule_at: Schedule at. Must have a time zone.
            type: Text. The server's default: 'linkedin_send_message'.
            note: Text.
            timezone: Text. The server's default: 'UTC'.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The new task.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["createTask"],
                "/flows/api/tasks",
                json=json_body(
                    required={
                        "lead_uuid": (lead_uuid, UUID_TEXT),
                        "sender_profile_uuid": (sender_profile_uuid, UUID_TEXT),
                        "text": (text, STRING),
                        "schedule_at": (schedule_at, DATE_TIME),
                    },
                    optional={"type": (type, STRING), "note": (note, STRING), "timezone": (timezone, STRING)},
                    extra=extra_body,
                ),
            ),
            Task,
        )

    async def get(self, uuid: str | UUID) -> Task:
        """Fetch one task.

        Returns a single task with its details.

        GET /flows/api/tasks/{uuid}

        Args:
            uuid: UUID of the resource.

        Returns:
            The requested task.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: No such task.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(OPERATIONS["getTask"], f"/flows/api/tasks/{path_text('uuid', uuid)}"), Task
        )

    async def complete(self, uuid: str | UUID) -> Any:
        """Complete a manual task.

        Sets the task to completed, which is possible for manual tasks only.

        PUT /flows/api/tasks/{uuid}/complete

        Args:
            uuid: UUID of the resource.

        Returns:
            The task is now completed. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(OPERATIONS["completeTask"], f"/flows/api/tasks/{path_text('uuid', uuid)}/complete")
        )

    async def cancel(self, uuid: str | UUID) -> Any:
        """Cancel a manual task.

        Cancels the task, which is possible for manual tasks only.

        PUT /flows/api/tasks/{uuid}/cancel

        Args:
            uuid: UUID of the resource.

        Returns:
            The task is now cancelled. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(OPERATIONS["cancelTask"], f"/flows/api/tasks/{path_text('uuid', uuid)}/cancel")
        )

    async def fail(self, uuid: str | UUID) -> Any:
        """Fail a manual task.

        Sets the task to failed, which is possible for manual tasks only.

        PUT /flows/api/tasks/{uuid}/fail

        Args:
            uuid: UUID of the resource.

        Returns:
            The task now counts as failed. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(OPERATIONS["failTask"], f"/flows/api/tasks/{path_text('uuid', uuid)}/fail")
        )

    async def continue_automation(self, *, lead_uuid: str | UUID, extra_body: ExtraBody = UNSET) -> Any:
        """Resume a contact's automation.

        Resumes an automation that is paused for one contact, picking the sequence up at the point where that
        contact stopped.

        PUT /flows/api/tasks/continue-automation

        Args:
            lead_uuid: UUID of the contact whose automation resumes.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The automation has been resumed. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["continueAutomation"],
                "/flows/api/tasks/continue-automation",
                json=json_body(required={"lead_uuid": (lead_uuid, UUID_TEXT)}, extra=extra_body),
            )
        )

    async def schedule(self, *, sender_profile_uuid: str | UUID, date: dt.date) -> Any:
        """View a sender's task schedule.

        Returns one sender profile's timeline of scheduled tasks for a single day.

        GET /flows/api/tasks/schedule

        Args:
            sender_profile_uuid: Sender profile UUID.
            date: Day to show, as YYYY-MM-DD.

        Returns:
            The sender's schedule for the requested day. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["getTasksSchedule"],
                "/flows/api/tasks/schedule",
                query=query_pairs(
                    required={"sender_profile_uuid": (sender_profile_uuid, UUID_TEXT), "date": (date, DATE)}
                ),
            )
        )

    async def mass_cancel(self, *, uuids: Sequence[str | UUID], extra_body: ExtraBody = UNSET) -> Any:
        """Cancel tasks in bulk.

        Cancels several tasks in one call, which is possible for manual tasks only.

        The live server answers 504 to it. `tasks.cancel` cancels one task, `bulk.cancel_tasks` many, one by one.

        PUT /flows/api/tasks/mass-cancel

        Args:
            uuids: UUIDs of the tasks to cancel.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The listed tasks are now cancelled. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["massCancelTasks"],
                "/flows/api/tasks/mass-cancel",
                json=json_body(required={"uuids": (uuids, Array(UUID_TEXT, min_items=1))}, extra=extra_body),
            )
        )

    async def mass_complete(self, *, uuids: Sequence[str | UUID], extra_body: ExtraBody = UNSET) -> Any:
        """Complete tasks in bulk.

        Sets several manual tasks to completed in one call.

        The live server answers 504 to it. `tasks.complete` completes one task, `bulk.complete_tasks` many, one by
        one.

        PUT /flows/api/tasks/mass-complete

        Args:
            uuids: UUIDs of the tasks to complete.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The listed tasks are now completed. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["massCompleteTasks"],
                "/flows/api/tasks/mass-complete",
                json=json_body(required={"uuids": (uuids, Array(UUID_TEXT, min_items=1))}, extra=extra_body),
            )
        )

    async def mass_retry(self, *, uuids: Sequence[str | UUID], extra_body: ExtraBody = UNSET) -> Any:
        """Retry failed tasks in bulk.

        Retries several manual tasks that failed, in one call.

        The live server answers 504 to it. `tasks.retry` retries one task, `bulk.retry_tasks` many, one by one.

        PUT /flows/api/tasks/mass-retry

        Args:
            uuids: UUIDs of the tasks to retry.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The listed tasks were retried. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["massRetryTasks"],
                "/flows/api/tasks/mass-retry",
                json=json_body(required={"uuids": (uuids, Array(UUID_TEXT, min_items=1))}, extra=extra_body),
            )
        )

    async def mass_skip(self, *, uuids: Sequence[str | UUID], extra_body: ExtraBody = UNSET) -> Any:
        """Skip tasks in bulk.

        Skips several manual tasks in one call.

        The live server answers 504 to it. `tasks.skip` skips one task, `bulk.skip_tasks` many, one by one.

        PUT /flows/api/tasks/mass-skip

        Args:
            uuids: UUIDs of the tasks to skip.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The listed tasks were skipped. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["massSkipTasks"],
                "/flows/api/tasks/mass-skip",
                json=json_body(required={"uuids": (uuids, Array(UUID_TEXT, min_items=1))}, extra=extra_body),
            )
        )

    async def group_counts(
        self, *, group_field: GroupField, filter: Filter | Unset = UNSET, extra_body: ExtraBody = UNSET
    ) -> GroupCounts:
        """Count tasks by group.

        Counts tasks in one request, **grouped by a field**. This is the efficient route to activity figures for
        each campaign, sender or type, because it avoids a separate call for every slice.

        `group_field` sets the grouping. `filter` limits which tasks are counted; its conditions can be combined and
        use the same fields as `listTasks`. The response maps each group value to its count.

        Typical requests:

        - Connection requests that each campaign sent, for all campaigns at once: `{ "group_field": "flow_uuid",
          "filter": { "type": "linkedin_send_connection_request", "status": "closed" } }`
        - Every action of one campaign, by type: `{ "group_field": "type", "filter": { "flow_uuid": "…", "status":
          "closed" } }`
        - Either of these within a date range: extend the filter with `"executed_at": { ">=": "2026-07-01", "<=":
          "2026-08-01" }`.

        Groups are formed from a **field**, never from days. To build a daily series, repeat the call with
        successive date windows in the `executed_at` filter.

        POST /flows/api/tasks/group-counts

        Args:
            group_field: Field whose values form the groups.
            filter: Optional conditions on what is counted, which may be combined. Takes the fields of `listTasks`:
                `flow_uuid`, `type`, `status`, `sender_profile_uuid`, a range on `executed_at`, and so on.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            Counts keyed by group value.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: Validation failed: `group_field` must be present.
            GrinfiError: The request failed in another way.
        """
        return read_counts(
            await self._client.send(
                OPERATIONS["groupCountTasks"],
                "/flows/api/tasks/group-counts",
                json=json_body(
                    required={"group_field": (group_field, Choice(GroupField))},
                    optional={"filter": (filter, GROUP_COUNTS_FILTER)},
                    extra=extra_body,
                ),
            )
        )

    async def retry(self, uuid: str | UUID) -> Any:
        """Retry a failed task.

        Only for failed tasks: one that was cancelled because the contact replied must stay cancelled.

        This operation is not in the published description. The evidence for it: F, the vendor's own program was
        changed to call it, because the mass operations answer 504 on the live service.

        PUT /flows/api/tasks/{uuid}/retry

        Args:
            uuid: UUID of the task.

        Returns:
            The task is retried. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: No such task.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(OPERATIONS["retryTask"], f"/flows/api/tasks/{path_text('uuid', uuid)}/retry")
        )

    async def skip(self, uuid: str | UUID) -> Any:
        """Skip a task.

        This operation is not in the published description. The evidence for it: F, the vendor's own program was
        changed to call it, because the mass operations answer 504 on the live service.

        PUT /flows/api/tasks/{uuid}/skip

        Args:
            uuid: UUID of the task.

        Returns:
            The task is skipped. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: No such task.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(OPERATIONS["skipTask"], f"/flows/api/tasks/{path_text('uuid', uuid)}/skip")
        )


class _WithRawResponse(RawMethods):
    list = RawMethod(TasksResource.list)
    create = RawMethod(TasksResource.create)
    get = RawMethod(TasksResource.get)
    complete = RawMethod(TasksResource.complete)
    cancel = RawMethod(TasksResource.cancel)
    fail = RawMethod(TasksResource.fail)
    continue_automation = RawMethod(TasksResource.continue_automation)
    schedule = RawMethod(TasksResource.schedule)
    mass_cancel = RawMethod(TasksResource.mass_cancel)
    mass_complete = RawMethod(TasksResource.mass_complete)
    mass_retry = RawMethod(TasksResource.mass_retry)
    mass_skip = RawMethod(TasksResource.mass_skip)
    group_counts = RawMethod(TasksResource.group_counts)
    retry = RawMethod(TasksResource.retry)
    skip = RawMethod(TasksResource.skip)
