"""The notebook of examples/ runs from top to bottom in a kernel of its own, and shows what it promises."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).parent.parent / "examples" / "first_contact.ipynb"


def test_the_notebook_runs_from_top_to_bottom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    notebook: Any = import_module("nbformat").read(NOTEBOOK, as_version=4)  # neither package has all of its types
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs for cell in cells), "commit the notebook without outputs"
    client: Any = import_module("nbclient").NotebookClient
    client(notebook, timeout=60, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = "\n".join(str(cell.outputs) for cell in cells)
    assert "succeeded          4" in shown
    assert "<table" in shown
    assert "Ada wrote: Yes, with pleasure." in shown
    assert "funnel.html" in shown
    assert "<svg" in (tmp_path / "funnel.html").read_text("utf-8")
