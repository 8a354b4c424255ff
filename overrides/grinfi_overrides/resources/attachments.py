"""Attachments: what the API wants to be told about a file is learnt from the file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, BinaryIO

from grinfi_async._runtime.errors import InvalidArgumentError
from grinfi_async._runtime.requests import FileContent, Upload, open_file
from grinfi_async._runtime.unset import UNSET, Unset
from grinfi_async.models.attachment import Attachment
from grinfi_async.models.attachment_details import AttachmentDetails
from grinfi_async.resources import attachments as generated

__all__ = ["AttachmentsResource"]

MAX_BYTES = 20 * 1024 * 1024


class AttachmentsResource(generated.AttachmentsResource):
    __doc__ = generated.AttachmentsResource.__doc__

    async def upload(
        self, *, attachment: FileContent, payload: AttachmentDetails | Mapping[str, Any] | Unset = UNSET
    ) -> Attachment:
        """Upload a new attachment.

        The response carries the attachment's UUID, to be used in `attachments=[{"uuid": ...}]` of a LinkedIn message
        or email.

        POST /flows/api/attachments

        Args:
            attachment: The file, at most 20 MB: a path, bytes, or a binary stream. To give it another name or content
                type, pass `Upload(content, name=..., content_type=...)`.
            payload: Name, size in bytes and MIME type to be shown for the file; by default those of the file.

        Returns:
            The uploaded attachment.

        Raises:
            InvalidArgumentError: An argument cannot be sent, or the file is too large.
            GrinfiError: The request failed in another way.
        """
        with ExitStack() as opened:
            file = open_file("attachment", attachment, opened)
            size = _size(file.content)
            if size > MAX_BYTES:
                raise InvalidArgumentError(
                    "attachment", f"the API takes at most 20 MB, and this file has {size:,} bytes"
                )
            if isinstance(payload, Unset):
                payload = AttachmentDetails(name=file.name, size=str(size), type=file.content_type)
            upload = Upload(file.content, name=file.name, content_type=file.content_type)
            return await super().upload(attachment=upload, payload=payload)


def _size(content: bytes | BinaryIO) -> int:
    if isinstance(content, bytes):
        return len(content)
    try:
        return content.seek(0, os.SEEK_END)
    except (OSError, AttributeError) as error:
        raise InvalidArgumentError(
            "attachment", "the API wants to know the size, and this stream cannot tell it; read it and pass bytes"
        ) from error
