"""Which requests are repeated, and which never: a matrix of faults of a real server over the three retry classes."""

from __future__ import annotations

import io
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from grinfi_async import (
    OPERATIONS,
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    ClientClosedError,
    ConfigurationError,
    ContactAction,
    DecodeError,
    Grinfi,
    GrinfiError,
    Hooks,
    NotFoundError,
    RateLimitError,
    RequestEvent,
    ResultWindowError,
    RetryPolicy,
    ServerError,
    TokenBucket,
    observe,
)

from .faulty_server import FAULTS, FaultyServer

pytestmark = pytest.mark.anyio
POLICY = RetryPolicy(max_attempts=4, max_elapsed=4.0, max_attempt=0.5, first_delay=0.01, max_delay=0.05)

CALLS: dict[str, Callable[[Grinfi], Awaitable[Any]]] = {
    "read": lambda grinfi: grinfi.lists.get("list-1"),
    "idempotent": lambda grinfi: grinfi.lists.update("list-1", name="Everyone"),
    "write": lambda grinfi: grinfi.lists.create(name="Everyone"),
}
UNREADABLE = {"empty body", "broken JSON"}


def client(url: str, **options: Any) -> Grinfi:
    options = {"retry": POLICY, "timeout": 0.3, "rate_limiter": None, **options}
    return Grinfi("key", base_url=url, **options)


def repeated(retry_class: str, fault: str) -> bool:
    if fault.startswith("429"):
        return True
    if retry_class == "read":
        return True
    if retry_class == "idempotent":
        return fault != "500" and fault not in UNREADABLE
    return False


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("retry_class", CALLS)
async def test_faults_are_repeated_only_where_that_is_safe(retry_class: str, fault: str) -> None:
    with FaultyServer(fault) as server:
        async with client(server.url) as grinfi:
            started = time.monotonic()
            if repeated(retry_class, fault):
                result = await CALLS[retry_class](grinfi)
                assert result.uuid == "list-1"
                assert server.received == 2
                assert server.applied == (2 if FAULTS[fault] else 1)
            else:
                with pytest.raises((APIConnectionError, APIStatusError, DecodeError)) as failure:
                    await CALLS[retry_class](grinfi)
                assert server.received == 1
                assert server.applied == FAULTS[fault]
                error: Any = failure.value
                assert error.may_have_been_applied is True
                assert error.attempts == 1
            assert time.monotonic() - started < POLICY.max_elapsed


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("library", ["aiohttp", "httpx2"])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("retry_class", CALLS)
async def test_connections_by_other_libraries_are_repeated_alike(retry_class: str, fault: str, library: str) -> None:
    with FaultyServer(fault, after=1) as server:
        async with client(server.url, http_library=library) as grinfi:
            await grinfi.lists.get("list-1")  # so that a kept connection breaks, which aiohttp would repair itself
            server.applied = 0
            if repeated(retry_class, fault):
                assert (await CALLS[retry_class](grinfi)).uuid == "list-1"
                assert server.applied == (2 if FAULTS[fault] else 1)
            else:
                with pytest.raises((APIConnectionError, APIStatusError, DecodeError)) as failure:
                    await CALLS[retry_class](grinfi)
                error: Any = failure.value
                assert server.applied == FAULTS[fault]
                assert error.may_have_been_applied is True


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("fault", ["reset after reading", "close without an answer"])
async def test_aiohttp_does_not_repeat_a_mass_action(fault: str) -> None:
    with FaultyServer(fault, after=1) as server:
        async with client(server.url, http_library="aiohttp") as grinfi:
            await grinfi.lists.get("list-1")
            with pytest.raises(APIConnectionError) as failure:
                await grinfi.contacts.mass_action(ContactAction.delete(), all=True, confirm=True)
        assert failure.value.may_have_been_applied is True
        assert server.received == 2


@pytest.mark.parametrize(
    ("action", "target", "attempts"),
    [
        (ContactAction.add_tags("t"), {"ids": ["c"]}, 2),
        (ContactAction.delete(), {"ids": ["c"]}, 2),
        (ContactAction.add_to_flow("f"), {"ids": ["c"]}, 1),
        (ContactAction.export_csv(), {"ids": ["c"]}, 1),
        (
            ContactAction.add_tags("t"),
            {"all": True, "confirm": True},
            1,
        ),  # it could affect other contacts the second time
    ],
)
async def test_a_mass_action_is_repeated_if_that_is_harmless(
    action: ContactAction, target: dict[str, Any], attempts: int
) -> None:
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(502 if len(requests) == 1 else 200, json={})

    async with client("http://x", transport=httpx.MockTransport(answer)) as grinfi:
        if attempts == 1:
            with pytest.raises(ServerError) as failure:
                await grinfi.contacts.mass_action(action, **target)
            assert failure.value.may_have_been_applied is True
        else:
            await grinfi.contacts.mass_action(action, **target)
    assert len(requests) == attempts


async def test_a_delete_that_finds_nothing_after_a_lost_answer_has_done_its_work() -> None:
    answers = iter([503, 404])
    async with client(
        "http://x", transport=httpx.MockTransport(lambda request: httpx.Response(next(answers)))
    ) as grinfi:
        await grinfi.tags.delete("x")
    with pytest.raises(NotFoundError):
        async with client("http://x", transport=httpx.MockTransport(lambda request: httpx.Response(404))) as grinfi:
            await grinfi.tags.delete("x")


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_write_is_never_applied_twice_however_long_the_fault_lasts(fault: str) -> None:
    with FaultyServer(fault, times=100) as server:
        async with client(server.url) as grinfi:
            with pytest.raises(GrinfiError):
                await grinfi.lists.create(name="Everyone")
        assert server.applied <= 1


@pytest.mark.parametrize("fault", ["reset after reading", "stall", "503", "429", "broken JSON"])
async def test_a_read_that_never_ends_well_ends_within_the_deadline(fault: str) -> None:
    with FaultyServer(fault, times=100) as server:
        async with client(server.url) as grinfi:
            started = time.monotonic()
            with pytest.raises((APIConnectionError, APIStatusError, DecodeError)) as failure:
                await grinfi.lists.get("list-1")
            assert time.monotonic() - started < POLICY.max_elapsed
            error: Any = failure.value
            assert error.attempts == server.received == 4
            assert error.elapsed > 0
            assert error.may_have_been_applied is False


async def test_max_elapsed_ends_an_attempt_that_is_under_way() -> None:
    with FaultyServer("stall", times=100) as server:
        async with client(server.url, retry=RetryPolicy(max_elapsed=0.3), timeout=60) as grinfi:
            started = time.monotonic()
            with pytest.raises(APITimeoutError, match="max_elapsed") as failure:
                await grinfi.lists.create(name="Everyone")
            assert time.monotonic() - started < 2
            assert failure.value.may_have_been_applied is True


async def test_a_deadline_during_a_wait_reports_that_nothing_was_applied() -> None:
    bucket = TokenBucket(1, 60)
    transport = httpx.MockTransport(lambda request: httpx.Response(429, headers={"retry-after": "0"}))
    policy = RetryPolicy(max_elapsed=0.2, first_delay=0.01)
    async with client("http://x", transport=transport, rate_limiter=bucket, retry=policy) as grinfi:
        with pytest.raises(APITimeoutError, match="max_elapsed") as failure:
            await grinfi.lists.create(name="Everyone")
    assert failure.value.may_have_been_applied is False


async def test_a_500_is_repeated_once_and_only_for_reads() -> None:
    with FaultyServer("500", times=100) as server:
        async with client(server.url) as grinfi:
            with pytest.raises(ServerError) as failure:
                await grinfi.lists.get("list-1")
    assert failure.value.attempts == 2


async def test_unsent_requests_are_repeated_for_every_class() -> None:
    tries: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        tries.append(request.method)
        if len(tries) < 3:
            raise httpx.ConnectError("refused")
        return httpx.Response(201, json={"uuid": "x"})

    async with client("http://sandbox.test", transport=httpx.MockTransport(handler)) as grinfi:
        assert (await grinfi.lists.create(name="x")).uuid == "x"
    assert len(tries) == 3


async def test_a_lost_write_stays_uncertain_when_the_next_attempt_is_refused() -> None:
    answers = iter([httpx.Response(503)])

    def handler(request: httpx.Request) -> httpx.Response:
        for answer in answers:
            return answer
        raise httpx.ConnectError("refused")

    async with client("http://sandbox.test", transport=httpx.MockTransport(handler)) as grinfi:
        with pytest.raises(APIConnectionError) as failure:
            await grinfi.lists.update("list-1", name="x")
    assert failure.value.may_have_been_applied is True


async def test_other_failures_are_not_repeated() -> None:
    seen: list[int] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(1)
        return httpx.Response(404)

    async with client("http://sandbox.test", transport=httpx.MockTransport(handler)) as grinfi:
        with pytest.raises(APIStatusError):
            await grinfi.lists.get("list-1")
    assert len(seen) == 1


async def test_undescribed_requests_are_repeated_by_method() -> None:
    for method, attempts in (("GET", 4), ("POST", 1), ("PUT", 1), ("DELETE", 1)):
        with FaultyServer("503", times=100) as server:
            async with client(server.url) as grinfi:
                with pytest.raises(ServerError):
                    await grinfi.request(method, "/any/path")
            assert server.received == attempts


async def test_an_answer_without_described_content_may_be_empty() -> None:
    async with client("http://x", transport=httpx.MockTransport(lambda request: httpx.Response(200))) as grinfi:
        assert await grinfi.lists.metrics(uuids=["a"]) is None
        assert await grinfi.files.download(file_name="x.csv") == b""


class Pipe:
    """A binary stream that cannot be rewound."""

    def __init__(self) -> None:
        self.content = b"from a pipe"

    def read(self, size: int = -1) -> bytes:
        if size == 0:
            return b""
        content, self.content = self.content, b""
        return content


async def test_every_attempt_sends_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_bytes(b"from a path")
    bodies: list[bytes] = []

    async def handler(request: httpx.Request) -> httpx.Response:
        bodies.append(await request.aread())
        return httpx.Response(429)

    files: list[Any] = [path, b"from bytes", Pipe(), io.BytesIO(b"from a stream")]
    async with client("http://x", transport=httpx.MockTransport(handler)) as grinfi:
        for file, content in zip(files, [b"from a path", b"from bytes", b"from a pipe", b"from a stream"], strict=True):
            bodies.clear()
            with pytest.raises(RateLimitError):
                await grinfi.files.upload_csv(file=file, type="csv_leads")
            assert len(bodies) == 4
            assert all(content in body for body in bodies)


async def test_options_of_a_copy_do_not_touch_the_client() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(503)

    bucket = TokenBucket()
    async with client("http://x", transport=httpx.MockTransport(handler), rate_limiter=bucket) as grinfi:
        copy = grinfi.with_options(retry=RetryPolicy(max_attempts=1), timeout=7, headers={"x-trace": "1"})
        async with copy:
            with pytest.raises(ServerError):
                await copy.user.current()
        assert len(seen) == 1
        assert seen[0].headers["x-trace"] == "1"
        assert seen[0].extensions["timeout"]["read"] == 7
        assert copy.rate_limiter is bucket
        with pytest.raises(ServerError):
            await grinfi.user.current()
        assert len(seen) == 5
        assert "x-trace" not in seen[1].headers
        assert bucket.statistics().granted == 5


async def test_a_500_on_a_filter_and_a_window_that_is_too_large_say_what_to_do() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if b"offset" in request.content:
            return httpx.Response(500, json={"message": "Result window is too large, from + size must be ..."})
        return httpx.Response(500, json={"message": "Server Error"})

    async with client("http://x", transport=httpx.MockTransport(handler)) as grinfi:
        with pytest.raises(ServerError, match="filter with an unknown key"):
            await grinfi.contacts.search(filter={"nmae": "x"})
        with pytest.raises(ServerError, match="filter with an unknown key"):
            await grinfi.lists.list(filter={"nmae": "x"})
        with pytest.raises(ServerError) as plain:
            await grinfi.contacts.search()
        assert plain.value.hint is None
        with pytest.raises(ResultWindowError, match="slices of created_at"):
            await grinfi.contacts.search(offset=10_000)


async def test_hooks_see_every_attempt_wait_and_retry() -> None:
    answers = iter([httpx.Response(503), httpx.Response(200, json={"uuid": "x"})])
    told: list[tuple[str, RequestEvent]] = []

    def hook(name: str) -> Callable[[RequestEvent], None]:
        return lambda event: told.append((name, event))

    names = ["before_attempt", "after_attempt", "on_retry", "on_wait"]
    hooks = Hooks(**{name: hook(name) for name in names})
    transport = httpx.MockTransport(lambda request: next(answers))
    bucket = TokenBucket(1, 0.05)
    async with client("http://x", transport=transport, hooks=hooks, rate_limiter=bucket) as grinfi:
        await grinfi.lists.get("list-1")
    assert [name for name, _ in told] == [
        *("before_attempt", "after_attempt", "on_retry"),
        *("on_wait", "before_attempt", "after_attempt"),
    ]
    assert {event.operation_id for _, event in told} == {"getList"}
    assert {event.path for _, event in told} == {"/leads/api/lists/{uuid}"}
    assert [event.attempt for _, event in told] == [1, 1, 1, 2, 2, 2]
    assert told[1][1].status == 503
    assert told[2][1].delay >= 0
    assert 0 < told[3][1].waited <= 0.05
    assert told[5][1].status == 200


async def test_observers_and_hooks_of_the_client_see_inner_calls() -> None:
    told: list[str] = []

    def hooks(name: str) -> Hooks:
        return Hooks(after_attempt=lambda event: told.append(name))

    transport = httpx.MockTransport(lambda request: httpx.Response(204))
    async with client("http://x", transport=transport, hooks=hooks("client")) as grinfi:
        with observe(hooks("outer")), observe(hooks("inner")):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(grinfi.tags.delete, "x")
        await grinfi.tags.delete("y")
    assert told == ["client", "outer", "inner", "client"]


async def test_a_hook_that_fails_is_logged_and_harms_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def broken(event: RequestEvent) -> None:
        raise RuntimeError("broken hook")

    transport = httpx.MockTransport(lambda request: httpx.Response(204))
    async with client("http://x", transport=transport, hooks=Hooks(before_attempt=broken)) as grinfi:
        await grinfi.tags.delete("x")
    assert "failed; the request continues" in caplog.text
    assert "broken hook" in caplog.text


async def test_the_log_has_a_line_for_each_request_and_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    answers = iter([httpx.Response(503), httpx.Response(200, json={"data": []})])
    caplog.set_level("DEBUG", "grinfi_async")
    async with client("http://x", transport=httpx.MockTransport(lambda request: next(answers))) as grinfi:
        await grinfi.companies.list(filter={"q": "hidden-value"})
    lines = [record.getMessage() for record in caplog.records if record.name == "grinfi_async"]
    assert [line.split(",")[0].split(";")[0] for line in lines] == [
        "GET /leads/api/companies: 503",
        "GET /leads/api/companies: 503",
        "GET /leads/api/companies: 200",
    ]
    assert "hidden-value" not in caplog.text
    assert "key" not in "".join(lines)


async def test_closing_a_client_ends_waiting_calls_with_a_typed_error() -> None:
    bucket = TokenBucket(1, 60)
    transport = httpx.MockTransport(lambda request: httpx.Response(204))
    grinfi = client("http://x", transport=transport, rate_limiter=bucket)
    await grinfi.tags.delete("first")
    ended: list[type[BaseException]] = []

    async def wait() -> None:
        try:
            await grinfi.tags.delete("second")
        except GrinfiError as error:
            ended.append(type(error))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait)
        tasks.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        await grinfi.aclose()
    assert ended == [ClientClosedError, ClientClosedError]
    assert bucket.statistics().waiting == 0


def test_a_client_in_a_second_event_loop_is_an_error() -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(204))
    grinfi = client("http://x", transport=transport)
    anyio.run(grinfi.tags.delete, "x")
    with pytest.raises(ConfigurationError, match="another event loop"):
        anyio.run(grinfi.tags.delete, "x")


@pytest.mark.parametrize(
    "wrong",
    [{"max_attempts": 0}, {"max_elapsed": 0}, {"max_elapsed": float("inf")}, {"first_delay": -1}, {"max_delay": 0}],
)
def test_an_unusable_policy_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(wrong))):
        RetryPolicy(**wrong)


def test_delays_grow_with_jitter_and_obey_retry_after() -> None:
    policy = RetryPolicy(first_delay=1, max_delay=8)
    for attempt, bound in ((1, 1), (2, 2), (3, 4), (4, 8), (50, 8), (5000, 8)):
        delays = [policy.delay(attempt, None) for _ in range(200)]
        assert 0 <= min(delays) < bound * 0.2
        assert bound * 0.8 < max(delays) <= bound
    assert 7 <= policy.delay(1, 7.0) <= 7.2


def test_the_retry_class_of_every_operation() -> None:
    """The whole table, so that reviews show a change."""
    classes = {name: sorted(item.id for item in OPERATIONS.values() if item.retry == name) for name in CALLS}
    assert classes == RETRY_CLASSES


async def test_a_retry_that_would_come_after_the_deadline_is_not_waited_for() -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(429, headers={"retry-after": "60"}))
    async with client("http://x", transport=transport) as grinfi:
        started = time.monotonic()
        with pytest.raises(RateLimitError) as failure:
            await grinfi.lists.create(name="x")
    assert failure.value.attempts == 1
    assert time.monotonic() - started < 1


async def test_a_500_after_another_fault_is_repeated_once_too() -> None:
    answers = iter([503, 500, 500])
    async with client(
        "http://x", transport=httpx.MockTransport(lambda request: httpx.Response(next(answers)))
    ) as grinfi:
        with pytest.raises(ServerError) as failure:
            await grinfi.lists.get("list-1")
    assert failure.value.attempts == 3


async def test_an_answer_that_cannot_be_decompressed_is_a_decode_error() -> None:
    with FaultyServer("broken gzip", times=100) as server:
        async with client(server.url) as grinfi:
            with pytest.raises(DecodeError, match=r"decompressed.*it may have been applied"):
                await grinfi.lists.create(name="x")


async def test_waiting_for_a_connection_is_not_part_of_the_attempt() -> None:
    policy = RetryPolicy(max_attempts=1, max_attempt=0.5)
    with FaultyServer() as server:
        server.seconds = 0.3
        grinfi = client(server.url, retry=policy, max_connections=1, timeout=5)
        async with grinfi, anyio.create_task_group() as tasks:
            for _ in range(4):
                tasks.start_soon(lambda: grinfi.lists.create(name="x"))
        assert server.applied == 4


async def test_closing_reports_which_calls_may_have_been_applied() -> None:
    ended: list[tuple[bool, int]] = []
    with FaultyServer("stall", times=100) as server:
        grinfi = client(server.url, max_connections=2, rate_limiter=TokenBucket(3, 60), timeout=60)

        async def create() -> None:
            try:
                await grinfi.lists.create(name="x")
            except ClientClosedError as error:
                ended.append((error.may_have_been_applied, error.attempts))

        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(create)
            while server.received < 2:
                await anyio.sleep(0.01)
            await grinfi.aclose()
    assert sorted(ended) == [(False, 1)] * 3 + [(True, 1)] * 2


RETRY_CLASSES: dict[str, list[str]] = {
    "read": [
        "checkTeamLimits",
        "countContacts",
        "downloadExportFile",
        "findOneContact",
        "getAiAgent",
        "getAiTemplate",
        "getAttachment",
        "getCompany",
        "getCompanyLeads",
        "getCurrentUser",
        "getDataSource",
        "getDataSourceMetrics",
        "getEmail",
        "getEmailBody",
        "getEmailLLMThread",
        "getEmailThread",
        "getEnrichmentMetrics",
        "getFlow",
        "getFlowContactSourceStatistics",
        "getFlowMetrics",
        "getFlowNodeStatistics",
        "getFlowVersion",
        "getLatestEmailsByLeads",
        "getLead",
        "getLeadMetrics",
        "getLeadsMassAction",
        "getLinkedInBrowser",
        "getList",
        "getListMetrics",
        "getMailbox",
        "getSenderProfile",
        "getTagMetrics",
        "getTask",
        "getTasksSchedule",
        "getTeam",
        "getWebhook",
        "groupCountLinkedinMessages",
        "groupCountTasks",
        "listActivities",
        "listAiAgents",
        "listAiTemplates",
        "listAttachments",
        "listCompanies",
        "listCompaniesBlacklist",
        "listCustomFields",
        "listDataSources",
        "listEmailBodies",
        "listEmails",
        "listEnrichmentQueue",
        "listFlowLeads",
        "listFlowVersions",
        "listFlowWorkspaces",
        "listFlows",
        "listLeadsBlacklist",
        "listLeadsMassActions",
        "listLinkedInBrowsers",
        "listLinkedinConversations",
        "listLinkedinMessages",
        "listLists",
        "listMailboxErrors",
        "listMailboxes",
        "listNotes",
        "listPipelineStages",
        "listSenderProfiles",
        "listTags",
        "listTasks",
        "listTeams",
        "listWebhooks",
        "lookupCompanies",
        "searchCompanies",
        "searchContacts",
        "validateContactSource",
        "validateFlowNode",
    ],
    "idempotent": [
        "activateMailbox",
        "archiveFlow",
        "cancelLeadFromAllFlows",
        "cancelLeadFromFlows",
        "cancelLeadsMassAction",
        "cancelTask",
        "completeTask",
        "deactivateMailbox",
        "deleteAiAgent",
        "deleteAiTemplate",
        "deleteAttachment",
        "deleteCompany",
        "deleteCompanyBlacklistEntry",
        "deleteCustomField",
        "deleteDataSource",
        "deleteEmail",
        "deleteFlow",
        "deleteFlowLeadHistory",
        "deleteFlowVersion",
        "deleteFlowWorkspace",
        "deleteLead",
        "deleteLeadBlacklistEntry",
        "deleteLinkedInBrowser",
        "deleteLinkedinMessage",
        "deleteList",
        "deleteMailbox",
        "deleteNote",
        "deletePipelineStage",
        "deleteSenderProfile",
        "deleteTag",
        "deleteWebhook",
        "disableSenderProfile",
        "enableSenderProfile",
        "failTask",
        "skipTask",
        "startFlow",
        "stopFlow",
        "unarchiveFlow",
        "updateAiAgent",
        "updateAiTemplate",
        "updateCompany",
        "updateCustomField",
        "updateDataSource",
        "updateFlow",
        "updateFlowWorkspace",
        "updateLead",
        "updateLinkedInBrowser",
        "updateList",
        "updateMailbox",
        "updateNote",
        "updatePipelineStage",
        "updateSenderProfile",
        "updateTag",
        "updateWebhook",
        "uploadCsvFile",
        "upsertContact",
        "upsertCustomFieldValue",
    ],
    "write": [
        "addCompanyToBlacklist",
        "addLeadToBlacklist",
        "addLeadToFlow",
        "addNewLeadToFlow",
        "cloneFlow",
        "companiesMassAction",
        "continueAutomation",
        "createActivity",
        "createAiAgent",
        "createAiTemplate",
        "createApiKey",
        "createCompanies",
        "createCustomField",
        "createDataSource",
        "createFlow",
        "createFlowVersion",
        "createFlowWorkspace",
        "createLeads",
        "createLinkedInBrowser",
        "createList",
        "createMailbox",
        "createNote",
        "createPipelineStage",
        "createSenderProfile",
        "createTag",
        "createTask",
        "createWebhook",
        "enrichCompanies",
        "enrichLeadsAdvanced",
        "exportCompaniesToCsv",
        "exportLeadsToCsv",
        "generateBrowserAccessKey",
        "importCompaniesFromFile",
        "importLeadsFromFile",
        "leadsMassAction",
        "massCancelTasks",
        "massCompleteTasks",
        "massRetryTasks",
        "massSkipTasks",
        "renderAiTemplate",
        "retryLinkedinMessage",
        "retryTask",
        "runLinkedInBrowser",
        "sendEmail",
        "sendLinkedInMessage",
        "setLinkedInBrowserProxy",
        "shareLinkedInBrowser",
        "stopLinkedInBrowser",
        "testWebhook",
        "uploadAttachment",
    ],
}
