"""Kappa against R, textbook tables and exact fractions; its laws; what is refused and what is said."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.errors import ModelError
from analysis.stats.kappa import WEIGHTS, kappa
from analysis.stats.krippendorff import krippendorff
from analysis.stats.result import from_dict, to_dict


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code


def codes(result):
    return [each.code for each in result.cautions]


def spread_out(counts):
    """One row for each rating of a table of counts."""
    rows = [
        (at, level, seat)
        for at, row in enumerate(counts)
        for seat, level in enumerate(np.repeat(np.arange(len(row)), row))
    ]
    return pd.DataFrame(rows, columns=["who", "level", "by"])


def of_counts(counts, **options):
    return kappa(spread_out(counts), target="who", rater="by", score="level", kind="fleiss", **options)


@pytest.mark.parametrize("weights", WEIGHTS)
def test_cohen_matches_r(reference, weights):
    r = reference("kappa")
    found = kappa({name: r["data"][name] for name in "ab"}, weights=weights)
    wanted, (row,), (errors,) = r["cohen"][weights], found.rows, found.error_rows
    assert (row.value, row.low, row.high, row.p) == pytest.approx(
        tuple(wanted[key] for key in ("value", "low", "high", "p")), rel=1e-10
    )
    assert (errors.se, errors.se_null, errors.statistic) == pytest.approx(
        (wanted["se"], wanted["se_null"], wanted["z"]), rel=1e-11
    )


def test_cohen_matches_psych(reference):
    r = reference("kappa")
    found = kappa({name: r["data"][name] for name in "ab"})
    assert found["kappa"].value == pytest.approx(r["psych"]["kappa"], rel=1e-12)
    assert found.error_rows[0].se == pytest.approx(r["psych"]["se"], rel=1e-10)
    weighted = kappa({name: r["data"][name] for name in "ab"}, weights="quadratic")
    assert weighted["kappa"].value == pytest.approx(r["psych"]["weighted"], rel=1e-12)


def test_light_matches_r_and_is_cohen_for_two(reference):
    r = reference("kappa")
    assert kappa(r["data"], kind="light", weights="linear")["kappa"].value == pytest.approx(r["light"], rel=1e-12)
    two = {name: r["data"][name] for name in "ab"}
    light, cohen = kappa(two, kind="light"), kappa(two)
    assert (light["kappa"].value, light["kappa"].low) == (cohen["kappa"].value, cohen["kappa"].low)


@pytest.mark.parametrize("case", ["fleiss", "uneven"])
def test_fleiss_matches_r(reference, case):
    r = reference("kappa")[case]
    found = of_counts(r["counts"])
    row, errors = found["kappa"], found.error_rows[0]
    assert (row.value, row.low, row.high) == pytest.approx((r["value"], r["low"], r["high"]), rel=1e-11)
    assert errors.se == pytest.approx(r["se"], rel=1e-11)
    if case == "uneven":
        assert (errors.se_null, row.p) == (None, None)
        return
    assert errors.se_null == pytest.approx(r["se_null"], rel=1e-11)
    assert round(row.value, 3) == 0.210  # as textbooks print it
    np.testing.assert_allclose([each.value for each in found.rows[1:]], r["category"], rtol=1e-11)
    np.testing.assert_allclose([each.se_null for each in found.error_rows[1:]], r["category_se"], rtol=1e-11)


def test_fleiss_of_the_shared_diagnoses(shared_dir, shared):
    found = kappa(pd.read_csv(shared_dir / "data" / "raters_core" / "csv" / "diagnoses.csv"))
    r = shared("raters")["fleiss_diagnoses"]
    assert found["kappa"].value == pytest.approx(r["value"], rel=1e-9)
    assert found.error_rows[0].statistic == pytest.approx(r["z"], rel=1e-9)
    printed = [
        [round(row.value, 3), round(errors.statistic, 3)]
        for row, errors in zip(found.rows, found.error_rows, strict=True)
    ]
    assert printed[1:] == [row[:2] for row in r["detail"]["values"]]
    assert (found.n, found.raters, found.ratings) == (30, 6, 180)


@pytest.mark.parametrize(
    ("weights", "name"), [("unweighted", "unweighted"), ("linear", "equal"), ("quadratic", "squared")]
)
def test_cohen_of_the_shared_anxiety(shared_dir, shared, weights, name):
    anxiety = pd.read_csv(shared_dir / "data" / "raters_core" / "csv" / "anxiety.csv")[["rater1", "rater2"]]
    found, r = kappa(anxiety, weights=weights), shared("raters")["kappa2_anxiety12"][name]
    ours = (found["kappa"].value, found.error_rows[0].statistic, found["kappa"].p)
    assert ours == pytest.approx((r["value"], r["z"], r["p"]), rel=1e-9)


# ---- exact fractions -----------------------------------------------------------------------------------------------


@st.composite
def judged(draw, raters=2):
    n = draw(st.integers(3, 25))
    return [draw(st.lists(st.integers(1, 4), min_size=raters, max_size=raters)) for _ in range(n)]


def wide(table):
    return {f"r{j}": [row[j] for row in table] for j in range(len(table[0]))}


def exact_cohen(pairs, weights):
    n, k = len(pairs), 4
    power = {"linear": 1, "quadratic": 2}.get(weights)

    def apart(a, b):
        return Fraction(int(a != b)) if power is None else Fraction(abs(a - b), k - 1) ** power

    do = sum(apart(a, b) for a, b in pairs) / n
    de = sum(apart(a, b) for a, _ in pairs for _, b in pairs) / n**2
    return None if de == 0 else 1 - do / de


@settings(max_examples=200, deadline=None)
@given(judged(), st.sampled_from(WEIGHTS))
def test_cohen_is_an_exact_fraction(table, weights):
    wanted = exact_cohen(table, weights)
    if wanted is None:
        assert refusal(lambda: kappa(wide(table), weights=weights, levels=[1, 2, 3, 4])) == "kappa.one_category"
        return
    found = kappa(wide(table), weights=weights, levels=[1, 2, 3, 4])["kappa"].value
    assert abs(Fraction(found) - wanted) <= Fraction(1, 10**12) * max(abs(wanted), 1)


@settings(max_examples=200, deadline=None)
@given(judged(raters=3))
def test_fleiss_is_an_exact_fraction(table):
    n, m = len(table), 3
    po = Fraction(sum(a == b for row in table for a, b in combinations(row, 2)), n * 3)
    shares = [Fraction(sum(row.count(c) for row in table), n * m) for c in range(1, 5)]
    pe = sum(share**2 for share in shares)
    assume(pe < 1)
    found = kappa(wide(table), kind="fleiss")["kappa"].value
    wanted = (po - pe) / (1 - pe)
    assert abs(Fraction(found) - wanted) <= Fraction(1, 10**12) * max(abs(wanted), 1)


# ---- laws ----------------------------------------------------------------------------------------------------------


def computed(function):
    try:
        return function()
    except ModelError:
        assume(False)


laws = settings(max_examples=80, deadline=None)


@laws
@given(judged(raters=3), st.permutations([1, 2, 3, 4]), st.permutations([0, 1, 2]))
def test_order_of_targets_raters_and_labels_changes_nothing(table, labels, seats):
    frame = pd.DataFrame(wide(table))
    other = frame.replace(dict(zip([1, 2, 3, 4], labels, strict=True))).sample(frac=1, random_state=3)
    other = other.iloc[:, list(seats)]
    for kind in ("fleiss", "light"):
        a, b = (computed(lambda each=each, kind=kind: kappa(each, kind=kind)["kappa"]) for each in (frame, other))
        assert (a.value, a.low) == pytest.approx((b.value, b.low), rel=1e-9, abs=1e-12)


@laws
@given(judged(), st.sampled_from(WEIGHTS))
def test_swapping_the_two_raters_and_reversing_the_scale_change_nothing(table, weights):
    levels = [1, 2, 3, 4]
    found = computed(lambda: kappa(wide(table), weights=weights, levels=levels))
    swapped = kappa(wide([row[::-1] for row in table]), weights=weights, levels=levels)
    turned = kappa(wide([[5 - v for v in row] for row in table]), weights=weights, levels=levels)
    for other in (swapped, turned):
        ours = (other["kappa"].value, other.error_rows[0].se, other.error_rows[0].se_null)
        theirs = (found["kappa"].value, found.error_rows[0].se, found.error_rows[0].se_null)
        assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12)


@laws
@given(judged())
def test_identical_raters_agree_fully_and_nobody_more(table):
    copies = wide([[row[0], row[0]] for row in table])
    for kind in ("cohen", "fleiss", "light"):
        found = computed(lambda kind=kind: kappa(copies, kind=kind))
        assert found["kappa"].value == pytest.approx(1, abs=1e-12)
        assert (found["kappa"].low, found["kappa"].high) == (None, None)
        assert "kappa.perfect_agreement" in codes(found)
    assert computed(lambda: kappa(wide(table)))["kappa"].value <= 1 + 1e-12


@laws
@given(judged())
def test_krippendorff_of_two_raters_is_scotts_pi_with_its_small_sample_term(table):
    """alpha = 1 - (1 - pi) (2n - 1) / 2n, and pi is Fleiss's kappa of two raters."""
    pi = computed(lambda: kappa(wide(table), kind="fleiss"))["kappa"].value
    n = 2 * len(table)
    assert krippendorff(wide(table))["alpha"].value == pytest.approx(1 - (1 - pi) * (n - 1) / n, rel=1e-11, abs=1e-12)


@laws
@given(judged(), st.integers(2, 4))
def test_repeating_every_target_keeps_kappa_and_shrinks_its_error(table, times):
    one, many = computed(lambda: kappa(wide(table))), computed(lambda: kappa(wide(table * times)))
    assert many["kappa"].value == pytest.approx(one["kappa"].value, rel=1e-10, abs=1e-12)
    assert many.error_rows[0].se == pytest.approx(one.error_rows[0].se / times**0.5, rel=1e-9, abs=1e-12)


# ---- refused and said ----------------------------------------------------------------------------------------------


def test_what_is_refused():
    assert refusal(lambda: kappa({"a": [1, 1, 1], "b": [1, 1, 1]})) == "kappa.one_category"
    assert refusal(lambda: kappa({"a": [1, 2], "b": [1, 2], "c": [2, 1]}, kind="cohen")) == "kappa.two_raters"
    assert refusal(lambda: kappa({"a": [1, 2], "b": [1, 2]}, kind="fleiss", weights="linear")) == "kappa.no_weights"
    assert refusal(lambda: kappa({"a": [1, None, 2], "b": [None, 2, 2]})) == "kappa.too_few_targets"
    assert refusal(lambda: kappa({"a": [1, 2], "b": [1, 2]}, weights="cubic")) == "option.unknown"
    assert refusal(lambda: kappa({"a": [1, 2], "b": [1, 2]}, kind="scott")) == "option.unknown"


def test_the_paradox_is_said_with_prevalence_and_pabak():
    rows = {"a": ["no"] * 90 + ["yes"] * 5 + ["no"] * 5, "b": ["no"] * 90 + ["no"] * 5 + ["yes"] * 5}
    found = kappa(rows)
    known = {row.name: row.value for row in found.index_rows}
    assert known == pytest.approx({"observed": 0.9, "prevalence": 0.9, "bias": 0.0, "pabak": 0.8})
    assert found["kappa"].value == pytest.approx(-1 / 19)
    assert next(each for each in found.cautions if each.code == "kappa.paradox").get("pabak") == pytest.approx(0.8)
    assert from_dict(to_dict(found)) == found


def test_bias_index_of_two_categories_is_byrts():
    rows = {
        "a": ["y"] * 40 + ["y"] * 20 + ["n"] * 5 + ["n"] * 35,
        "b": ["y"] * 40 + ["n"] * 20 + ["y"] * 5 + ["n"] * 35,
    }
    known = {row.name: row.value for row in kappa(rows).index_rows}
    assert (known["bias"], known["prevalence"]) == pytest.approx((0.15, 0.05))


def test_unfilled_targets_are_left_out_and_counted():
    found = kappa({"a": [1, 2, 1, 2, None], "b": [1, 2, 2, None, 1]})
    assert (found.n, found.dropped) == (3, 2)
    assert "agreement.targets_left_out" in codes(found)


def test_order_that_nobody_declared_is_said_for_weights_only():
    rows = {"a": ["low", "high", "middle"], "b": ["low", "middle", "middle"]}
    assert "kappa.levels_found" in codes(kappa(rows, weights="linear"))
    assert "kappa.levels_found" not in codes(kappa(rows))
    assert "kappa.levels_found" not in codes(kappa(rows, weights="linear", levels=["low", "middle", "high"]))


def test_declared_levels_that_nobody_chose_stretch_the_weights():
    rows = {"a": [1, 2, 4, 4], "b": [1, 4, 2, 4]}
    near, far = kappa(rows, weights="linear"), kappa(rows, weights="linear", levels=[1, 2, 3, 4])
    assert near["kappa"].value != pytest.approx(far["kappa"].value)
