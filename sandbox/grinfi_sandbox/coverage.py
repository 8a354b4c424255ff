"""Lists operations without state or without a description: `python -m grinfi_sandbox.coverage docs/FILE.md`."""

from __future__ import annotations

import sys
from pathlib import Path

from .app import Service
from .model import Model

HEADING = """# What the sandbox does with each operation

Written by `python -m grinfi_sandbox.coverage docs/sandbox-operations.md`.

The sandbox answers every operation. {stateful} of {all} act on its state, and answer as the description says: they
read or change what the sandbox keeps, or check the API's published rules. The exceptions are below. A field
that was not set, and cannot be null, has the example of the description.
"""
SECTIONS = {
    "Answered from the description": "Checked against the description and answered with its example, without state. "
    "Operations of a later edition are answered in this way too.",
    "Not in the vendor's description": "Seen on the live server. Not served with `--behaviour published`.",
    "Answers that are not described": "The content of the answer is the sandbox's own choice.",
}


def write_table() -> str:
    """Return the exceptions among all operations, in Markdown."""
    service = Service(None, ":memory:", (), {"behaviour": "observed"})
    published = {operation.route for operation in Model.of(None, "published").description.operations}
    operations = service.description.operations
    stateful = [operation for operation in operations if service.is_stateful(operation)]
    service.store.close()
    exceptions = (
        [operation for operation in operations if operation not in stateful],
        [operation for operation in operations if operation.route not in published],
        [operation for operation in operations if operation.answer.status != 204 and not operation.answer.media_type],
    )
    parts = [HEADING.format(stateful=len(stateful), all=len(operations))]
    for (title, text), found in zip(SECTIONS.items(), exceptions, strict=True):
        rows = [f"| `{operation.id}` | `{operation.method} {operation.path}` |" for operation in found]
        parts += [f"## {title}", "", text, "", "| Operation | Request |", "| --- | --- |", *rows, ""]
    return "\n".join(parts)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(write_table(), encoding="utf-8")
