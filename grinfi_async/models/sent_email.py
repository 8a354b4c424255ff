# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import ModelOf
from grinfi_overrides.runtime.models import Field, Model

from .email import Email
from .email_body import EmailBody

__all__ = ["SentEmail"]


@define(kw_only=True, repr=False)
class SentEmail(Model):
    """Email send result."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "email_domain": Field("emailDomain", ModelOf(lambda: Email)),
        "email_body_domain": Field("emailBodyDomain", ModelOf(lambda: EmailBody)),
    }

    email_domain: Email | None = None
    email_body_domain: EmailBody | None = None
