"""OpenTelemetry: a span for each call, and metrics of its attempts and waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grinfi_overrides.errors import ConfigurationError
from grinfi_overrides.version import __version__

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

    from grinfi_overrides.client import BaseClient

__all__ = ["instrument"]

NAME: Final = "grinfi_async"


def instrument(
    client: BaseClient, *, tracer_provider: TracerProvider | None = None, meter_provider: MeterProvider | None = None
) -> None:
    """Trace and measure all calls of a client and its copies with OpenTelemetry. Needs the extra `otel`.

    Each call is one span, with any HTTP library: waits for the rate limit, attempts and retries are its events, and the
    header `traceparent` is sent to the server. No key, body, id or value of a query is recorded.

    | metric | unit | |
    |---|---|---|
    | `http.client.request.duration` | s | histogram: each attempt |
    | `grinfi.client.wait.duration` | s | histogram: wait of each attempt for the rate limit |
    | `grinfi.client.retries` | {retry} | counter |
    | `grinfi.client.refusals` | {request} | counter: attempts that were answered with 429 |

    Args:
        client: The client to trace. Instrument it only once.
        tracer_provider: Provider of traces; the global one by default.
        meter_provider: Provider of metrics; the global one by default.

    Raises:
        ConfigurationError: The extra is not installed.
    """
    try:
        from opentelemetry import metrics, trace
    except ImportError as error:
        raise ConfigurationError("instrument() needs the extra: pip install 'grinfi-async[otel]'.") from error
    from .spans import TelemetryTransport

    tracer = trace.get_tracer(NAME, __version__, tracer_provider)
    meter = metrics.get_meter(NAME, __version__, meter_provider)
    client.add_stage(lambda inner: TelemetryTransport(inner, tracer, meter))
