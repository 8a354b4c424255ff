"""What works with other libraries: pydantic, data frames, notebooks, Redis, aiohttp, httpx2, and what users bring.

Each is loaded when it is first needed. Import names from `grinfi_async`.
"""

from typing import Final

EXPORTS: Final = {
    "records": ["to_records"],
    "telemetry": ["instrument"],
    "shared_rate_limit": ["SharedRateLimiter"],
}
"""Module -> the names that `grinfi_async` passes on."""
