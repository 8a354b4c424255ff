# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import INTEGER, MapOf
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["AutomationMetrics"]


@define(kw_only=True, repr=False)
class AutomationMetrics(Model):
    """Automation metrics result.

    Attributes:
        leads_count: Number of contacts added to the automation in total.
        in_progress_leads_count: Number of contacts now in progress.
        finished_leads_count: Number of contacts that have finished the sequence.
        failed_leads_count: Number of failed contacts.
        task_counts: **Pending** tasks per type, meaning tasks that have yet to run (the same as `listTasks` with
            `filter[status]=in_progress`). The figure is the depth of the queue, **not** a sent count; to get the
            sent volume, call `listTasks` with `filter[status]=closed`.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "leads_count": Field("leads_count", INTEGER),
        "in_progress_leads_count": Field("in_progress_leads_count", INTEGER),
        "finished_leads_count": Field("finished_leads_count", INTEGER),
        "failed_leads_count": Field("failed_leads_count", INTEGER),
        "task_counts": Field("task_counts", MapOf(INTEGER)),
    }

    leads_count: int | None = None
    in_progress_leads_count: int | None = None
    finished_leads_count: int | None = None
    failed_leads_count: int | None = None
    task_counts: dict[str, int] | None = None
