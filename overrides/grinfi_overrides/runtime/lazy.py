"""Names that a package exports without importing their modules (PEP 562)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from sys import modules
from types import FunctionType
from typing import Any, ForwardRef


def lazy_names(package: str, homes: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The `__getattr__` and `__dir__` of a package.

    Args:
        package: Name of the package.
        homes: Name -> module that it is imported from at its first use, absolute or relative to the package.
    """

    def get(name: str) -> Any:
        home = homes.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(home, package), name)
        if not home.startswith("."):
            shown_in(package, value)
        setattr(modules[package], name, value)
        return value

    def names() -> list[str]:
        return sorted({*vars(modules[package]), *homes})

    return get, names


def shown_in(package: str, *values: Any) -> None:
    """Make tracebacks and `repr` show classes and functions under the package that users import them from."""
    for value in values:
        if getattr(value, "__module__", None) == package:
            continue
        if isinstance(value, type) and "__annotations__" in vars(value):
            # Annotations are text, which `typing.get_type_hints` evaluates in the module that `__module__` names. That
            # module will have other names, so each annotation keeps its own.
            for name, hint in value.__annotations__.items():
                text = getattr(hint, "__forward_arg__", hint)
                if isinstance(text, str):
                    value.__annotations__[name] = ForwardRef(text, module=value.__module__, is_class=True)
        if isinstance(value, type | FunctionType):
            value.__module__ = package
