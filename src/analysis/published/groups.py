"""A printed test of two groups computed again from their printed sizes, means and standard deviations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from ..stats.compare import ttest
from ..stats.comparison import Comparison
from ..stats.groups import Groups
from .check import Check, Spot, check
from .printed import Printed, exact, printed

_VARIANTS = {"equal": "pooled", "welch": "welch"}


def replicate_welch(
    groups: Sequence[Mapping[str, object]], tests: Sequence[Mapping[str, object]], *, table_id: str = ""
) -> tuple[Check, ...]:
    """Hold printed t tests against the groups that are printed above them.

    Parameters
    ----------
    groups : sequence of mapping
        Two rows with ``n``, ``mean``, ``sd`` and perhaps ``se_mean``, in the order of the printed difference.
    tests : sequence of mapping
        Rows with ``variant`` (``equal`` or ``welch``), ``t``, ``df``, ``p``, ``mean_diff``, ``se_diff``.
    table_id : str
        Name of the table, for the checks.

    Returns
    -------
    tuple of Check
        One for each printed number; empty when there are not two groups.

    Notes
    -----
    Student's and Welch's test by `stats.compare.ttest`. Sizes are exact; means and standard deviations are moved within
    the interval of their digits. t near zero loses its sign and its digits in this way, and its interval says so.

    References
    ----------
    Welch, B. L. (1947). Biometrika, 34, 28-35. SPSS: ``T-TEST GROUPS``.

    Examples
    --------
    >>> a = {"group": "A", "n": "10", "mean": "3.10", "sd": ".50"}
    >>> b = {"group": "B", "n": "12", "mean": "3.60", "sd": ".60"}
    >>> [each.verdict for each in replicate_welch([a, b], [{"variant": "equal", "t": "-2.10", "df": "20"}])]
    ['consistent', 'consistent']
    """
    if len(groups) != 2:
        return ()
    inputs = [
        each for row in groups for each in (exact(row.get("n")), printed(row.get("mean")), printed(row.get("sd")))
    ]
    return (*_errors_of_means(groups, table_id), *_tests(inputs, tests, table_id))


def _errors_of_means(groups: Sequence[Mapping[str, object]], table_id: str) -> Iterator[Check]:
    for row in groups:
        spot = Spot(table_id, str(row.get("group", "")), "se_mean")
        found = check(
            spot, printed(row.get("se_mean")), lambda sd, n: sd / n**0.5, (printed(row.get("sd")), exact(row.get("n")))
        )
        if found is not None:
            yield found


def _tests(
    inputs: Sequence[Printed | None], tests: Sequence[Mapping[str, object]], table_id: str
) -> Iterator[Check]:  # fmt: skip
    for row in tests:
        variant = str(row.get("variant", ""))
        if variant not in _VARIANTS:
            continue
        for what in ("mean_diff", "se_diff", "t", "df", "p"):
            claim = exact(row.get(what)) if what == "df" else printed(row.get(what))
            found = check(Spot(table_id, variant, what), claim, _statistic(_VARIANTS[variant], what), inputs)
            if found is not None:
                yield found


def _statistic(variances: str, what: str) -> Callable[..., float]:
    def value(n1: float, m1: float, s1: float, n2: float, m2: float, s2: float) -> float:
        pair = Groups.from_printed(["1", "2"], n=[int(n1), int(n2)], mean=[m1, m2], sd=[s1, s2])
        result = ttest("outcome ~ group", pair, variances="welch" if variances == "welch" else "pooled")
        return _values(result)[what]

    return value


def _values(result: Comparison) -> dict[str, float]:
    gap = result.difference
    return {
        "mean_diff": gap.value if gap else float("nan"),
        "se_diff": gap.se if gap and gap.se is not None else float("nan"),
        "t": result.statistic if result.statistic is not None else float("nan"),
        "df": float(result.df1),
        "p": result.p if result.p is not None else float("nan"),
    }
