"""Parses the corrected description with openapi-python-client, and turns each of its warnings into an error."""

from __future__ import annotations

import re
from pathlib import Path

from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError, ParseError

from .description import Document
from .errors import CodegenError
from .parser_input import ParserInput

TEMPLATES = Path(__file__).parent / "templates"

REMEDIES = (
    ("items", "give the array its `items` ({} if nothing is known about them)"),
    ("duplicate models", "give one of the objects another `title`"),
    ("Path parameters do not match", "make the path parameters those of the path template"),
    ("content", "describe the content as application/json, text/*, or application/octet-stream"),
    ("default", "remove or correct the `default`"),
    ("reference", "correct the `$ref`, or the schema it leads to"),
    ("union", "describe the value by one type, or remove the variant"),
)


def parse(document: Document) -> Project:
    """The description as parsed by openapi-python-client.

    Raises:
        CodegenError: The parser would leave something out; the message says what, and how to fix it.
    """
    config = Config.from_sources(
        ConfigFile(literal_enums=True, field_prefix="n_", use_path_prefixes_for_title_model_names=False),
        MetaType.NONE,
        document_source="openapi.yaml",
        file_encoding="utf-8",
        overwrite=False,
        output_path=None,
    )
    renamed = ParserInput(document)
    data = GeneratorData.from_dict(renamed.document, config=config)
    if isinstance(data, GeneratorError):
        raise CodegenError("openapi-python-client cannot parse the description:", [_message(data, renamed)])
    warnings: list[GeneratorError] = [
        error for collection in data.endpoint_collections_by_tag.values() for error in collection.parse_errors
    ]
    warnings.extend(data.errors)
    if warnings:
        raise CodegenError(
            "openapi-python-client would leave parts of the description out. Correct them in codegen/overlay.yaml:",
            [_message(warning, renamed) for warning in warnings],
        )
    return Project(openapi=data, config=config, custom_template_path=TEMPLATES)


def _message(error: GeneratorError, renamed: ParserInput) -> str:
    """A warning of the parser with the names of the description, the place, and a remedy.

    The parser has seen other names (see `ParserInput`), so those in its message are translated back, and the title of
    the schema is used to find its place.
    """
    said = " ".join(f"{error.header} {error.detail or ''}".split())
    said = re.sub(r"<openapi_python_client\.\S+ object at 0x[0-9a-f]+>", "…", said)
    said = said.replace(". Endpoint will not be generated.", ": endpoint cannot be generated:")
    said = re.sub(r"\bn[0-9a-f]{12}\b", lambda match: renamed.wires.get(match[0], match[0]), said)
    said = re.sub(r"\bPart ?[0-9]+( \| Unset)?", "an object", said)
    remedies = [remedy for word, remedy in REMEDIES if word in said]
    data = error.data if isinstance(error, ParseError) else None
    title = getattr(data, "title", None) or getattr(getattr(data, "param_schema", None), "title", None)
    place = renamed.places.get("" if title is None else title.get_untrusted_value())
    operation = re.search(r"parsing ([A-Z]+) (\S+) within", said)
    schema = re.search(r"schema /components/schemas/([^:\s]+)", said)
    if place is None and operation:
        place = f"$.paths['{operation[2]}'].{operation[1].lower()}"
    elif place is None and schema:
        place = f"$.components.schemas['{schema[1]}']"
    return f"{said}. Add an overlay action below {place or '$'}: {remedies[0] if remedies else 'correct it there'}."
