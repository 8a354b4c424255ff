"""Ready-made parts for what takes more than one request, or none. Import their names from `grinfi_async`."""

from typing import Final

EXPORTS: Final = {
    "flow_builder": ["FlowTree"],
    "linkedin_identity": ["LinkedInIdentity"],
    "mass_actions": ["MassAction"],
}
"""Module -> the names that `grinfi_async` passes on."""
