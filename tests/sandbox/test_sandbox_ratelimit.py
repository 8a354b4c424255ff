"""The rate limit, by key."""

from __future__ import annotations

import time

import pytest

from grinfi_sandbox import Sandbox
from grinfi_sandbox.__main__ import main
from grinfi_sandbox.errors import ApiError
from grinfi_sandbox.ratelimit import RateLimit, RateLimiter
from tests.sandbox.embedded import client

pytestmark = pytest.mark.anyio
TAGS = "/leads/api/tags"


def wait_of(limiter: RateLimiter, key: str = "a") -> int:
    """Count a request; return the seconds to wait if it is refused, otherwise 0."""
    try:
        limiter.take(key)
    except ApiError as error:
        return int(error.headers["retry-after"])
    return 0


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        # Two requests in ten seconds; the sequence is of (time, seconds to wait).
        ("2/10", [(0, 0), (6, 0), (7, 3), (9.5, 1), (10, 0), (11, 0), (12, 8), (20, 0)]),
        ("2/10:fixed", [(5, 0), (14, 0), (14.5, 1), (15, 0), (15, 0), (15, 10)]),
        ("2/10:sliding", [(0, 0), (6, 0), (7, 3), (10, 0), (11, 5), (16, 0), (16, 4)]),
        ("2/10:bucket", [(0, 0), (0, 0), (1, 4), (5, 0), (5, 5), (9, 1), (10, 0), (100, 0), (100, 0), (100, 5)]),
    ],
)
def test_windows(spec: str, expected: list[tuple[float, int]]) -> None:
    now = 0.0
    limiter = RateLimiter(RateLimit.parse(spec), clock=lambda: now)
    for moment, wait in expected:
        now = moment
        assert wait_of(limiter) == wait, moment
    assert wait_of(limiter, "another key") == 0


async def test_answers_show_the_limit() -> None:
    async with (
        Sandbox(sockets=False, rate_limit="2/60", keys=("one", "two")) as sandbox,
        client(sandbox) as api,
        client(sandbox, "two") as other,
    ):
        assert (await api.get("/leads/api/nothing")).status_code == 404
        assert (await api.get("/_sandbox/requests")).status_code == 200
        first = await api.get(TAGS)
        wrong = await api.post(TAGS, json={"nothing": 1})
        refused = await api.get(TAGS)
        assert [first.status_code, wrong.status_code, refused.status_code] == [200, 422, 429]
        assert first.headers["x-ratelimit-limit"] == "2"
        assert [answer.headers["x-ratelimit-remaining"] for answer in (first, wrong, refused)] == ["1", "0", "0"]
        assert "retry-after" not in first.headers
        assert 58 <= int(refused.headers["retry-after"]) <= 60
        assert 55 <= int(refused.headers["x-ratelimit-reset"]) - time.time() <= 61
        assert refused.json() == {
            "error": {"reason": "too_many_requests", "message": "Too Many Attempts.", "data": {}},
            "message": "Too Many Attempts.",
            "code": 429,
        }
        assert (await other.get(TAGS)).status_code == 200
        assert (await client(sandbox, "three").get(TAGS)).status_code == 401
        assert sandbox.requests[3]["status"] == 429
        sandbox.reset()
        assert (await api.get(TAGS)).status_code == 200


async def test_headers_can_be_omitted() -> None:
    async with (
        Sandbox(sockets=False, rate_limit="1/60:bucket", rate_limit_headers=False) as sandbox,
        client(sandbox) as api,
    ):
        answers = [await api.get(TAGS), await api.get(TAGS)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert not any(name.startswith("x-ratelimit") or name == "retry-after" for item in answers for name in item.headers)


async def test_there_is_no_limit_by_default() -> None:
    async with Sandbox(sockets=False) as sandbox, client(sandbox) as api:
        answers = [await api.get(TAGS) for _ in range(310)]
    assert {answer.status_code for answer in answers} == {200}
    assert "x-ratelimit-limit" not in answers[0].headers


@pytest.mark.parametrize("spec", ["", "300", "0/60", "300/0", "300/60:leaky", "-1/60", "a/b", "300/60:"])
def test_a_wrong_limit_is_refused(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="is not a rate limit"):
        Sandbox(sockets=False, rate_limit=spec)
    assert main([f"--rate-limit={spec}", "--port", "0"]) == 1
    assert "300/60" in capsys.readouterr().err
