"""Spans and metrics of calls, for OpenTelemetry. Needs the extra `grinfi-async[otel]`."""

from __future__ import annotations

from typing import Final

import anyio
import httpx
from opentelemetry import metrics, propagate, trace

from grinfi_overrides.events import Hooks, RequestEvent
from grinfi_overrides.retry import TOO_MANY_REQUESTS
from grinfi_overrides.transport import CALL, Call, Stage

ERROR_TYPE: Final = "error.type"
STATUS: Final = "http.response.status_code"
BAD_REQUEST: Final = 400


class TelemetryTransport(Stage):
    """Records a span for each call. It is in front of retry, so it sees a call once; hooks show it the attempts."""

    def __init__(self, inner: httpx.AsyncBaseTransport, tracer: trace.Tracer, meter: metrics.Meter) -> None:
        super().__init__(inner)
        self._tracer = tracer
        self._durations = meter.create_histogram("http.client.request.duration", "s", "Time of an attempt.")
        self._waits = meter.create_histogram("grinfi.client.wait.duration", "s", "Wait of an attempt for the limit.")
        self._retries = meter.create_counter("grinfi.client.retries", "{retry}", "Attempts after the first.")
        self._refusals = meter.create_counter("grinfi.client.refusals", "{request}", "Attempts answered with 429.")

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        call: Call = request.extensions[CALL]
        known: dict[str, str | int] = {
            "grinfi.operation": call.operation.id or "undescribed",
            "http.request.method": call.method,
            "server.address": request.url.host,
            **({"url.template": call.template} if call.operation.id else {}),  # other paths contain ids
        }
        name = f"{call.method} {call.template}" if call.operation.id else call.method
        with self._tracer.start_as_current_span(
            name, kind=trace.SpanKind.CLIENT, attributes=known, record_exception=False, set_status_on_exception=False
        ) as span:
            propagate.inject(request.headers)
            call.hooks = (*call.hooks, self._hooks(span, known))
            try:
                response = await self._inner.handle_async_request(request)
            except anyio.get_cancelled_exc_class():
                is_late = anyio.current_time() >= call.scope.deadline  # `max_elapsed` is over
                _fail(span, "timeout" if is_late else "cancelled")
                raise
            except BaseException as error:
                _fail(span, type(error).__qualname__)
                raise
            finally:
                if call.attempts > 1:
                    span.set_attribute("http.request.resend_count", call.attempts - 1)
            span.set_attribute(STATUS, response.status_code)
            if response.is_error:
                _fail(span, str(response.status_code))
            return response

    def _hooks(self, span: trace.Span, known: dict[str, str | int]) -> Hooks:
        def on_wait(event: RequestEvent) -> None:
            span.add_event("wait", {"grinfi.expected_seconds": event.waited})

        def before_attempt(event: RequestEvent) -> None:
            self._waits.record(event.waited, known)
            span.add_event("attempt", {"grinfi.attempt": event.attempt, "grinfi.waited_seconds": event.waited})

        def after_attempt(event: RequestEvent) -> None:
            failed = "" if event.error is None else event.error.partition(":")[0]
            outcome: dict[str, str | int] = {} if event.status is None else {STATUS: event.status}
            if failed or (event.status or 0) >= BAD_REQUEST:
                outcome[ERROR_TYPE] = failed or str(event.status)
            self._durations.record(event.duration, {**known, **outcome})
            if event.status == TOO_MANY_REQUESTS:
                self._refusals.add(1, known)

        def on_retry(event: RequestEvent) -> None:
            self._retries.add(1, known)
            reason = str(event.status) if event.error is None else event.error.partition(":")[0]
            span.add_event("retry", {"grinfi.delay_seconds": event.delay, ERROR_TYPE: reason})

        return Hooks(on_wait=on_wait, before_attempt=before_attempt, after_attempt=after_attempt, on_retry=on_retry)


def _fail(span: trace.Span, kind: str) -> None:
    span.set_attribute(ERROR_TYPE, kind)
    span.set_status(trace.StatusCode.ERROR)
