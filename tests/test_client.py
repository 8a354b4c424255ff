"""The client: options, environment, requests, errors, life cycle."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from types import FunctionType
from typing import Any
from urllib.parse import unquote

import anyio
import httpx
import pytest

import grinfi_async
from grinfi_async import (
    UNSET,
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    ClientClosedError,
    ConfigurationError,
    ConflictError,
    ContactSourceDict,
    DecodeError,
    FlowNode,
    Grinfi,
    GrinfiError,
    Hooks,
    InvalidArgumentError,
    NewContactDict,
    NotFoundError,
    PaymentRequiredError,
    PermissionDeniedError,
    RateLimitError,
    RequestEvent,
    RetryPolicy,
    ServerError,
    TokenBucket,
    UnprocessableEntityError,
)

SECRET = "a-very-secret-key"
ONCE = RetryPolicy(max_attempts=1)
Handler = Callable[[httpx.Request], httpx.Response]


def client(handler: Handler, **options: Any) -> Grinfi:
    options = {"retry": ONCE, "rate_limiter": None, **options}
    return Grinfi(SECRET, base_url="http://sandbox.test", transport=httpx.MockTransport(handler), **options)


def answering(status: int = 200, **content: Any) -> Handler:
    return lambda request: httpx.Response(status, **content)


# -- configuration ---------------------------------------------------------------------------------------------------


def test_a_missing_key_names_the_argument_and_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRINFI_API_KEY", raising=False)
    with pytest.raises(ConfigurationError, match=r"api_key=.*GRINFI_API_KEY"):
        Grinfi()


@pytest.mark.parametrize("key", ["", "  ", "two words", "line\nbreak", "ключ"])
def test_a_key_that_cannot_be_sent_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        Grinfi(key)
    assert not key.strip() or key not in str(refusal.value)


@pytest.mark.anyio
async def test_key_and_base_url_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRINFI_API_KEY", f" {SECRET}\n")
    monkeypatch.setenv("GRINFI_BASE_URL", "http://sandbox.test/below/")
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"id": 7})

    async with Grinfi(transport=httpx.MockTransport(handler)) as grinfi:
        assert (await grinfi.user.current()).id == 7
    assert str(seen[0].url) == "http://sandbox.test/below/id/api/users/current"
    assert seen[0].headers["authorization"] == f"Bearer {SECRET}"
    assert seen[0].headers["user-agent"] == f"grinfi-async/{grinfi_async.__version__}"


@pytest.mark.parametrize("url", ["ftp://x", "leadgen.grinfi.io", "http://", "http://x?a=b", "http://x#y", ""])
def test_an_unusable_base_url_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match=r"^base_url "):
        Grinfi(SECRET, base_url=url)
    if url:
        monkeypatch.setenv("GRINFI_BASE_URL", url)
        with pytest.raises(ConfigurationError, match=r"^GRINFI_BASE_URL "):
            Grinfi(SECRET)


@pytest.mark.parametrize("timeout", [0, -1, float("inf"), float("nan"), True, "10", None])
def test_a_timeout_must_be_finite(timeout: Any) -> None:
    with pytest.raises(ConfigurationError, match="timeout"):
        Grinfi(SECRET, timeout=timeout)


@pytest.mark.anyio
async def test_timeouts_are_finite_by_default() -> None:
    timeouts: list[dict[str, float | None]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        timeouts.append(request.extensions["timeout"])
        return httpx.Response(204)

    await client(handler).tags.delete("uuid")
    await client(handler, timeout=3).tags.delete("uuid")
    assert timeouts[0] == {"connect": 10.0, "read": 60.0, "write": 60.0, "pool": 60.0}
    assert set(timeouts[1].values()) == {3.0}


@pytest.mark.anyio
async def test_headers_are_sent_but_cannot_replace_the_key() -> None:
    seen: list[httpx.Headers] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers)
        return httpx.Response(204)

    await client(handler, headers={"Team-ID": "134", "Authorization": "Bearer other"}).tags.delete("uuid")
    assert seen[0]["team-id"] == "134"
    assert seen[0].get_list("authorization") == [f"Bearer {SECRET}"]


# -- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequestError),
        (401, AuthenticationError),
        (402, PaymentRequiredError),
        (403, PermissionDeniedError),
        (404, NotFoundError),
        (409, ConflictError),
        (418, APIStatusError),
        (422, UnprocessableEntityError),
        (429, RateLimitError),
        (500, ServerError),
        (504, ServerError),
        (302, APIStatusError),
    ],
)
@pytest.mark.anyio
async def test_each_status_has_its_error(status: int, kind: type[APIStatusError]) -> None:
    with pytest.raises(kind) as failure:
        await client(answering(status)).contacts.get("some/id")
    error = failure.value
    assert type(error) is kind
    assert (error.status, error.method, error.path) == (status, "GET", "/leads/api/leads/some/id")


@pytest.mark.anyio
async def test_an_error_shows_the_message_of_the_api() -> None:
    body = {
        "error": {
            "reason": "validation_error",
            "message": "Check it",
            "data": {"name": ["is short", "is odd"], "x": "y"},
        },
        "message": "outer",
        "code": 1007,
    }
    with pytest.raises(UnprocessableEntityError) as failure:
        await client(answering(422, json=body, headers={"X-Request-Id": "r-1"})).lists.create(name="x")
    error = failure.value
    assert (error.reason, error.code, error.message, error.request_id) == ("validation_error", 1007, "Check it", "r-1")
    assert error.field_errors == {"name": ["is short", "is odd"], "x": ["y"]}
    assert str(error) == (
        "POST /leads/api/lists answered 422 validation_error: Check it; name: is short is odd; x: y (request id r-1)"
    )
    copied = pickle.loads(pickle.dumps(error))
    assert str(copied) == str(error)
    assert vars(copied) == vars(error)


@pytest.mark.parametrize(
    "content",
    [
        {"content": b""},
        {"html": "<html>Bad gateway</html>"},
        {"json": []},
        {"json": "no"},
        {"json": {"error": "no"}},
        {"json": {"error": {"data": [1]}, "code": [], "message": None}},
        {"json": {"errors": {"name": ["no"]}}},
        {"content": b"\xff\xfe"},
    ],
)
@pytest.mark.anyio
async def test_any_body_of_an_error_is_understood(content: dict[str, Any]) -> None:
    with pytest.raises(ServerError, match="POST /leads/api/lists answered 502"):
        await client(answering(502, **content)).lists.create(name="x")


@pytest.mark.parametrize(
    ("raised", "kind", "may_have_been_applied"),
    [
        (httpx.ConnectError("refused"), APIConnectionError, False),
        (httpx.ConnectTimeout("slow"), APITimeoutError, False),
        (httpx.PoolTimeout("full"), APITimeoutError, False),
        (httpx.ReadTimeout("slow"), APITimeoutError, True),
        (httpx.ReadError("reset"), APIConnectionError, True),
        (httpx.RemoteProtocolError("half"), APIConnectionError, True),
    ],
)
@pytest.mark.anyio
async def test_the_error_of_a_lost_answer_shows_if_the_request_may_have_been_applied(
    raised: httpx.HTTPError, kind: type[APIConnectionError], may_have_been_applied: bool
) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise raised

    with pytest.raises(kind) as failure:
        await client(handler).lists.create(name="x")
    assert type(failure.value) is kind
    assert failure.value.may_have_been_applied is may_have_been_applied
    assert pickle.loads(pickle.dumps(failure.value)).may_have_been_applied is may_have_been_applied


@pytest.mark.anyio
async def test_an_unreachable_server_is_a_connection_error() -> None:
    async with Grinfi(SECRET, base_url="http://127.0.0.1:9", retry=ONCE) as grinfi:
        with pytest.raises(APIConnectionError, match="ConnectError") as failure:
            await grinfi.lists.create(name="x")
    assert failure.value.may_have_been_applied is False


@pytest.mark.anyio
async def test_the_key_is_never_shown() -> None:
    grinfi = client(answering(401, json={"message": "Unauthenticated."}))
    with pytest.raises(AuthenticationError) as failure:
        await grinfi.user.current()
    shown = [repr(grinfi), str(failure.value), repr(failure.value), repr(vars(failure.value)), repr(grinfi.contacts)]
    assert not any(SECRET in text for text in shown)


# -- requests that the description does not have -----------------------------------------------------------------------


@pytest.mark.anyio
async def test_any_request_can_be_sent() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"ok": True})

    grinfi = client(handler)
    assert await grinfi.request("post", "/any/path", params={"a": 1}, json={"b": None}, headers={"x-y": "z"}) == {
        "ok": True
    }
    assert (seen[0].method, str(seen[0].url), seen[0].content) == (
        "POST",
        "http://sandbox.test/any/path?a=1",
        b'{"b":null}',
    )
    assert seen[0].headers["x-y"] == "z"
    await grinfi.request("GET", "/repeated", params=[("a", "1"), ("a", "2")])
    assert seen[1].url.query == b"a=1&a=2"
    assert seen[1].content == b""


@pytest.mark.parametrize(
    "path",
    ["https://evil.test/x", "//evil.test/x", "relative", "", "/line\nbreak", "/a?b=1", "/a#b", "/a/../b", "/./b"],
)
@pytest.mark.anyio
async def test_a_request_cannot_leave_the_base_url(path: str) -> None:
    with pytest.raises(InvalidArgumentError, match="path"):
        await client(answering()).request("GET", path)


@pytest.mark.anyio
async def test_an_answer_that_is_not_json_is_a_decode_error() -> None:
    assert await client(answering(200)).request("GET", "/empty") is None
    with pytest.raises(
        DecodeError, match=r"GET /html answered 200, but the body is not JSON \(content type: text/html"
    ):
        await client(answering(200, html="<p>")).request("GET", "/html")


# -- life cycle --------------------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_call_of_a_closed_client_is_an_error() -> None:
    async with client(answering(200, json={})) as grinfi:
        await grinfi.user.current()
    with pytest.raises(ClientClosedError, match="closed") as failure:
        await grinfi.user.current()
    assert (failure.value.attempts, failure.value.may_have_been_applied) == (0, False)
    with pytest.raises(ConfigurationError, match="closed"):
        async with grinfi:
            pass
    await grinfi.aclose()


@pytest.mark.anyio
async def test_a_cancelled_call_leaves_the_client_usable() -> None:
    async def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("slow"):
            await anyio.sleep_forever()
        return httpx.Response(204)

    async with Grinfi(SECRET, base_url="http://sandbox.test", transport=httpx.MockTransport(handler)) as grinfi:
        with anyio.move_on_after(0.01):
            await grinfi.tags.delete("slow")
        await grinfi.tags.delete("uuid")


def test_resources_are_made_once() -> None:
    grinfi = client(answering())
    assert grinfi.contacts is grinfi.contacts
    with pytest.raises(AttributeError):
        _ = grinfi.contcats  # type: ignore[attr-defined]  # pyright: ignore


def test_public_objects_name_the_module_they_are_imported_from() -> None:
    for name in grinfi_async.__all__:
        value = getattr(grinfi_async, name)
        if isinstance(value, type | FunctionType):
            assert value.__module__.split(".")[0] == "grinfi_async", name
            assert pickle.loads(pickle.dumps(value)) is value


def test_every_error_is_a_grinfi_error() -> None:
    public = [getattr(grinfi_async, name) for name in grinfi_async.__all__]
    errors = [item for item in public if isinstance(item, type) and issubclass(item, BaseException)]
    assert len(errors) >= 16
    assert all(issubclass(error, GrinfiError) for error in errors)


# -- imports -----------------------------------------------------------------------------------------------------------


def loaded_after(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return {name for name in done.stdout.split() if name.startswith(("grinfi_", "httpx"))}


def test_importing_the_package_loads_no_model_and_no_resource() -> None:
    loaded = loaded_after("import grinfi_async")
    assert loaded == {
        "grinfi_async",
        "grinfi_overrides",
        "grinfi_overrides.runtime",
        "grinfi_overrides.runtime.lazy",
    }


def test_a_resource_loads_only_the_models_it_uses() -> None:
    loaded = loaded_after("from grinfi_async import Grinfi; Grinfi('key', base_url='http://x').tags")
    models = {name for name in loaded if name.startswith("grinfi_async.models.")}
    resources = {name for name in loaded if name.startswith("grinfi_async.resources.")}
    assert models == {"grinfi_async.models.tag"}
    assert resources == {"grinfi_async.resources.tags"}


def test_preload_loads_everything() -> None:
    loaded = loaded_after("import grinfi_async; grinfi_async.preload()")
    assert {f"grinfi_async.resources.{name}" for name in grinfi_async.RESOURCES} <= loaded
    assert "grinfi_async.models.webhook_payload" in loaded
    assert {"grinfi_support.corrections.attachments", "grinfi_support.corrections.updates"} <= loaded


def test_all_public_names_exist() -> None:
    assert sorted(grinfi_async.__all__) == sorted(set(grinfi_async.__all__))
    assert {name for name in grinfi_async.__all__ if getattr(grinfi_async, name, None) is None} == set()
    assert set(grinfi_async.__all__) <= set(dir(grinfi_async))
    with pytest.raises(AttributeError, match="Grimfi"):
        _ = grinfi_async.Grimfi  # type: ignore[attr-defined]  # pyright: ignore


@pytest.mark.anyio
async def test_a_query_that_is_too_long_is_refused_and_names_the_argument() -> None:
    with pytest.raises(InvalidArgumentError, match=r"filter: .*fewer values") as refusal:
        await client(answering()).tasks.list(filter={"flow_uuid": [f"{number:036}" for number in range(2000)]})
    assert refusal.value.argument == "filter"
    with pytest.raises(InvalidArgumentError, match="a: "):
        await client(answering()).request("GET", "/x", params={"a": "\ud800"})


@pytest.mark.anyio
async def test_an_error_with_a_note_can_be_pickled() -> None:
    with pytest.raises(NotFoundError) as failure:
        await client(answering(404)).tags.delete("x")
    failure.value.add_note("in row 7")
    copied = pickle.loads(pickle.dumps(failure.value))
    assert (copied.status, copied.__notes__) == (404, ["in row 7"])


@pytest.mark.anyio
async def test_a_contact_that_was_added_or_skipped() -> None:
    lead: NewContactDict = {"linkedin_id": "ada"}
    added = await client(answering(204)).automations.add_new_contact("flow", lead=lead, list_uuid="list")
    assert (added.created, added.reason) == (True, None)
    skipping = client(answering(200, json={"reason": "skipped"}))
    skipped = await skipping.automations.add_new_contact("flow", lead=lead, list_uuid="list")
    assert (skipped.created, repr(skipped)) == (False, "AddedContact(reason='skipped', created=False)")
    assert skipped.to_dict() == {"reason": "skipped", "created": False}
    silent = await client(answering(200, json={})).automations.add_new_contact("flow", lead=lead, list_uuid="list")
    assert silent.created is False


@pytest.mark.anyio
async def test_a_node_is_sent_back_as_it_was_read() -> None:
    bodies: list[Any] = []

    def handler(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        return httpx.Response(201)

    saved = dict.fromkeys(("created_at", "updated_at"), "2026-03-04T09:25:42.000001Z")
    node: dict[str, Any] = {"id": 1, "type": "end", "before": [], "after": [], "payload": [], **saved, "name": "odd"}
    nodes: list[FlowNode | dict[str, Any]] = [FlowNode.from_dict(node), {**node, "id": 2}]
    sources: list[ContactSourceDict] = [{"id": 1, "after_id": 1}, {"id": 2, "after_id": 2}]
    await client(handler).flow_versions.create("flow", nodes=nodes, contact_sources=sources)
    assert bodies[0]["nodes"] == [node, {**node, "id": 2}]


@pytest.mark.anyio
async def test_parameters_of_any_request_are_encoded_as_those_of_described_ones() -> None:
    seen: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(unquote(request.url.query.decode()))
        return httpx.Response(200)

    day = datetime(2026, 7, 22, tzinfo=UTC)
    params = {"filter": {"status": ["a", "b"], "at": {">=": day}}, "x[]": [1, 2], "left_out": UNSET}
    await client(handler).request("GET", "/x", params=params)
    assert seen == ["filter[status][]=a&filter[status][]=b&filter[at][>=]=2026-07-22T00:00:00Z&x[]=1&x[]=2"]
    with pytest.raises(InvalidArgumentError, match="time zone"):
        await client(handler).request("GET", "/x", params={"at": datetime(2026, 7, 22)})


@pytest.mark.anyio
async def test_null_can_be_a_whole_body() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    await client(handler).request("POST", "/x", json=None)
    assert (seen[0].content, seen[0].headers["content-type"]) == (b"null", "application/json")


@pytest.mark.parametrize("headers", [{"a": "b\nc"}, {"a": "é"}, {"a\r": "b"}, {"a": 1}])
@pytest.mark.anyio
async def test_headers_that_cannot_be_sent_are_refused(headers: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="headers"):
        client(answering(), headers=headers)
    with pytest.raises(InvalidArgumentError, match="headers"):
        await client(answering()).request("GET", "/x", headers=headers)
    with pytest.raises(InvalidArgumentError, match="headers"):
        client(answering()).with_options(headers=headers)


@pytest.mark.anyio
async def test_no_header_of_a_copy_or_call_replaces_the_key() -> None:
    seen: list[httpx.Headers] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers)
        return httpx.Response(200)

    copy = client(handler, headers={"X-A": "1"}).with_options(headers={"x-a": "2", "authorization": "Bearer other"})
    await copy.request("GET", "/x", headers={"Authorization": "Bearer other"})
    assert seen[0].get_list("authorization") == [f"Bearer {SECRET}"]
    assert seen[0].get_list("x-a") == ["2"]


@pytest.mark.anyio
async def test_a_server_that_echoes_request_headers_does_not_leak_the_key() -> None:
    page = f"Whoops! Authorization: Bearer {SECRET}"
    body = {"error": {"message": page, "data": {SECRET: [page]}, "reason": page}, "code": page}
    for content in ({"html": page}, {"json": body}):
        with pytest.raises(ServerError) as failure:
            await client(answering(500, **content)).user.current()
        assert SECRET not in f"{failure.value} {vars(failure.value)}"
        assert "***" in str(failure.value)


@pytest.mark.anyio
async def test_an_error_body_of_too_many_brackets_is_a_status_error() -> None:
    with pytest.raises(ServerError):
        await client(answering(500, content=b"[" * 100_000)).user.current()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"api_key": 123}, "api_key must be text"),
        ({"base_url": "http://user:secret@x"}, "must not contain a user"),
        ({"max_connections": "5"}, "max_connections"),
        ({"max_connections": True}, "max_connections"),
        ({"retry": 3}, "retry"),
        ({"hooks": print}, "hooks"),
        ({"proxy": "ftp://user:secret@x"}, "proxy"),
        ({"rate_limiter": TokenBucket}, "rate_limiter"),
    ],
)
def test_options_of_the_wrong_kind_are_refused(options: dict[str, Any], told: str) -> None:
    all_options: dict[str, Any] = {"api_key": "key", "base_url": "http://x", **options}
    with pytest.raises(ConfigurationError, match=told) as refusal:
        Grinfi(**all_options)
    assert "secret" not in str(refusal.value)


def test_an_asynchronous_hook_is_refused() -> None:
    async def hook(event: RequestEvent) -> None: ...

    with pytest.raises(ConfigurationError, match="on_retry"):
        Hooks(on_retry=hook)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_one_server_has_one_base_url() -> None:
    urls = ["https://LEADGEN.grinfi.io", "https://leadgen.grinfi.io:443/", " https://leadgen.grinfi.io"]
    assert {Grinfi("key", base_url=url, transport=httpx.AsyncBaseTransport()).base_url for url in urls} == {
        "https://leadgen.grinfi.io"
    }


@pytest.mark.anyio
async def test_no_library_below_logs_values_of_the_query(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    await client(answering(200, json={"data": []})).companies.list(filter={"q": "private-person"})
    assert "private-person" not in caplog.text
