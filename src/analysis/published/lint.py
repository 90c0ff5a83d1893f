"""The usual misreadings of printed tables, looked for in the sentences beside them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..rules import cutoff
from ..stats.result import Row
from .check import Check, judged, unchecked
from .check import Spot as Place
from .formulas import Cells, cell
from .printed import Printed, printed, whole
from .sheet import Sheet, grouped

Grade: TypeAlias = Literal["misreading", "advice"]

_NUMBER = r"(\d*[.,]\d+|\d+)"
_P = re.compile(
    rf"(?:\bsig\b\.?|\bp\b(?:-value)?|muc y nghia|gia tri p)(?:\s*\([^)]*\))?[^\d<>=≤≥,;.]{{0,25}}([<>=≤≥])\s*{_NUMBER}"
)
_SAYS_SO = re.compile(
    r"co (?:su )?(?:khac biet|khac nhau|y nghia|anh huong|tac dong|tuong quan|moi quan he)|anh huong co y nghia"
    r"|(?:is|are|was|were|there is|a) (?:a )?(?:statistically )?significant|differs? significantly"
    r"|significantly (?:differ|affect)"
)
_DENIES = re.compile(
    r"(?:khong|chua)(?: he| thay| ton tai| tim thay)? (?:co |khac biet|anh huong|tac dong|khac nhau)"
    r"|(?:not|no|non-?)\s*(?:a )?(?:statistically )?(?:significant|difference)|do(?:es)? not (?:differ|affect)"
)
_WEIGHT = r"quan trong|giai thich|anh huong|tac dong|dong gop|importan|explain|effect|contribut"
_MODEL = r"\br\s?(?:2|²|square|binh phuong)"


@dataclass(frozen=True)
class Finding(Row):
    """A sentence read against its table: which rule, what it says, and what the table prints.

    ``misreading``: the table says otherwise. ``advice``: nothing contradicts, but readers are misled.
    """

    table_id: str
    rule: str
    grade: Grade
    said: str
    printed: str = ""


#: From a sentence (plain, see `folded`) and what is printed beside it to what is wrong with it.
LintRule: TypeAlias = Callable[[str, Sheet], Iterator[Finding]]


def folded(text: object) -> str:
    """A sentence in small letters without diacritics; numbers and signs stay.

    Examples
    --------
    >>> folded("Không có sự khác biệt (Sig. = 0,923)")
    'khong co su khac biet (sig. = 0,923)'
    """
    bare = unicodedata.normalize("NFD", str(text).replace("đ", "d").replace("Đ", "D"))
    return " ".join("".join(sign for sign in bare if not unicodedata.combining(sign)).casefold().split())


def lint(sentence: str, sheet: Sheet) -> tuple[Finding, ...]:
    """Every rule on one sentence.

    Parameters
    ----------
    sentence : str
        As it stands beside the table, in Vietnamese or English.
    sheet : Sheet
        The table that it speaks of.

    Returns
    -------
    tuple of Finding
        Empty where no rule is offended. Rules read words, and words can be turned in many ways: what they do not find
        may still be wrong.

    Examples
    --------
    >>> [each.rule for each in lint("Sig. = 0,923 > 0,05 nên có sự khác biệt.", Sheet("T", {}))]
    ['sig_reversed']
    """
    words = folded(sentence)
    return tuple(dict.fromkeys(found for rule in RULES.values() for found in rule(words, sheet)))


def _numbers(match: re.Match[str], at: int = 1) -> float | None:
    found = printed(match[at])
    return None if found is None else found.value


def _significances(words: str) -> list[tuple[str, float]]:
    pairs = [(match[1], _numbers(match, 2)) for match in _P.finditer(words)]
    return [(sign, value) for sign, value in pairs if value is not None and value <= 1]


def _limit(words: str) -> float:
    """The level that the sentence tests at: 5 % unless it says otherwise."""
    level = re.search(r"muc y nghia (\d+)\s*%|(\d+)\s*% (?:level|significance)", words)
    return cutoff("significance") if level is None else float(level[1] or level[2]) / 100


def sig_reversed(words: str, sheet: Sheet) -> Iterator[Finding]:
    """A difference claimed at p above the level, or denied below it."""
    denies = _DENIES.search(words) is not None
    claims = _SAYS_SO.search(_DENIES.sub(" ", words)) is not None
    limit = _limit(words)
    small = {value < limit if sign == "=" else sign in "<≤" for sign, value in _significances(words)}
    if claims == denies or len(small) != 1 or "levene" in words or "phuong sai" in words:
        return
    if claims != small.pop():
        yield Finding(sheet.name, "sig_reversed", "misreading", words)


def welch_row(words: str, sheet: Sheet) -> Iterator[Finding]:
    """The p of the line of a t test that Levene's test does not point to."""
    tests = sheet.rows("t_tests")
    levene = next((found for row in tests if (found := cell(row, "levene_p")) is not None), None)
    if levene is None:
        return
    lines = {str(row.get("variant")): cell(row, "p") for row in tests}
    equal, welch = lines.get("equal"), lines.get("welch")
    if equal is None or welch is None or equal.value == welch.value:
        return
    limit = cutoff("significance")
    wrong, right = (welch, equal) if levene.value >= limit else (equal, welch)
    values = [value for sign, value in _significances(words) if sign == "="]
    if wrong.value in values and right.value not in values:
        yield Finding(sheet.name, "welch_row", "misreading", words, right.text)


def beta_percent(words: str, sheet: Sheet) -> Iterator[Finding]:
    """A standardised coefficient turned into a percentage of importance or explanation."""
    if re.search(_MODEL, words) or not re.search(_WEIGHT, words):
        return
    percents = [value for match in re.finditer(rf"{_NUMBER}\s*%", words) if (value := _numbers(match)) is not None]
    named = [_numbers(match) for match in re.finditer(r"\bbeta\b.{0,30}?(\d*[.,]\d{2,})(?!\s*%)", words)]
    betas = [found for row in sheet.rows("coefficients") if (found := printed(row.get("beta"))) is not None]
    known = [value for value in named if value is not None]
    known += [each.value for each in betas if each.text.lstrip("0") in words]
    for percent in percents:
        if any(abs(percent - 100 * abs(beta)) < 0.06 for beta in known):
            yield Finding(sheet.name, "beta_percent", "misreading", words, f"{percent / 100:.4g}")


def r2_swapped(words: str, sheet: Sheet) -> Iterator[Finding]:
    """R² called adjusted, adjusted R² called R², or one in the number and the other in the percentage."""
    adjusted = re.search(
        rf"{_MODEL}(?: da)?\s*(?:hieu chinh|adjusted)[^\d]{{0,25}}{_NUMBER}(?!\s*%)", words
    ) or re.search(rf"adjusted {_MODEL[2:]}[^\d]{{0,25}}{_NUMBER}(?!\s*%)", words)
    plain_one = re.search(rf"(?<!adjusted ){_MODEL}(?!\s*(?:da )?hieu chinh)[^\d]{{0,20}}{_NUMBER}(?!\s*%)", words)
    model = sheet.first("models")
    r2, own = cell(model, "R2"), cell(model, "adj_R2")
    for match, right, other in ((adjusted, own, r2), (plain_one, r2, own)):
        value = None if match is None else _numbers(match)
        if value is None or right is None or other is None or right.value == other.value:
            continue
        if other.low <= value <= other.high and not right.low <= value <= right.high:
            yield Finding(sheet.name, "r2_swapped", "misreading", words, right.text)
    value = None if adjusted is None else _numbers(adjusted)
    percent = re.search(
        rf"{_NUMBER}\s*%[^.;]{{0,40}}(?:bien thien|variance|variation)"
        rf"|(?:giai thich|explain\w*)[^\d]{{0,30}}{_NUMBER}\s*%",
        words,
    )
    share = None if percent is None else printed(percent[1] or percent[2])
    if value is not None and share is not None and abs(100 * value - share.value) > 0.05 + 0.5 * 10.0**-share.digits:
        yield Finding(sheet.name, "r2_swapped", "misreading", words, share.text)


def item_count(words: str, sheet: Sheet) -> Iterator[Finding]:
    """Another number of items than the table has rows."""
    scales = list(grouped(sheet.rows("reliability"), "scale").values())
    match = re.search(
        r"(?:gom|bao gom|do luong bang|duoc do bang|consists of|measured by|with) (?:\w+ )?(\d+) (?:bien|items)", words
    )
    if len(scales) == 1 and match is not None and int(match[1]) != len(scales[0]):
        yield Finding(sheet.name, "item_count", "misreading", words, str(len(scales[0])))


def bartlett_df(words: str, sheet: Sheet) -> Iterator[Finding]:
    """Bartlett's degrees of freedom called a deviation, or printed with a decimal sign."""
    if "bartlett" not in words and not sheet.rows("kmo"):
        return
    df = whole(sheet.first("kmo").get("df"))
    match = re.search(rf"(?:do lech chuan|standard deviation)[^\d]{{0,15}}{_NUMBER}", words)
    if match is not None and ("bartlett" in words or whole(match[1]) == df):
        yield Finding(sheet.name, "bartlett_df", "misreading", words, str(df or ""))
    misprint = re.search(r"\b(?:df|bac tu do)\b[^\d]{0,10}(0[.,]\d+)", words)
    if misprint is not None:
        yield Finding(sheet.name, "bartlett_df", "misreading", words, misprint[1])


def df_of_other_data(words: str, sheet: Sheet) -> Iterator[Finding]:
    """F with degrees of freedom that no analysis of variance of the table has."""
    printed_ones = {
        (whole(row.get(first)), whole(row.get(second)))
        for kind, first, second in (("anova", "df_between", "df_within"), ("models", "df_reg", "df_res"))
        for row in sheet.rows(kind)
    }
    own = {pair for pair in printed_ones if None not in pair}
    for match in re.finditer(r"\bf\s*\(\s*(\d+)\s*[,;]\s*(\d+)\s*\)", words):
        if own and (int(match[1]), int(match[2])) not in own:
            yield Finding(sheet.name, "df_of_other_data", "misreading", words, str(sorted(own)[0]))


def orthogonal_vif(words: str, sheet: Sheet) -> Iterator[Finding]:
    """VIF of 1.000 throughout offered as the absence of collinearity: factor scores are orthogonal by construction."""
    vifs = [found for row in sheet.rows("coefficients") if (found := cell(row, "VIF")) is not None]
    ones = len(vifs) > 1 and all(each.value == 1 and each.digits >= 2 for each in vifs)
    said = re.search(r"khong (?:co|xay ra|xuat hien|vi pham)[^.;]{0,25}da cong tuyen|no (?:multi)?collinearity", words)
    if said and (ones or re.search(r"vif[^.;\d]{0,30}1[.,]0{2,}\b", words)):
        yield Finding(sheet.name, "orthogonal_vif", "misreading", words, "1.000")


def sig_zero(words: str, sheet: Sheet) -> Iterator[Finding]:
    """p written as zero."""
    if any(sign == "=" and value == 0 for sign, value in _significances(words)):
        yield Finding(sheet.name, "sig_zero", "advice", words)


def levene_stops_anova(words: str, sheet: Sheet) -> Iterator[Finding]:
    """Unequal variances taken as forbidding the comparison of means."""
    stops = re.search(
        r"(?:khong|chua)(?: the| du dieu kien| du dieu kien de| duoc)?[^.;]{0,30}\banova\b"
        r"|can ?not[^.;]{0,30}\banova\b",
        words,
    )
    if stops and re.search(r"levene|phuong sai (?:khong|khac)|variances", words):
        yield Finding(sheet.name, "levene_stops_anova", "misreading", words)


def pca_only(words: str, sheet: Sheet) -> Iterator[Finding]:
    """The number of factors from eigenvalues above one alone."""
    rule = re.search(r"eigenvalues?[^.;]{0,25}(?:>|lon hon|greater than|above|over)\s*(?:=|bang)?\s*1", words)
    told = " ".join(folded(row.get("sentence")) for row in sheet.rows("sentences"))
    if rule and not re.search(r"song song|parallel|\bmap\b", f"{words} {told}"):
        yield Finding(sheet.name, "pca_only", "advice", words)


#: Every rule by its name.
RULES: Mapping[str, LintRule] = {
    rule.__name__: rule
    for rule in (
        sig_reversed, welch_row, beta_percent, r2_swapped, item_count, bartlett_df, df_of_other_data, orthogonal_vif,
        sig_zero, levene_stops_anova, pca_only,
    )
}  # fmt: skip


def _sentences(sheet: Sheet) -> Iterator[Check]:
    rows: Sequence[Cells] = sheet.rows("sentences")
    for at, row in enumerate(rows, 1):
        sentence = str(row.get("sentence") or "")
        spot = Place(sheet.name, f"#{at}", "sentence")
        found = lint(sentence, sheet)
        for each in found:
            yield _as_check(Place(sheet.name, f"#{at}", each.rule), each)
        if not found:
            yield unchecked(spot, None, "number_needed") if not re.search(r"\d", sentence) else _read(spot, sentence)


def _as_check(spot: Place, each: Finding) -> Check:
    claim = Printed(each.said[:80], 0.0, 0.0, 0.0, 0)
    found = unchecked(spot, None, each.rule)
    if each.grade == "advice":
        return found
    beside = printed(each.printed)
    value = beside.value if beside is not None else None
    return Check(
        spot.table_id, spot.where, spot.what, claim.text, None, value, None, None, None, "inconsistent", each.rule
    )  # fmt: skip


def _read(spot: Place, sentence: str) -> Check:
    """A sentence with numbers that offends no rule."""
    found = judged(spot, None, (0.0, 0.0, 0.0))
    return Check(
        found.table_id, found.where, found.what, folded(sentence)[:80], None, None, None, None, None, "consistent"
    )  # fmt: skip


ORDER = 10
AUDITORS = {"sentences": _sentences}
