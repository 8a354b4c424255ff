# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from typing import TypedDict

from grinfi_overrides.runtime.codecs import INTEGER, STRING
from grinfi_overrides.runtime.models import Model, mapping_of, model, wire
from grinfi_overrides.runtime.unset import UNSET, Unset

__all__ = ["MailboxConnection", "MailboxConnectionDict"]


@model(sendable=True)
class MailboxConnection(Model):
    """Mailboxes create connection settings."""

    smtp_host: str | Unset = wire(STRING, default=UNSET)
    smtp_port: int | Unset = wire(INTEGER, default=UNSET)
    smtp_username: str | Unset = wire(STRING, default=UNSET)
    smtp_password: str | Unset = wire(STRING, default=UNSET, sensitive=True)
    imap_host: str | Unset = wire(STRING, default=UNSET)
    imap_port: int | Unset = wire(INTEGER, default=UNSET)
    imap_username: str | Unset = wire(STRING, default=UNSET)
    imap_password: str | Unset = wire(STRING, default=UNSET, sensitive=True)


@mapping_of(MailboxConnection)
class MailboxConnectionDict(TypedDict, total=False):
    """A mapping that can replace a `MailboxConnection`."""

    smtp_host: str | Unset
    smtp_port: int | Unset
    smtp_username: str | Unset
    smtp_password: str | Unset
    imap_host: str | Unset
    imap_port: int | Unset
    imap_username: str | Unset
    imap_password: str | Unset
