"""Ready answer scales in both languages: one file each in `labels/`; the page's own levels always win."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any, cast

from .page import Scale, Words
from .yaml_page import read_yaml


@cache
def dictionaries() -> dict[str, Scale]:
    """Every ready scale by its name."""
    folder = files(__package__) / "labels"
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".yml"))
    return {name.removesuffix(".yml"): _scale((folder / name).read_bytes(), name) for name in names}


def _scale(raw: bytes, name: str) -> Scale:
    content = cast(dict[str, dict[str, Any]], read_yaml(raw, name).content)
    levels = {int(code): Words(**words) for code, words in content["levels"].items()}
    also = {int(code): tuple(labels) for code, labels in content["also"].items()}
    return Scale(levels, also=also)


def resolved(scale: Scale) -> Scale:
    """The scale with the levels of its dictionary, or of its min and max, where the page writes none.

    Parameters
    ----------
    scale : Scale
        As declared; an unknown dictionary gives no levels.

    Returns
    -------
    Scale
        With levels in rising order.
    """
    ready = dictionaries().get(scale.dictionary or "", Scale())
    levels, also = scale.levels or ready.levels, {**ready.also, **scale.also}
    if not levels and scale.min is not None and scale.max is not None:
        levels = {code: Words(str(code), str(code)) for code in range(scale.min, scale.max + 1)}
    return replace(scale, levels=dict(sorted(levels.items())), also={code: also[code] for code in sorted(also)})
