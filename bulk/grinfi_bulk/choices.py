"""Choices of options, in Python and on the command line."""

from __future__ import annotations

from typing import Any, Literal, get_args

Existing = Literal["update", "skip", "move"]
"""What to do with existing contacts."""
Merge = Literal["report", "skip", "refuse"]
"""What to do with rows that the server merges into one contact."""
Via = Literal["auto", "upsert", "create", "file"]
"""How contacts are written."""
Enrol = Literal["mass", "each"]
"""How contacts are added to an automation."""
Verify = Literal["all", "sample", "none"]
"""How much is read back."""
Verb = Literal["complete", "skip", "retry", "cancel"]
"""What to do with tasks."""
Table = Literal[
    "lists", "tags", "pipeline_stages", "senders", "custom_fields", "automations", "flow_versions", "contacts",
    "companies", "automation_contacts", "tasks", "messages", "emails",
]  # fmt: skip
"""Tables of a copy."""

ReportKind = Literal["senders", "daily", "funnel", "branches", "failed-tasks", "stages", "health", "all"]
"""Reports."""
Output = Literal["json", "jsonl", "csv", "table"]
"""How the command line writes answers."""
Store = Literal["keyring", "file"]
"""Where the key of a profile is stored: in the system's keyring, or in a file that only its owner may read."""


def check_choice(name: str, value: object, choices: Any) -> None:
    """Refuse a value that is not one of a `Literal`."""
    from grinfi_async import ConfigurationError  # late: the command line loads the choices for --help

    *others, last = (f'"{choice}"' for choice in get_args(choices))
    if value not in get_args(choices):
        raise ConfigurationError(f"{name} must be {', '.join(others)} or {last}, not {value!r}.")
