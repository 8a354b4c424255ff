"""OpenTelemetry, as an exporter of its SDK gets it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from grinfi_async import APITimeoutError, Grinfi, GrinfiError, RetryPolicy, TokenBucket, instrument
from tests.environment.servers import ANSWER, head, serving

pytestmark = pytest.mark.anyio
SECRET = "a-very-secret-key"
UUID = "11111111-1111-4111-8111-111111111111"


class Telescope:
    """The exported spans."""

    def __init__(self) -> None:
        self._spans = InMemorySpanExporter()
        self.tracer_provider = TracerProvider()
        self.tracer_provider.add_span_processor(SimpleSpanProcessor(self._spans))
        self._reader = InMemoryMetricReader()
        self.meter_provider = MeterProvider([self._reader])

    def watch(self, grinfi: Grinfi) -> None:
        instrument(grinfi, tracer_provider=self.tracer_provider, meter_provider=self.meter_provider)

    @property
    def spans(self) -> list[Any]:
        return list(self._spans.get_finished_spans())

    def events(self) -> list[str]:
        return [event.name for event in self.spans[-1].events]

    def metrics(self) -> dict[str, list[Any]]:
        data: Any = self._reader.get_metrics_data()
        return {
            metric.name: list(metric.data.data_points)
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }


def client(telescope: Telescope, answer: Callable[[httpx.Request], httpx.Response], **options: Any) -> Grinfi:
    options = {"rate_limiter": None, "retry": RetryPolicy(first_delay=0.001), **options}
    grinfi = Grinfi(SECRET, base_url="http://sandbox.test", transport=httpx.MockTransport(answer), **options)
    telescope.watch(grinfi)
    return grinfi


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("library", ["httpx", "httpx2", "aiohttp"])
async def test_each_http_library_sends_the_trace(library: Any) -> None:
    heads: list[str] = []

    def answer(connection: socket.socket) -> None:
        heads.append(head(connection))
        connection.sendall(ANSWER)

    telescope = Telescope()
    with serving(answer) as port:
        async with Grinfi(SECRET, base_url=f"http://127.0.0.1:{port}", http_library=library, proxy=None) as grinfi:
            telescope.watch(grinfi)
            with telescope.tracer_provider.get_tracer("program").start_as_current_span("job") as job:
                await grinfi.contacts.get(UUID)
    call, _ = telescope.spans
    trace_id, span_id = f"{call.context.trace_id:032x}", f"{call.context.span_id:016x}"
    assert f"traceparent: 00-{trace_id}-{span_id}-" in heads[0].lower()
    assert call.parent.span_id == job.get_span_context().span_id
    assert call.kind is SpanKind.CLIENT
    assert call.name == "GET /leads/api/leads/{uuid}"


async def test_waits_and_repeated_attempts_are_events_of_one_span() -> None:
    statuses = [429, 503, 200]
    telescope = Telescope()
    async with client(
        telescope,
        lambda request: httpx.Response(statuses.pop(0), json={"data": []}, headers={"retry-after": "0"}),
        rate_limiter=TokenBucket(1, period=0.02),
    ) as grinfi:
        await grinfi.with_options(timeout=5).tags.list()
    (span,) = telescope.spans
    assert telescope.events().count("attempt") == 3
    assert telescope.events().count("retry") == 2
    assert "wait" in telescope.events()
    assert span.attributes["http.request.resend_count"] == 2
    assert span.attributes["http.response.status_code"] == 200
    assert span.status.status_code is StatusCode.UNSET
    measured = telescope.metrics()
    assert measured["grinfi.client.retries"][0].value == 2
    assert measured["grinfi.client.refusals"][0].value == 1
    assert measured["grinfi.client.wait.duration"][0].count == 3
    assert measured["grinfi.client.wait.duration"][0].sum > 0
    by_status = {
        point.attributes["http.response.status_code"]: point.attributes.get("error.type")
        for point in measured["http.client.request.duration"]
    }
    assert by_status == {429: "429", 503: "503", 200: None}


async def test_a_failure_is_the_status_of_the_span() -> None:
    answers = [httpx.Response(404, json={}), httpx.Response(200, text="not JSON")]
    telescope = Telescope()
    async with client(telescope, lambda request: answers.pop(0), retry=RetryPolicy(max_attempts=1)) as grinfi:
        for kind in ("404", "UnreadableAnswer"):
            with pytest.raises(GrinfiError):
                await grinfi.contacts.get(UUID)
            assert telescope.spans[-1].status.status_code is StatusCode.ERROR
            assert telescope.spans[-1].attributes["error.type"] == kind


async def test_a_lost_connection_and_a_cancelled_call_end_their_spans() -> None:
    def lose(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("gone", request=request)

    telescope = Telescope()
    async with client(telescope, lose, retry=RetryPolicy(max_attempts=1)) as grinfi:
        with pytest.raises(GrinfiError):
            await grinfi.contacts.get(UUID)
    assert telescope.spans[-1].attributes["error.type"] == "ReadError"

    async def hang(request: httpx.Request) -> httpx.Response:
        await anyio.sleep(60)
        raise AssertionError

    grinfi = Grinfi(SECRET, base_url="http://sandbox.test", transport=httpx.MockTransport(hang), rate_limiter=None)
    telescope.watch(grinfi)
    async with grinfi:
        with anyio.move_on_after(0.01):
            await grinfi.contacts.get(UUID)
    assert telescope.spans[-1].attributes["error.type"] == "cancelled"

    async with client(telescope, hang, retry=RetryPolicy(max_elapsed=0.01)) as grinfi:  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        with pytest.raises(APITimeoutError):
            await grinfi.contacts.get(UUID)
    assert telescope.spans[-1].attributes["error.type"] == "timeout"


async def test_no_key_id_or_value_is_recorded() -> None:
    telescope = Telescope()
    async with client(telescope, lambda request: httpx.Response(200, json={"data": []})) as grinfi:
        await grinfi.contacts.get(UUID)
        await grinfi.tasks.list(filter={"flow_uuid": [UUID]})
        await grinfi.request("GET", f"/leads/api/else/{UUID}", params={"q": "Ada Lovelace"})
    text = " ".join(span.to_json() for span in telescope.spans) + str(telescope.metrics())
    assert len(telescope.spans) == 3
    assert not any(secret in text for secret in (SECRET, UUID, "Ada"))
