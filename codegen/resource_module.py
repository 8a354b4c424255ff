"""A module with one resource: signatures, requests and docstrings of its methods."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

from .corrections import MassActions
from .elements import Argument, Method, Plan, Resource, Shape
from .errors import CodegenError
from .markdown import wrapped
from .modules import Module, alternatives, model_imports, sentence
from .names import singular, words
from .overrides import Mixin
from .text import literal, one_line

ERRORS = {
    "400": "BadRequestError",
    "401": "AuthenticationError",
    "402": "PaymentRequiredError",
    "403": "PermissionDeniedError",
    "404": "NotFoundError",
    "409": "ConflictError",
    "422": "UnprocessableEntityError",
    "429": "RateLimitError",
}
"""Status -> exception of the hand-written layer, for docstrings."""

PAGES = "`await` it for one page, or iterate with `async for` over every row."
"""Text for lists with pages."""

EXTENSIBLE = ("json", "optional_json")
"""Bodies that take further fields."""

EXTRA_BODY = "Additional fields, which are sent in the body as they are."

IDS = {"id": "Id", "ids": "Ids", "uuid": "UUID", "uuids": "UUIDs"}

SPOKEN = {"ai": "AI", "flow": "automation", "lead": "contact", "llm": "LLM"}

ORDER_DEFAULTS = {"order_field": "created_at", "order_type": "asc"}
"""Defaults that a paginator sends, so that all pages have the same order, and new rows come last."""

UNDESCRIBED = {
    "array": "Any number of them.",
    "boolean": "True or False.",
    "date": "A day.",
    "datetime": "A time.",
    "integer": "A whole number.",
    "map": "A mapping.",
    "number": "A number.",
    "object": "A mapping.",
    "string": "Text.",
    "binary": "The file.",
}
"""Texts of arguments without a description, if the name says nothing more."""

MASS_ACTION_TEXT = (
    "The server does it in the background, so the change is visible a moment later. With a filter, the records are "
    "searched for first, and checked against the filter, because the server may ignore a condition; then the action is "
    "sent with their UUIDs, 500 in each request."
)


class ResourceModule(Module):
    """A module with one resource."""

    def __init__(self, resource: Resource, plan: Plan, mixin: Mixin | None) -> None:
        super().__init__((method.name.method for method in resource.methods), plan.models)
        self.resource = resource
        self.mixin = mixin
        self.filters: dict[str, str] = {}
        """Constant -> the codec of the filter of one method."""
        self.model_imports = model_imports(
            plan,
            {
                model
                for method in resource.methods
                for shape in [method.answer.shape, *(argument.shape for argument in method.arguments)]
                if shape is not None
                for model in shape.models()
            },
        )

    def codec(self, shape: Shape, *hint: str) -> str:
        """As for any module; but codecs of filters that know their fields are made once."""
        filters = shape.filter
        if filters is None:
            return super().codec(shape, *hint)
        known = [literal(entry.wire) for entry in filters.fields if entry.refused is None]
        lists = [literal(entry.wire) for entry in filters.fields if entry.is_list]
        refused = [f"{literal(it.wire)}: {literal(it.refused)}" for it in filters.fields if it.refused is not None]
        method = hint[-1].removesuffix("_filter")
        writes = any(each.name.method == method and each.retry != "read" for each in self.resource.methods)
        options = {
            "known": f"({', '.join(known)},)" if filters.closed else "",
            "required": f"({', '.join(map(literal, filters.required))},)" if filters.required else "",
            "lists": f"({', '.join(lists)},)" if lists else "",
            "refused": f"{{{', '.join(refused)}}}" if refused else "",
            "writes": "True" if writes and filters.closed else "",
        }
        given = ", ".join(f"{name}={code}" for name, code in options.items() if code)
        if not given:
            return super().codec(replace(shape, filter=None), *hint)
        constant = hint[-1].upper()
        self.filters[constant] = f"FilterOf({literal(f'{self.resource.name}.{method}')}, {given})"
        return f"Nullable({constant})" if shape.nullable else constant

    def class_documentation(self) -> str:
        """The docstring of the class."""
        meaning = self.resource.description.strip() or f"Operations of `{self.resource.name}`."
        lines = wrapped(meaning, 4)
        lines[0] = '    """' + lines[0].lstrip()
        return "\n".join([*lines, '    """'])

    def hints(self, method: Method, argument: Argument) -> list[str]:
        """Names for the enumeration of an argument, the best one first."""
        name = singular(argument.name) if argument.shape.kind == "array" else argument.name
        full = f"{method.name.method}_{name}"
        return [name, full] if "_" in name else [full]

    def signature(self, method: Method) -> str:
        """The parameters of a method."""
        # mypy would take an argument `self` for one of those that are refused.
        parts = ["self", "/"] if method.refused else ["self"]
        keyword_only = False
        order = {True: 0, False: 1}
        for argument in sorted(method.arguments, key=lambda item: (item.place != "path", order[item.required])):
            if argument.place != "path" and not keyword_only:
                parts.append("*")
                keyword_only = True
            kind = self.argument_type(argument.shape, *self.hints(method, argument))
            if argument.sent_default is None:
                parts.append(f"{argument.name}: {alternatives(kind, argument.shape, self.needs(method, argument))}")
            else:
                parts.append(f"{argument.name}: {kind} = {argument.sent_default!r}")
        more = self.more_parameters(method)
        if more and not keyword_only:
            parts.append("*")
        parts += [f"{self.free_name(method, name)}: {kind}" for name, (kind, _) in more.items()]
        return ", ".join(parts)

    @staticmethod
    def needs(method: Method, argument: Argument) -> bool:
        """Whether an argument has no default."""
        return argument.required and not (argument.place == "body" and method.body == "optional_json")

    def more_parameters(self, method: Method) -> dict[str, tuple[str, str]]:
        """The parameters that the description does not have: name -> type with default, description."""
        extra = {"extra_body": ("ExtraBody = UNSET", EXTRA_BODY)} if method.body in EXTENSIBLE else {}
        return (self.paging_parameters() if method.paginated else {}) | extra

    def paging_parameters(self) -> dict[str, tuple[str, str]]:
        """The parameters that every list with pages has: name -> type with default, description."""
        return {
            "page_size": (
                f"{self.builtin('int')} | Unset = UNSET",
                "Rows in each request of an iteration; by default `limit`, or else 1,000.",
            ),
            "prefetch": (
                f"{self.builtin('int')} = 0",
                "Number of further pages to request at the same time, as soon as the total is known.",
            ),
            "cursor": (
                f"{self.builtin('str')} | Mapping[{self.builtin('str')}, Any] | None = None",
                "The `cursor` of an earlier iteration, to continue after its last row.",
            ),
        }

    def listing_arguments(self, method: Method) -> str:
        """The arguments of a listing besides the request."""
        answer = method.answer
        code = "" if answer.limited else ", limited=False"
        code += ", ordered=True" if answer.ordered else ""
        code += "" if answer.windowed else ", windowed=False"
        return code + (", sliced=True" if answer.sliced else "")

    def paging_arguments(self, method: Method) -> str:
        """The arguments of a paginator besides its listing."""
        names = self.paging_parameters() if method.paginated else ()
        return "".join(f", {name}={self.free_name(method, name)}" for name in names)

    def returns(self, method: Method) -> str:
        """The return type of a method."""
        answer = method.answer
        hint = f"{method.name.method}_result"
        if answer.kind == "none":
            return "None"
        if answer.kind in {"bytes", "text"}:
            return self.builtin("bytes" if answer.kind == "bytes" else "str")
        if answer.shape is None:
            return "Any"
        kind = self.read_type(answer.shape, hint)
        if answer.kind == "page":
            return f"AsyncPaginator[{kind}]"
        if answer.kind == "array":
            return f"{self.builtin('list')}[{kind}]"
        if answer.kind == "map":
            return f"{self.builtin('dict')}[{self.builtin('int' if answer.numbered else 'str')}, {kind}]"
        if answer.kind == "counts":
            return "GroupCounts"
        if answer.kind == "optional_model" or (answer.kind == "value" and kind != "Any"):
            return f"{kind} | None"
        return kind

    def answer_expression(self, method: Method, response: str) -> str:
        """The expression that reads the response."""
        answer = method.answer
        shape = answer.shape
        if answer.kind in {"bytes", "text"}:
            return f"read_{answer.kind}({response})"
        if shape is None:
            return f"read_json({response})"
        if answer.kind in {"model", "optional_model"}:
            return f"read_{answer.kind}({response}, {shape.model})"
        if answer.kind == "counts":
            return f"read_counts({response})"
        if answer.numbered:
            return f"read_map({response}, {self.codec(shape, f'{method.name.method}_result')}, numbered=True)"
        function = {"array": "read_list", "map": "read_map", "value": "read_value"}[answer.kind]
        return f"{function}({response}, {self.codec(shape, f'{method.name.method}_result')})"

    @staticmethod
    def free_name(method: Method, name: str) -> str:
        """A name for a variable that no argument has."""
        while any(argument.name == name for argument in method.arguments):
            name += "_"
        return name

    def path(self, method: Method) -> str:
        """The path as an expression."""
        arguments = {argument.wire: argument for argument in method.at("path")}
        code = ""
        for index, part in enumerate(method.path.replace("}", "{").split("{")):
            if index % 2 == 0:
                code += literal(part)[1:-1].replace("{", "{{").replace("}", "}}")
            else:
                argument = arguments[part]
                code += f"{{{self._segment(method, argument)}}}".replace('"', "'")
        return f'f"{code}"' if arguments else f'"{code}"'

    def _segment(self, method: Method, argument: Argument) -> str:
        shape, name = argument.shape, literal(argument.name)
        value = argument.name
        if shape.kind in {"date", "datetime", "enum"}:
            value = f"{self.codec(shape, *self.hints(method, argument))}.encode({name}, {value})"
        is_number = shape.kind == "integer" or any(isinstance(it, int) for it in shape.values)
        return f"{'path_number' if is_number else 'path_text'}({name}, {value})"

    def entries(self, method: Method, required: bool, *places: str) -> list[str]:
        """The entries of a body, query or header mapping."""
        result: list[str] = []
        for argument in method.at(*places):
            if argument.required == required:
                style = "" if argument.style == "form" else f', "{argument.style}"'
                codec = self.codec(argument.shape, *self.hints(method, argument))
                result.append(f"{literal(argument.wire)}: ({argument.name}, {codec}{style})")
        return result

    def documentation(self, method: Method) -> str:
        """The docstring of a method."""
        summary = method.summary.strip() or " ".join(words(method.id)).capitalize() or method.id
        lines = [*wrapped(sentence(one_line(summary)), 8), ""]
        lines[0] = '        """' + lines[0].lstrip()
        if method.deprecated:
            lines += ["        Deprecated.", ""]
        if method.description.strip():
            lines += [*wrapped(method.description, 8), ""]
        called = [f"{method.http_method} {method.path}", *(method.correction.calls if method.correction else ())]
        lines += [*wrapped(", ".join(map(one_line, called)), 8), ""]
        if method.arguments:
            lines.append("        Args:")
            for argument in sorted(method.arguments, key=lambda item: (item.place != "path", not item.required)):
                lines += wrapped(self._argument_text(method, argument), 12, 4, f"{argument.name}:")
            for name, (_, meaning) in self.more_parameters(method).items():
                lines += wrapped(meaning, 12, 4, f"{self.free_name(method, name)}:")
            lines.append("")
        returns = self._returns_text(method)
        if returns:
            lines += ["        Returns:", *wrapped(returns, 12), ""]
        lines.append("        Raises:")
        if method.arguments:
            lines.append("            InvalidArgumentError: An argument cannot be sent.")
        lines += self._error_lines(method)
        return "\n".join([*lines, '        """'])

    def search_of(self, method: Method, actions: MassActions) -> str:
        """The method that finds the records of a mass action's filter."""
        for each in self.resource.methods:
            if f"{each.http_method} {each.path}" == actions.search:
                return each.name.method
        raise CodegenError(
            f"{method.id} finds its records by {actions.search}, which {self.resource.name} does not have in this "
            "edition. Change `search` of its x-mass-actions in codegen/overlay.yaml."
        )

    def mass_action_filter(self, method: Method) -> str:
        """The codec of a mass action's filter."""
        argument = next(argument for argument in method.arguments if argument.wire == "filter")
        return self.codec(argument.shape, *self.hints(method, argument))

    def mass_action_documentation(self, method: Method, actions: MassActions) -> str:
        """The docstring of a method for mass actions."""
        noun, first = actions.noun, actions.actions[0].name
        harmless = " and ".join(f"`{name}`" for name in actions.harmless)
        lines = [
            f'        """Do one action on many {noun}.',
            "",
            *wrapped(MASS_ACTION_TEXT, 8),
            "",
            f"        {method.http_method} {method.path}",
            "",
            "        Args:",
            *wrapped(f"The action, for example `{actions.class_name}.{first}(...)`.", 12, 4, "action:"),
            *wrapped(f"UUIDs of the {noun}. Pass exactly one of `ids`, `filter` and `all`.", 12, 4, "ids:"),
            *wrapped(f"Conditions that the {noun} must meet: at least one, on known fields.", 12, 4, "filter:"),
            *wrapped(f"True for all {noun} of the team.", 12, 4, "all:"),
            *wrapped(
                "Must be True for `all`; and for an action that cannot be undone (all except "
                f"{harmless}) with a filter that the rows cannot confirm, such as `q`.",
                12,
                4,
                "confirm:",
            ),
            "",
            "        Returns:",
            "            The answers to the requests, as the server sent them.",
            "",
            "        Raises:",
            "            FilterIgnoredError: The server answered with a row that the filter excludes.",
            *wrapped(
                f"An argument cannot be sent, or does not clearly select {noun}.",
                12,
                4,
                "InvalidArgumentError:",
            ),
            *self._error_lines(method),
        ]
        return "\n".join([*lines, '        """'])

    @staticmethod
    def _error_lines(method: Method) -> list[str]:
        lines: list[str] = []
        for name, meaning in method.raises:
            lines += wrapped(sentence(meaning), 12, 4, f"{name}:")
        for status, meaning in method.errors:
            name = ERRORS.get(status, "ServerError" if status.startswith("5") else "APIStatusError")
            lines += wrapped(sentence(meaning) or _error_text(status), 12, 4, f"{name}:")
        if method.paginated and method.answer.windowed:
            meaning = "The iteration cannot continue beyond 10,000 rows."
            lines.append(f"            ResultWindowError: {meaning}")
        return [*lines, "            GrinfiError: The request failed in another way."]

    @staticmethod
    def _argument_text(method: Method, argument: Argument) -> str:
        sentences = [sentence(argument.description) or _undescribed(argument, singular(method.name.resource))]
        if argument.shape.kind == "datetime":
            sentences.append("Must have a time zone.")
        if method.answer.kind == "page" and argument.wire == "limit":
            sentences.append("An iteration over all rows uses it as page size.")
        if method.answer.ordered and argument.wire in ORDER_DEFAULTS:
            sentences.append(f"Always sent; {ORDER_DEFAULTS[argument.wire]!r} by default.")
        else:
            if argument.default is not None:
                sentences.append(f"The server's default: {argument.default!r}.")
            if argument.shape.nullable:
                sentences.append("None is sent as null.")
        return _joined(*sentences)

    @staticmethod
    def _returns_text(method: Method) -> str:
        meaning = sentence(method.answer.description)
        if method.returns is not None:
            return sentence(method.returns)
        if method.answer.kind == "none":
            return ""
        if method.answer.kind == "page":
            return _joined(meaning, PAGES)
        if method.answer.kind == "json":
            return _joined(meaning, "The JSON that the server sent; None if it sent none.")
        if method.answer.kind == "optional_model":
            return _joined(meaning, "None if the server answered 204.")
        return meaning


def _joined(*texts: str) -> str:
    """Texts one after another; each may be a table, a list, or empty."""
    apart = any("\n" in text or text.endswith(("|", "```")) for text in texts)
    return ("\n\n" if apart else " ").join(filter(None, texts))


def _undescribed(argument: Argument, thing: str) -> str:
    """The text of an argument without a description; `thing` is the noun of the resource."""
    shape = argument.shape
    parts = [SPOKEN.get(word, word) for word in words(argument.wire)] or [argument.name]
    if shape.kind == "filter":
        return "Conditions that the rows must meet."
    if shape.model is not None:
        return f"A `{shape.model}`, or a mapping of its fields."
    if shape.item is not None and shape.item.model is not None:
        return f"Each a `{shape.item.model}`, or a mapping of its fields."
    if parts and parts[-1] in IDS:
        owner = " ".join(parts[:-1]) or " ".join(words(thing))
        owners = f"{owner[:-1]}ies" if owner.endswith("y") else f"{owner}s"
        return f"{IDS[parts[-1]]} of the {owners if parts[-1].endswith('s') else owner}."
    if shape.kind == "enum":
        return f"One of {', '.join(repr(value) for value in shape.values)}."
    spoken = " ".join(parts)
    return f"{spoken[0].upper()}{spoken[1:]}." if len(parts) > 1 else UNDESCRIBED.get(shape.kind, "Any JSON value.")


def _error_text(status: str) -> str:
    return f"{HTTPStatus(int(status)).phrase}." if status in ERRORS else "The request failed."
