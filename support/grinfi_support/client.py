"""The client, with lists of paths that are not described."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

from grinfi_overrides.client import READ_METHODS, BaseClient, undescribed
from grinfi_overrides.client_options import headers_option
from grinfi_overrides.errors import InvalidArgumentError
from grinfi_overrides.runtime.codecs import OBJECT
from grinfi_overrides.runtime.operations import RetryClass
from grinfi_overrides.runtime.requests import any_pairs
from grinfi_overrides.runtime.unset import UNSET, Unset

if TYPE_CHECKING:
    from .pagination import AsyncPaginator

Paging = Literal["query", "body", "none"]


class ListingClient(BaseClient):
    __doc__ = BaseClient.__doc__

    if not TYPE_CHECKING:  # checkers would take any name for a resource

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            from .wrong_names import no_resource

            raise no_resource(self, name, self.operations.values())

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
        """The rows of a list that the API's description does not have, as the server sends them.

        An answer is a list, or an object with one under `data`. Rows that come again are left out by their `uuid` or
        `id`. Method, path, parameters, body and headers are those of `request`; a filter may be an expression.

        Args:
            paging: Where `limit` and `offset` go: "query", by default of GET; "body", by default of others; or "none",
                for a server that takes neither and answers with all rows.
            page_size: How many rows iterating asks for at a time; by default `limit` of `params` or `json`, or 1,000.
            prefetch: How many further pages iterating asks for at the same time, once the total is known.
            cursor: The `cursor` of an earlier iteration, to go on after its last row.

        Raises:
            InvalidArgumentError: The request cannot be sent.
            ResultWindowError: Iterating met more than 10,000 rows; `without_result_window()` reads on.
        """
        from grinfi_overrides.runtime.pages import Listing

        from .pagination import AsyncPaginator

        operation = undescribed("paginate", method, path, retry_class)._replace(paginated=True, expects_json=True)
        query = any_pairs(params or ())
        body: dict[str, Any] | None = None if json is UNSET else OBJECT.encode("json", json) or {}
        if paging is UNSET:
            paging = "query" if operation.method in READ_METHODS else "body"
        elif paging not in get_args(Paging):
            raise InvalidArgumentError("paging", f"must be one of {', '.join(get_args(Paging))}, not {paging!r}")
        given: Mapping[str, Any] = (body or {}) if paging == "body" else dict(query)
        for name in ("limit", "offset"):
            if not str(given.get(name) or 0).isdecimal():
                raise InvalidArgumentError(name, f"must be a whole number that is not negative, not {given[name]!r}")
        request: dict[str, Any] = {"query": query, "headers": headers_option(headers), "json": body, "paging": paging}
        listing = Listing(self, operation, path, item=OBJECT, **request)
        return AsyncPaginator(listing, page_size=page_size, prefetch=prefetch, cursor=cursor)
