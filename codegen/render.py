"""Writes a plan down as a package.

openapi-python-client's own templates are all replaced. They make a module per operation and a class per request body;
flatten object parameters (openapi-python-client 1064), fail on unknown enumeration values and nulls
(openapi-python-client 1371), and import every model at the first use of one.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from keyword import iskeyword
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from .corrections import ARGUMENT_KINDS
from .elements import Model, ModelField, Plan
from .errors import CodegenError
from .filters import Catalogue, FilterField
from .markdown import wrapped
from .modules import OWN_NAMES, Module, alternatives, docstring, model_imports, sentence
from .overrides import ABOVE, ATTACHMENTS, PACKAGES, Overrides
from .resource_module import ResourceModule
from .text import escape, literal, one_line

HEADER = (
    "# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.\n"
)

LINE_LENGTH = "120"

FIELD_TYPES = {
    "any": "str | int",
    "boolean": "bool",
    "date": "dt.date",
    "integer": "int",
    "number": "float | Decimal",
    "string": "str",
    "uuid": "str | UUID",
}


class ModelModule(Module):
    """A module of models that belong together."""

    def __init__(self, models: list[Model], plan: Plan) -> None:
        super().__init__((entry.name for model in models for entry in model.fields), plan.models)
        self.models = models
        own = {model.name for model in models}
        self.model_imports = model_imports(plan, {used for model in models for used in model.used()} - own)

    def alias_hint(self, model: Model, entry: ModelField) -> str:
        """A name for the enumeration of a field."""
        return f"{model.name} {entry.name.rstrip('_')}"

    @staticmethod
    def options(model: Model) -> str:
        """The arguments of the decorator."""
        options = {
            "sendable": "True" if model.sendable else "",
            "open": "True" if model.open else "",
            "wrapper": literal(model.wrapper) if model.wrapper else "",
            "shown": f"({', '.join(map(literal, model.shown))},)" if model.shown else "",
        }
        return ", ".join(f"{name}={code}" for name, code in options.items() if code)

    def annotation(self, model: Model, entry: ModelField) -> str:
        """The type of an attribute."""
        hint = self.alias_hint(model, entry)
        if model.sendable:
            kind = self.field_type(entry.shape, hint)
            return alternatives(kind, entry.shape, entry.required).removesuffix(" = UNSET")
        kind = self.read_type(entry.shape, hint)
        return kind if kind == "Any" or entry.always_sent else f"{kind} | None"

    def key(self, model: Model, entry: ModelField) -> str:
        """The type of a key of the mapping."""
        kind = self.argument_type(entry.shape, self.alias_hint(model, entry))
        kind = alternatives(kind, entry.shape, entry.required).removesuffix(" = UNSET")
        return f"Required[{kind}]" if entry.required else kind

    @staticmethod
    def has_names(model: Model) -> bool:
        """Whether each key of the mapping can be written as an attribute of a class."""
        return all(it.wire.isidentifier() and not iskeyword(it.wire) and it.wire[:2] != "__" for it in model.fields)

    def wire(self, model: Model, entry: ModelField) -> str:
        """The expression that declares a field."""
        default = "ALWAYS_SENT" if entry.always_sent else "None"
        if model.sendable:
            default = "" if entry.required else "UNSET"
        options = {
            "default": default,
            "name": literal(entry.wire) if entry.wire != entry.name else "",
            "sensitive": "True" if entry.sensitive else "",
        }
        parts = [f"{name}={code}" for name, code in options.items() if code]
        return f"wire({', '.join([self.codec(entry.shape, self.alias_hint(model, entry)), *parts])})"

    @staticmethod
    def documentation(model: Model) -> str:
        """The docstring of a model."""
        return docstring(model.description if model.description.strip() else sentence(_origin(model)))

    @staticmethod
    def field_documentation(entry: ModelField) -> str:
        """The text under a field."""
        return docstring(sentence(entry.description))


class FieldsModule(Module):
    """A module with the fields of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.attributes = catalogue.attributes()
        super().__init__(name for name, _ in self.attributes)
        self.catalogue = catalogue

    def text(self) -> str:
        """The docstring of the module."""
        spoken = self.catalogue.name.replace("_", " ")
        lines = [
            f"Fields to filter {spoken} by, for {', '.join(self.catalogue.methods)}.",
            "",
            f"`from {{package}}.fields import {self.catalogue.name}`, and compare them as those of `F`.",
        ]
        return "\n".join(line for part in lines for line in (wrapped(part, 0) or [""])).replace(
            "{package}", "grinfi_async"
        )

    def constructor(self, name: str, entry: FilterField) -> str:
        """The expression that makes a field."""
        wire = literal(entry.wire)
        if entry.kind == "datetime":
            return f"DateTimeField({wire})"
        kind = self.alias(entry.values, name, f"{name}_value") if entry.kind == "enum" else FIELD_TYPES[entry.kind]
        spelt = re.sub(r"\b(?:bool|float|int|str)\b", lambda found: self.builtin(found.group()), kind)
        return f"Field[{spelt}]({wire})"

    def documentation(self, entry: FilterField) -> str:
        """The docstring of a field; empty if nothing is known besides its name."""
        text = sentence(entry.description)
        takers = self.catalogue.takers.get(entry.wire, [])
        if takers and len(takers) < len(self.catalogue.methods):
            text = f"{text} For {', '.join(takers)} only.".strip()
        return _between_quotes(text, 0)


def _origin(model: Model) -> str:
    if model.source.startswith("/components/schemas/"):
        return f"`{model.source.rsplit('/', 1)[-1]}` in the API's description"
    return f"{model.source[:1].upper()}{model.source[1:]}"


def render(plan: Plan, overrides: Overrides, environment: Environment) -> dict[str, bytes]:
    """The files of the package: path below it -> content, formatted."""
    environment.undefined = StrictUndefined
    environment.filters["literal"] = literal
    files: dict[str, str] = {"py.typed": ""}

    def write(path: str, template: str, **values: Any) -> None:
        files[path] = HEADER + environment.get_template(template).render(**values)

    names = sorted((name, it.module) for it in plan.models.values() for name in (it.name, it.mapping) if name)
    modules: dict[str, list[Model]] = {}
    for model in plan.models.values():
        modules.setdefault(model.module, []).append(model)
    for module, models in modules.items():
        write(f"models/{module}.py", "model_module.py.jinja", module=ModelModule(models, plan))
    for resource in plan.resources:
        resource_module = ResourceModule(resource, plan, overrides.mixins[resource.mixin] if resource.mixin else None)
        write(f"resources/{resource.name}.py", "resource_module.py.jinja", module=resource_module)
    for catalogue in plan.catalogues:
        write(f"fields/{catalogue.name}.py", "fields_module.py.jinja", module=FieldsModule(catalogue))
    files["fields/__init__.py"] = HEADER + '"""Fields to filter by, a module for each part of the API."""\n'
    resources = sorted(plan.resources, key=lambda resource: resource.name)
    write(
        "models/__init__.py",
        "lazy_package.py.jinja",
        text="The models: JSON objects of the API. Each is loaded when it is first used.",
        homes=[(name, f".{module}") for name, module in names],
    )
    write(
        "resources/__init__.py",
        "lazy_package.py.jinja",
        text="The resources: operations of the API. Each is loaded when it is first used.",
        homes=sorted((resource.class_name, f".{resource.name}") for resource in resources),
    )
    for module, offered in overrides.facades.items():
        text = f"What `{next(iter(offered.values()))}` offers. Each name is loaded when it is first used."
        write(f"{module}.py", "lazy_package.py.jinja", text=text, homes=sorted(offered.items()))
    mass_actions = [method.mass_actions for each in resources for method in each.methods if method.mass_actions]
    if mass_actions:
        write("actions.py", "actions.py.jinja", mass_actions=mass_actions, kinds=ARGUMENT_KINDS, literal=literal)
    if plan.flow_nodes:
        write("flow_nodes.py", "flow_nodes.py.jinja", nodes=plan.flow_nodes, literal=literal)
    write("operations.py", "operations.py.jinja", plan=plan, literal=literal)
    write("_client.py", "client.py.jinja", resources=resources, attachments=ATTACHMENTS, sentence=_first_sentence)
    homes = {name: f".models.{module}" for name, module in names}
    homes |= OWN_NAMES
    homes |= {item.class_name: ".actions" for item in mass_actions}
    homes |= {"FlowBuilder": ".flow_nodes"} if plan.flow_nodes else {}
    homes |= overrides.public
    write("__init__.py", "package.py.jinja", homes=sorted(homes.items()), text=_package_text(plan))
    return _formatted(files)


def _first_sentence(text: str) -> str:
    first = one_line(text).split(". ")[0]
    return _between_quotes(sentence(first), 8)


def _between_quotes(text: str, indent: int) -> str:
    """A docstring without its quotes, for which its lines have room."""
    return "\n".join(line[6:] for line in wrapped(text, indent + 6)).lstrip()


def _package_text(plan: Plan) -> str:
    return escape(one_line(f"An async client of the {plan.title.removesuffix(' API')} API, edition {plan.version}."))


def _formatted(files: dict[str, str]) -> dict[str, bytes]:
    """The files with unused imports taken out and formatted, each by itself, so that no configuration is found."""
    with tempfile.TemporaryDirectory(prefix="grinfi-codegen-") as folder:
        root = Path(folder)
        for path, content in files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, "utf-8", newline="\n")
        common = ["--isolated", "--no-cache", "--quiet", "--line-length", LINE_LENGTH, "--target-version", "py311"]
        for command in (
            [
                "check",
                "--fix",
                "--select",
                "F401,I,RUF022,UP",
                "--config",
                "lint.isort.split-on-trailing-comma=false",
                "--config",
                f"lint.isort.known-first-party={json.dumps([*ABOVE, *sorted(PACKAGES.values())])}",
                *common,
            ],
            ["format", "--config", "format.skip-magic-trailing-comma=true", *common],
        ):
            done = subprocess.run(  # noqa: S603 - our own formatter on our own files
                [sys.executable, "-m", "ruff", *command, str(root)],
                cwd=root,  # what lies in the working directory decides what isort takes for the project's own
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                problem = (done.stdout + done.stderr).replace(str(root), "")
                raise CodegenError(
                    "The generated code is not valid Python; a template is wrong:", problem.splitlines()[:20]
                )
        return {path: (root / path).read_bytes() for path in files}
