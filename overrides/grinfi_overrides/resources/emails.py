"""Emails: the limit of a thread is a number, which the API reads as text."""

from __future__ import annotations

from typing import Any

from grinfi_async._runtime.codecs import Integer
from grinfi_async._runtime.unset import UNSET, Unset
from grinfi_async.resources import emails as generated

__all__ = ["EmailsResource"]


class EmailsResource(generated.EmailsResource):
    __doc__ = generated.EmailsResource.__doc__

    async def llm_thread(
        self,
        *,
        sender_profile_uuid: str,
        lead_uuid: str,
        lead_name: str,
        limit: int | str | Unset = UNSET,
        sent_at_recency_in_days: int | Unset = UNSET,
    ) -> Any:
        if not isinstance(limit, str | Unset):
            limit = str(Integer(minimum=1).encode("limit", limit))
        return await super().llm_thread(
            sender_profile_uuid=sender_profile_uuid,
            lead_uuid=lead_uuid,
            lead_name=lead_name,
            limit=limit,
            sent_at_recency_in_days=sent_at_recency_in_days,
        )

    llm_thread.__doc__ = generated.EmailsResource.llm_thread.__doc__
