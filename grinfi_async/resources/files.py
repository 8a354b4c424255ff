# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal
from uuid import UUID

from grinfi_overrides.filters import FilterOf
from grinfi_overrides.runtime.codec import Filter, Row
from grinfi_overrides.runtime.codecs import STRING, UUID_TEXT, Array, Choice, ModelOf
from grinfi_overrides.runtime.requests import ExtraBody, FileContent, form_data, json_body, path_text
from grinfi_overrides.runtime.responses import read_bytes, read_json, read_model
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.mixins.files import FilesMixin
from grinfi_support.raw_responses import RawMethod, RawMethods

from ..models.company_column import CompanyColumn, CompanyColumnDict
from ..models.company_export import CompanyExport
from ..models.contact_column import ContactColumn, ContactColumnDict
from ..models.contact_export import ContactExport
from ..models.file_import import FileImport
from ..operations import OPERATIONS

__all__ = ["FilesResource"]

UploadCsvType = Literal["csv_leads"]
EXPORT_CONTACTS_FILTER: Final = FilterOf(
    "files.export_contacts",
    lists=("ids",),
    refused={
        "company_name": "cannot filter by names, which the live server does not do; use q, which searches the full text",
        "name": "cannot filter by names, which the live server does not do; use q, which searches the full text",
        "first_name": "cannot filter by names, which the live server does not do; use q, which searches the full text",
        "last_name": "cannot filter by names, which the live server does not do; use q, which searches the full text",
        "updated_at": 'cannot filter by updated_at, to which the live server answers 500; use created_at, or read contacts.search(order_field="updated_at", order_type="desc") as far as needed',
    },
)
EXPORT_COMPANIES_FILTER: Final = FilterOf("files.export_companies", lists=("ids",))


class FilesResource(FilesMixin):
    """Bring CSV files into the CRM, and write contacts or companies out as CSV. An import is asynchronous and takes
    two calls: first upload the file, then start `import-leads` or `import-companies` for it. An export request
    answers with a queued job; when that job has completed, fetch the file with `POST
    /leads/api/file-exports/download`.
    """

    @property
    def with_raw_response(self) -> _WithRawResponse:
        """The same operations, which return a `RawResponse`: status, headers and request id with the result."""
        return _WithRawResponse(self)

    async def upload_csv(self, *, file: FileContent, type: UploadCsvType = "csv_leads") -> FileImport:
        """Upload CSV for import.

        Uploads a CSV file of contacts or companies and returns the resulting file-import record, which has a UUID.
        The contacts or companies themselves are only created once you call `import-companies` or `import-leads`
        with that UUID.

        **Note:** as of this writing, `csv_leads` is the only `type` that has been validated. A CSV of companies may
        need another mechanism; ask support.

        POST /leads/api/file-imports/upload-csv

        Args:
            file: The CSV file, including a header row.
            type: Kind of source; `csv_leads` is the only value accepted for now.

        Returns:
            The file-import record was created.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        with form_data(files={"file": file}, required={"type": (type, Choice(UploadCsvType))}) as form:
            return read_model(
                await self._client.send(OPERATIONS["uploadCsvFile"], "/leads/api/file-imports/upload-csv", form=form),
                FileImport,
            )

    async def import_contacts(
        self,
        uuid: str | UUID,
        *,
        columns: Sequence[ContactColumn | ContactColumnDict | Row],
        list_uuid: str | UUID | Unset = UNSET,
        tags: Sequence[str | UUID] | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> Any:
        """Import uploaded contacts.

        Starts importing contacts from a CSV file uploaded earlier. `columns` is required: an ordered list of
        objects, each mapping one CSV column to a contact field.

        POST /leads/api/file-imports/{uuid}/import-leads

        Args:
            uuid: UUID of the resource.
            columns: Column mappings in order, one for each CSV column.
            list_uuid: List to put the imported contacts in; optional.
            tags: UUIDs of tags to put on the imported contacts; optional.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The import job has started. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["importLeadsFromFile"],
                f"/leads/api/file-imports/{path_text('uuid', uuid)}/import-leads",
                json=json_body(
                    required={"columns": (columns, Array(ModelOf(lambda: ContactColumn)))},
                    optional={"list_uuid": (list_uuid, UUID_TEXT), "tags": (tags, Array(UUID_TEXT))},
                    extra=extra_body,
                ),
            )
        )

    async def import_companies(
        self,
        uuid: str | UUID,
        *,
        columns: Sequence[CompanyColumn | CompanyColumnDict | Row],
        extra_body: ExtraBody = UNSET,
    ) -> Any:
        """Import uploaded companies.

        Starts importing companies from a CSV file uploaded earlier.

        POST /leads/api/file-imports/{uuid}/import-companies

        Args:
            uuid: UUID of the resource.
            columns: Column mappings in order.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The import job has started. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["importCompaniesFromFile"],
                f"/leads/api/file-imports/{path_text('uuid', uuid)}/import-companies",
                json=json_body(
                    required={"columns": (columns, Array(ModelOf(lambda: CompanyColumn)))}, extra=extra_body
                ),
            )
        )

    async def export_contacts(self, *, filter: Filter, extra_body: ExtraBody = UNSET) -> ContactExport:
        """Queue contact CSV export.

        Queues the contacts matched by the filter for export to CSV and returns a file-export record whose status is
        `queued`. When the job is complete, fetch the file with `download`.

        POST /leads/api/file-exports/leads

        Args:
            filter: Filter that picks the contacts; `{all: true}` exports all of them.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The export has been queued.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: Validation failed: `filter` must be supplied.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["exportLeadsToCsv"],
                "/leads/api/file-exports/leads",
                json=json_body(required={"filter": (filter, EXPORT_CONTACTS_FILTER)}, extra=extra_body),
            ),
            ContactExport,
        )

    async def export_companies(self, *, filter: Filter, extra_body: ExtraBody = UNSET) -> CompanyExport:
        """Queue company CSV export.

        Queues the companies matched by the filter for export to CSV.

        POST /leads/api/file-exports/companies

        Args:
            filter: Conditions that the rows must meet.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The export has been queued.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: Validation failed: `filter` must be supplied.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["exportCompaniesToCsv"],
                "/leads/api/file-exports/companies",
                json=json_body(required={"filter": (filter, EXPORT_COMPANIES_FILTER)}, extra=extra_body),
            ),
            CompanyExport,
        )

    async def download(self, *, file_name: str, extra_body: ExtraBody = UNSET) -> bytes:
        """Fetch an export file.

        Returns an export file generated earlier, looked up by its name. Once the job is complete, the export record
        includes that `file_name`.

        POST /leads/api/file-exports/download

        Args:
            file_name: Name of the file, as found in the export record.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The exported file, in CSV format.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: No such file.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return read_bytes(
            await self._client.send(
                OPERATIONS["downloadExportFile"],
                "/leads/api/file-exports/download",
                json=json_body(required={"file_name": (file_name, STRING)}, extra=extra_body),
            )
        )


class _WithRawResponse(RawMethods):
    upload_csv = RawMethod(FilesResource.upload_csv)
    import_contacts = RawMethod(FilesResource.import_contacts)
    import_companies = RawMethod(FilesResource.import_companies)
    export_contacts = RawMethod(FilesResource.export_contacts)
    export_companies = RawMethod(FilesResource.export_companies)
    download = RawMethod(FilesResource.download)
