# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge of request bodies by awx_shapes.json: names, types, required fields and choices of a running AWX.

Approval nodes, surveys and associations are not in that file, so their bodies are not judged.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Json = dict[str, Any]
SHAPES: dict[str, dict[str, Json]] = {
    name: shape
    for name, shape in json.loads((Path(__file__).parent / "awx_shapes.json").read_text(encoding="utf-8")).items()
    if name.endswith("/")
}
READ_ONLY = {"credential_types/": {"managed"}, "job_templates/": {"organization"}}
"""Fields that awx.awx 24.6.1 sends and AWX reads over, since it computes them. A shape has writable fields only."""
TYPES: dict[str, tuple[type, ...]] = {
    "id": (int,),
    "integer": (int,),
    "string": (str,),
    "boolean": (bool,),
    "json": (dict, str),
}


def defaults(endpoint: str) -> Json:
    """Return the fields of a new object that no request has set."""
    return {name: field.get("default") for name, field in SHAPES[endpoint].items()}


def problems(endpoint: str, body: Mapping[str, Any], *, new: bool) -> dict[str, str]:
    """Return what AWX would reject in a body, by field; a change need not have the required fields."""
    shape = SHAPES[endpoint]
    found = {name: "unknown field" for name in body if name not in shape and name not in READ_ONLY.get(endpoint, ())}
    if new:
        found |= {name: "required" for name, field in shape.items() if field["required"] and name not in body}
    known = {name: value for name, value in body.items() if name in shape}
    return found | {name: text for name, value in known.items() for text in _wrong(shape[name], value)}


def _wrong(field: Json, value: Any) -> Iterator[str]:
    if field["type"] == "choice":
        if value not in field["choices"]:
            yield f"not a choice (got {value!r}, expected one of {field['choices']})"
    elif value is None:
        if field["required"] or field.get("default") is not None:
            yield "may not be null"
    # True is an int for Python, not for JSON.
    elif not isinstance(value, TYPES[field["type"]]) or (isinstance(value, bool) and field["type"] != "boolean"):
        yield f"wrong type (got {value!r}, expected {field['type']})"
    elif "max_length" in field and len(str(value)) > field["max_length"]:
        yield f"longer than {field['max_length']}"
