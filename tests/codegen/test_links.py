"""Links of the description to its operations and schemas."""

from __future__ import annotations

import pytest

from codegen.elements import Resource
from codegen.generate import build
from codegen.links import linked
from tests.codegen.helpers import NO_OVERLAY, STRING, Json, body, obj, operation, parameter, ref, small

pytestmark = pytest.mark.usefixtures("uncorrected")

NAMES = {("operation", "createTag"): "tags.create", ("schema", "lead"): "Contact"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See #operation/createTag.", "See `tags.create`."),
        ("`#schema/lead`", "`Contact`"),
        ("[createTag](#operation/createTag)", "`tags.create`"),
        ("[`createTag`](#tag/Tags/operation/createTag),", "`tags.create`,"),
        ("[Make a tag](#operation/createTag)", "Make a tag (`tags.create`)"),
        ("a [lead](#schema/lead) or [](#schema/lead)", "a `Contact` or `Contact`"),
        ("(#schema/lead)", "(`Contact`)"),
        ("#operation/none, [x](#schema/none)", "#operation/none, [x](#schema/none)"),
        ("https://x.test/#operation/createTag", "https://x.test/#operation/createTag"),
        ("![lead](#schema/lead", "![lead](`Contact`"),
    ],
)
def test_links_are_names_of_this_package(text: str, expected: str) -> None:
    assert linked(Resource("tags", "TagsResource", text), NAMES).description == expected


def test_links_are_in_every_kind_of_docstring() -> None:
    link = "See #operation/getA and #schema/part."
    fields = {"description": link, **obj(x={**STRING, "description": link})}
    described: Json = operation(
        "makeA",
        parameter("sid", description=link),
        answer=ref("part"),
        requestBody=body(obj(filter={**obj(since={**STRING, "description": link}), "x-filter-catalogue": "odds"})),
        description=link,
    ) | {"summary": link}
    described["responses"]["404"] = {"description": link}
    paths = {"/a": {"post": described, "get": operation("getA", tag="Odds & Ends")}}
    package = build(
        small(paths, {"part": fields}, tags=[{"name": "Odds & Ends", "description": link}]), overlay=NO_OVERLAY
    )
    texts = {name: content.decode() for name, content in package.files.items()}
    assert [name for name, text in texts.items() if "#operation" in text or "#schema" in text] == []
    (name,) = (method.name.method for it in package.plan.resources for method in it.methods if method.id == "getA")
    expected = f"See `odds_ends.{name}` and `Part`."
    counts = {name: " ".join(text.split()).count(expected) for name, text in texts.items()}
    assert {name: count for name, count in counts.items() if count} == {
        "_client.py": 1,
        "models/part.py": 2,
        "fields/odds.py": 1,
        "resources/odds_ends.py": 5,
    }
