"""Failures in words: what happened, what it means, what to do; and counts that agree with what they count."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

import grinfi_async
import grinfi_bulk
from grinfi_async import (
    APIStatusError,
    APITimeoutError,
    DecodeError,
    GrinfiError,
    InvalidArgumentError,
    NotFoundError,
    PartialUpdateError,
    RateLimitWaitError,
    ServerError,
    UnprocessableEntityError,
)
from grinfi_bulk import BulkReport, NotSeenError, Outcome, UnknownOutcomeError
from grinfi_bulk.exports import ExportReport
from grinfi_bulk.reasons import code_of, reason_of
from grinfi_bulk.wording import counted

PUT = ("PUT", "/leads/api/leads/a")
NO_EMAIL = {"lead.email": ["must be an email address."]}
CASES: dict[Exception, tuple[str, str]] = {
    UnprocessableEntityError(*PUT, 422, message="no", field_errors=NO_EMAIL): (
        "unprocessable_entity",
        "the server refused it (422): lead.email: must be an email address; correct it and send it again",
    ),
    NotFoundError(*PUT, 404, message="answered with Not Found"): (
        "not_found",
        "it was not found (404); check that it has not been deleted",
    ),
    ServerError(*PUT, 502, message="Bad gateway.", may_have_been_applied=True): (
        "server",
        "the server failed (502): Bad gateway; check whether it was applied before you send it again",
    ),
    APIStatusError(*PUT, 418): ("api_status", "the server did not accept it (418); send it again later"),
    APITimeoutError(*PUT, "read timeout"): ("api_timeout", "the server did not answer in time; send it again later"),
    DecodeError(*PUT, 200, "it is empty"): (
        "decode",
        "the answer cannot be read: it is empty; check whether it was applied before you send it again",
    ),
    RateLimitWaitError("the rate limit", waited=5, in_front=1): (
        "rate_limit_wait",
        "it was not sent: it waited 5 s for the rate limit; send it again later",
    ),
    InvalidArgumentError("lead.email", "is empty"): (
        "invalid_argument",
        "lead.email: is empty; correct it and send it again",
    ),
    PartialUpdateError("contacts.update", ("name",), {"custom_fields.a": NotFoundError(*PUT, 404)}): (
        "partial_update",
        "only part was written (name). Not written: custom_fields.a: it was not found (404); check that it has not "
        "been deleted",
    ),
    KeyError("name"): ("key", "the function raised KeyError: 'name'"),
    NotSeenError("reading back did not show the change"): ("not_seen", "reading back did not show the change"),
}


@pytest.mark.parametrize("error", CASES, ids=lambda error: type(error).__name__)
def test_a_failure_in_words(error: Exception) -> None:
    assert (code_of(error), reason_of(error)) == CASES[error]


def errors() -> Iterator[type[Exception]]:
    for package in (grinfi_async, grinfi_bulk):
        for name in package.__all__:
            found = getattr(package, name)
            if isinstance(found, type) and issubclass(found, GrinfiError):
                yield found


def test_reasons_name_no_class_or_path_and_fit_in_60_columns() -> None:
    statuses = [kind for kind in errors() if issubclass(kind, APIStatusError)]
    assert len(statuses) > len(CASES) // 2
    report = BulkReport(name="Import contacts")
    for row, kind in enumerate(statuses):
        error = kind(*PUT, 400 + row, message="The value is too long. " * 9, hint="Check it. " * 5)
        report.record(Outcome(row, "ada-lovelace", {}, "failed" if row % 2 else "unknown", error=error))
    report.record(Outcome(99, "bob", {}, "unknown", error=UnknownOutcomeError("repeat_unknown=True adds it again.")))
    text = report.screen("cli", 60)
    assert max(map(len, text.splitlines())) <= 60
    assert not re.search(r"Error\b|/leads/|=True", text)
    assert "row 1 (ada-lovelace): the server" in text


def test_words_agree_with_their_counts() -> None:
    assert [counted(1, "row"), counted(0, "row"), counted(2000, "retry"), counted(1, "retry"), counted(2, "day")] == [
        "1 row",
        "0 rows",
        "2,000 retries",
        "1 retry",
        "2 days",
    ]
    for report in (BulkReport(name="job"), ExportReport(name="job", path=None)):
        report.requests = report.retries = report.succeeded = report.processed = 1
        assert not re.search(r"\b1 \w+s\b", str(report).replace("0.0 s", ""))
        report.requests = 2
        assert "2 requests, " in str(report)
