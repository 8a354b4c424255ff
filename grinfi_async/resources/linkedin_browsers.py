# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from grinfi_overrides.runtime.codecs import BOOLEAN, INTEGER, STRING, UUID_TEXT, Array, Choice, ModelOf
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.requests import ExtraBody, json_body, optional_json_body, path_number
from grinfi_overrides.runtime.responses import read_json, read_model
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.pagination import AsyncPaginator, awaitable
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.browser_access_key import BrowserAccessKey
from ..models.linkedin_browser import LinkedInBrowser
from ..operations import OPERATIONS

__all__ = ["LinkedInBrowsersResource"]

OrderType = Literal["asc", "desc"]


class LinkedInBrowsersResource(Resource):
    """Browser profiles through which automation uses LinkedIn. They run in the cloud, where they carry out the
    LinkedIn actions of sender profiles.
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
        page_size: int | Unset = UNSET,
        prefetch: int = 0,
        cursor: str | Mapping[str, Any] | None = None,
        extra_body: ExtraBody = UNSET,
    ) -> AsyncPaginator[LinkedInBrowser]:
        """Page through LinkedIn browsers.

        Returns every LinkedIn browser profile, one page at a time.

        POST /browsers/api/linkedin-browsers/list

        Args:
            limit: A whole number. An iteration over all rows uses it as page size. The server's default: 20.
            offset: A whole number. The server's default: 0.
            order_field: Order field. Always sent; 'created_at' by default.
            order_type: One of 'asc', 'desc'. Always sent; 'asc' by default.
            page_size: Rows in each request of an iteration; by default `limit`, or else 1,000.
            prefetch: Number of further pages to request at the same time, as soon as the total is known.
            cursor: The `cursor` of an earlier iteration, to continue after its last row.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            One page of LinkedIn browsers. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listLinkedInBrowsers"],
                "/browsers/api/linkedin-browsers/list",
                item=ModelOf(lambda: LinkedInBrowser),
                json=json_body(
                    optional={
                        "limit": (limit, INTEGER),
                        "offset": (offset, INTEGER),
                        "order_field": (order_field, STRING),
                        "order_type": (order_type, Choice(OrderType)),
                    },
                    extra=extra_body,
                ),
                paging="body",
                ordered=True,
            ),
            page_size=page_size,
            prefetch=prefetch,
            cursor=cursor,
        )

    async def get(self, id: int) -> LinkedInBrowser:
        """Fetch one LinkedIn browser.

        GET /browsers/api/linkedin-browsers/{id}

        Args:
            id: Numeric id of the LinkedIn browser.

        Returns:
            Details of the requested LinkedIn browser.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: No LinkedIn browser has this id.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["getLinkedInBrowser"], f"/browsers/api/linkedin-browsers/{path_number('id', id)}"
            ),
            LinkedInBrowser,
        )

    async def update(self, id: int) -> LinkedInBrowser:
        """Modify a LinkedIn browser.

        PUT /browsers/api/linkedin-browsers/{id}

        Args:
            id: Numeric id of the LinkedIn browser.

        Returns:
            The LinkedIn browser after the update.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["updateLinkedInBrowser"], f"/browsers/api/linkedin-browsers/{path_number('id', id)}"
            ),
            LinkedInBrowser,
        )

    async def delete(self, id: int) -> None:
        """Remove a LinkedIn browser.

        DELETE /browsers/api/linkedin-browsers/{id}

        Args:
            id: Numeric id of the LinkedIn browser.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(
            OPERATIONS["deleteLinkedInBrowser"], f"/browsers/api/linkedin-browsers/{path_number('id', id)}"
        )

    async def create(
        self, *, sender_profile_uuid: str | UUID, proxy_country_code: str | Unset = UNSET, extra_body: ExtraBody = UNSET
    ) -> LinkedInBrowser:
        """Add a LinkedIn browser seat.

        Opens a LinkedIn browser "seat" and ties it to one sender profile. When a LinkedIn account is connected
        without its owner ever signing in to Grinfi, this call is step 2 of the sequence:

        1. Set up the sender profile with `POST /flows/api/sender-profiles` (`createSenderProfile`).
        2. Call this operation with `sender_profile_uuid`. The new seat has `status: stopped` and
           `linkedin_account_uuid: null`.
        3. Request a Smart Login link from `POST /browsers/api/linkedin-browsers/{id}/generate-external-access-key`
           (`generateBrowserAccessKey`).
        4. Pass the link to the owner of the account, who uses the hosted cloud browser to sign in to LinkedIn;
           after that the seat moves to `running` on its own.
        5. Poll `POST /browsers/api/linkedin-browsers/list` (`listLinkedInBrowsers`). As soon as
           `linkedin_account_uuid` has a value, the account is connected.

        **Never call `POST /browsers/api/linkedin-browsers/{id}/run` (start, `runLinkedInBrowser`) for a new seat
        that nobody has logged in to yet:** doing so puts it into `login_issue`. After the login is finished, the
        backend starts the seat by itself.

        POST /browsers/api/linkedin-browsers

        Args:
            sender_profile_uuid: Sender profile to bind to the seat, by UUID.
            proxy_country_code: Country of the proxy as a code, for example US or DE.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The new LinkedIn browser.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["createLinkedInBrowser"],
                "/browsers/api/linkedin-browsers",
                json=json_body(
                    required={"sender_profile_uuid": (sender_profile_uuid, UUID_TEXT)},
                    optional={"proxy_country_code": (proxy_country_code, STRING)},
                    extra=extra_body,
                ),
            ),
            LinkedInBrowser,
        )

    async def generate_access_key(self, id: int) -> BrowserAccessKey:
        """Issue a Smart Login link.

        Issues a **public Smart Login link that requires no authentication** for a seat, which is how an end user
        connects a LinkedIn account without having a Grinfi login. The response carries `external_access_key` and
        `cloud_browser_url`; whoever visits that URL gets a hosted cloud browser provisioned for signing in to
        LinkedIn. A link stays valid for **7 days** and may be placed in an iframe or sent on to the owner of the
        account.

        `cloud_browser_url` comes back with the platform host. To offer it under the domain of this API, replace the
        host: `https://leadgen.grinfi.io/cloud-browser/public/{external_access_key}` leads to the same page. Every
        new call **replaces** the earlier key of the seat. Since one link keeps working through proxy changes and
        repeated login attempts, do not issue another each time something fails. `POST
        /browsers/api/linkedin-browsers/{id}/run` (`runLinkedInBrowser`) must not be called either before or after
        this operation; once the login completes, the seat is started automatically.

        POST /browsers/api/linkedin-browsers/{id}/generate-external-access-key

        Args:
            id: Numeric id of the LinkedIn browser.

        Returns:
            The generated link for Smart Login.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: No seat has this id.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["generateBrowserAccessKey"],
                f"/browsers/api/linkedin-browsers/{path_number('id', id)}/generate-external-access-key",
            ),
            BrowserAccessKey,
        )

    async def run(self, id: int, *, force: bool | Unset = UNSET, extra_body: ExtraBody = UNSET) -> None:
        """Resume a stopped browser session.

        Restarts the session of a LinkedIn browser that **was logged in before** and has been stopped on purpose;
        its only use is to recover a seat which the user stopped by hand. **It must not be called during
        onboarding**: a seat that has never been logged in is forced into `login_issue` when started. On completion
        of Smart Login, the backend starts the seat automatically.

        The browser is read first, and is not run without a `linkedin_account_uuid`.

        POST /browsers/api/linkedin-browsers/{id}/run, GET /browsers/api/linkedin-browsers/{id}

        Args:
            id: Numeric id of the LinkedIn browser.
            force: True to run the browser without reading it first. By default, a browser without an account is not
                run.
            extra_body: Additional fields, which are sent in the body as they are.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(
            OPERATIONS["runLinkedInBrowser"],
            f"/browsers/api/linkedin-browsers/{path_number('id', id)}/run",
            json=optional_json_body(optional={"force": (force, BOOLEAN)}, extra=extra_body),
        )

    async def stop(self, id: int) -> None:
        """Stop a seat's browser session.

        POST /browsers/api/linkedin-browsers/{id}/stop

        Args:
            id: Numeric id of the LinkedIn browser.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(
            OPERATIONS["stopLinkedInBrowser"], f"/browsers/api/linkedin-browsers/{path_number('id', id)}/stop"
        )

    async def set_proxy(
        self, id: int, *, proxy_country_code: str | Unset = UNSET, extra_body: ExtraBody = UNSET
    ) -> Any:
        """Change a browser's proxy.

        Modifies the proxy settings of the given LinkedIn browser.

        POST /browsers/api/linkedin-browsers/{id}/set-proxy

        Args:
            id: Numeric id of the LinkedIn browser.
            proxy_country_code: Proxy country code.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The proxy settings were changed. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["setLinkedInBrowserProxy"],
                f"/browsers/api/linkedin-browsers/{path_number('id', id)}/set-proxy",
                json=json_body(optional={"proxy_country_code": (proxy_country_code, STRING)}, extra=extra_body),
            )
        )

    async def share(self, id: int, *, recipients: Sequence[str], extra_body: ExtraBody = UNSET) -> Any:
        """Share a LinkedIn browser.

        Makes the LinkedIn browser profile available to another member of the team.

        POST /browsers/api/linkedin-browsers/{id}/share

        Args:
            id: Numeric id of the LinkedIn browser.
            recipients: Team members who receive the share, each named by email address.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The browser profile is now shared. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["shareLinkedInBrowser"],
                f"/browsers/api/linkedin-browsers/{path_number('id', id)}/share",
                json=json_body(required={"recipients": (recipients, Array(STRING))}, extra=extra_body),
            )
        )


class _WithRawResponse(RawMethods):
    list = RawMethod(LinkedInBrowsersResource.list)
    get = RawMethod(LinkedInBrowsersResource.get)
    update = RawMethod(LinkedInBrowsersResource.update)
    delete = RawMethod(LinkedInBrowsersResource.delete)
    create = RawMethod(LinkedInBrowsersResource.create)
    generate_access_key = RawMethod(LinkedInBrowsersResource.generate_access_key)
    run = RawMethod(LinkedInBrowsersResource.run)
    stop = RawMethod(LinkedInBrowsersResource.stop)
    set_proxy = RawMethod(LinkedInBrowsersResource.set_proxy)
    share = RawMethod(LinkedInBrowsersResource.share)
