"""Survey analysis for studies of local public servants, in Vietnamese and English.

The public words, each loaded when it is first used:

======================  ==========================================================================================
word                    gives
======================  ==========================================================================================
load_study              the study page (`study.yml`, `items.csv`) as a `Study`
prepare                 the answers, cleaned and scored, with the log of every change, as `Responses`
moments, Moments        means and covariances, the ground of most statistics; `Moments.from_printed` for matrices
describe, frequencies   description of variables, frequencies of categories
correlate               Pearson correlations with n, p and intervals
alpha                   Cronbach's alpha with Feldt's interval and item analysis
ols                     linear regression with classical, robust and cluster-robust errors
table, figure, narrate  any result as a table, a figure, sentences, in a language
run                     the whole job: from a study page to its findings
======================  ==========================================================================================
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import errors

if TYPE_CHECKING:
    from .report.verbs import figure as figure
    from .report.verbs import narrate as narrate
    from .report.verbs import table as table
    from .stats.correlation import correlate as correlate
    from .stats.describe import describe as describe
    from .stats.describe import frequencies as frequencies
    from .stats.moments import Moments as Moments
    from .stats.moments import moments as moments
    from .stats.regression import ols as ols
    from .stats.reliability import alpha as alpha
    from .study import Study as Study
    from .study import load_study as load_study
    from .survey.responses import Responses as Responses
    from .survey.responses import prepare as prepare

_WORDS = {
    "load_study": "study",
    "Study": "study",
    "prepare": "survey.responses",
    "Responses": "survey.responses",
    "moments": "stats.moments",
    "Moments": "stats.moments",
    "describe": "stats.describe",
    "frequencies": "stats.describe",
    "correlate": "stats.correlation",
    "alpha": "stats.reliability",
    "ols": "stats.regression",
    "table": "report.verbs",
    "figure": "report.verbs",
    "narrate": "report.verbs",
}

__all__ = [*sorted(_WORDS), "errors", "run"]


def __getattr__(name: str) -> Any:
    if name == "run":  # a folder of the house and a word of its door: the package itself can be called
        return import_module(f"{__name__}.run")
    if name == "__version__":
        return import_module("importlib.metadata").version("phoyen-analysis")
    if name not in _WORDS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WORDS[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)


def _bilingual(found: errors.Problem) -> str:
    """A problem in every language: what a notebook shows instead of a traceback."""
    from .report.words import languages, sentence

    return "\n".join(sentence(found, lang) for lang in languages())


errors.wording = _bilingual
