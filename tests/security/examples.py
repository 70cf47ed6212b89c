"""A body that the description calls well formed, so that what is put into one field meets more than the first check."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

#: A word for each form of text in the description; a word that fits none is refused by `text`.
BY_FORMAT = {"date": "2027-03-09", "date-time": "2027-03-09T15:00:00Z"}
BY_PATTERN = ("12.00", "word", "case.read", "303 555-0141", "12345", "0141", "R01", "a" * 64, "word@demo.example")

#: Ids that lead somewhere, by the name of a field or parameter.
Ids = Mapping[str, Sequence[str]]


def example(schema: Mapping[str, Any], parts: Mapping[str, Any], ids: Ids, name: str = "") -> Any:
    """A value that fits a schema. ``parts`` are the description's components; ``ids`` lead somewhere, by field."""
    if "$ref" in schema:
        return example(parts[schema["$ref"].rpartition("/")[2]], parts, ids, name)
    if "enum" in schema or "const" in schema:
        return schema.get("const", next(iter(schema.get("enum", ())), None))
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return example(schema[choice][0], parts, ids, name)
    kind = schema.get("type")
    if kind == "object":
        wanted = schema.get("properties", {})
        return {each: example(of, parts, ids, each) for each, of in wanted.items()}
    if kind == "array":
        return [example(schema.get("items", {}), parts, ids, name.removesuffix("s"))]
    plain = {"integer": schema.get("minimum", 1), "number": 1.0, "boolean": True, "null": None}
    return plain[kind] if kind in plain else text(schema, ids, name)


def text(schema: Mapping[str, Any], ids: Ids, name: str) -> str:
    """A word that fits. Raises LookupError when the description asks for a form that no word here has."""
    if schema.get("format") == "uuid":
        return next(iter(ids.get(name, ())), "01a20000-0000-7000-8000-000000000000")
    if (known := BY_FORMAT.get(str(schema.get("format")))) is not None:
        return known
    if (pattern := schema.get("pattern")) is not None:
        known = next((word for word in BY_PATTERN if re.search(pattern, word)), None)
        if known is None:
            raise LookupError(f"no word fits {pattern}: add one to BY_PATTERN")
        return known
    return "word".ljust(schema.get("minLength", 1), "x")
