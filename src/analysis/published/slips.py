"""Slips of the pen: readings of one printed number that would make it agree with the others of its table."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from .check import Check
from .printed import Printed, printed
from .sheet import Explanation


def slips(wrong: Sequence[Check]) -> Iterator[Explanation]:
    """For each contradicting number the first plain slip that explains it.

    Parameters
    ----------
    wrong : sequence of Check
        Checks that disagree.

    Returns
    -------
    iterator of Explanation
        ``sign``, ``decimal_sign`` (ten or a hundred times as much), ``digits_swapped`` (two neighbours), ``one_digit``;
        nothing where none of them would do.

    Examples
    --------
    >>> one = Check("G", "a", "t", "9.598", 9.598, 5.6, 5.58, 5.62, 3, "inconsistent")
    >>> [(each.code, each.instead) for each in slips([one])]
    [('one_digit', '5.598')]
    >>> [(e.code, e.instead) for e in slips([Check("G", "a", "t", "55.8", 55.8, 5.6, 5.58, 5.62, 1, "inconsistent")])]
    [('decimal_sign', '5.58')]
    """
    for each in wrong:
        claim = printed(each.printed)
        if claim is None or each.low is None or each.high is None:
            continue
        for code, text in _readings(each.printed, claim):
            other = printed(text)
            if other is not None and other.low <= each.high and other.high >= each.low:
                yield Explanation(each.table_id, code, f"{each.where}: {each.what}", each.printed, text)
                break


def _readings(text: str, claim: Printed) -> Iterator[tuple[str, str]]:
    number = text.strip().rstrip("*%")
    if claim.value:
        yield "sign", number.lstrip("-\u2212") if claim.value < 0 else f"-{number}"
        for shift in (1, -1, 2, -2):
            yield "decimal_sign", f"{claim.value * 10.0**shift:.{max(claim.digits - shift, 0)}f}"
    places = [at for at, sign in enumerate(number) if sign.isdigit()]
    for at, after in itertools.pairwise(places):
        if number[at] != number[after]:
            swapped = list(number)
            swapped[at], swapped[after] = swapped[after], swapped[at]
            yield "digits_swapped", "".join(swapped)
    for at in places:
        for digit in "0123456789":
            if digit != number[at]:
                yield "one_digit", number[:at] + digit + number[at + 1 :]
