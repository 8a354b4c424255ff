"""The hand-written layer over the generated client. Import its names from `grinfi_async`."""

from typing import Final

EXPORTS: Final = {
    "client": ["Grinfi"],
    "environment": ["KEYS_PAGE"],
    "errors": [
        "APIConnectionError",
        "APIStatusError",
        "APITimeoutError",
        "AuthenticationError",
        "BadRequestError",
        "ClientClosedError",
        "ConfigurationError",
        "ConflictError",
        "ExportError",
        "NotFoundError",
        "PartialUpdateError",
        "PaymentRequiredError",
        "PermissionDeniedError",
        "RateLimitError",
        "RateLimitWaitError",
        "RateLimiterError",
        "ServerError",
        "UnprocessableEntityError",
    ],
    "events": ["Hooks", "RequestEvent", "observe"],
    "flow_builder": ["FlowBuilder", "FlowTree"],
    "lanes": ["Lane", "current_lane", "enter_lane"],
    "mass_actions": ["CompanyAction", "ContactAction"],
    "rate_limit": ["RateLimitStatistics", "RateLimiter", "TokenBucket"],
    "retry": ["RetryPolicy"],
    "shared_rate_limit": ["SharedRateLimiter"],
    "version": ["__version__"],
    "resources.automations": ["AddedContact"],
}
"""Module -> the names that `grinfi_async` passes on. Nothing is loaded before it is used."""
