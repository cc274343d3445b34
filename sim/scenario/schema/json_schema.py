"""The JSON Schema of scenario files, with which an editor helps and corrects while one writes."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from sim.scenario.schema.base import Section
from sim.scenario.schema.fields import KIND
from sim.scenario.schema.sections import ScenarioSpec

_MARKED: Final = {
    "type": "object",
    "description": "A value that says how it is known.",
    "properties": {
        "value": {"description": "The value itself."},
        "mark": {
            "enum": ["stated", "measured", "derived", "assumed"],
            "description": "Stated by a source, derived by arithmetic, or assumed.",
        },
        "source": {"type": "string", "description": "Where the value comes from."},
        "note": {"type": "string", "description": "A remark for readers."},
        "range": {
            "description": "What the value may be instead: 8-15 min, 5-20 %, 0.5-2 x, "
            "or a list of values.",
            "type": ["string", "array"],
        },
    },
    "required": ["value"],
    "additionalProperties": False,
}
_SCALARS: Final = {"string", "number", "integer", "boolean"}
_NEVER_MARKED: Final = frozenset({"title", "description", "label", "mark", "source", "note"})
# Titles repeat the names of the fields.
_LEFT_OUT: Final = frozenset({"title", "discriminator", "propertyNames", KIND})


def schema() -> dict[str, Any]:
    """Describe every field of a scenario file.

    Returns
    -------
    dict[str, Any]
        JSON Schema, draft 2020-12.  Where a value may stand, ``{value: …, mark: …}`` may too.
        Fields are required only where a file cannot get them from one that it extends: in lists.
    """
    whole = ScenarioSpec.model_json_schema(by_alias=True, schema_generator=_WithHelp)
    definitions = whole.pop("$defs")
    in_lists = set(_refs_in_items({"": whole, **definitions}))
    for name, part in ({"": whole} | definitions).items():
        if f"#/$defs/{name}" not in in_lists:
            part.pop("required", None)
    edited = {name: _edited(part) for name, part in definitions.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_edited(whole),
        "$defs": dict(sorted({**edited, "Marked": _MARKED}.items())),
    }


def schema_text() -> str:
    """The JSON Schema as the text of a file."""
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"


class _WithHelp(GenerateJsonSchema):
    """Puts the text under each field into the schema.

    Pydantic would read the sources for it as the classes are made, at each start of the program.
    """

    def model_schema(self, schema: core_schema.ModelSchema) -> dict[str, Any]:
        described = super().model_schema(schema)
        help_texts = _help_texts(schema["cls"])
        for name, info in schema["cls"].model_fields.items():
            if name in help_texts:
                described["properties"][info.alias or name]["description"] = help_texts[name]
        return described


def _help_texts(section: type[Section]) -> dict[str, str]:
    """The text under each field of a section, by the name that the field has in the code."""
    texts: dict[str, str] = {}
    for each in reversed(section.__mro__):
        if issubclass(each, Section):
            (in_code,) = ast.parse(inspect.getsource(each)).body
            for field, below in pairwise(getattr(in_code, "body", ())):
                match field, below:
                    case (
                        ast.AnnAssign(target=ast.Name(id=name)),
                        ast.Expr(value=ast.Constant(value=str(text))),
                    ):
                        texts[name] = inspect.cleandoc(text)
    return texts


def _refs_in_items(node: Any, *, inside: bool = False) -> Iterator[str]:
    """The definitions that stand in lists."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if key == "$ref" and inside:
            yield value
        elif isinstance(value, dict | list):
            yield from _refs_in_items(value, inside=inside or key == "items")


def _edited(node: dict[str, Any]) -> dict[str, Any]:
    """A part of the schema with help in place of titles, and with marks wherever values stand."""
    edited = {key: _inner(key, value) for key, value in node.items() if key not in _LEFT_OUT}
    if edited.get("default", ...) is None:
        del edited["default"]
    if not edited.get("examples", ...):
        del edited["examples"]
    choices = [choice for choice in edited.pop("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        edited = {**choices[0], **edited}
    elif choices:
        edited["anyOf"] = choices
    help_texts = [edited.get("description"), node.get(KIND)]
    if any(help_texts):
        edited["description"] = " ".join(text for text in help_texts if text)
    if _is_scalar(edited):
        about: dict[str, Any] = {
            key: edited.pop(key) for key in ("description", "default") if key in edited
        }
        return {**about, "anyOf": [edited, {"$ref": "#/$defs/Marked"}]}
    return edited


def _inner(key: str, value: Any) -> Any:
    if key == "properties":
        return {
            name: _plain(part) if name in _NEVER_MARKED else _edited(part)
            for name, part in value.items()
        }
    if key in ("additionalProperties", "items") and isinstance(value, dict):
        return _edited(value)
    if key in ("anyOf", "oneOf"):
        return [_edited(part) for part in value]
    return value


def _plain(part: dict[str, Any]) -> dict[str, Any]:
    """The schema of a text that says something about values."""
    edited = _edited(part)
    return {**{key: edited[key] for key in edited if key != "anyOf"}, **edited["anyOf"][0]}


def _is_scalar(node: dict[str, Any]) -> bool:
    types = node.get("type")
    if isinstance(types, list):
        return _SCALARS.issuperset(types)
    return types in _SCALARS
