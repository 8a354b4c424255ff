"""What options of jobs can be, in Python and on the command line."""

from __future__ import annotations

from typing import Any, Literal, get_args

Existing = Literal["update", "skip", "move"]
"""What to do with a contact that is already there."""
Merge = Literal["report", "skip", "refuse"]
"""What to do with rows that the server makes one contact."""
Via = Literal["auto", "upsert", "create", "file"]
"""How contacts are written."""
Enrol = Literal["mass", "each"]
"""How contacts are added to an automation."""
Verify = Literal["all", "sample", "none"]
"""How much is read back."""
Verb = Literal["complete", "skip", "retry", "cancel"]
"""What can be done to tasks."""
Table = Literal[
    "lists", "tags", "pipeline_stages", "senders", "custom_fields", "automations", "flow_versions", "contacts",
    "companies", "automation_contacts", "tasks", "messages", "emails",
]  # fmt: skip
"""What can be copied."""

ReportKind = Literal["senders", "daily", "funnel", "branches", "failed-tasks", "stages", "health", "all"]
"""Reports."""
Output = Literal["json", "jsonl", "csv", "table"]
"""How the command line writes answers."""
Store = Literal["keyring", "file"]
"""Where the key of a profile is: in the system's keyring, or in the file of the profiles, for its owner only."""


def check_choice(name: str, value: object, choices: Any) -> None:
    """Refuse a value that is not one of a `Literal`."""
    from grinfi_async import ConfigurationError  # the command line needs the choices at once, and this later

    *others, last = (f'"{choice}"' for choice in get_args(choices))
    if value not in get_args(choices):
        raise ConfigurationError(f"{name} must be {', '.join(others)} or {last}, not {value!r}.")
