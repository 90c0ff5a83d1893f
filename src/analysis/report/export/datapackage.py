"""``datapackage.json``: fields, types, allowed values and labels of the csv file, and the hash of every file.

References
----------
Frictionless Data, Data Package 2.0 and Table Schema 2.0 (2024), https://datapackage.org/
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from ..words import languages
from .dataset import Dataset, Field
from .words import both

_MEDIA = {
    "csv": "text/csv", "html": "text/html", "parquet": "application/vnd.apache.parquet", "xml": "application/xml",
    "sav": "application/x-spss-sav",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


def described(data: Dataset, made: Mapping[str, bytes]) -> dict[str, bytes]:
    """The description of the files that were made."""
    first, *_ = languages()
    package: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": data.id,
        "title": data.title[first],
        "titles": both(data.title),
        "version": data.version,
        "simulated": data.simulated,
        "personalData": data.personal,
    }
    if data.remarks:
        package["description"] = " ".join(said[lang] for lang in languages() for said in data.remarks)
    if data.sources:
        package["sources"] = [{"title": title, **({"path": at} if at else {})} for title, at in data.sources]
    package["resources"] = [_resource(name, content, data) for name, content in made.items()]
    return {"datapackage.json": (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode()}


def _resource(name: str, content: bytes, data: Dataset) -> dict[str, Any]:
    suffix = name.rsplit(".", 1)[1]
    about: dict[str, Any] = {
        "name": name.lower(), "path": name, "format": suffix, "mediatype": _MEDIA[suffix], "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }  # fmt: skip
    if suffix == "csv":
        fields = [_field(field) for field in data.fields]
        about.update(type="table", encoding="utf-8", schema={"fields": fields, "missingValues": [""]})
    return about


def _field(field: Field) -> dict[str, Any]:
    first, *_ = languages()
    limits: dict[str, Any] = {
        name: value for name, value in (("minimum", field.low), ("maximum", field.high)) if value is not None
    }
    about: dict[str, Any] = {"name": field.name, "type": field.type, "title": field.label[first]}
    if field.levels:
        limits = {"enum": [level.code for level in field.levels]}
        about["categories"] = [{"value": level.code, "label": level.label[first]} for level in field.levels]
        about["categoriesOrdered"] = field.kind in ("item", "ordered")
    if limits:
        about["constraints"] = limits
    about["kind"] = field.kind
    about["labels"] = both(field.label)
    if field.levels:
        about["valueLabels"] = {str(level.code): both(level.label) for level in field.levels}
    return about
