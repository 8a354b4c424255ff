"""The libraries compared with. They are imported when they are measured: only `make benchmark` installs all of them."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache, reduce
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from grinfi_async import Model

ROOT = Path(__file__).parent.parent
PACKAGES = (
    "httpx",
    "httpx2",
    "aiohttp",
    "openapi-python-client",
    "githubkit",
    "openai",
    "aiolimiter",
    "pyrate-limiter",
    "tenacity",
    "msgspec",
    "pydantic",
    "orjson",
)
RAW = "raw_grinfi"
"""The package that openapi-python-client makes of openapi.yaml by itself."""


@cache
def raw_folder() -> Path:
    """The folder with the raw generator's package, which is generated at the first call."""
    folder = TemporaryDirectory(prefix="grinfi-benchmark-")
    atexit.register(folder.cleanup)
    scripts = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    subprocess.run(
        [
            *(sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"),
            *("--path", str(ROOT / "openapi.yaml"), "--output-path", str(Path(folder.name, RAW))),
        ],
        check=True,
        capture_output=True,
        env={**os.environ, "PATH": scripts},
    )
    return Path(folder.name)


def raw(module: str) -> Any:
    """A module of the raw generator's package."""
    if str(raw_folder()) not in sys.path:
        sys.path.append(str(raw_folder()))
    return import_module(f"{RAW}.{module}")


Make = Callable[[str, dict[str, Any]], Any]
"""Makes a model of a peer from its name and the types of its fields, all of which may be None or missing."""


def pydantic_model(base: Any = None) -> Make:
    create_model = import_module("pydantic").create_model
    return lambda name, fields: create_model(
        name, __base__=base, **{field: (hint, None) for field, hint in fields.items()}
    )


def msgspec_struct(name: str, fields: dict[str, Any]) -> Any:
    return import_module("msgspec").defstruct(name, [(field, hint, None) for field, hint in fields.items()])


def _is_model(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Model)


def _either(left: Any, right: Any) -> Any:
    return left | right


def equivalent(model: type[Model], make: Make) -> Any:
    """A peer's model with the fields and types of one of ours."""

    def translate(hint: Any) -> Any:
        if _is_model(hint):
            return equivalent(hint, make)
        if get_origin(hint) is list:
            return list.__class_getitem__(translate(get_args(hint)[0]))
        if get_origin(hint) in (Union, UnionType):
            return reduce(_either, map(translate, get_args(hint)))
        return hint

    hints = get_type_hints(model)
    return make(model.__name__, {name: translate(hints[name]) | None for name in model.wire_fields()})


def equivalent_page(model: type[Model], make: Make) -> Any:
    """A page of such models."""
    row: Any = equivalent(model, make)
    return make("Page", {"data": list[row] | None, "limit": int | None, "offset": int | None, "total": int | None})
