# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import INTEGER, STRING
from grinfi_overrides.runtime.models import Field, Model
from grinfi_overrides.runtime.unset import UNSET, Unset

__all__ = ["MailboxConnection"]


@define(kw_only=True, repr=False)
class MailboxConnection(Model):
    """Mailboxes create connection settings."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "smtp_host": Field("smtp_host", STRING),
        "smtp_port": Field("smtp_port", INTEGER),
        "smtp_username": Field("smtp_username", STRING),
        "smtp_password": Field("smtp_password", STRING),
        "imap_host": Field("imap_host", STRING),
        "imap_port": Field("imap_port", INTEGER),
        "imap_username": Field("imap_username", STRING),
        "imap_password": Field("imap_password", STRING),
    }
    _sendable: ClassVar[bool] = True
    _sensitive: ClassVar[frozenset[str]] = frozenset({"smtp_password", "imap_password"})

    smtp_host: str | Unset = UNSET
    smtp_port: int | Unset = UNSET
    smtp_username: str | Unset = UNSET
    smtp_password: str | Unset = UNSET
    imap_host: str | Unset = UNSET
    imap_port: int | Unset = UNSET
    imap_username: str | Unset = UNSET
    imap_password: str | Unset = UNSET
