"""Common method bias: one more factor behind all items, and what it takes from the loadings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...errors import Caution, ModelError, problem
from ...grammar import Model, Statement, parse_model
from ..distributions import chi2_upper
from ..result import Result, Row, frame, unique
from .cfa import cfa
from .invariance import difference_test
from .sample import MissingRule

if TYPE_CHECKING:
    import pandas as pd

_NAME, _LABEL = "common_factor", "common_loading"


@dataclass(frozen=True)
class CommonFactorRow(Row):
    """One loading, standardised, without and with the common factor."""

    factor: str
    item: str
    loading: float
    with_common: float
    difference: float
    on_common: float


@dataclass(frozen=True)
class CommonFactor(Result):
    """A model with and without a factor common to all items.

    `shared` is the part of the items' variance that the common factor explains, on average; `delta_chisq` what the
    model gains by it, on one degree of freedom.
    """

    loading_rows: tuple[CommonFactorRow, ...]
    shared: float
    delta_chisq: float | None
    delta_df: int
    p_delta: float | None
    cfi: float | None
    cfi_common: float | None
    rmsea: float | None
    rmsea_common: float | None
    n: int
    missing: str
    dropped: int
    cautions: tuple[Caution, ...]

    @property
    def loadings(self) -> pd.DataFrame:
        """One line for each loading."""
        return frame(self.loading_rows, CommonFactorRow)


def common_factor(
    model: str | Model, x: object, *, estimator: str = "ML", missing: MissingRule = "listwise"
) -> CommonFactor:
    """Ask how much of the answers one common factor explains, which may be the method of asking.

    Parameters
    ----------
    model : str
        The measurement model, as for `cfa`.
    x : rows or Moments
        As for `cfa`.
    estimator, missing
        As for `cfa`.

    Returns
    -------
    CommonFactor
        Each loading without and with the common factor, and the variance that it takes.

    Raises
    ------
    ModelError
        As from `cfa`; ``sem.no_factors`` for a model that measures nothing.

    Notes
    -----
    The common factor has variance 1, one loading for all items (in their own units) and no covariance with the other
    factors. A common factor is not proof of bias: what items truly share looks the same.

    References
    ----------
    Podsakoff, P. M., MacKenzie, S. B., Lee, J.-Y., & Podsakoff, N. P. (2003). Journal of Applied Psychology, 88,
    879-903.
    """
    parsed = model if isinstance(model, Model) else parse_model(model)
    if not parsed.latent:
        raise ModelError(problem("sem.no_factors"))
    plain = cfa(parsed, x, estimator=estimator, missing=missing)
    extended = cfa(_with_common(parsed), x, estimator=estimator, missing=missing)
    loadings, common = plain.loadings(), extended.loadings()
    on_common = common.pop(_NAME)
    lines = tuple(
        CommonFactorRow(
            factor, item, value, common[factor][item], value - common[factor][item], on_common.get(item, 0.0)
        )
        for factor, items in loadings.items()
        for item, value in items.items()
    )
    gain, df = difference_test(extended, plain)
    return CommonFactor(
        loading_rows=lines,
        shared=sum(value**2 for value in on_common.values()) / len(on_common),
        delta_chisq=gain,
        delta_df=df,
        p_delta=None if gain is None else chi2_upper(gain, df),
        cfi=plain.fit.cfi,
        cfi_common=extended.fit.cfi,
        rmsea=plain.fit.rmsea,
        rmsea_common=extended.fit.rmsea,
        n=plain.n,
        missing=plain.missing,
        dropped=plain.dropped,
        cautions=tuple(dict.fromkeys((*plain.cautions, *extended.cautions))),
    )


def _with_common(model: Model) -> Model:
    """The model with a factor behind every observed indicator, all its loadings equal."""
    items = unique(each.rhs for each in model.statements if each.op == "=~" and each.rhs not in model.latent)
    added = (
        *(Statement(_NAME, "=~", item, fixed=(None,), labels=(_LABEL,)) for item in items),
        Statement(_NAME, "~~", _NAME, fixed=(1.0,)),
        *(Statement(_NAME, "~~", latent, fixed=(0.0,)) for latent in model.latent),
    )
    return replace(model, statements=(*model.statements, *added))
