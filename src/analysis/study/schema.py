"""The JSON Schema of the study page, for editors that complete and check while one writes."""

from __future__ import annotations

import json
from typing import Any

from .checking import adapter


def schema() -> dict[str, Any]:
    """The schema of `study.yml`.

    Returns
    -------
    dict
        JSON Schema, draft 2020-12. What spans several entries (a code that is used must be declared) is checked by
        `load_study` only.
    """
    made = adapter().json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": "study.yml"}


def schema_text() -> str:
    """The schema as the file that is published."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"
