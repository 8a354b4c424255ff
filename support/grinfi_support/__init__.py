"""Features that take several requests, or none. Import their names from `grinfi_async`."""

from typing import Final

EXPORTS: Final = {
    "flow_builder": ["FlowTreeDict"],
    "flow_tree": ["FlowText", "FlowTree"],
    "group_counts": ["GroupCounts"],
    "linkedin_identity": ["LinkedInIdentity"],
    "mass_actions": ["MassAction"],
    "pagination": ["AsyncPaginator"],
    "raw_responses": ["RawResponse"],
}
"""Module -> the names that `grinfi_async` exports."""
