"""Attachments: adds the name, size and type of a file, which the API requires."""

from __future__ import annotations

import os
from typing import BinaryIO

import httpx

from grinfi_overrides.corrections.request import Request
from grinfi_overrides.errors import InvalidArgumentError
from grinfi_overrides.runtime.requests import Form

MAX_BYTES = 20 * 1024 * 1024


async def describe_upload(request: Request) -> httpx.Response:
    """Send name, size and type of the file if the caller does not.

    Raises:
        InvalidArgumentError: The file is larger than 20 MB, or its size is unknown.
    """
    form = request.form or Form([], [])
    for argument, (name, content, content_type) in form.files:
        size = _size(argument, content)
        if size > MAX_BYTES:
            raise InvalidArgumentError(argument, f"the API takes at most 20 MB; this file has {size:,} bytes")
        if not form.fields:
            described = {"name": name, "size": str(size), "type": content_type}
            request.form = Form(form.files, [(f"payload[{key}]", value) for key, value in described.items()])
    return await request.send()


def _size(argument: str, content: bytes | BinaryIO) -> int:
    if isinstance(content, bytes):
        return len(content)
    try:
        size = content.seek(0, os.SEEK_END)
        content.seek(0)
    except (OSError, AttributeError) as error:
        raise InvalidArgumentError(
            argument, "the API requires the size, and this stream does not have one; read it and pass bytes"
        ) from error
    return size
