"""Largest deviation of each method from its reference, on every reference set: writes `docs/accuracy.md`.

Sets under `tests/reference` are in the repository; those of the folder `shared` beside the checkout are added where it
lies there. Deviations are printed as the next power of ten above them, so that another machine writes the same page.
Run: `python benchmarks/accuracy.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from accuracy_inference import ordered as levels
from accuracy_inference import pooled, surveys
from accuracy_line import ROOT, SHARED, Line, compared, load

from analysis.stats.discriminant import fornell_larcker, htmt
from analysis.stats.factor_scores import factor_scores
from analysis.stats.factorability import anti_image, bartlett, kmo
from analysis.stats.factors import efa
from analysis.stats.method_bias import common_method
from analysis.stats.moments import Moments
from analysis.stats.omega import omega
from analysis.stats.reliability import alpha
from analysis.stats.retention import map_test
from analysis.stats.rotation import ordered, rotate

PAGE = ROOT / "docs" / "accuracy.md"
FLOOR = 1e-12  # rounding of double precision: below, machines differ


def printed(r: Any) -> Moments:
    """Moments of a printed correlation matrix."""
    return Moments.from_printed(r["R"], n=r["n"], names=r["names"])


def factors() -> Iterator[Line]:
    """Extraction, adequacy and number of factors against psych."""
    values = load("factors")
    source = f"psych {values['versions']['psych']}"
    for case in ("harman", "attitude"):
        r = values[case]
        m, k = printed(r), r["k"]
        yield compared("KMO, MSA", case, source, [kmo(m).overall, *kmo(m).items["msa"]], [r["kmo"], *r["msa"]])
        test = bartlett(m)
        theirs = list(r["bartlett"].values())
        yield compared("Bartlett's test", case, source, [test.chi2, test.df, test.p], theirs)
        steps = map_test(m).steps["squared"].to_numpy()[1:]
        common = min(len(steps), len(r["map"]))
        yield compared("MAP", case, source, steps[:common], r["map"][:common])
        found = efa(m, k)
        yield compared("PCA, varimax", case, source, found.loadings, r["pca_varimax"]["loadings"])
        for method, rotation in (
            ("minres", "none"),
            ("minres", "varimax"),
            ("minres", "promax"),
            ("minres", "oblimin"),
            ("paf", "none"),
            ("ml", "none"),
        ):
            kaiser = rotation != "oblimin"
            solution = efa(m, k, method=method, rotation=rotation, kaiser=kaiser)  # type: ignore[arg-type]
            theirs = r[f"{method}_{rotation}"]["loadings"]
            yield compared(f"EFA, {method}, {rotation}", case, source, solution.loadings, theirs)


def rotations() -> Iterator[Line]:
    """Rotations against GPArotation, scores against psych."""
    values = load("rotation")
    gpa, psych = (f"{name} {values['versions'][name]}" for name in ("GPArotation", "psych"))
    for case in ("harman", "ability"):
        r = values[case]
        for kind in ("quartimax", "oblimin", "geomin"):
            for kaiser, key in ((True, f"{kind}_kaiser"), (False, kind)):
                found = ordered(rotate(np.array(r["unrotated"]), kind, kaiser, 10))
                name = f"Rotation, {kind}{', Kaiser' if kaiser else ''}"
                ours = np.concatenate([found.loadings.ravel(), found.phi.ravel()])
                theirs = np.concatenate([np.ravel(r[key]["loadings"]), np.ravel(r[key]["phi"])])
                yield compared(name, case, gpa, ours, theirs)
        solution = efa(printed(r), r["k"], method="ml", rotation="oblimin", kaiser=False)
        for method in ("regression", "bartlett", "tenberge"):
            scores = factor_scores(solution, printed(r), method=method)  # type: ignore[arg-type]
            yield compared(f"Factor scores, {method}", case, psych, scores.weights, r["scores"][method]["weights"])


def constructs() -> Iterator[Line]:
    """Anti-images by psych; discriminant validity and common method by their formulas in R."""
    values = load("anti_image")
    for case in ("harman", "attitude"):
        r = values[case]
        source = f"psych {values['versions']['psych']}"
        yield compared("Anti-image covariances", case, source, anti_image(printed(r)).covariance, r["covariance"])
    r = load("discriminant")["harman"]
    m, formulas = printed(r), "formulas in R"
    found = htmt(m, r["sets"])
    yield compared("HTMT", "harman", formulas, [row.htmt.value for row in found.pair_rows], r["htmt"])
    yield compared("HTMT2", "harman", formulas, [row.htmt2.value for row in found.pair_rows], r["htmt2"])
    criterion = fornell_larcker(m, r["sets"])
    yield compared("AVE", "harman", "factanal", criterion.constructs["ave"], r["ave"])
    latent = [row.latent for row in criterion.pair_rows]
    yield compared("Construct correlations", "harman", "factanal", latent, r["latent"])
    method = common_method(m, r["sets"], marker=r["marker"]["name"])
    shares = [method.harman_pca, method.harman_paf]
    yield compared("Harman's factor", "harman", formulas, shares, [r["pc1"], r["paf1"]])
    yield compared("Full collinearity VIF", "harman", formulas, method.collinearity["vif"], r["vif"])
    yield compared("Marker correction", "harman", formulas, method.partial["adjusted"], r["marker"]["adjusted"])


def reliabilities() -> Iterator[Line]:
    """Alpha and omega against psych and lavaan."""
    values = load("alpha")
    psych = f"psych {values['versions']['psych']}"
    for case in ("attitude", "likert", "listwise"):
        r = values[case]
        found = alpha(r["data"], level=r["level"])
        ours = [found.alpha.value, found.alpha.se, found.alpha.low, found.alpha.high, *found.items["r_drop"]]
        yield compared(
            "Cronbach's alpha, Feldt", case, psych, ours, [r["raw_alpha"], r["ase"], *r["feldt"], *r["r_drop"]]
        )
    values = load("omega")
    psych, lavaan = (f"{name} {values['versions'][name]}" for name in ("psych", "lavaan"))
    for case in ("harman", "ability", "likert"):
        r = values[case]
        m = Moments(tuple(r["names"]), r["n"], np.zeros(len(r["names"])), np.array(r["S"]))
        found_omega = omega(m, n_factors=r["k"])
        ours = [found_omega.total.value, found_omega.hierarchical.value, found_omega.ecv]
        yield compared("Omega total, hierarchical", case, psych, ours, [r["total"], r["hierarchical"], r["ecv"]])
        theirs = [r["congeneric"]["value"]]
        yield compared("Omega of one factor", case, lavaan, [found_omega.congeneric.value], theirs)


def beside_the_checkout() -> Iterator[Line]:
    """Real answers of the folder `shared`, against the values that lie there."""
    from accuracy_shared import BESIDE

    for each in BESIDE:
        yield from each()


#: What is compared; each yields its lines.
COMMITTED: tuple[Callable[[], Iterator[Line]], ...] = (
    factors,
    rotations,
    constructs,
    reliabilities,
    surveys,
    levels,
    pooled,
)


def bound(deviation: float) -> float:
    """The next power of ten above a deviation, not below what rounding leaves open."""
    return 10.0 ** math.ceil(math.log10(max(deviation, FLOOR)) - 1e-9)


def lines() -> list[tuple[str, Line]]:
    """Every comparison that can be made here, with where its reference lies."""
    found = [("repository", line) for each in COMMITTED for line in each()]
    if (SHARED / "reference").is_dir():
        found += [("shared", line) for line in beside_the_checkout()]
    return found


def of_set(data: str) -> str:
    """The data set without the part of it that is used."""
    name = data.replace("NIST ", "NIST_").split()[0].split("_listwise")[0].split("_pairwise")[0].rstrip(",")
    for whole in ("bfi", "HS_missing", "HS"):
        if name.startswith(whole):
            return whole
    return name


def _told(found: list[tuple[str, Line]], where: str) -> str:
    own = [line for place, line in found if place == where]
    return f"{len(own)} over {len({of_set(line.data) for line in own})}"


def page(found: list[tuple[str, Line]]) -> str:
    """The table as Markdown."""
    methods = len({line.method for _, line in found})
    sets = len({of_set(line.data) for _, line in found})
    head = [
        "# Accuracy",
        "",
        "Largest deviation of each method from an independent reference, relative where the reference is above 1 in",
        "size and absolute below, printed as the next power of ten above it. `python benchmarks/accuracy.py` writes",
        "this page; a test holds it to what the package computes.",
        "",
        "Sets named *repository* are made by the scripts under `tests/reference`; *shared* ones lie beside it.",
        f"Here are {len(found)} comparisons of {methods} methods over {sets} data sets:",
        f"{_told(found, 'repository')} in the repository and {_told(found, 'shared')} beside it.",
        "",
        "| method | data | reference | numbers | deviation at most | where |",
        "|---|---|---|---:|---:|---|",
    ]
    rows = [
        f"| {line.method} | {line.data} | {line.source} | {line.numbers} | {bound(line.deviation):.0e} | {where} |"
        for where, line in sorted(found, key=lambda each: (each[1].method, each[0], each[1].data))
    ]
    return "\n".join([*head, *rows]) + "\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(lines()), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
