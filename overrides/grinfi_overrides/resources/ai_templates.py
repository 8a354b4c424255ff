"""AI templates: the API wants `is_public` as 0 or 1, and answers 500 to anything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from grinfi_async._runtime.unset import UNSET, Unset
from grinfi_async.models.ai_template import AITemplate
from grinfi_async.resources import ai_templates as generated

__all__ = ["AITemplatesResource"]


class AITemplatesResource(generated.AITemplatesResource):
    __doc__ = generated.AITemplatesResource.__doc__

    async def create(
        self,
        *,
        name: str,
        type: generated.CreateType,
        is_public: bool | Literal[0, 1],
        subject: str | Unset | None = UNSET,
        body: str | Unset | None = UNSET,
        prompt: str | Unset | None = UNSET,
        llm_uuid: str | Unset | None = UNSET,
        llm_config: Mapping[str, Any] | Unset | None = UNSET,
        enable_validation: bool | Unset = UNSET,
        enable_fallback: bool | Unset = UNSET,
        settings: Mapping[str, Any] | Unset = UNSET,
    ) -> AITemplate:
        return await super().create(
            name=name,
            type=type,
            is_public=(1 if is_public else 0) if isinstance(is_public, bool) else is_public,
            subject=subject,
            body=body,
            prompt=prompt,
            llm_uuid=llm_uuid,
            llm_config=llm_config,
            enable_validation=enable_validation,
            enable_fallback=enable_fallback,
            settings=settings,
        )

    create.__doc__ = generated.AITemplatesResource.create.__doc__
