"""How numbers look in a language: decimal comma or point, p-values, percentages. The only place that rounds."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["count", "mean", "coefficient", "percent", "p", "sum", "difference"]

#: Digits after the decimal sign for each kind of number.
DIGITS: dict[str, int] = {"count": 0, "mean": 2, "coefficient": 3, "percent": 1, "sum": 3}


def number(value: float, lang: str, kind: Kind = "coefficient") -> str:
    """Format a finite number for a language.

    Parameters
    ----------
    value : float
        A finite number; percentages are given in percent.
    lang : str
        Language of the page, ``"vi"`` or ``"en"``.
    kind : {"count", "mean", "coefficient", "percent", "p", "sum", "difference"}
        What the number is; it decides the digits.

    Returns
    -------
    str
        Rounded half to even from the shortest decimal that names the float. A p-value below .001 reads "< 0.001".

    Examples
    --------
    >>> number(0.8534, "vi"), number(0.00004, "vi", "p"), number(1234, "en", "count")
    ('0,853', '< 0,001', '1,234')
    """
    if kind == "p":
        return f"< {_decimal(Decimal('0.001'), lang, 3)}" if value < 0.001 else _decimal(Decimal(repr(value)), lang, 3)
    if kind == "difference":  # tiny differences between two programs: one significant digit
        return _scientific(value, lang)
    return _decimal(Decimal(repr(float(value))), lang, DIGITS[kind])


def _decimal(value: Decimal, lang: str, digits: int) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN)
    point, group = _symbols(lang)
    text = f"{abs(rounded):,.{digits}f}".translate({ord("."): point, ord(","): group})
    return f"-{text}" if rounded < 0 else text


def _scientific(value: float, lang: str) -> str:
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(_SUPERSCRIPT)}"


_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@lru_cache
def _symbols(lang: str) -> tuple[str, str]:
    from babel.numbers import get_decimal_symbol, get_group_symbol

    return get_decimal_symbol(lang), get_group_symbol(lang)
