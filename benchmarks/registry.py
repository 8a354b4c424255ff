"""All benchmarks, in the order of the page."""

from __future__ import annotations

from . import calls, decode, iterate, lanes, limit, loading, memory, requests, sandbox

BENCHMARKS = {
    module.BENCHMARK.name: module.BENCHMARK
    for module in (loading, decode, iterate, requests, limit, lanes, calls, memory, sandbox)
}
