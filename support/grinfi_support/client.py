"""The client, with methods for requests and lists that the description does not have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from grinfi_overrides.client import BaseClient
from grinfi_overrides.client_options import headers_option
from grinfi_overrides.errors import InvalidArgumentError
from grinfi_overrides.runtime.codecs import ANY, OBJECT
from grinfi_overrides.runtime.operations import Operation, RetryClass
from grinfi_overrides.runtime.requests import any_pairs
from grinfi_overrides.runtime.responses import read_json
from grinfi_overrides.runtime.unset import UNSET, Unset

if TYPE_CHECKING:
    from .pagination import AsyncPaginator

READ_METHODS: Final = ("GET", "HEAD", "OPTIONS")
Paging = Literal["query", "body", "none"]


class ListingClient(BaseClient):
    __doc__ = BaseClient.__doc__

    if not TYPE_CHECKING:  # checkers would take any name for a resource

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            from .wrong_names import no_resource

            raise no_resource(self, name, self.operations.values())

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | Sequence[tuple[str, Any]] | None = None,
        json: Any = UNSET,
        headers: Mapping[str, str] | None = None,
        retry_class: RetryClass | Unset = UNSET,
    ) -> Any:
        """Send a request that the API's description does not have.

        It counts against the same rate limit as other requests.

        Args:
            method: HTTP method.
            path: Path below the base URL, with a leading slash and without a query; percent-encode ids yourself.
            params: Query parameters: a list is repeated, a mapping is written in brackets, as in `filter[status]=ok`.
            json: Body, as any value that JSON can hold.
            headers: Additional headers.
            retry_class: Whether it is repeated after a lost answer or an error of the server: "read" and "idempotent"
                are, "write" is not (see `RetryPolicy`). By default GET, HEAD and OPTIONS are reads, others writes.

        Returns:
            The answer as JSON; None if it is empty.

        Raises:
            InvalidArgumentError: The request cannot be sent.
            DecodeError: The answer is not JSON.
            APIStatusError: The server answered with an error status.
            APIConnectionError: The server did not answer.
        """
        operation = _undescribed("request", method, path, retry_class)
        query = any_pairs(params or ())
        body = UNSET if json is UNSET else ANY.encode("json", json)
        return read_json(await self._exchange(operation, path, query=query, headers=headers_option(headers), json=body))

    def paginate(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | Sequence[tuple[str, Any]] | None = None,
        json: Mapping[str, Any] | Unset = UNSET,
        headers: Mapping[str, str] | None = None,
        retry_class: RetryClass = "read",
        paging: Paging | Unset = UNSET,
        page_size: int | Unset = UNSET,
        prefetch: int = 0,
        cursor: str | Mapping[str, Any] | None = None,
    ) -> AsyncPaginator[dict[str, Any]]:
        """Read the rows of a list that the API's description does not have, as the server sends them.

        The answer must be a list, or an object with a list under `data`. Rows with a `uuid` or `id` that came before
        are left out. Method, path, parameters, body and headers are like those of `request`; a filter may be an
        expression of `F`.

        Args:
            method: HTTP method.
            path: Path below the base URL.
            params: Query parameters.
            json: Body, as a mapping.
            headers: Additional headers.
            retry_class: Whether requests may be repeated, as for `request`; "read" by default.
            paging: Where `limit` and `offset` are sent: in the "query" (default for GET) or the "body" (default for
                other methods); or "none", for a server that takes neither and answers with all rows.
            page_size: Rows in each request of an iteration; by default `limit` of `params` or `json`, or 1,000.
            prefetch: Number of further pages to request at the same time, as soon as the total is known; 0 by default.
            cursor: The `cursor` of an earlier iteration, to continue after its last row.

        Raises:
            InvalidArgumentError: The request cannot be sent.
            ResultWindowError: The list has more than 10,000 rows; `without_result_window()` continues.
        """
        from grinfi_overrides.runtime.pages import Listing

        from .pagination import AsyncPaginator

        operation = _undescribed("paginate", method, path, retry_class)._replace(paginated=True, expects_json=True)
        query = any_pairs(params or ())
        body: dict[str, Any] | None = None if json is UNSET else OBJECT.encode("json", json) or {}
        if paging is UNSET:
            paging = "query" if operation.method in READ_METHODS else "body"
        elif paging not in get_args(Paging):
            raise InvalidArgumentError("paging", f"must be one of {', '.join(get_args(Paging))}, not {paging!r}")
        given: Mapping[str, Any] = (body or {}) if paging == "body" else dict(query)
        for name in ("limit", "offset"):
            if not str(given.get(name) or 0).isdecimal():
                raise InvalidArgumentError(name, f"must be a whole number from 0, not {given[name]!r}")
        request: dict[str, Any] = {"query": query, "headers": headers_option(headers), "json": body, "paging": paging}
        listing = Listing(self, operation, path, item=OBJECT, **request)
        return AsyncPaginator(listing, page_size=page_size, prefetch=prefetch, cursor=cursor)


def _undescribed(name: str, method: str, path: str, retry_class: RetryClass | Unset) -> Operation:
    """The operation of a request that the description does not have."""
    if not method.isalpha():
        raise InvalidArgumentError("method", f"{method!r} is not an HTTP method")
    if not path.startswith("/") or path.startswith("//"):
        # An absolute URL would take the key to another host.
        raise InvalidArgumentError("path", f"must be like /leads/api/leads, with one leading slash, not {path!r}")
    if "?" in path or "#" in path:
        raise InvalidArgumentError("path", "must not contain a query or a fragment; pass the query as params")
    if {".", ".."} & set(path.split("/")):
        raise InvalidArgumentError("path", f"{path!r} would address another path")
    method = method.upper()
    if isinstance(retry_class, Unset):
        retry_class = "read" if method in READ_METHODS else "write"
    elif retry_class not in get_args(RetryClass):
        raise InvalidArgumentError(
            "retry_class", f"must be one of {', '.join(get_args(RetryClass))}, not {retry_class!r}"
        )
    return Operation("", method, path, "", name, retry_class, paginated=False, expects_json=False)
