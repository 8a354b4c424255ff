# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from grinfi_overrides.runtime.codecs import ModelOf
from grinfi_overrides.runtime.models import Model, model, wire

from .email import Email
from .email_body import EmailBody

__all__ = ["SentEmail"]


@model()
class SentEmail(Model):
    """Email send result."""

    email_domain: Email | None = wire(ModelOf(lambda: Email), default=None, name="emailDomain")
    email_body_domain: EmailBody | None = wire(ModelOf(lambda: EmailBody), default=None, name="emailBodyDomain")
