"""Code for other libraries: pydantic, data frames, notebooks, Redis, aiohttp, httpx2, and users' own transports.

Each module is imported when it is first needed. Import names from `grinfi_async`.
"""

from typing import Final

EXPORTS: Final = {
    "records": ["to_records"],
    "telemetry": ["instrument"],
    "shared_rate_limit": ["SharedRateLimiter"],
}
"""Module -> the names that `grinfi_async` exports."""
