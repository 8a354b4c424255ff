"""Decode a page of 100 full contacts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from typing import Any, TypeAlias, get_args, get_type_hints
from unittest.mock import patch

import httpx

from grinfi_async import OPERATIONS, Contact, Model
from grinfi_overrides.runtime import responses
from grinfi_overrides.runtime.codecs import ModelOf
from grinfi_overrides.runtime.pages import Listing

from .peers import equivalent_page, msgspec_struct, pydantic_model, raw
from .processes import best_seconds_each
from .tables import Benchmark, Measure, Row, Table, milliseconds

ROUNDS = 100
BESIDE = {"markers", "flows", "custom_fields"}
"""Fields that the overlay adds; the raw generator does not know them."""

Plan: TypeAlias = dict[str, "Plan | None"]
"""Fields to read, with those of nested models."""


def full_contact(number: int) -> dict[str, Any]:
    """A contact with every field of the description, as the server writes it."""
    moment = datetime(2026, 3, 4, 9, 25, number % 60, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    samples: dict[str, Any] = {name: f"{name} {number}" for name in Contact.wire_fields() if name not in BESIDE}
    integers = [
        "team_id",
        "user_id",
        "connections_number",
        "followers_number",
        "has_open_profile",
        "has_verified_profile",
        "has_premium",
    ]
    times = ["last_automation_approve_at", "created_at", "updated_at"]
    return {
        **samples,
        **dict.fromkeys(integers, number),
        **dict.fromkeys(times, moment),
        "supported_languages": ["en", "uk"],
        "experience": [{"title": "CTO", "company": "Acme", "start_date": "2020", "end_date": "2024"}] * 3,
        "posts": [{"content": "Hello", "date": moment}] * 2,
        "educations": [
            {"school": "KPI", "degree": "MSc", "field_of_study": "Physics", "start_year": "2010", "end_year": "2015"}
        ],
        "skills": ["Python", "Sales"],
        "location": [{"address_string": "Kyiv"}],
        "tags": ["one", "two"],
        "unread_counts": [{"category": "inbox", "count": 1}],
    }


def plan_of(model: type[Model]) -> Plan:
    """The fields of a model."""

    def nested(hint: Any) -> Iterator[type[Model]]:
        if isinstance(hint, type) and issubclass(hint, Model):
            yield hint
        for part in get_args(hint):
            yield from nested(part)

    hints = get_type_hints(model)
    return {name: next(map(plan_of, nested(hints[name])), None) for name in model.wire_fields() if name not in BESIDE}


def read_wholly(rows: Any, plan: Plan, get: Callable[[Any, str], Any] = getattr) -> None:
    """Read every field: ours are decoded when they are first read."""
    for row in rows:
        for name, inner in plan.items():
            value = get(row, name)
            if inner:
                read_wholly(value, inner, get)


class Canned:
    """A client whose answers have all arrived."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def send(self, *_: Any, **__: Any) -> httpx.Response:
        return httpx.Response(200, content=self._body)


def run() -> Iterator[Table]:
    body = json.dumps(
        {"data": [full_contact(number) for number in range(100)], "limit": 100, "offset": 0, "total": 100}
    ).encode()
    plan = plan_of(Contact)
    client: Any = Canned(body)
    of_contacts = ModelOf(lambda: Contact)
    listing = Listing(
        client, OPERATIONS["searchContacts"], "/", item=of_contacts, paging="body", ordered=True, sliced=True
    )
    loop = asyncio.new_event_loop()
    orjson, msgspec, pydantic = map(import_module, ("orjson", "msgspec", "pydantic"))
    openai_models, githubkit = import_module("openai._models"), import_module("githubkit.compat")
    raw_page = raw("models.search_contacts_response_200").SearchContactsResponse200
    msgspec_page = msgspec.json.Decoder(equivalent_page(Contact, msgspec_struct)).decode
    pydantic_page = equivalent_page(Contact, pydantic_model(pydantic.BaseModel))
    github_page = equivalent_page(Contact, pydantic_model(githubkit.GitHubModel))
    openai_page = equivalent_page(Contact, pydantic_model(openai_models.BaseModel))

    def ours(parse: Callable[[bytes], Any]) -> Any:
        with patch.object(responses, "_loads", parse):
            return loop.run_until_complete(listing.fetch()).page.data

    def nothing() -> object:
        with patch.object(responses, "_loads", json.loads):
            return loop.run_until_complete(client.send())

    dicts = {"json.loads": json.loads, "orjson.loads": orjson.loads}
    models: dict[str, Callable[[], Any]] = {
        "msgspec": lambda: msgspec_page(body).data,
        "pydantic": lambda: pydantic_page.model_validate_json(body).data,
        "openai's models": lambda: openai_models.construct_type(value=json.loads(body), type_=openai_page).data,
        "githubkit's models": lambda: githubkit.type_validate_json(github_page, body).data,
        "raw generator": lambda: raw_page.from_dict(json.loads(body)).data,
        "ours": partial(ours, json.loads),
        "ours with orjson": partial(ours, orjson.loads),
    }
    get_item: Callable[[Any, str], Any] = lambda row, name: row[name]  # noqa: E731
    decode: dict[str, Callable[[], object]] = {"nothing": nothing}
    read: dict[str, Callable[[], object]] = {"nothing": nothing}
    for name, parse in dicts.items():
        decode[name] = partial(parse, body)
        read[name] = lambda parse=parse: read_wholly(parse(body)["data"], plan, get_item)  # type: ignore[misc]
    for name, model in models.items():
        decode[name] = model
        read[name] = lambda model=model: read_wholly(model(), plan)  # type: ignore[misc]
    decoded, wholly = best_seconds_each(decode, ROUNDS), best_seconds_each(read, ROUNDS // 4)
    loop.close()
    rows: list[Row] = []
    for name in (*dicts, *models):
        own = name.startswith("ours")
        # Ours are read through the SDK's pages, from a client that answers at once: its time is subtracted.
        beside = (decoded["nothing"], wholly["nothing"]) if own else (0.0, 0.0)
        rows.append(Row(name, (decoded[name] - beside[0], wholly[name] - beside[1]), own))
    measures = (Measure("decoded", milliseconds), Measure("decoded, and every field read", milliseconds))
    yield Table(measures, rows, base="json.loads")


BENCHMARK = Benchmark(
    "decode",
    "Decode a page of 100 contacts",
    f"From bytes to models with the same fields and types; all fields are sent. Best of {ROUNDS}, in turns, in one "
    "process. Our models decode a field when it is first read.",
    run,
)
