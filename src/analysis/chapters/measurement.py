"""Do the answers have the structure that the page declares? One measurement model of all constructs, and its shelf."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import ModelError, Problem
from ..stats.constructs import Constructs, ave, composite_reliability
from ..stats.sem.cfa import cfa
from ..stats.sem.common_factor import CommonFactor, common_factor
from ..stats.sem.modification import Modifications, modification_indices
from ..stats.sem.result import MeasurementModel
from ..study import Study
from ..survey.responses import Responses

#: Two items with a factor of their own are identified only by its covariances: the fewest that are taken.
_FEWEST = 2


@dataclass(frozen=True)
class MeasurementFindings:
    """The model of all constructs with what follows from it; `refused` says why there is none."""

    study: Study
    model: MeasurementModel | None = None
    reliability: Constructs | None = None
    extracted: Constructs | None = None
    modifications: Modifications | None = None
    common: CommonFactor | None = None
    refused: tuple[Problem, ...] = ()


def measurement(responses: Responses) -> MeasurementFindings:
    """Fit the constructs that the page declares, all in one model, by robust maximum likelihood.

    Parameters
    ----------
    responses : Responses
        What `prepare` returned.

    Returns
    -------
    MeasurementFindings
        The model (MLR: answers on five levels are not normal), composite reliability and variance extracted of each
        construct, modification indices, and what a factor common to all items takes.
    """
    study = responses.study
    text = declared_model(study)
    if not text:
        return MeasurementFindings(study)
    try:
        model = cfa(text, responses, estimator="MLR")
        reliability, extracted = composite_reliability(model), ave(model)
        modifications = modification_indices(model)
    except ModelError as refusal:
        return MeasurementFindings(study, refused=refusal.problems)
    return MeasurementFindings(study, model, reliability, extracted, modifications, _common(text, responses))


def declared_model(study: Study) -> str:
    """The model that the page's constructs stand for: each measured by its items."""
    codes = (*study.factors, *study.outcomes)
    items = {code: study.constructs[code].items for code in codes}
    return "\n".join(f"{code} =~ {' + '.join(found)}" for code, found in items.items() if len(found) >= _FEWEST)


def _common(text: str, responses: Responses) -> CommonFactor | None:
    """None where the common factor cannot be told apart from the others."""
    try:
        return common_factor(text, responses)
    except ModelError:
        return None
