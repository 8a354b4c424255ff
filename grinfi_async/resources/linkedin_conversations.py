# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from grinfi_overrides.filters import FilterOf
from grinfi_overrides.runtime.codec import Filter
from grinfi_overrides.runtime.codecs import Integer, ModelOf
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.requests import query_pairs
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.pagination import AsyncPaginator, awaitable
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.linkedin_conversation import LinkedInConversation
from ..operations import OPERATIONS

__all__ = ["LinkedInConversationsResource"]

LIST_FILTER: Final = FilterOf("linkedin_conversations.list", known=("linkedin_account_uuid", "lead_uuid"))


class LinkedInConversationsResource(Resource):
    """Operations of `linkedin_conversations`."""

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
        filter: Filter | Unset = UNSET,
        page_size: int | Unset = UNSET,
        prefetch: int = 0,
        cursor: str | Mapping[str, Any] | None = None,
    ) -> AsyncPaginator[LinkedInConversation]:
        """Browse LinkedIn conversations.

        Returns the team's synced LinkedIn conversation threads. Each thread is tied to **one contact and one
        LinkedIn account**, never to an automation.

        **Filtering by `flow_uuid` is not available.** Several automations may touch the same contact, so no thread
        is credited to any of them. `filter[flow_uuid]` is rejected, while the flat form `?flow_uuid=` is dropped
        silently and the response holds every conversation. To report per automation, call `GET /flows/api/tasks`
        (`listTasks`) instead: its records include `flow_uuid`.

        GET /flows/api/linkedin-conversations

        Args:
            limit: Number of items on a page, 20 by default. An iteration over all rows uses it as page size. The
                server's default: 20.
            offset: Number of items to skip, 0 by default. The server's default: 0.
            filter: Filter conditions, each written as `filter[field]=value`.
            page_size: Rows in each request of an iteration; by default `limit`, or else 1,000.
            prefetch: Number of further pages to request at the same time, as soon as the total is known.
            cursor: The `cursor` of an earlier iteration, to continue after its last row.

        Returns:
            One page of conversations. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listLinkedinConversations"],
                "/flows/api/linkedin-conversations",
                item=ModelOf(lambda: LinkedInConversation),
                query=query_pairs(
                    optional={
                        "limit": (limit, Integer(minimum=1)),
                        "offset": (offset, Integer(minimum=0)),
                        "filter": (filter, LIST_FILTER, "brackets"),
                    }
                ),
                paging="query",
            ),
            page_size=page_size,
            prefetch=prefetch,
            cursor=cursor,
        )


class _WithRawResponse(RawMethods):
    list = RawMethod(LinkedInConversationsResource.list)
