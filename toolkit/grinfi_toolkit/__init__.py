"""Ready-made parts for what users do again and again. Import their names from `grinfi_async`."""

from typing import Final

EXPORTS: Final = {
    "flow_builder": ["FlowTree"],
}
"""Module -> the names that `grinfi_async` passes on."""
