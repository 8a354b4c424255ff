# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from grinfi_overrides.runtime.codecs import INTEGER, MapOf
from grinfi_overrides.runtime.models import Model, model, wire

__all__ = ["AutomationMetrics"]


@model()
class AutomationMetrics(Model):
    """Automation metrics result."""

    leads_count: int | None = wire(INTEGER, default=None)
    """Number of contacts added to the automation in total."""

    in_progress_leads_count: int | None = wire(INTEGER, default=None)
    """Number of contacts now in progress."""

    finished_leads_count: int | None = wire(INTEGER, default=None)
    """Number of contacts that have finished the sequence."""

    failed_leads_count: int | None = wire(INTEGER, default=None)
    """Number of failed contacts."""

    task_counts: dict[str, int] | None = wire(MapOf(INTEGER), default=None)
    """**Pending** tasks per type, meaning tasks that have yet to run (the same as `listTasks` with
    `filter[status]=in_progress`). The figure is the depth of the queue, **not** a sent count; to get the sent
    volume, call `listTasks` with `filter[status]=closed`.
    """
