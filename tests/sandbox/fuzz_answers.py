# pyright: reportUnknownMemberType=false, reportUntypedFunctionDecorator=false
# (schemathesis is not typed throughout)
"""Schemathesis, which knows only the description, finds no answer that contradicts it, and no server error.

Here it sends a valid and an invalid random request to each operation. `make fuzz` also sends the description's
examples, everything at the bounds of the schemas, and FUZZ_EXAMPLES random requests.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
import schemathesis
from schemathesis.checks import negative_data_rejection
from schemathesis.config import SchemathesisConfig
from schemathesis.core import NOT_SET

from grinfi_sandbox import Sandbox
from tests.sandbox.fuzzing import complete_description, refer
from tests.sandbox.test_sandbox_operations import DESCRIPTION, State

FUZZ_EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
SETTINGS: dict[str, Any] = {
    "headers": {"Authorization": "Bearer sandbox-key"},
    # test_sandbox_operations.py sends an example to every operation.
    "phases": {name: {"enabled": bool(FUZZ_EXAMPLES)} for name in ("coverage", "examples")},
    "generation": {"max-examples": FUZZ_EXAMPLES or 1, "deterministic": not FUZZ_EXAMPLES, "database": "none"},
    "suppress-health-check": ["all"],
    "checks": {
        # The reason for a 422 is checked below.
        "positive_data_acceptance": {"expected-statuses": ["2xx", "402", "404", "422"]},
        # This sends each request twice more. test_sandbox_operations.py calls every operation without a key.
        "ignored_auth": {"enabled": bool(FUZZ_EXAMPLES)},
    },
}
if not FUZZ_EXAMPLES:
    SETTINGS["seed"] = 1
# A valid request can be refused for its meaning, such as a missing record, but not for its form.
FORM = re.compile(
    r"The [\w-]+ (field|parameter) is required\.|[\w.-]+ (field|parameter) is not declared|must be of type"
    r"|is invalid; it takes|must be a valid|must be at (least|most)|has none of the forms|does not satisfy"
)
MEANT = re.compile(
    r"Unknown filter key|The (is_public|before|after|mailbox_uuid|to|body) field is required|Result window is too large"
    r"|Gateway Timeout|Server Error"
)

DESCRIBED = {(operation.method, operation.path) for operation in DESCRIPTION.operations}
schema = schemathesis.openapi.from_dict(complete_description(), config=SchemathesisConfig.from_dict(SETTINGS))


@pytest.fixture(scope="module")
def sandboxes() -> Iterator[list[tuple[Sandbox, State, str]]]:
    """A sandbox of each behaviour, with a record of each kind, and a snapshot of it."""
    with ExitStack() as stack:
        made: list[tuple[Sandbox, State, str]] = []
        for behaviour in ("published", "observed"):
            sandbox = stack.enter_context(Sandbox(behaviour=behaviour))
            api = httpx.Client(base_url=sandbox.url, headers={"authorization": f"Bearer {sandbox.key}"})
            state = State(stack.enter_context(api))
            for operation in DESCRIPTION.operations:
                state.path(operation)
            if behaviour == "observed":
                assert state.mass_action
            made.append((sandbox, state, sandbox.snapshot()))
        yield made


@schema.parametrize()
def test_answers(case: schemathesis.Case[Any], sandboxes: list[tuple[Sandbox, State, str]]) -> None:
    described = (case.operation.method.upper(), case.operation.path) in DESCRIBED
    for sandbox, state, snapshot in sandboxes if described else sandboxes[1:]:
        sandbox.restore(snapshot)
        refer(case, state)
        response = case.call(base_url=sandbox.url)
        if sandbox is sandboxes[0][0]:
            # A missing optional body is not a mistake, and neither is any text in a form or a query's filter:
            # a mistake in one form of a filter, such as an operator without a name, is another form of it.
            form = bool(case.operation.body) and (case.media_type != "application/json" or case.body is NOT_SET)
            loose = form or any(name.startswith("filter") for name in case.query)
            case.validate_response(response, excluded_checks=[negative_data_rejection] if loose else None)
            continue
        assert response.status_code < 500 or MEANT.match(response.json()["message"]), response.text
        if response.status_code == 422 and case.meta and case.meta.generation.mode.is_positive:
            messages = [message for found in response.json()["error"]["data"].values() for message in found]
            faults = [message for message in messages if FORM.search(message) and not MEANT.match(message)]
            assert not faults, (case.as_curl_command(), messages)
