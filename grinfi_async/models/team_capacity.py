# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import OBJECT, Nullable
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["TeamCapacity"]


@define(kw_only=True, repr=False)
class TeamCapacity(Model):
    """Team check limits result.

    Attributes:
        monthly: Capacity of the monthly subscription, or `null` when the team is not on a monthly plan.
        yearly: Capacity of the yearly subscription, or `null` when the team is not on a yearly plan.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "monthly": Field("monthly", Nullable(OBJECT)),
        "yearly": Field("yearly", Nullable(OBJECT)),
    }

    monthly: dict[str, Any] | None = None
    yearly: dict[str, Any] | None = None
