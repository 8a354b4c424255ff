# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import STRING
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["BrowserAccessKey"]


@define(kw_only=True, repr=False)
class BrowserAccessKey(Model):
    """Linkedin browser generate access key result.

    Attributes:
        cloud_browser_url: Login page, public for 7 days. Its host may be replaced with your API domain.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "external_access_key": Field("external_access_key", STRING),
        "cloud_browser_url": Field("cloud_browser_url", STRING),
    }
    _sensitive: ClassVar[frozenset[str]] = frozenset({"external_access_key", "cloud_browser_url"})

    external_access_key: str | None = None
    cloud_browser_url: str | None = None
