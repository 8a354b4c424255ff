"""Editions that describe the same API in another way, or a little more: nothing changes for callers."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from typing import Any, cast

import pytest
import yaml

from codegen.description import Document, check_references, operations
from codegen.diff import compare
from codegen.edition import DEFAULT_OUTPUT, DEFAULT_SPEC, ROOT, Edition, compare_editions, correct
from codegen.errors import CodegenError
from codegen.generate import Package, Planned, build, differences, planned
from codegen.overlay import apply
from codegen.overrides import read_overrides
from tests.codegen.helpers import INTEGER, NO_OVERLAY, STRING, Json, edition, obj, operation, parameter, ref, small
from tests.codegen.hostile import hostile
from tests.codegen.rewriting import as_3_1, with_other_case, with_other_names, with_shared_parts


@cache
def committed() -> Planned:
    """Today's edition."""
    return planned(edition())


def test_the_same_api_written_otherwise_generates_the_same_package() -> None:
    package = build(json.loads(json.dumps(as_3_1(with_shared_parts(edition())))))
    assert differences(package, DEFAULT_OUTPUT) == []
    assert package.unmatched_actions == ()


def test_names_of_schemas_that_differ_in_case_give_the_same_models() -> None:
    package, known = planned(with_other_case(edition())), committed()
    assert package.unmatched_actions == ()
    assert {name: [it.name for it in model.fields] for name, model in package.plan.models.items()} == {
        name: [it.name for it in model.fields] for name, model in known.plan.models.items()
    }


# -- what callers meet -------------------------------------------------------------------------------------------------


def tag_renamed(document: Document) -> None:
    for it in operations(document):
        cast(Json, it.value)["tags"] = ["People" if tag == "Contacts" else tag for tag in it.value["tags"]]


def answer_gains_204(document: Document) -> None:
    document["paths"]["/leads/api/leads/{uuid}"]["get"]["responses"]["204"] = {"description": "Nothing."}


def list_loses_its_envelope(document: Document) -> None:
    content = document["paths"]["/leads/api/companies"]["get"]["responses"]["200"]["content"]["application/json"]
    content["schema"] = content["schema"]["properties"]["data"]


def envelope_gains_a_field(document: Document) -> None:
    for it in operations(document):
        for response in it.value["responses"].values():
            for media in response.get("content", {}).values():
                if "data" in (fields := media["schema"].get("properties", {})):
                    fields["next_cursor"] = STRING


def listed_id_renamed(document: Document) -> None:
    document["paths"]["/leads/api/leads/{uuid}"]["get"]["operationId"] = "fetchContact"


def written_in_3_1(document: Document) -> None:
    document.update(as_3_1(document))


@pytest.mark.parametrize(
    ("change", "breaking", "told"),
    [
        (tag_renamed, False, "No changes."),
        (written_in_3_1, False, "No changes."),
        (answer_gains_204, True, "returns an object or None, not an object"),
        (list_loses_its_envelope, True, "returns JSON, not rows in pages"),
        (envelope_gains_a_field, False, "response.200.body.next_cursor: was added"),
        (listed_id_renamed, True, "Renamed"),
    ],
)
def test_a_comparison_shows_what_affects_callers(change: Callable[[Document], None], breaking: bool, told: str) -> None:
    new = edition()
    change(new)
    difference = compare_editions(edition(), new)
    assert told in difference.to_text()
    assert difference.breaking is breaking, difference.to_text()


@pytest.mark.usefixtures("uncorrected")
def test_a_list_without_its_offset_no_longer_has_pages() -> None:
    offset = parameter("offset", schema=INTEGER)
    answer = obj(data={"type": "array", "items": obj(id=INTEGER)})
    old = small({"/a": {"get": operation("listA", offset, answer=answer)}})
    new = small({"/a": {"get": operation("listA", answer=answer)}})
    there, back = compare_editions(old, new), compare_editions(new, old)
    assert "returns rows without pages, not rows in pages" in there.to_text()
    assert there.breaking
    assert not back.breaking


@cache
def grown() -> Planned:
    """An edition whose envelopes have another field, and whose contact extends a schema by `allOf`."""
    new = edition()
    envelope_gains_a_field(new)
    schemas = new["components"]["schemas"]
    schemas["lead"] = {"allOf": [schemas["lead"], obj(twitter=STRING)]}
    return planned(new)


def test_a_list_stays_a_list_when_its_envelope_gains_fields() -> None:
    kinds = {method.id: method.answer.kind for resource in grown().plan.resources for method in resource.methods}
    known = committed()
    assert kinds == {method.id: method.answer.kind for it in known.plan.resources for method in it.methods}


def test_a_schema_that_allof_extends_keeps_its_name() -> None:
    lead = edition()["components"]["schemas"]["lead"]
    assert grown().unmatched_actions == ()
    assert {it.wire for it in grown().plan.models["Contact"].fields} >= {"twitter", "markers", *lead["properties"]}


def test_operations_known_from_elsewhere_keep_their_names_when_an_edition_describes_them() -> None:
    new, known = edition(), committed()
    elsewhere = {
        f"{resource.name}.{method.name.method}": method
        for resource in known.plan.resources
        for method in resource.methods
        if "not in the published description" in method.description
    }
    assert elsewhere.keys() >= {"contacts.create_many", "contacts.mass_action_status", "tasks.retry"}
    for number, method in enumerate(elsewhere.values()):
        path = method.path.replace("{uuid}", "{id}")
        parameters = [parameter("id", "path")] if "{id}" in path else []
        described = operation(f"described{number}", *parameters, answer=obj(state=STRING))
        new["paths"].setdefault(path, {})[method.http_method.lower()] = described
    package = planned(new)
    now = {f"{it.name}.{each.name.method}": each for it in package.plan.resources for each in it.methods}
    assert [now[name].id for name in elsewhere] == [f"described{number}" for number in range(len(elsewhere))]
    assert [now[name].answer.kind for name in elsewhere] == ["model"] * len(elsewhere)
    assert not any("not in the published description" in method.description for method in now.values())
    assert len(package.unmatched_actions) == len(elsewhere)
    assert {it.split(" ")[1] for it in package.unmatched_actions} == {method.path for method in elsewhere.values()}


def test_a_comparison_is_quick() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "codegen", "diff", DEFAULT_SPEC, DEFAULT_SPEC],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout == "No changes.\n"
    assert "openapi_python_client" not in done.stderr, "a comparison needs no generator, which takes long to import"


# -- what is refused comes with its remedy -----------------------------------------------------------------------------

KEY = parameter("sid", "cookie")
REFUSED: dict[str, Json] = {
    "cookie": {"/a": {"get": operation("getA", KEY)}},
    "cookie of a path": {"/a": {"get": operation("getA"), "parameters": [KEY]}},
    "object of style form": {"/a": {"get": operation("getA", parameter("sid", schema=obj(a=STRING), style="form"))}},
    "list in a header": {
        "/a": {"get": operation("getA", parameter("sid", "header", {"type": "array", "items": STRING}))}
    },
    "two objects of one title": {
        "/a": {"get": operation("getA", answer={**obj(a=STRING), "title": "T"})},
        "/b": {"get": operation("getB", answer={**obj(b=STRING), "title": "T"})},
    },
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.usefixtures("uncorrected")
def test_following_the_advice_of_a_refusal_works(case: str) -> None:
    document = small(REFUSED[case])
    with pytest.raises(CodegenError) as refusal:
        build(document)
    told = re.search(r"Add to codegen/overlay\.yaml: (\{target: .*?\}\}?)(?: for |\.|$)", str(refusal.value))
    assert told is not None, str(refusal.value)
    corrected, unmatched = apply(document, [yaml.safe_load(told[1])])
    assert unmatched == []
    build(corrected)


# -- names of models ---------------------------------------------------------------------------------------------------


def listing(owner: str, buyer: str) -> Document:
    person = obj(name=STRING, email=STRING)
    thing = obj(owner=ref(owner), buyer=ref(buyer))
    other = person if buyer == owner else obj(name=STRING, email=STRING, vat=STRING)
    paths = {"/things": {"get": operation("listThings", answer=ref("thing"))}}
    return small(paths, {"thing": thing, owner: person, buyer: other})


def test_models_of_renamed_schemas_keep_their_names() -> None:
    difference = compare_editions(edition(), with_other_names(edition()))
    assert difference.empty
    kept = dict(difference.kept_models)
    assert kept.keys() == {f"Renamed{name}" for name in kept.values()} != set()
    assert kept["RenamedWebhookPayload"] == "WebhookPayload", "no operation uses it: it is known by its fields"


def test_a_model_that_becomes_two_is_reported_as_renamed() -> None:
    difference = compare_editions(listing("person", "person"), listing("owner", "buyer"), overlay=NO_OVERLAY)
    assert (difference.breaking, difference.kept_models) == (True, ())
    assert "! Renamed the model Person to Buyer" in difference.to_text().splitlines()
    assert json.loads(difference.to_json())["models"] == [{"old": "Person", "new": "Buyer"}]
    assert "- Renamed the model `Person` to `Buyer`." in difference.changelog_lines(breaking=True)


def test_a_model_without_a_replacement_is_reported_as_removed() -> None:
    old, new = listing("owner", "buyer"), listing("owner", "buyer")
    del new["components"]["schemas"]["thing"]["properties"]["buyer"], new["components"]["schemas"]["buyer"]
    told = compare_editions(old, new, overlay=NO_OVERLAY).to_text().splitlines()
    assert "! Removed the model Buyer" in told


def test_a_model_with_other_fields_is_not_a_renamed_one() -> None:
    old, new = listing("owner", "buyer"), listing("seller", "buyer")
    new["components"]["schemas"]["seller"] = obj(number=STRING, since=STRING)
    told = compare_editions(old, new, overlay=NO_OVERLAY).to_text().splitlines()
    assert "! Renamed the model Owner to Seller" in told


def test_models_are_compared_by_the_names_that_are_generated(changed: Package) -> None:
    for document, plan in ((edition(), committed().plan), (hostile(), changed.plan)):
        models = Edition(correct(document, "it", check=check_references)[0], {}, read_overrides(ROOT)).models
        fields = {name: frozenset(it.wire for it in model.fields) for name, model in plan.models.items()}
        assert models.fields == fields


def test_a_correction_that_no_longer_applies_is_breaking() -> None:
    def corrected(**extensions: Any) -> Document:
        return small({"/a": {"put": operation("putA", **extensions)}})

    refused = {"x-refused-arguments": {"tags": "call tag()"}}
    old, new = corrected(**{"x-correction": {"function": "update_a"}}), corrected(**refused)
    there, back = compare(old, new), compare(new, old)
    assert "correction: update_a was removed" in there.to_text()
    assert "argument.tags: is now refused" in there.to_text()
    assert (there.breaking, back.breaking) == (True, False)
