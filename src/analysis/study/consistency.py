"""What a page must not contradict: codes used and declared, models and hypotheses, files, scales, rules."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path as FilePath
from typing import Any

from ..errors import ModelError, Place, Problem, nearest, problem
from ..grammar import parse_formula
from ..rules import METHODS
from .checking import CheckedPage, dotted
from .dictionaries import dictionaries, resolved
from .find import path_problems
from .items import PlacedItem
from .page import Page, ResponsesFile, Scale, TableFile, Variable, Words
from .yaml_page import Path, YamlPage

_CODE = re.compile(r"[^\W\d]\w*")
_STUDY = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
MAX_LEVELS = 101
#: Vietnamese encodings that Python does not know; the survey floor has their tables.
OLD_ENCODINGS = ("tcvn3", "abc", "vni", "vni-win")


def contradictions(
    source: YamlPage, checked: CheckedPage, items: tuple[PlacedItem, ...], file: str, data_folder: FilePath
) -> list[Problem]:
    """Everything in which the parts of a page do not fit together.

    Parameters
    ----------
    source : YamlPage
        For lines.
    checked : CheckedPage
        The page; where it holds a stand-in, nothing is said.
    items : tuple of PlacedItem
        From the page and from items.csv.
    file : str
        Name of the page, for places.
    data_folder : Path
        Where the declared files must lie.

    Returns
    -------
    list of Problem
        In the order of the page.
    """
    view = _View(source, checked, items, file)
    return [
        *_header(view),
        *_files(view, data_folder),
        *_scales(view),
        *_codes(view),
        *_constructs(view),
        *_items(view),
        *_variables(view),
        *_models(view),
        *_hypotheses(view),
        *_thresholds(view),
        *_strata(view),
        *_cleaning(view),
        *_guesses(view),
    ]


@dataclass(frozen=True, slots=True)
class _View:
    """The page with its lines and with the knowledge which parts are stand-ins."""

    source: YamlPage
    checked: CheckedPage
    items: tuple[PlacedItem, ...]
    file: str

    @property
    def page(self) -> Page:
        return self.checked.page

    def place(self, *path: str | int) -> Place:
        return Place(file=self.file, line=self.source.line(path))

    def unsure(self, *path: str | int) -> bool:
        """Whether the value at `path` is a stand-in, about which nothing more is said."""
        return any(path[: len(above)] == above for above in self.checked.replaced)

    def knows(self, section: str, code: str) -> bool:
        """Whether the page declares `code` in `section`, even if what it says there is wrong."""
        content = self.source.content
        written = content.get(section) if isinstance(content, dict) else None
        return self.unsure(section) or (isinstance(written, dict) and code in written)

    def declared(self, section: str) -> list[str]:
        content = self.source.content
        written = content.get(section) if isinstance(content, dict) else None
        return list(written) if isinstance(written, dict) else []

    def unknown(self, code: str, section: str, path: Path) -> Iterator[Problem]:
        """The problem of a value that names nothing in `section`."""
        if not self.unsure(*path) and not self.knows(section, code):
            known = tuple(self.declared(section))
            yield problem(
                f"study.unknown_{section.removesuffix('s')}", self.place(*path), key=dotted(path), value=code,
                allowed=known, nearest=nearest(code, known),
            )  # fmt: skip


def _header(view: _View) -> Iterator[Problem]:
    page = view.page
    if not view.unsure("study") and not _STUDY.fullmatch(page.study):
        yield problem("study.bad_id", view.place("study"), value=page.study)
    for name, source in page.sources.items():
        unsure = view.unsure("sources", name, "sha256")
        if source.sha256 is not None and not unsure and not _SHA256.fullmatch(source.sha256):
            yield problem("study.bad_sha256", view.place("sources", name, "sha256"), value=source.sha256)
        if source.download is None:
            continue
        if not source.download.startswith(("https://", "http://")):
            yield problem("study.bad_address", view.place("sources", name, "download"), value=source.download)
        if source.sha256 is None:
            place = view.place("sources", name, "download")
            yield problem("study.download_without_sha256", place, source=name)


def _files(view: _View, data_folder: FilePath) -> Iterator[Problem]:
    answers, tables = view.page.responses, view.page.tables.files
    if answers is None and not tables and not view.unsure("tables"):
        yield problem("study.no_data", Place(file=view.file))
    if answers is not None:
        yield from _file(view, answers, ("responses",), data_folder)
        for key in ("form", "choices"):
            if (name := getattr(answers, key)) is not None and not view.unsure("responses", key):
                yield from path_problems(name, data_folder, view.place("responses", key))
        log = view.page.cleaning.log
        if log is not None and not view.unsure("cleaning"):
            yield from path_problems(log.file, data_folder, view.place("cleaning", "log", "file"))
        for section in ("scales", "constructs"):
            if section not in _keys(view.source.content):
                yield problem("study.missing_key", Place(file=view.file), key=section, within="study.yml")
    for kind, table in tables.items():
        path = ("tables", *kind.split("."))
        yield from _file(view, table, path, data_folder)
        if table.sha256 is not None and not view.unsure(*path, "sha256") and not _SHA256.fullmatch(table.sha256):
            yield problem("study.bad_sha256", view.place(*path, "sha256"), value=table.sha256)


def _keys(content: object) -> tuple[str, ...]:
    return tuple(content) if isinstance(content, dict) else ()


def _file(view: _View, declared: ResponsesFile | TableFile, path: Path, data_folder: FilePath) -> Iterator[Problem]:
    """A declared file lies in the folder, names a source that there is, and an encoding that there is."""
    if not view.unsure(*path, "file"):
        yield from path_problems(declared.file, data_folder, view.place(*path, "file"))
    if declared.source is not None:
        yield from view.unknown(declared.source, "sources", (*path, "source"))
    if declared.encoding is not None:
        try:
            codecs.lookup("utf-8" if declared.encoding.lower() in OLD_ENCODINGS else declared.encoding)
        except (LookupError, ValueError):
            yield problem("study.unknown_encoding", view.place(*path, "encoding"), value=declared.encoding)


def _scales(view: _View) -> Iterator[Problem]:
    for code, scale in view.page.scales.items():
        if view.unsure("scales", code):
            continue
        place = view.place("scales", code)
        if scale.dictionary is not None and scale.dictionary not in dictionaries():
            known = tuple(dictionaries())
            yield problem(
                "study.unknown_dictionary", view.place("scales", code, "dictionary"), value=scale.dictionary,
                allowed=known, nearest=nearest(scale.dictionary, known),
            )  # fmt: skip
        elif (scale.min is None) != (scale.max is None) or _too_wide(scale):
            yield problem("study.bad_limits", place, key=f"scales.{code}", limit=MAX_LEVELS)
        else:
            yield from _levels(view, code, resolved(scale))


def _too_wide(scale: Scale) -> bool:
    if scale.min is None or scale.max is None:
        return False
    return not 0 < scale.max - scale.min < MAX_LEVELS


def _levels(view: _View, code: str, scale: Scale) -> Iterator[Problem]:
    unsure = any(path[:2] == ("scales", code) for path in view.checked.replaced)
    if len(scale.levels) < 2 and not unsure:
        yield problem("study.too_few_levels", view.place("scales", code), key=f"scales.{code}")
    yield from _one_meaning(scale.levels, view.place("scales", code, "levels"))
    for level in scale.also:
        if level not in scale.levels:
            yield problem("study.unknown_level", view.place("scales", code, "also", str(level)), value=str(level))
    for value in scale.no_answer:
        if value in scale.levels and not unsure:
            yield problem("study.no_answer_is_level", view.place("scales", code, "no_answer"), value=str(value))


def _one_meaning(levels: Mapping[Any, Words], place: Place) -> Iterator[Problem]:
    """A label that stands for two levels cannot be read."""
    meant: dict[str, Any] = {}
    for code, words in levels.items():
        for label in {words.vi.strip().casefold(), words.en.strip().casefold()}:
            if meant.setdefault(label, code) != code:
                yield problem("study.label_twice", place, label=label, first=str(meant[label]), second=str(code))


def _codes(view: _View) -> Iterator[Problem]:
    """Constructs, variables and items share one name space: a formula may name any of them."""
    used: dict[str, str] = {}
    for section in ("constructs", "variables"):
        for code in view.declared(section):
            yield from _code(used, code, section, view.place(section, code))
    for item in view.items:
        if item.code:
            yield from _code(used, item.code, "items", item.place)


def _code(used: dict[str, str], code: str, section: str, place: Place) -> Iterator[Problem]:
    if not _CODE.fullmatch(code):
        yield problem("study.bad_code", place, value=code)
    if used.get(code) == "items" == section:
        yield problem("study.duplicate_item", place, code=code)
    elif code in used:
        yield problem("study.code_used_twice", place, code=code, section=used[code])
    used.setdefault(code, section)


def _constructs(view: _View) -> Iterator[Problem]:
    for code, construct in view.page.constructs.items():
        yield from view.unknown(construct.scale, "scales", ("constructs", code, "scale"))
        members = [item for item in view.items if item.entry.construct == code]
        if not members and view.items:
            yield problem("study.construct_without_items", view.place("constructs", code), code=code)
        if construct.minimum is not None and not 1 <= construct.minimum <= max(len(members), 1):
            place = view.place("constructs", code, "minimum")
            yield problem("study.bad_minimum", place, code=code, value=construct.minimum, items=len(members))
    asked = view.page.responses is not None or view.page.constructs
    if asked and not view.items and not view.unsure("items"):
        yield problem("study.no_items", Place(file=view.file))


def _items(view: _View) -> Iterator[Problem]:
    for item in view.items:
        for value, section in ((item.entry.construct, "constructs"), (item.entry.scale, "scales")):
            if value is None or view.knows(section, value) or view.unsure("items", item.code, section[:-1]):
                continue
            known = tuple(view.declared(section))
            code = f"study.unknown_{section[:-1]}"
            yield problem(code, item.place, key=item.code, value=value, allowed=known, nearest=nearest(value, known))


def _variables(view: _View) -> Iterator[Problem]:
    for code, variable in view.page.variables.items():
        if any(path[:2] == ("variables", code) for path in view.checked.replaced):
            continue
        yield from _variable(view, code, variable)


def _variable(view: _View, code: str, variable: Variable) -> Iterator[Problem]:
    place = view.place("variables", code)
    limits = variable.min is not None or variable.max is not None
    if variable.kind == "number" and variable.levels:
        yield problem("study.number_with_levels", view.place("variables", code, "levels"), code=code)
    elif variable.kind != "number" and len(variable.levels) < 2:
        yield problem("study.too_few_levels", place, key=f"variables.{code}")
    yield from _one_meaning(variable.levels, view.place("variables", code, "levels"))
    if variable.kind != "number" and limits:
        yield problem("study.limits_without_number", place, code=code)
    if variable.min is not None and variable.max is not None and variable.min > variable.max:
        yield problem("study.bad_limits", place, key=f"variables.{code}", limit=None)
    if variable.valid_on is not None:
        yield from _dated(view, code, variable.valid_on)
    for value in variable.no_answer:
        if str(value) in variable.levels:
            yield problem("study.no_answer_is_level", view.place("variables", code, "no_answer"), value=str(value))
    yield from _release(view, code, variable)


def _release(view: _View, code: str, variable: Variable) -> Iterator[Problem]:
    """Bands belong to numbers and rise; groups belong to categories, and no level is in two of them."""
    bands, groups = variable.release.bands, variable.release.groups
    if bands and (variable.kind != "number" or any(low >= high for low, high in pairwise(bands))):
        yield problem("study.bad_bands", view.place("variables", code, "release", "bands"), code=code)
    grouped = [str(level) for group in groups.values() for level in group.levels]
    twice = {level for level in grouped if grouped.count(level) > 1}
    taken = {name for name in groups if name in variable.levels and name not in grouped}
    for level in sorted({level for level in grouped if level not in variable.levels} | twice | taken):
        place = view.place("variables", code, "release", "groups")
        known = tuple(variable.levels)
        yield problem("study.bad_group", place, code=code, value=level, allowed=known, nearest=nearest(level, known))


def _dated(view: _View, code: str, on: str) -> Iterator[Problem]:
    """Units are resolved at a date, through the study's table of units."""
    place = view.place("variables", code, "valid_on")
    try:
        date.fromisoformat(on)
    except ValueError:
        yield problem("study.not_a_date", place, key=f"variables.{code}.valid_on", value=on)
    if view.page.tables.units is None and not view.unsure("tables"):
        yield problem("study.no_crosswalk", place, code=code)


def _models(view: _View) -> Iterator[Problem]:
    known = {*view.declared("constructs"), *view.declared("variables"), *(item.code for item in view.items)}
    for code, model in view.page.models.items():
        place = view.place("models", code, "formula")
        if view.unsure("models", code, "formula"):
            continue
        try:
            names = parse_formula(model.formula).names
        except ModelError as error:
            yield from (Problem(each.code, place, each.slots) for each in error.problems)
            continue
        for name in names:
            if name not in known:
                near = nearest(name, sorted(known))
                yield problem("study.unknown_name", place, model=code, name=name, nearest=near)


def _hypotheses(view: _View) -> Iterator[Problem]:
    for code, hypothesis in view.page.hypotheses.items():
        yield from view.unknown(hypothesis.model, "models", ("hypotheses", code, "model"))
        model = view.page.models.get(hypothesis.model)
        if (
            model is None
            or view.unsure("hypotheses", code, "term")
            or view.unsure("models", hypothesis.model, "formula")
        ):
            continue
        try:
            terms = tuple(":".join(term) for term in parse_formula(model.formula).terms)
        except ModelError:
            continue  # said of the model
        if hypothesis.term not in terms:
            place = view.place("hypotheses", code, "term")
            near = nearest(hypothesis.term, terms)
            yield problem("study.unknown_term", place, value=hypothesis.term, allowed=terms, nearest=near)
        elif any(_is_category(view.page, name) for name in hypothesis.term.split(":")):
            # a category has one coefficient for each level: no single sign to expect
            yield problem("study.hypothesis_on_category", view.place("hypotheses", code, "term"), value=hypothesis.term)


def _is_category(page: Page, name: str) -> bool:
    variable = page.variables.get(name)
    return variable is not None and variable.kind != "number"


def _thresholds(view: _View) -> Iterator[Problem]:
    known = [rule.id for rule in METHODS]
    for rule_id in view.page.thresholds:
        if rule_id not in known:
            place = view.place("thresholds", rule_id)
            yield problem("study.unknown_rule", place, value=rule_id, nearest=nearest(rule_id, known))


def _strata(view: _View) -> Iterator[Problem]:
    strata = view.page.strata
    if strata is None or view.unsure("strata"):
        return
    yield from view.unknown(strata.variable, "variables", ("strata", "variable"))
    variable = view.page.variables.get(strata.variable)
    for level in strata.sizes if variable else ():
        if variable and level not in variable.levels:
            place = view.place("strata", "sizes", level)
            yield problem("study.unknown_level", place, value=level)


def _cleaning(view: _View) -> Iterator[Problem]:
    cleaning = view.page.cleaning
    if view.unsure("cleaning"):
        return
    shares: dict[Path, float | None] = {("cleaning", "minimum_answered"): cleaning.minimum_answered}
    if (speed := cleaning.speed) is not None:
        shares["cleaning", "speed", "share"] = speed.share
        times = [name for name in ("seconds", "start", "end") if getattr(speed, name) is not None]
        unlimited = speed.least is None and speed.share is None
        if times not in (["seconds"], ["start", "end"]) or (unlimited and speed.then == "leave_out"):
            yield problem("study.bad_speed", view.place("cleaning", "speed"))
    for path, share in shares.items():
        if share is not None and not 0 < share <= 1 and not view.unsure(*path):
            yield problem("study.bad_share", view.place(*path), key=dotted(path), value=share)


def _guesses(view: _View) -> Iterator[Problem]:
    """What is marked as unconfirmed must be there: a part of the page, one of its entries, or the items."""
    page = view.source.content if isinstance(view.source.content, dict) else {}
    for at, guess in enumerate(view.page.unconfirmed):
        section, _, entry = guess.partition(".")
        held = page.get(section)
        if section == "items" or (section in page and (not entry or (isinstance(held, dict) and entry in held))):
            continue
        known = (
            "items",
            *page,
            *(f"{name}.{code}" for name, held in page.items() if isinstance(held, dict) for code in held),
        )
        yield problem("study.unknown_guess", view.place("unconfirmed", at), value=guess, nearest=nearest(guess, known))
