"""The rules of the comparison: which differences are changes, and which changes break callers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from codegen.description import path_shape
from codegen.diff.description import (
    LOWER_BOUNDS,
    OTHER_BOUNDS,
    UPPER_BOUNDS,
    Document,
    Operation,
    Parts,
    Raw,
    as_list,
    as_mapping,
    bound_of,
    differing_references,
    encoding,
    enumeration,
    is_nullable,
    is_required,
    kind_of,
    main_media,
    media_types,
    only_schema,
    path_names,
    properties,
    references,
    required_names,
    required_rules,
    rule_words,
    show,
    shown_keyword,
)
from codegen.diff.difference import Change, Difference, OperationChange, Rename
from codegen.names import Name

#: A pair of schemas, by identity.
Pair: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]
BOUNDS = (*LOWER_BOUNDS, *UPPER_BOUNDS, *OTHER_BOUNDS)
#: Largest number of changes shown below one schema: schemas that contain each other have any number of places.
MAX_CHANGES = 500
#: Formats that decide the Python type of a string.
TYPED_FORMATS = ("binary", "date", "date-time")
#: Types whose details can be compared with those of another type.
FAMILIES = {"integer": "number", "map": "object"}


def compare(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    names: tuple[Mapping[str, Name], Mapping[str, Name]] | None = None,
) -> Difference:
    """Compare two OpenAPI 3.0 descriptions.

    With the public names of both sides, by operationId, what counts is where a caller finds an operation: a tag or an
    operationId that changed breaks nothing if the name stayed.
    """
    old_document, new_document = Document(old), Document(new)
    before, after = old_document.operations(), new_document.operations()
    places = {(o.method, path_shape(o.path)): o.id for o in after.values() if o.id not in before}
    pairs = {name: name for name in before if name in after}
    renamed: list[Rename] = []
    for name, operation in before.items():
        successor = places.get((operation.method, path_shape(operation.path)))
        if name not in after and successor is not None and successor not in pairs.values():
            pairs[name] = successor
            kept = names is not None and names[0].get(name) == names[1].get(successor)
            renamed.append(Rename(name, successor, breaking=not kept))
    comparison = Comparison(old_document, new_document, names)
    changed: list[OperationChange] = []
    for name, successor in pairs.items():
        if comparison.same(before[name], after[successor]):
            continue
        found = comparison.operations(before[name], after[successor])
        changes = {(c.where, c.what): c for c in sorted(found)}  # a breaking one replaces its harmless double
        if changes:
            changed.append(OperationChange(successor, tuple(sorted(changes.values()))))
    return Difference(
        added=tuple(sorted(after.keys() - set(pairs.values()))),
        removed=tuple(sorted(before.keys() - pairs.keys())),
        renamed=tuple(sorted(renamed)),
        changed=tuple(sorted(changed)),
    )


class Comparison:
    """Finds the changes between parts of an old and a new document."""

    def __init__(
        self, old: Document, new: Document, names: tuple[Mapping[str, Name], Mapping[str, Name]] | None = None
    ) -> None:
        self._old = old
        self._new = new
        self._names = names
        self._differing_references = differing_references(old, new)
        self._known: dict[Pair, list[Change]] = {}
        """Changes at pairs of schemas below one place; empty for pairs still being compared, so recursion ends."""

    def same(self, old: Operation, new: Operation) -> bool:
        """Whether two operations, with everything that they refer to, are exactly equal."""
        names = self._names or ({}, {})
        equal = old == new and names[0].get(old.id) == names[1].get(new.id)
        return equal and self._differing_references.isdisjoint(references([old.raw, *old.parameters.values()]))

    def operations(self, old: Operation, new: Operation) -> Iterator[Change]:
        yield from self._identity(old, new)
        yield from self._parameters(old, new)
        yield from self._request_body(old.raw.get("requestBody"), new.raw.get("requestBody"))
        yield from self._responses(old, new)

    def _identity(self, old: Operation, new: Operation) -> Iterator[Change]:
        """Place, resource and deprecation of an operation."""
        if old.method != new.method:
            yield Change("operation", f"method changed from {old.method} to {new.method}", False)
        if path_shape(old.path) != path_shape(new.path):
            yield Change("operation", f"path changed from {old.path} to {new.path}", False)
        before, after = ([str(tag) for tag in as_list(o.raw.get("tags"))] for o in (old, new))
        if self._names is not None:
            name, other = self._names[0].get(old.id), self._names[1].get(new.id)
            if name is not None and other is not None and name != other:
                words = f"is now called {other.resource}.{other.method}, not {name.resource}.{name.method}"
                yield Change("operation", words, True)
        elif before != after:
            words = f"tag changed from {', '.join(before) or 'none'} to {', '.join(after) or 'none'}"
            yield Change("operation", words, before[:1] != after[:1])
        names, successors = path_names(old.path), path_names(new.path)
        if names != successors and sorted(names) == sorted(successors):
            words = f"order of path parameters changed from {', '.join(names)} to {', '.join(successors)}"
            yield Change("operation", words, True)
        yield from _deprecation("operation", [old.raw], [new.raw])
        yield from _corrections(old.raw, new.raw)

    def _parameters(self, old: Operation, new: Operation) -> Iterator[Change]:
        pairs = {key: key for key in old.parameters if key in new.parameters}
        if path_shape(old.path) == path_shape(new.path):
            for name, successor in zip(path_names(old.path), path_names(new.path), strict=True):
                key, other = ("path", name), ("path", successor)
                if key in old.parameters.keys() - pairs and other in new.parameters.keys() - old.parameters.keys():
                    pairs[key] = other
                    yield Change(_place(key), f"was renamed to {successor}", True)
        for key in old.parameters.keys() - pairs.keys():
            yield Change(_place(key), "was removed", True)
        for key in new.parameters.keys() - set(pairs.values()):
            required = is_required(new.parameters[key])
            yield Change(_place(key), "was added, required" if required else "was added", required)
        for key, other in pairs.items():
            yield from self._parameter(_place(other), old.parameters[key], new.parameters[other])

    def _parameter(self, where: str, old: Raw, new: Raw) -> Iterator[Change]:
        yield from _requiredness(where, is_required(old), is_required(new), request=True)
        yield from _deprecation(where, [old], [new])
        (style, explode), (new_style, new_explode) = encoding(old), encoding(new)
        if style != new_style:
            yield Change(where, f"style changed from {style} to {new_style}", False)
        elif explode != new_explode:
            yield Change(where, f"explode changed from {show(explode)} to {show(new_explode)}", False)
        schemas = (d.flat([p.get("schema") or only_schema(p)]) for d, p in ((self._old, old), (self._new, new)))
        yield from self._schemas(where, *schemas, request=True)

    def _request_body(self, old: object, new: object) -> Iterator[Change]:
        where = "request.body"
        before, after = self._old.resolve(old), self._new.resolve(new)
        if before and after:
            yield from _requiredness(where, is_required(before), is_required(after), request=True)
            yield from self._contents(where, before, after, request=True)
        elif before:
            yield Change(where, "was removed", True)
        elif after:
            yield Change(where, "was added, required" if is_required(after) else "was added", is_required(after))

    def _responses(self, old: Operation, new: Operation) -> Iterator[Change]:
        """Only a success can break a caller: errors become exceptions, which read any body."""
        yield from _returned(self._old.returns(old), self._new.returns(new))
        before, after = self._old.responses(old), self._new.responses(new)
        pairs = {status: status for status in before if status in after}
        gone, come = before.keys() - pairs.keys(), after.keys() - pairs.keys()
        lost, gained = ([s for s in statuses if s.startswith("2")] for statuses in (gone, come))
        if len(lost) == len(gained) == 1:
            pairs[lost[0]] = gained[0]
            yield Change(f"response.{lost[0]}", f"status changed to {gained[0]}", False)
        for status in gone - pairs.keys():
            lost_body = status.startswith("2") and bool(before[status].get("content"))
            yield Change(f"response.{status}", "was removed", lost_body)
        for status in come - set(pairs.values()):
            yield Change(f"response.{status}", "was added", False)
        for status, successor in pairs.items():
            for change in self._response_body(f"response.{successor}.body", before[status], after[successor]):
                yield Change(change.where, change.what, change.breaking and successor.startswith("2"))

    def _response_body(self, where: str, old: Raw, new: Raw) -> Iterator[Change]:
        if old.get("content") and new.get("content"):
            yield from self._contents(where, old, new, request=False)
        elif old.get("content"):
            yield Change(where, "was removed", True)
        elif new.get("content"):
            yield Change(where, "was added", False)

    def _contents(self, where: str, old: Raw, new: Raw, *, request: bool) -> Iterator[Change]:
        """Bodies by content type; JSON is the one that counts when there are several."""
        before, after = media_types(old), media_types(new)
        common = before.keys() & after.keys()
        removed, added = sorted(before.keys() - common), sorted(after.keys() - common)
        pairs = [(kind, kind) for kind in common]
        if removed and added and not common:
            words = f"content type changed from {', '.join(removed)} to {', '.join(added)}"
            yield Change(where, words, True)
            pairs = [(main_media(before), main_media(after))]
        else:
            for kind in removed:
                yield Change(where, f"content type removed: {kind}", kind == main_media(before))
            for kind in added:
                yield Change(where, f"content type added: {kind}", False)
        for kind, other in pairs:
            schemas = self._old.flat([before[kind].get("schema")]), self._new.flat([after[other].get("schema")])
            yield from self._schemas(where, *schemas, request=request)

    def _schemas(self, where: str, old: Parts, new: Parts, *, request: bool) -> Iterator[Change]:
        """Two schemas at a place. Each pair is compared once for a whole body or parameter."""
        pair = tuple(map(id, old)), tuple(map(id, new))
        outermost = not self._known
        if pair not in self._known:
            self._known[pair] = []
            found = sorted(
                self._differing("", old, new, request=request), key=lambda c: (not c.breaking, len(c.where), c)
            )
            self._known[pair] = found[:MAX_CHANGES]
        found = self._known[pair]
        if outermost:
            self._known = {}
        for change in found:
            yield Change(where + change.where, change.what, change.breaking)

    def _differing(self, where: str, old: Parts, new: Parts, *, request: bool) -> Iterator[Change]:
        """Compare the value as a whole, then the matching variants, then the remaining ones."""
        before, after = self._old.variants(old), self._new.variants(new)
        nullable, new_nullable = (any(map(is_nullable, variants)) for variants in (before, after))
        before, after = ([v for v in variants if kind_of(v) != "null"] for variants in (before, after))
        kinds, new_kinds = [kind_of(v) for v in before], [kind_of(v) for v in after]
        yield from _deprecation(where, old, new)
        yield from _default(where, old, new)
        if nullable != new_nullable and "any" not in {*kinds, *new_kinds}:
            yield Change(where, "became nullable" if new_nullable else "no longer nullable", request and nullable)
        trials: dict[tuple[int, int], list[Change]] = {}
        for i, variant in enumerate(before):
            for j, other in enumerate(after):
                if family(kinds[i]) == family(new_kinds[j]):
                    found = self._details(where, variant, other, request=request)
                    trials[i, j] = sorted(found)
        unmatched, new_unmatched = set(range(len(before))), set(range(len(after)))
        for (i, j), changes in sorted(trials.items(), key=lambda t: (_breaks(t[1]), len(t[1]), t[1], t[0])):
            if i in unmatched and j in new_unmatched:
                unmatched.remove(i)
                new_unmatched.remove(j)
                yield from changes
        yield from _type_change(where, set(kinds), set(new_kinds), request=request)
        for i in (i for i in unmatched if kinds[i] in new_kinds):
            covered = any(not _breaks(changes) for (k, _), changes in trials.items() if k == i)
            yield Change(where, f"variant removed: {kinds[i]}", request and not covered)
        for j in (j for j in new_unmatched if new_kinds[j] in kinds):
            covered = any(not _breaks(changes) for (_, k), changes in trials.items() if k == j)
            yield Change(where, f"variant added: {new_kinds[j]}", not request and not covered)

    def _details(self, where: str, old: Parts, new: Parts, *, request: bool) -> Iterator[Change]:
        """Two schemas of one type and without variants."""
        yield from _format(where, old, new)
        yield from _enumeration(where, old, new, request=request)
        yield from _bounds(where, old, new, request=request)
        yield from _rules(where, old, new, request=request)
        values = [(f"{where}[]", "items")]
        closed, new_closed = (any(p.get("additionalProperties") is False for p in parts) for parts in (old, new))
        if closed != new_closed:
            words = "unknown fields no longer allowed" if new_closed else "unknown fields allowed"
            yield Change(where, words, request and new_closed)
        elif not closed:
            values.append((f"{where}{{}}", "additionalProperties"))
        for place, keyword in values:
            nodes = ([p.get(keyword) for p in parts] for parts in (old, new))
            before, after = (d.flat(n) for d, n in zip((self._old, self._new), nodes, strict=True))
            if before or after:
                yield from self._schemas(place, before, after, request=request)
        yield from self._fields(where, old, new, request=request)

    def _fields(self, where: str, old: Parts, new: Parts, *, request: bool) -> Iterator[Change]:
        before, after = properties(old), properties(new)
        demanded, new_demanded = required_names(old), required_names(new)
        for name in before.keys() - after.keys():
            yield Change(f"{where}.{name}", "was removed", True)
        for name in after.keys() - before.keys():
            required = request and name in new_demanded
            yield Change(f"{where}.{name}", "was added, required" if required else "was added", required)
        for name in (demanded | new_demanded) - (before.keys() ^ after.keys()):
            yield from _requiredness(f"{where}.{name}", name in demanded, name in new_demanded, request=request)
        for name in before.keys() & after.keys():
            schemas = self._old.flat(before[name]), self._new.flat(after[name])
            yield from self._schemas(f"{where}.{name}", *schemas, request=request)


def _returned(old: str, new: str) -> Iterator[Change]:
    """Compare the results of a call. Details of their types are compared with the answers."""
    lists = {"rows in pages", "rows without pages"}
    if old != new and (new == "an object or None" or {old, new} & lists):
        breaking = (old, new) not in {("rows without pages", "rows in pages"), ("nothing", new)}
        yield Change("response", f"returns {new}, not {old}", breaking)


def _corrections(old: Raw, new: Raw) -> Iterator[Change]:
    """Compare what the overlay adds to an operation."""
    before, after = (as_mapping(raw.get("x-correction")) for raw in (old, new))
    if before and not after:
        yield Change("correction", f"{before.get('function')} was removed", True)
    elif after and not before:
        yield Change("correction", f"{after.get('function')} was added", False)
    elif before.get("function") != after.get("function"):
        yield Change("correction", f"changed from {before.get('function')} to {after.get('function')}", True)
    refused, now_refused = (as_mapping(raw.get("x-refused-arguments")) for raw in (old, new))
    for name in refused.keys() - now_refused.keys():
        yield Change(f"argument.{name}", "is no longer refused", False)
    for name in now_refused.keys() - refused.keys():
        yield Change(f"argument.{name}", "is now refused", True)


def _deprecation(where: str, old: Iterable[Raw], new: Iterable[Raw]) -> Iterator[Change]:
    before, after = (any(node.get("deprecated") is True for node in nodes) for nodes in (old, new))
    if before != after:
        yield Change(where, "became deprecated" if after else "no longer deprecated", False)


def _requiredness(where: str, old: bool, new: bool, *, request: bool) -> Iterator[Change]:
    if old != new:
        yield Change(where, "became required" if new else "became optional", request and new)


def _default(where: str, old: Parts, new: Parts) -> Iterator[Change]:
    before, after = (shown_keyword(parts, "default") for parts in (old, new))
    if before != after:
        yield Change(where, f"default changed from {before} to {after}", False)


def _type_change(where: str, old: set[str], new: set[str], *, request: bool) -> Iterator[Change]:
    """An argument may gain types, a result may lose some."""
    if old != new:
        narrowed = bool(old - new) and not ("any" in new or ("number" in new and old - new == {"integer"}))
        breaking = narrowed if request else bool(new - old)
        yield Change(where, f"type changed from {' | '.join(sorted(old))} to {' | '.join(sorted(new))}", breaking)


def _format(where: str, old: Parts, new: Parts) -> Iterator[Change]:
    before, after = (shown_keyword(parts, "format") for parts in (old, new))
    if before != after:
        yield Change(
            where, f"format changed from {before} to {after}", before in TYPED_FORMATS or after in TYPED_FORMATS
        )


def _enumeration(where: str, old: Parts, new: Parts, *, request: bool) -> Iterator[Change]:
    before, after = enumeration(old), enumeration(new)
    if before is None or after is None:
        if after is not None:
            yield Change(where, f"enumeration added: {', '.join(sorted(after.values()))}", request)
        elif before is not None:
            yield Change(where, f"enumeration removed: {', '.join(sorted(before.values()))}", False)
        return
    if added := sorted(after[key] for key in after.keys() - before.keys()):
        yield Change(where, f"enumeration values added: {', '.join(added)}", False)
    if removed := sorted(before[key] for key in before.keys() - after.keys()):
        yield Change(where, f"enumeration values removed: {', '.join(removed)}", request)


def _bounds(where: str, old: Parts, new: Parts, *, request: bool) -> Iterator[Change]:
    present = frozenset[str]().union(*old, *new)
    for keyword in (it for it in BOUNDS if it in present):
        before, after = bound_of(old, keyword), bound_of(new, keyword)
        if before != after:
            words = "none" if before is None else show(before), "none" if after is None else show(after)
            tighter = after is not None and (before is None or _tighter(keyword, before, after))
            yield Change(where, f"{keyword} changed from {words[0]} to {words[1]}", request and tighter)


def _tighter(keyword: str, old: Any, new: Any) -> bool:
    """Whether a changed limit excludes a value that was allowed."""
    numbers = all(isinstance(value, (int, float)) for value in (old, new))
    if not numbers or keyword in OTHER_BOUNDS:
        return not (numbers and keyword == "multipleOf" and new != 0 and old % new == 0)
    return bool(new > old if keyword in LOWER_BOUNDS else new < old)


def _rules(where: str, old: Parts, new: Parts, *, request: bool) -> Iterator[Change]:
    """Compare rules such as "at least one of". A new rule is harmless if everything that met an old rule meets it."""
    before, after = required_rules(old), required_rules(new)
    satisfied = {*before, ("at least one of", frozenset({frozenset(required_names(old))}))}
    for rule in after - before:
        implied = any(
            rule[0] in ("at least one of", word) and all(any(n <= o for n in rule[1]) for o in alternatives)
            for word, alternatives in satisfied
        )
        yield Change(where, f"now requires {rule_words(rule)}", request and not implied)
    for rule in before - after:
        yield Change(where, f"no longer requires {rule_words(rule)}", False)


def family(kind: str) -> str:
    """The name under which a type is compared in detail."""
    return FAMILIES.get(kind, kind)


def _place(key: tuple[str, str]) -> str:
    return f"request.{key[0]}.{key[1]}"


def _breaks(changes: Iterable[Change]) -> int:
    return sum(change.breaking for change in changes)
