"""The headings under which tables are printed, Vietnamese and English, and the columns that they mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from ..survey.tables import SCHEMAS

_PREFIX = "published."
#: Columns that many kinds have: they say nothing about which kind a table is.
_COMMON = frozenset(("table_id", "source_url", "note", "n", "p", "dependent", "what", "population"))
#: Columns that hold words.
TEXT = frozenset(
    ("table_id", "source_url", "scale", "item", "note", "row", "col", "dependent", "term", "what", "group", "variant",
     "factor", "I", "J", "component", "factor_block", "variable", "category", "population", "model", "method",
     "rotation", "test", "formula", "sentence", "whole_answers")
)  # fmt: skip

#: Heading (plain, see `plain`) to column; headings that mean different columns in different kinds stand in `BY_KIND`.
_HEADINGS = {
    "bien quan sat": "item", "bien": "item", "items": "item", "variable": "item", "observed variable": "item",
    "thang do": "scale", "trung binh thang do neu loai bien": "scale_mean_if_deleted",
    "scale mean if item deleted": "scale_mean_if_deleted",
    "phuong sai thang do neu loai bien": "scale_var_if_deleted",
    "scale variance if item deleted": "scale_var_if_deleted", "tuong quan bien tong": "corrected_item_total_r",
    "he so tuong quan bien tong": "corrected_item_total_r",
    "tuong quan bien tong hieu chinh": "corrected_item_total_r",
    "tuong quan bien tong da hieu chinh": "corrected_item_total_r",
    "corrected item total correlation": "corrected_item_total_r", "corrected item total r": "corrected_item_total_r",
    "r drop": "corrected_item_total_r", "cronbachs alpha neu loai bien": "alpha_if_deleted",
    "cronbach alpha neu loai bien": "alpha_if_deleted", "he so cronbachs alpha neu loai bien": "alpha_if_deleted",
    "he so cronbach alpha neu loai bien": "alpha_if_deleted", "alpha neu loai bien": "alpha_if_deleted",
    "cronbachs alpha if item deleted": "alpha_if_deleted", "alpha if item deleted": "alpha_if_deleted",
    "cronbachs alpha": "alpha", "cronbach alpha": "alpha", "he so cronbachs alpha": "alpha",
    "he so cronbach alpha": "alpha", "so bien": "k_items", "n of items": "k_items", "so bien quan sat": "k_items",
    "k": "k_items", "he so chua chuan hoa b": "B", "unstandardized coefficients b": "B", "unstandardized b": "B",
    "he so chua chuan hoa sai so chuan": "SE", "unstandardized coefficients std error": "SE", "sai so chuan": "SE",
    "std error": "SE", "he so chua chuan hoa std error": "SE", "se": "SE", "he so chuan hoa beta": "beta",
    "he so da chuan hoa beta": "beta", "standardized coefficients beta": "beta", "beta": "beta",
    "he so chuan hoa": "beta", "sig": "p", "muc y nghia": "p", "gia tri p": "p", "p value": "p", "sig 2 phia": "p",
    "sig 2 tailed": "p", "muc y nghia sig": "p", "asymp sig": "p", "asymp sig 2 sided": "p",
    "asymp sig 2 tailed": "p", "asymptotic significance 2 sided": "p", "gia tri sig": "p",
    "thong ke da cong tuyen do chap nhan": "tolerance", "collinearity statistics tolerance": "tolerance",
    "do chap nhan": "tolerance", "thong ke da cong tuyen vif": "VIF", "collinearity statistics vif": "VIF",
    "he so phong dai phuong sai vif": "VIF", "correlations zero order": "zero_order_r", "zero order": "zero_order_r",
    "correlations partial": "partial_r", "partial": "partial_r", "correlations part": "part_r", "part": "part_r",
    "r square": "R2", "r binh phuong": "R2", "r2": "R2", "adjusted r square": "adj_R2",
    "r binh phuong hieu chinh": "adj_R2", "r2 hieu chinh": "adj_R2", "r2 da hieu chinh": "adj_R2",
    "r binh phuong da hieu chinh": "adj_R2", "adjusted r2": "adj_R2", "sai so chuan cua uoc luong": "SEE",
    "std error of the estimate": "SEE", "durbin watson": "durbin_watson", "sai lech chuan cua uoc luong": "SEE",
    "n": "n", "so quan sat": "n", "tan so": "count", "frequency": "count", "so luong": "count", "so nguoi": "count",
    "phan tram": "percent", "percent": "percent", "ty le": "percent", "ti le": "percent",
    "ty le phan tram": "percent", "phan tram tich luy": "pct_cumulative", "cumulative percent": "pct_cumulative",
    "trung binh": "mean", "mean": "mean", "gia tri trung binh": "mean", "do lech chuan": "sd", "std deviation": "sd",
    "std dev": "sd", "std error mean": "se_mean", "sai so chuan trung binh": "se_mean",
    "sai so trung binh": "se_mean", "hang trung binh": "mean_rank", "mean rank": "mean_rank",
    "sum of ranks": "sum_ranks", "tong hang": "sum_ranks", "thong ke levene": "levene_F",
    "levene statistic": "levene_F", "bac tu do 1": "df1", "bac tu do 2": "df2", "bac tu do": "df",
    "bac tu do df": "df", "thanh phan": "component", "nhan to": "component", "component": "component",
    "factor": "component", "gia tri eigenvalues khoi tao tong": "eigenvalue",
    "initial eigenvalues total": "eigenvalue", "gia tri eigenvalues khoi tao tong cong": "eigenvalue",
    "eigenvalues khoi tao tong": "eigenvalue", "gia tri eigenvalues khoi tao phuong sai": "pct_variance",
    "initial eigenvalues of variance": "pct_variance", "eigenvalues khoi tao phuong sai": "pct_variance",
    "gia tri eigenvalues khoi tao tich luy": "pct_cumulative", "initial eigenvalues cumulative": "pct_cumulative",
    "eigenvalues khoi tao tich luy": "pct_cumulative", "rotation sums of squared loadings total": "rotation_ss",
    "tong binh phuong he so tai xoay tong": "rotation_ss", "tong binh phuong he so tai da xoay tong": "rotation_ss",
    "tong binh phuong he so tai xoay tong cong": "rotation_ss", "communality": "communality",
    "extraction": "extraction", "trich xuat": "extraction", "initial": "initial", "ban dau": "initial",
    "sum of squares": "SS", "tong binh phuong": "SS", "tong cac binh phuong": "SS", "mean square": "MS",
    "trung binh binh phuong": "MS", "binh phuong trung binh": "MS", "mean difference i j": "mean_diff",
    "khac biet trung binh i j": "mean_diff", "mean difference": "mean_diff", "khac biet trung binh": "mean_diff",
    "lower bound": "ci_low", "upper bound": "ci_high", "lower": "ci_low", "upper": "ci_high", "can duoi": "ci_low",
    "can tren": "ci_high", "minimum": "min", "maximum": "max", "nho nhat": "min", "lon nhat": "max",
    "gia tri nho nhat": "min", "gia tri lon nhat": "max", "chi square": "value", "gia tri": "value", "value": "value",
    "mo hinh": "model", "model": "model", "kmo": "KMO", "bien doc lap": "term", "bien phu thuoc": "dependent",
    "nhom": "group", "cau": "sentence", "table": "table_id", "bang": "table_id", "table id": "table_id",
    "nguon": "source_url", "source": "source_url",
}  # fmt: skip
_OWN: dict[str, str] = {}  # the columns' own names, filled below

#: Headings that mean another column in some kinds.
BY_KIND = {
    "coefficients": {"item": "term", "k_items": "k", "component": "term", "model": "term"},
    "models": {"k_items": "k"},
    "posthoc": {"SE": "se"},
    "profiles": {"item": "variable", "component": "variable"},
    "crosstabs": {"item": "row"},
    "correlations": {"item": "row"},
    "anova": {"component": "factor"},
    "descriptives": {"SE": "se_mean"},
    "groups": {"SE": "se_mean", "component": "factor"},
    "sampling": {"k_items": "k"},
    "loadings": {"component": "factor_block", "value": "loading"},
}


def plain(text: object) -> str:
    """A heading without diacritics, case and signs: ``"Cronbach's Alpha nếu loại biến"`` is one of `_HEADINGS`."""
    bare = unicodedata.normalize("NFD", str(text).replace("đ", "d").replace("Đ", "D").replace("²", "2"))
    letters = "".join(sign for sign in bare if not unicodedata.combining(sign)).casefold()
    return re.sub(r"[^a-z0-9]+", " ", letters.replace("'", "").replace("’", "").replace("‘", "")).strip()


def schemas() -> dict[str, tuple[str, ...]]:
    """The columns of every kind of printed table."""
    return {
        kind.removeprefix(_PREFIX): tuple(column.name for column in columns)
        for kind, columns in SCHEMAS.items()
        if kind.startswith(_PREFIX)
    }


def column(heading: object, kind: str | None = None) -> str | None:
    """The column that a heading names, in a kind of table; None where it names none."""
    if not _OWN:
        for names in schemas().values():
            for name in names:
                _OWN.setdefault(plain(name), name)
    bare = plain(heading)
    own = schemas().get(kind or "", ())
    as_written = str(heading).strip()
    exact = as_written if as_written in own else next((name for name in own if plain(name) == bare), None)
    if exact is not None:
        return exact
    found = _HEADINGS.get(bare) or _OWN.get(bare)
    return BY_KIND.get(kind or "", {}).get(found or "", found)


def kind_of(headings: Sequence[object], name: str = "") -> str | None:
    """The kind whose columns the headings are: the one that knows most of them, by its file's name where two tie.

    Parameters
    ----------
    headings : sequence of str
        Heads of the columns.
    name : str
        Of the file or sheet.

    Returns
    -------
    str or None
        None where no kind knows two of them that tell kinds apart.

    Examples
    --------
    >>> kind_of(["table_id", "dependent", "levene_F", "df1", "df2", "p"])
    'levene'
    """
    scores = {}
    for kind, columns in schemas().items():
        found = {column(heading, kind) for heading in headings} & set(columns)
        telling = found - _COMMON
        if telling and len(found - {"table_id", "source_url", "note"}) >= 2:
            scores[kind] = (len(telling), len(found), _named(kind, name), -len(columns))
    return max(scores, key=lambda kind: scores[kind]) if scores else None


def _named(kind: str, name: str) -> int:
    return int(any(part in plain(name) for part in (plain(kind), plain(kind).rstrip("s"))))


def unknown(headings: Iterable[object], kind: str) -> list[str]:
    """Headings that are no column of a kind."""
    return [str(each) for each in headings if str(each).strip() and column(each, kind) not in schemas()[kind]]
