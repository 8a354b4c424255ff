"""Errors for attributes that a client or a resource does not have, with a suggestion.

Users may look for the words of the API, such as `leads` for `contacts`. They are in the paths of its operations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from grinfi_overrides.runtime.suggestions import did_you_mean

if TYPE_CHECKING:
    from grinfi_overrides.runtime.operations import Operation


def no_resource(client: object, name: str, operations: Iterable[Operation]) -> AttributeError:
    """The error for an attribute of a client. It knows resources, words in paths, and operationIds."""
    known: dict[str, str] = {}
    words = Counter((_noun(it), it.resource) for it in operations)
    for (noun, resource), _ in reversed(words.most_common()):  # if several fit, the most common one comes last and wins
        known[noun] = resource
    known |= {it.id: f"{it.resource}.{it.name}" for it in operations}
    known |= {it.resource: it.resource for it in operations}
    everything = f"it has {', '.join(sorted({it.resource for it in operations}))}"
    return _error(client, name, did_you_mean(name, known, shown=known, otherwise=everything))


def no_method(resource: object, name: str, operations: Iterable[Operation]) -> AttributeError:
    """The error for an attribute of a resource. A method that other resources have may have another name here.

    For example, `delete` is the name of a DELETE with an id in most resources. A resource that calls this operation
    `remove` gets the suggestion `remove`.
    """
    place = type(resource).__module__.rpartition(".")[2]
    own = [it for it in operations if it.resource == place]
    elsewhere = Counter(_role(it) for it in operations if it.name == name)
    nouns = Counter(map(_noun, own))
    same = [it for it in own if elsewhere and _role(it) == elsewhere.most_common(1)[0][0]]
    same = [it for it in same if nouns[_noun(it)] == max(nouns.values())] or same
    if same:
        return _error(resource, name, f"did you mean {' or '.join(repr(it.name) for it in same)}?")
    methods = [each for each in dir(type(resource)) if each[0] != "_"]
    known = {it.id: it.name for it in own} | {each: each for each in methods}
    return _error(resource, name, did_you_mean(name, known, shown=known, otherwise=f"it has {', '.join(methods)}"))


def _error(owner: object, name: str, hint: str) -> AttributeError:
    return AttributeError(f"{type(owner).__name__} has no attribute {name!r}; {hint}")


def _noun(operation: Operation) -> str:
    return operation.path.partition("/api/")[2].partition("/")[0]


def _role(operation: Operation) -> tuple[bool, bool, str]:
    kind = "read" if operation.retry == "read" else operation.method
    return operation.paginated, "{" in operation.path, kind
