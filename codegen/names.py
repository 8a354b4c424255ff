"""Public names: of resources, methods, arguments and models."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, cast

import yaml

from .description import Document, Loader, operations
from .errors import CodegenError

VOCABULARY = {"lead": "contact", "leads": "contacts", "flow": "automation", "flows": "automations"}
"""Words of the API -> words of the public names."""

SPELLINGS = {"ai": "AI", "api": "API", "csv": "CSV", "lead": "Contact", "linkedin": "LinkedIn", "llm": "LLM"}

USED_IN_FUNCTIONS = frozenset(
    [
        "self",
        "builtins",
        "dt",
        "form_data",
        "header_values",
        "json_body",
        "optional_json_body",
        "path_number",
        "path_text",
        "query_pairs",
        "raw_body",
        "read_bytes",
        "read_counts",
        "read_json",
        "read_list",
        "read_map",
        "read_model",
        "read_optional_model",
        "read_text",
        "read_value",
        "require_any_of",
        "with_raw_response",
    ]
)

BUILTINS = frozenset(dir(builtins))

MODELS = "x-models"
"""The key of names.yaml that is not a resource."""

MODELS_TEXT = "# Models that keep their name although it would now be another by rule: that one, and their own.\n"

USED_IN_ACCESS = frozenset(["property", "str"])
"""Names that the class with the resources uses itself."""


class Name(NamedTuple):
    """The public name of an operation: `client.<resource>.<method>`."""

    resource: str
    method: str


def words(text: str) -> list[str]:
    """The lower-case words of an identifier or phrase: `getEmailLLMThread` -> get, email, llm, thread."""
    text = _normal(text).replace("LinkedIn", "Linkedin")
    spaced = re.sub(r"([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])", r"\1\3 \2", text)
    return [word for part in _parts(spaced) for word in _parts(_normal(part.lower()))]


def _normal(text: str) -> str:
    """Text as Python reads identifiers: `ﬁ` and `fi` are the same name."""
    return unicodedata.normalize("NFKC", text)


def _parts(text: str) -> list[str]:
    """The parts of a text that an identifier can contain, without underscores."""
    return "".join(letter if letter != "_" and f"a{letter}".isidentifier() else " " for letter in text).split()


def snake_case(text: str) -> str:
    """An identifier in snake_case, made of the letters and digits in the text."""
    return _identifier("_".join(words(text)) or "unnamed")


def _identifier(name: str) -> str:
    return name if name.isidentifier() else f"n_{name}"


def short(name: str) -> str:
    """The beginning of a name: it becomes the name of a module, and so of a file, whose length is limited."""
    return name[:60].rstrip("_")


def pascal_case(text: str) -> str:
    """A class name. Capitals in the text are kept: `AIAgent`, `LinkedInMessage`."""
    name = "".join(part[0].upper() + part[1:] for part in _parts(_normal(text))) or "Unnamed"
    # A text in a script without capitals gets an N, because modules and arguments have names in lower case.
    name = _normal(name if name.isidentifier() and name[0].isupper() else f"N{name}")
    return f"{name}_" if keyword.iskeyword(name) else name


def resource_class(resource: str) -> str:
    """`ai_agents` -> `AIAgentsResource`."""
    return f"{pascal_case(spoken(resource))}Resource"


def spoken(text: str) -> str:
    """`add_new_lead` -> `Add New Contact`, `linkedin_id` -> `LinkedIn Id`."""
    return " ".join(SPELLINGS.get(word, word.capitalize()) for word in words(text))


def argument_name(wire: str) -> str:
    """The Python name of a parameter or field. Names in snake_case stay as they are."""
    return safe(wire if re.fullmatch(r"[a-z][a-z0-9_]*", wire) else snake_case(wire))


def safe(name: str) -> str:
    """The name, with an underscore if it is a keyword or used by generated functions."""
    return f"{name}_" if keyword.iskeyword(name) or name in USED_IN_FUNCTIONS else name


def singular(word: str) -> str:
    """`companies` -> `company`, `timeblocks` -> `timeblock`, `status` -> `status`."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def load_names(path: Path) -> dict[str, Name]:
    """operationId -> public name, from names.yaml."""
    try:
        content = cast("Mapping[str, Mapping[str, str]]", yaml.load(path.read_text("utf-8"), Loader))  # noqa: S506
    except yaml.YAMLError as error:
        raise CodegenError(f"{path.name} cannot be parsed: {' '.join(str(error).split())}") from error
    names: dict[str, Name] = {}
    content = {resource: methods for resource, methods in content.items() if resource != MODELS}
    users: dict[Name, str] = {}
    for resource, methods in content.items():
        for operation_id, method in methods.items():
            if operation_id in names:
                raise CodegenError(f"{path.name}: {operation_id} is listed twice.")
            name = names[operation_id] = Name(resource, method)
            if users.setdefault(name, operation_id) != operation_id:
                raise CodegenError(
                    f"{path.name}: {resource}.{method} is the name of two operations, {users[name]} and {operation_id}."
                )
    return names


def load_models(path: Path) -> dict[str, str]:
    """Models that keep their name: name by rule -> name."""
    content = cast("Mapping[str, Mapping[str, str]]", yaml.load(path.read_text("utf-8"), Loader))  # noqa: S506
    return dict(content.get(MODELS, {}))


def with_models(text: str, pinned: Mapping[str, str]) -> str:
    """The text of names.yaml with other models that keep their name, at its end."""
    kept = text.partition(f"\n{MODELS_TEXT}")[0].rstrip() + "\n"
    lines = "".join(f"  {name}: {stays}\n" for name, stays in sorted(pinned.items()))
    return f"{kept}\n{MODELS_TEXT}{MODELS}:\n{lines}" if pinned else kept


def plan_names(document: Document, listed: Mapping[str, Name], reserved: Collection[str] = ()) -> dict[str, Name]:
    """A name for each operation: the listed one, or one by rule.

    The rule: the resource is that of the tag's listed operations, or else the tag's own name; the method is the
    operationId in snake_case without the resource's nouns, or in full where that name is taken.

    Args:
        document: The description.
        listed: Names from names.yaml.
        reserved: Attributes of the client; a resource with such a name gets an underscore.
    """
    tags = {operation.id: _tag(operation.value.get("tags")) for operation in operations(document)}
    # An operation that the overlay added before the vendor described it keeps its name.
    names = {
        it.id: listed[named_as]
        for it in operations(document)
        if (named_as := it.id if it.id in listed else str(it.value.get("x-named-as"))) in listed
    }
    resources = _resources_by_tag(tags, names)
    taken = set(names.values())
    for operation_id, tag in tags.items():
        if operation_id in names:
            continue
        resource = resources.get(tag) or safe(short(snake_case(tag)))
        if resource in USED_IN_ACCESS or resource in reserved:
            resource += "_"
        full = safe(snake_case(operation_id))
        for method in (_without_nouns(operation_id, {resource, tag}), full):
            name = Name(resource, method)
            if name not in taken:
                break
        else:
            raise CodegenError(
                f"No free name for the operation {operation_id} of the resource {resource}: "
                f"{full} is taken. List a name for it in codegen/names.yaml."
            )
        names[operation_id] = name
        taken.add(name)
    return names


def _tag(tags: object) -> str:
    return str(cast("list[object]", tags)[0]) if isinstance(tags, list) and tags else "default"


def _resources_by_tag(tags: Mapping[str, str], listed: Mapping[str, Name]) -> dict[str, str]:
    votes: dict[str, Counter[str]] = {}
    for operation_id, tag in tags.items():
        if operation_id in listed:
            votes.setdefault(tag, Counter())[listed[operation_id].resource] += 1
    return {tag: sorted(count.items(), key=lambda item: (-item[1], item[0]))[0][0] for tag, count in votes.items()}


def _without_nouns(operation_id: str, places: Iterable[str]) -> str:
    spoken = [VOCABULARY.get(word, word) for word in words(operation_id)]
    nouns = {form for place in places for word in words(place) for form in (word, singular(word))}
    kept = [word for word in spoken if word not in nouns and singular(word) not in nouns]
    return safe(_identifier("_".join(kept) or "_".join(words(operation_id)) or "unnamed"))
