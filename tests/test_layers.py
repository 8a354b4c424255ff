"""The check of `make lint` that imports go one way."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
LAYERS: dict[str, Any] = runpy.run_path(str(ROOT / ".ci" / "layers.py"))


def found(tmp_path: Path, **sources: str) -> list[Any]:
    paths: dict[str, Path] = {}
    for name, source in sources.items():
        module = name.replace("__", ".")
        paths[module] = tmp_path / f"{name}.py"
        paths[module].write_text(source, "utf-8")
    return [each for name, path in paths.items() for each in LAYERS["imports"](name, path, paths)]


def test_an_import_upward_is_found_at_any_depth(tmp_path: Path) -> None:
    made = found(
        tmp_path,
        grinfi_overrides__a="import grinfi_async.models\nfrom .b import x\n",
        grinfi_overrides__b="def load():\n    from grinfi_bulk import Bulk\n",
        grinfi_async__c="from grinfi_overrides import a\n",
    )
    told = [line.split(";")[0] for line in LAYERS["upward"](made)]
    assert told == [
        "grinfi_overrides.a:1 imports grinfi_async.models",
        "grinfi_overrides.b:2 imports grinfi_bulk",
    ]


def test_a_circle_is_found_and_one_for_types_alone_is_not(tmp_path: Path) -> None:
    made = found(
        tmp_path,
        grinfi_overrides__a="from . import b\n",
        grinfi_overrides__b="if TYPE_CHECKING:\n    from . import a\nfrom .c import x\n",
        grinfi_overrides__c="from . import b\n",
    )
    assert list(LAYERS["circles"](made)) == ["circle: grinfi_overrides.b -> grinfi_overrides.c -> grinfi_overrides.b"]


def test_explaining_costs_nothing(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        '"""Text\n\nof several lines.\n"""\n\n# why\nLIMIT = (  # seconds\n    1,\n)\n"""Unit."""\n', "utf-8"
    )
    assert LAYERS["lines_of_code"](module) == 3
