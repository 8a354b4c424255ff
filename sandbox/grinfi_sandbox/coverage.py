"""Lists which operations act on state: `python -m grinfi_sandbox.coverage docs/sandbox-operations.md`."""

from __future__ import annotations

import sys
from pathlib import Path

from .app import Service
from .description import Operation
from .model import Model

HEADING = """# What the sandbox does with each operation

Written by `python -m grinfi_sandbox.coverage docs/sandbox-operations.md`.

An operation that acts on **state** reads or changes the sandbox's records, or is checked by the API's published rules.
An operation that answers from the **description** is only checked against it, answers with its example or a value made
from its schema, and changes nothing; operations of later editions are answered in the same way. Where an answer is
**not described**, the sandbox chooses its content. A field that no request has set, and that cannot be null, has the
description's example. Operations that are **observed only** are not in the vendor's description, and are not
served with `--behaviour published`.
"""


def write_table() -> str:
    """Return the list of all operations, in Markdown."""
    service = Service(None, ":memory:", (), {"behaviour": "observed"})
    published = {operation.route for operation in Model.of(None, "published").description.operations}
    operations = service.description.operations
    rows = [_row(operation, service.is_stateful(operation), operation.route in published) for operation in operations]
    stateful = sum(map(service.is_stateful, operations))
    service.store.close()
    summary = f"{stateful} of {len(operations)} operations act on state."
    return "\n".join(
        [HEADING, summary, "", "| Operation | Request | Acts on | Answer |", "| --- | --- | --- | --- |", *rows, ""]
    )


def _row(operation: Operation, stateful: bool, published: bool) -> str:
    answer = operation.answer
    form = "none" if answer.status == 204 else "described" if answer.media_type else "**not described**"
    source = ("state" if stateful else "**description**") + ("" if published else ", observed only")
    return f"| `{operation.id}` | `{operation.method} {operation.path}` | {source} | {form} |"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(write_table(), encoding="utf-8")
