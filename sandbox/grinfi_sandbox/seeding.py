"""Made-up contacts, companies, lists and tags; the same seed gives the same ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from .labels import first_stage
from .resources import COMPANY, LEAD, LIST, PIPELINE_STAGE, TAG
from .store import Store, equals
from .values import JsonObject


def _words(text: str) -> list[str]:
    return text.split()


START = datetime(2025, 1, 6, 8)  # in UTC
SPAN = timedelta(days=540)
LISTS = ("SaaS founders", "Fintech Europe", "Webinar guests", "Trade fair", "Lookalikes", "Former customers")
TAGS = ("Hot", "Cold", "Decision maker", "Newsletter", "Partner", "Do not call", "Follow up", "VIP")
FIRST_NAMES = _words(
    "Ada Alan Amina Anna Antonio Aisha Ben Björn Carla Chen Clara Daniel Diego Elena Emil Emma Fatima Felix "
    "Grace Hana Hugo Ines Ivan Jana Jonas Julia Kai Kofi Lea Leo Lina Luca Maja Marco Maria Mateo Mei Mila "
    "Nadia Noah Nora Olga Omar Paul Pia Priya Rosa Sami Sara Sofia Theo Tom Vera Viktor Yara Yuki Zoe "
)
LAST_NAMES = _words(
    "Adams Ahmed Andersen Baker Bauer Becker Bianchi Brown Carter Chen Costa Dubois Evans Fischer Fontaine "
    "Garcia Gupta Haas Hansen Horvat Ivanov Jansen Johnson Kato Keller Khan Kim Klein Kovač Larsen Lee Lopez "
    "Martin Meyer Moreau Müller Nguyen Novak Okafor Olsen Patel Petrov Ricci Rossi Santos Sato Schmidt Silva "
    "Singh Smith Suzuki Tanaka Vogel Walker Weber Wilson Wong Young Zimmermann "
)
COMPANY_STARTS = _words("Acme Alpine Atlas Blue Bright Cedar Delta Echo Fern Global Harbor Iron Lumen Nova Orbit Pine ")
COMPANY_ENDS = _words("Analytics Bank Cloud Foods Health Labs Logistics Media Motors Robotics Software Systems Works ")
COMPANY_FORMS = ("Inc", "GmbH", "Ltd", "SA")
INDUSTRIES = ("Technology", "Financial services", "Health care", "Logistics", "Retail", "Manufacturing", "Education")
SIZES = ("1-10", "11-50", "51-200", "201-500", "501-1000", "1001-5000")
POSITIONS = ("CEO", "CTO", "VP of Sales", "Head of Marketing", "Founder", "Account Executive", "Developer", "Recruiter")
PLACES = ("Berlin, Germany", "Paris, France", "London, UK", "Austin, TX, USA", "Tokyo, Japan", "São Paulo, Brazil")
EMAIL_STATUSES = ("valid", "valid", "valid", "risky", "invalid", None)
CONTACTS_PER_COMPANY = 25


def seed(store: Store, contacts: int, seed: int = 0) -> None:
    """Add `contacts` contacts to a new sandbox, in lists, with tags, and of companies."""
    random = Random(seed)  # noqa: S311 - made-up people are public
    with store.transaction():
        lists = _named(store, random, LIST.kind, LISTS)
        tags = _named(store, random, TAG.kind, TAGS)
        companies = list(_companies(store, random, max(1, contacts // CONTACTS_PER_COMPANY), lists, tags))
        store.insert_many(COMPANY.kind, companies)
        store.insert_many(LEAD.kind, _leads(store, random, contacts, lists, tags, companies))


def _named(store: Store, random: Random, kind: str, names: Sequence[str]) -> list[str]:
    documents = [{**_identity(random, START), "name": name} for name in names]
    store.insert_many(kind, documents)
    return [document["uuid"] for document in documents]


def _companies(
    store: Store, random: Random, number: int, lists: Sequence[str], tags: Sequence[str]
) -> Iterator[JsonObject]:
    stage = first_stage(store, COMPANY.kind)
    taken: set[str] = set()
    while len(taken) < number:
        start, end, form = random.choice(COMPANY_STARTS), random.choice(COMPANY_ENDS), random.choice(COMPANY_FORMS)
        name = f"{start} {end} {form}"
        if name in taken:
            name = f"{start} {end} {len(taken)} {form}"
        taken.add(name)
        handle = name.lower().replace(" ", "-")
        yield {
            **_identity(random, START),
            "name": name,
            "domain": f"{handle}.example.com",
            "website": f"https://{handle}.example.com",
            "linkedin": handle,
            "industry": random.choice(INDUSTRIES),
            "employees_range": random.choice(SIZES),
            "hq_raw_address": random.choice(PLACES),
            "lead_status_uuid": stage,
            "lists": [random.choice(lists)],
            "tags": _some(random, tags),
        }


def _leads(
    store: Store,
    random: Random,
    number: int,
    lists: Sequence[str],
    tags: Sequence[str],
    companies: Sequence[JsonObject],
) -> Iterator[JsonObject]:
    stages = [stage["uuid"] for stage in store.find(PIPELINE_STAGE.kind, [equals("object", LEAD.kind)], "order")]
    weights = list(accumulate(2.0**-place for place in range(len(stages))))
    step = SPAN.total_seconds() / number
    chance = random.random

    def choose(values: Sequence[Any]) -> Any:
        return values[int(chance() * len(values))]

    for index in range(number):
        first, last, company, position = choose(FIRST_NAMES), choose(LAST_NAMES), choose(companies), choose(POSITIONS)
        handle = f"{first}-{last}-{index:x}".lower()
        email = f"{first}.{last}.{index:x}@{company['domain']}".lower() if chance() < 0.8 else None
        yield {
            **_identity(random, START + timedelta(seconds=index * step)),
            "list_uuid": choose(lists),
            "pipeline_stage_uuid": random.choices(stages, cum_weights=weights)[0],
            "company_uuid": company["uuid"],
            "company_name": company["name"],
            "name": f"{first} {last}",
            "first_name": first,
            "last_name": last,
            "position": position,
            "headline": f"{position} at {company['name']}",
            "linkedin": handle,
            "ln_id": f"ACoAA{index:08x}" if chance() < 0.5 else None,
            "raw_address": choose(PLACES),
            "work_email": email,
            "email_status": choose(EMAIL_STATUSES) if email else None,
            "tags": _some(random, tags),
        }


def _identity(random: Random, moment: datetime) -> JsonObject:
    digits = f"{random.getrandbits(128):032x}"
    uuid = f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
    created = f"{moment.isoformat(timespec='microseconds')}Z"  # the format of `write_time`, but three times as fast
    return {"uuid": uuid, "team_id": 1, "created_at": created, "updated_at": created}


def _some(random: Random, values: Sequence[Any]) -> list[Any]:
    return random.sample(values, random.choice((0, 0, 1, 2)))
