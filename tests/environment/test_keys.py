"""Keys that change, and the team that a key must be for."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grinfi_async import ConfigurationError, Grinfi, Hooks, RetryPolicy, TokenBucket
from grinfi_overrides.keys import team_of

pytestmark = pytest.mark.anyio


def key_of(team: object, **claims: object) -> str:
    def part(content: object) -> str:
        return urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'HS256'})}.{part({'specific_team_id': team, **claims})}.c2lnbmF0dXJl"


class Server:
    """Records the keys that requests carry."""

    def __init__(self, *statuses: int) -> None:
        self.keys: list[str] = []
        self.statuses = list(statuses)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.keys.append(request.headers["authorization"].removeprefix("Bearer "))
        return httpx.Response(self.statuses.pop(0) if self.statuses else 200, json={"data": []})


async def test_every_attempt_carries_the_current_key() -> None:
    server = Server(429)
    keys = ["first", "first", "second", "third"]
    async with Grinfi(
        lambda: keys.pop(0) if len(keys) > 1 else keys[0],
        transport=httpx.MockTransport(server),
        rate_limiter=None,
        retry=RetryPolicy(first_delay=0.001),
    ) as grinfi:
        await grinfi.tags.list()
        await grinfi.with_options(timeout=5).tags.list()
    assert server.keys == ["first", "second", "third"]


async def test_the_error_of_a_function_is_raised_and_costs_no_request() -> None:
    server = Server()
    fails = False

    def key() -> str:
        if fails:
            raise LookupError("the vault is sealed")
        return "first"

    async with Grinfi(key, transport=httpx.MockTransport(server), rate_limiter=None) as grinfi:
        fails = True
        with pytest.raises(LookupError, match="sealed"):
            await grinfi.tags.list()
        fails = False
        await grinfi.tags.list()
    assert server.keys == ["first"]


async def test_a_function_that_fails_uses_no_token() -> None:
    keys = ["first"]
    limiter = TokenBucket(3)
    async with Grinfi(lambda: keys[0], transport=httpx.MockTransport(Server()), rate_limiter=limiter) as grinfi:
        keys.clear()
        for _ in range(3):
            with pytest.raises(IndexError):
                await grinfi.tags.list()
        assert limiter.statistics().available == 3


async def test_a_key_that_is_not_a_text_is_named() -> None:
    for key, kind in ((lambda: b"first", "bytes"), (b"first", "bytes"), (7, "int")):
        with pytest.raises(ConfigurationError, match=f"api_key must be text, or return text, not {kind}"):
            Grinfi(key)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def test_a_rejected_key_changes_nothing_and_is_in_no_frame() -> None:
    keys = [key_of(7)]
    async with Grinfi(lambda: keys[-1], expect_team=7, transport=httpx.MockTransport(Server())) as grinfi:
        keys.append(key_of(8))
        with pytest.raises(ConfigurationError) as caught:
            await grinfi.tags.list()
        assert grinfi.team == "7"
    frames = [each.frame for each in caught.traceback if "grinfi_" in str(each.path)]
    assert frames
    assert not [name for frame in frames for name, value in frame.f_locals.items() if keys[-1] in repr(value)]


@pytest.mark.parametrize("given", ["", " ", "two words", "naïve", None])
async def test_the_result_of_a_function_is_checked(given: str | None) -> None:
    keys: list[str | None] = ["fine"]
    server = Server()
    async with Grinfi(lambda: keys[-1], transport=httpx.MockTransport(server)) as grinfi:  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        keys.append(given)
        with pytest.raises(ConfigurationError, match="key"):
            await grinfi.tags.list()
    assert server.keys == []


@pytest.mark.parametrize("expected", [7, "7"])
async def test_the_key_of_another_team_is_refused_before_any_request(expected: int | str) -> None:
    with pytest.raises(ConfigurationError, match="expect_team is 7, but api_key is for team 8"):
        Grinfi(key_of(8), expect_team=expected)
    with pytest.raises(ConfigurationError, match="does not name a team"):
        Grinfi("opaque", expect_team=expected)
    server = Server()
    keys = [key_of(7)]
    async with Grinfi(lambda: keys[-1], expect_team=expected, transport=httpx.MockTransport(server)) as grinfi:
        await grinfi.tags.list()
        keys.append(key_of(8))
        with pytest.raises(ConfigurationError, match="nothing was sent"):
            await grinfi.tags.create(name="Warm")
    assert server.keys == [keys[0]]


async def test_repr_shows_the_team_and_not_the_key() -> None:
    key = key_of(7)
    async with Grinfi(key, base_url="http://sandbox.test") as grinfi:
        assert repr(grinfi) == "Grinfi(base_url='http://sandbox.test', team='7')"
    async with Grinfi("opaque", base_url="http://sandbox.test") as grinfi:
        assert repr(grinfi) == "Grinfi(base_url='http://sandbox.test')"


async def test_a_rejected_key_is_in_no_error() -> None:
    server = Server(401)
    async with Grinfi(lambda: "a-very-secret-key", transport=httpx.MockTransport(server)) as grinfi:
        with pytest.raises(Exception, match="401") as caught:
            await grinfi.tags.list()
    assert "a-very-secret-key" not in f"{caught.value!r} {caught.value}"


async def test_waiting_for_the_limit_does_not_make_a_key_old() -> None:
    server = Server()
    keys = ["old"]
    async with Grinfi(
        lambda: keys[-1],
        transport=httpx.MockTransport(server),
        rate_limiter=TokenBucket(1, period=0.05),
        hooks=Hooks(on_wait=lambda event: keys.append("new")),
    ) as grinfi:
        await grinfi.tags.list()
        await grinfi.tags.list()
    assert server.keys == ["old", "new"]


@given(st.text() | st.lists(st.text(alphabet="abcAB01-_=.")).map(".".join))
def test_any_text_can_be_asked_for_its_team(text: str) -> None:
    team_of(text)


@given(st.integers() | st.text())
def test_a_team_is_read_from_its_claim(team: int | str) -> None:
    assert team_of(key_of(team)) == str(team)
