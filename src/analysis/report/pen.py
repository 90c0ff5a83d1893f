"""The pen that views write with: one language, one study, and numbers that keep their record."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..errors import Caution
from ..rules import cutoff
from .block import Number, Paragraph, Record, Segment, Text
from .format import Kind, number
from .words import fill, phrase

if TYPE_CHECKING:
    from ..study import Study


@dataclass(frozen=True)
class Pen:
    """Writes words and numbers of one language about one study.

    `stem` begins the ids of the numbers; `n`, `rule`, `method` and `function` are what those numbers have in common.
    """

    lang: str
    study: Study | None = None
    stem: str = ""
    n: int | None = None
    rule: str = ""
    method: str = ""
    function: str = ""

    def about(
        self,
        stem: str,
        *,
        n: int | None = None,
        rule: str | None = None,
        method: str | None = None,
        function: str | None = None,
    ) -> Pen:
        """A pen for a narrower subject: a longer stem, and what the numbers there share."""
        return replace(
            self,
            stem=f"{self.stem}.{stem}" if self.stem else stem,
            n=self.n if n is None else n,
            rule=self.rule if rule is None else rule,
            method=self.method if method is None else method,
            function=self.function if function is None else function,
        )

    def number(
        self,
        statistic: str,
        value: float | int | None,
        kind: Kind = "coefficient",
        *,
        se: float | None = None,
        low: float | None = None,
        high: float | None = None,
    ) -> Text:
        """A number with its record, as a text of one segment; empty where there is no value."""
        if value is None:
            return ()
        record = Record(
            id=f"{self.stem}.{statistic}" if self.stem else statistic,
            statistic=statistic,
            value=value,
            n=self.n,
            rule=self.rule,
            method=self.method,
            function=self.function,
            se=se,
            low=low,
            high=high,
        )
        return (Number(record, number(value, self.lang, kind)),)

    def count(self, statistic: str, value: int) -> Text:
        """A count with its record."""
        return self.number(statistic, value, "count")

    def rule_value(self, rule_id: str, kind: Kind = "mean") -> Text:
        """A cut-off in use, with its record."""
        return Pen(self.lang, self.study, "rule", method="cutoff", function="analysis.rules.methods.rule").number(
            rule_id, self.cutoff(rule_id), kind
        )

    def cutoff(self, rule_id: str) -> float:
        """The cut-off `rule_id` as this study uses it: its own where the page overrides the rule."""
        return cutoff(rule_id, self.study.thresholds if self.study else None)

    def word(self, key: str) -> str:
        """The words under a key, without slots."""
        return phrase(key, self.lang)

    def say(self, key: str, **slots: Segment | Text) -> Text:
        """The sentence under a key; the page's nouns fill `{respondents}`, `{units}`, `{outcome}` and `{place}`."""
        return fill(key, self.lang, **{**self._nouns(), **slots})

    def paragraph(self, key: str, **slots: Segment | Text) -> Paragraph:
        """The sentence under a key as a paragraph."""
        return Paragraph(self.say(key, **slots))

    def label(self, code: str) -> str:
        """What the page calls a construct, variable or item; the code itself where the page has no words for it."""
        words = self.study.words(code) if self.study else None
        return words[self.lang] if words else code

    def item(self, code: str) -> str:
        """Code and wording of an item; a reversed item says so, for its wording runs against its score."""
        label = self.label(code)
        known = self.study.items.get(code) if self.study else None
        mark = f" {self.word('reliability.reversed')}" if known and known.reverse else ""
        return code if label == code else f"{code}. {label}{mark}"

    def capital(self, key: str) -> str:
        """The words under a key with a capital in front, as they stand in a cell; a symbol (t-test) stays as it is."""
        words = self.word(key)
        return words if words[1:2] == "-" else words[:1].upper() + words[1:]

    def term(self, term: str) -> str:
        """A term of a model in the page's words: the constant, a variable, a category or a product."""
        if term == "(Intercept)":
            return self.word("regression.constant")
        parts = []
        for part in term.split(":"):
            name, _, level = part.rstrip("]").partition("[")
            label = self.label(name)
            parts.append(f"{label}: {self.level(name, level)}" if level else label)
        return " × ".join(parts)

    def interval(self, level: float) -> str:
        """The heading that spans the two ends of a confidence interval."""
        return self.word("reliability.column.interval").format(level=number(100 * level, self.lang, "count"))

    def sizes(self, found: Iterable[int]) -> Text:
        """How many observations a table or figure rests on: ``n = 260``, or ``n = 252–258`` where they differ."""
        counts = sorted(set(found))
        if not counts:
            return ()
        if len(counts) == 1:
            return self.say("sizes.one", n=self.count("n", counts[0]))
        return self.say("sizes.span", low=self.count("n_least", counts[0]), high=self.count("n_most", counts[-1]))

    def level(self, variable: str, code: str) -> str:
        """What the page calls a category of a variable."""
        known = self.study.variables.get(variable) if self.study else None
        words = known.levels.get(code) if known and known.levels else None
        return words[self.lang] if words else code

    def cautions(self, found: Iterable[Caution]) -> tuple[Paragraph, ...]:
        """Cautions as paragraphs; numbers in them are records like any other."""
        return tuple(self._caution(each) for each in found)

    def _caution(self, found: Caution) -> Paragraph:
        slots: dict[str, Segment | Text] = {}
        # one code may speak of several items: their names tell the records apart
        about = "_".join(re.sub(r"\W+", "_", value) for _, value in found.slots if isinstance(value, str))
        own = self.about(f"caution.{about}" if about else "caution")
        for name, value in found.slots:
            if isinstance(value, tuple):
                slots[name] = ", ".join(self.label(code) for code in value)
            elif isinstance(value, (int, float)):
                kind: Kind = "count" if isinstance(value, int) else "coefficient"
                slots[name] = own.number(f"{found.code}.{name}", value, kind)
            else:
                slots[name] = self.label(value) if value is not None else self.word("none")
        return Paragraph(
            self.say(f"caution.{found.code}", **slots), "caution" if found.severity == "warning" else "note"
        )

    def source(self) -> str:
        """The source line under tables and figures; simulated data say so."""
        return self.word("source.simulated" if self.study and self.study.simulated else "source.survey")

    def _nouns(self) -> dict[str, Segment | Text]:
        nouns = self.study.nouns if self.study else {}
        found: dict[str, Segment | Text] = {
            name: self.word(f"noun.{name}") for name in ("respondents", "units", "outcome", "place")
        }
        for name, many in (
            ("respondent", "respondents"),
            ("unit", "units"),
            ("outcome", "outcome"),
            ("place", "place"),
        ):
            if name in nouns:
                found[many] = nouns[name].many(self.lang) if many.endswith("s") else nouns[name][self.lang]
        return found
