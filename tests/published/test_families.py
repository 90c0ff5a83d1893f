"""Families of tables: what each adds to the plain formulas, by examples whose answer is known beforehand."""

from __future__ import annotations

import pytest

from analysis import alpha, lmg, ols, ttest
from analysis.errors import ModelError
from analysis.published import certificates, replicate, sheet_of
from analysis.published.audit import audit
from analysis.published.crosstab import likelihood_ratio, linear, pearson
from analysis.published.groups import one_way, two_groups
from analysis.published.profile import cochran, finite, yamane
from analysis.published.ranks import h_without_ties
from analysis.published.replicate import printed_moments
from analysis.stats.groups import Groups
from analysis.stats.moments import Moments


def wrong(tables) -> set[tuple[str, str]]:
    return {(each.what, each.reason) for each in audit(tables).checks if each.verdict == "inconsistent"}


def rows(*cells: dict[str, object], name: str = "T") -> list[dict[str, object]]:
    return [{"table_id": name, **each} for each in cells]


class TestReliability:
    def test_a_copied_row_is_named(self, published):
        found = audit({"reliability": [row for row in published("reliability") if row["table_id"] == "R10"]})
        [told] = found.explanations
        assert (told.code, told.printed, told.instead) == ("copied_row", "OP6", "OP1")
        assert (round(told.before, 4), round(told.after, 4)) == (0.8889, 0.8787)

    def test_a_header_with_another_number_of_items_is_named(self, published):
        own = [{**row, "k_items": "7"} for row in published("reliability") if row["scale"] == "TC reliability"]
        found = audit({"reliability": own})
        assert wrong({"reliability": own}) == {("k_items", "")}
        assert [each.code for each in found.explanations] == ["k_items"]

    def test_missing_rows_are_no_contradiction(self, published):
        own = [row for row in published("reliability") if row["scale"] == "TC reliability"][:3]
        assert {each.verdict for each in audit({"reliability": own}).checks} == {"cannot check"}


MODEL = {"n": "180", "df_reg": "5", "R": ".750", "R2": ".563", "adj_R2": ".550"}


class TestRegression:
    def test_adjusted_r2_from_r2_n_and_k(self):
        assert wrong({"models": rows(MODEL)}) == set()
        assert ("adj_R2", "") in wrong({"models": rows({**MODEL, "adj_R2": ".520"})})

    def test_swapped_ones_are_explained(self):
        found = audit({"models": rows({**MODEL, "R2": ".550", "adj_R2": ".563"})})
        assert {each.code for each in found.explanations} >= {"r2_swapped"}

    def test_adjusted_printed_as_r2_is_explained(self):
        found = audit({"models": rows({**MODEL, "R2": ".550", "adj_R2": None})})
        assert "adjusted_as_r2" in {each.code for each in found.explanations}

    def test_other_degrees_of_freedom_are_explained(self):
        model = {
            "SS_res": "42.743",
            "df_res": "125",
            "MS_res": "0.281",
            "SS_reg": "20.701",
            "df_reg": "2",
            "F": "36.807",
        }
        [told] = audit({"models": rows(model)}).explanations
        assert (told.code, told.printed, told.instead) == ("wrong_df", "125", "152")

    @pytest.mark.parametrize("watson", ["4.7", "-0.2"])
    def test_durbin_watson_lies_between_0_and_4(self, watson):
        assert ("durbin_watson", "out_of_range") in wrong(
            {"models": rows({"R": ".5", "R2": ".25", "durbin_watson": watson})}
        )

    def test_signs_and_tolerances(self):
        row = {"dependent": "y", "term": "a", "B": ".50", "SE": ".10", "t": "-5.0", "tolerance": "1.4"}
        assert {("t", "sign"), ("tolerance", "out_of_range")} <= wrong({"coefficients": rows(row)})

    def test_beta_from_the_deviations(self):
        tables = {
            "coefficients": rows({"dependent": "y", "term": "a", "B": "2.00", "beta": ".500"}),
            "descriptives": rows({"variable": "a", "sd": "1.00"}, {"variable": "y", "sd": "5.00"}),
        }
        assert ("beta", "") in wrong(tables)


class TestCorrelations:
    def test_a_matrix_that_no_data_give(self):
        cells = rows(
            *({"row": a, "col": b, "r": r} for a, b, r in (("x", "y", ".9"), ("x", "z", "-.9"), ("y", "z", ".9")))
        )
        assert wrong({"correlations": cells}) == {("least_eigenvalue", "not_definite")}

    def test_one_sided_p_are_recognised_and_told(self):
        cells = rows({"row": "x", "col": "y", "r": ".200", "n": "100", "p": ".023"})
        [found] = [each for each in audit({"correlations": cells}).checks if each.what == "p"]
        assert (found.verdict, found.reason) == ("consistent", "one_sided")

    def test_stars_that_p_does_not_earn(self):
        assert ("stars", "stars") in wrong({"correlations": rows({"row": "x", "col": "y", "r": ".10**", "n": "50"})})

    def test_a_correlation_above_the_reliabilities_is_said_and_not_judged(self):
        tables = {
            "correlations": rows({"row": "A", "col": "B", "r": ".90", "n": "100"}),
            "reliability": rows(
                {"scale": "A", "alpha": ".70", "item": "a"}, {"scale": "B", "alpha": ".70", "item": "b"}
            ),
        }
        assert "above_reliability" in {each.reason for each in audit(tables).checks}
        assert wrong(tables) == set()


class TestCounts:
    TABLE = rows(*({"row": a, "col": b, "count": n} for a, b, n in
                   (("m", "1", "10"), ("m", "2", "20"), ("f", "1", "30"), ("f", "2", "40"))))  # fmt: skip

    def test_chi_squares_of_a_known_table(self):
        """R 4.2.2: chisq.test(matrix(c(10,30,20,40),2), correct=FALSE) gives .79365, G² .80406, (n - 1) r² .78571."""
        import numpy as np

        counts = np.array([[10.0, 20.0], [30.0, 40.0]])
        assert pearson(counts) == pytest.approx(0.7936508, abs=1e-6)
        assert likelihood_ratio(counts) == pytest.approx(0.8043, abs=1e-3)
        assert linear(counts) == pytest.approx(0.7857143, abs=1e-6)

    def test_a_slip_in_expected_counts_and_in_the_test(self):
        right = ("12.0", "18.0", "28.0", "42.0")
        cells = [{**row, "expected": each} for row, each in zip(self.TABLE, right, strict=True)]
        assert wrong({"crosstabs": cells}) == set()
        cells[0]["expected"] = "13.0"
        tests = rows({"test": "Pearson Chi-Square", "value": ".974", "df": "1", "p": ".373"})
        assert {("expected", ""), ("value", "")} <= wrong({"crosstabs": cells, "chi_squares": tests})

    def test_a_missing_category_is_no_contradiction(self, published):
        own = [row for row in published("profiles") if row["table_id"] == "P2"][:-1]
        assert wrong({"profiles": own}) == set()

    def test_a_sum_that_does_not_close_is_one(self):
        cells = rows({"variable": "s", "category": "a", "count": "60", "n": "100", "percent": "60.0"},
                     {"variable": "s", "category": "b", "count": "30", "n": "100", "percent": "40.0"})  # fmt: skip
        assert {("n", ""), ("percent", "")} & wrong({"profiles": cells})

    def test_several_answers_a_person_are_no_contradiction(self):
        cells = rows({"variable": "s", "category": "a", "count": "60", "n": "100", "percent": "60.0"},
                     {"variable": "s", "category": "b", "count": "70", "n": "100", "percent": "70.0"})  # fmt: skip
        assert wrong({"profiles": cells}) == set()

    def test_sampling_formulas_are_the_textbook_s(self):
        assert yamane(99, 0.05) == pytest.approx(79.3587, abs=1e-4)
        assert cochran(1.96, 0.5, 0.05) == pytest.approx(384.16)
        assert finite(384.16, 1000) == pytest.approx(277.74, abs=0.01)

    def test_a_size_rounded_down_is_said(self):
        cells = rows({"formula": "Yamane", "N": "90", "e": "0.05", "n_computed": "73.47", "n": "73"})
        assert {each.reason for each in audit({"sampling": cells}).checks} == {"", "rounded_down"}
        assert ("n_computed", "") in wrong(
            {"sampling": rows({"formula": "Yamane", "N": "90", "e": "0.05", "n_computed": "83.47"})}
        )


class TestGroups:
    def test_one_way_is_scipy_s(self):
        import numpy as np
        from scipy import stats

        parts = [np.array([1.0, 2, 4, 4]), np.array([3.0, 5, 5]), np.array([2.0, 2, 3, 6, 7])]
        moments = [each for x in parts for each in (x.mean(), x.std(ddof=1))]
        own, theirs = one_way([len(x) for x in parts], moments), stats.f_oneway(*parts)
        assert (own["F"], own["p"]) == pytest.approx((theirs.statistic, theirs.pvalue), rel=1e-12)

    @pytest.mark.parametrize("variances", ["pooled", "welch"])
    def test_two_groups_are_those_of_the_verb(self, variances):
        found = two_groups((10, 3.1, 0.5), (14, 3.6, 0.8), variances)
        printed = Groups.from_printed(["a", "b"], n=[10, 14], mean=[3.1, 3.6], sd=[0.5, 0.8])
        verb = ttest("outcome ~ group", printed, variances=variances)
        assert (found["t"], found["df"], found["p"]) == pytest.approx((verb.statistic, verb.df1, verb.p), rel=1e-12)
        assert (found["mean_diff"], found["se_diff"]) == pytest.approx((verb.difference.value, verb.difference.se))

    def test_differences_add_up_and_turn_around(self):
        cells = rows(*({"I": a, "J": b, "mean_diff": d} for a, b, d in
                       (("A", "B", ".20"), ("B", "C", ".30"), ("A", "C", ".50"), ("B", "A", "-.20"))))  # fmt: skip
        assert wrong({"posthoc": cells}) == set()
        cells[2]["mean_diff"] = ".70"
        assert wrong({"posthoc": cells}) == {("mean_diff", "")}

    def test_mean_ranks_add_up(self):
        import numpy as np
        from scipy import stats

        x, y = np.array([1.2, 3.4, 5.6, 7.8]), np.array([2.3, 4.5, 9.9])
        ranked = stats.rankdata(np.concatenate([x, y]))
        means = [ranked[:4].mean(), ranked[4:].mean()]
        assert h_without_ties([4, 3], means) == pytest.approx(stats.kruskal(x, y).statistic, rel=1e-12)
        cells = rows(
            {"group": "a", "n": "4", "mean_rank": f"{means[0]:.2f}"}, {"group": "b", "n": "3", "mean_rank": "6.90"}
        )
        assert wrong({"ranks": cells}) == set()  # a third group may be left out
        assert wrong({"ranks": cells, "rank_tests": rows({"statistic": "0.50", "df": "1"})})


class TestFactors:
    def test_eigenvalues_add_up_to_the_items(self, published):
        own = [dict(row) for row in published("eigenvalues") if row["table_id"] == "E1"]
        own[0]["eigenvalue"] = "6.409"
        beside = [row for row in published("kmo") if row["table_id"] == "E1"]
        assert ("eigenvalues", "") in wrong({"eigenvalues": own, "kmo": beside})

    def test_rotated_sums_are_judged_only_after_an_orthogonal_rotation(self):
        values = rows(
            {"component": "1", "eigenvalue": "3.0", "rotation_ss": "2.9"},
            {"component": "2", "eigenvalue": "1.5", "rotation_ss": "2.9"},
        )
        assert wrong({"eigenvalues": values}) == set()
        assert ("rotation_ss", "") in wrong({"eigenvalues": [{**row, "rotation": "varimax"} for row in values]})

    def test_loadings_do_not_exceed_the_communality(self):
        tables = {
            "loadings": rows(
                {"item": "a", "loading": ".80", "factor_block": "1"},
                {"item": "a", "loading": ".50", "factor_block": "2"},
            ),
            "communalities": rows({"item": "a", "extraction": ".60"}),
        }
        assert ("communality", "") in wrong(tables)


class TestReplication:
    CELLS = rows(*({"row": a, "col": b, "r": r, "n": "155"} for a, b, r in
                   (("y", "a", ".549"), ("y", "b", ".434"), ("a", "b", ".550"))))  # fmt: skip

    def test_the_verbs_take_a_printed_matrix(self):
        found = replicate(sheet_of({"correlations": self.CELLS}, "T"), "y ~ a + b", scale=["a", "b"])
        moments = Moments.from_printed([[1], [0.549, 1], [0.434, 0.55, 1]], n=155, names=["y", "a", "b"])
        assert found.regression == ols("y ~ a + b", moments)
        assert found.importance == lmg("y ~ a + b", moments)
        assert found.reliability == alpha(moments, ["a", "b"])
        assert found.regression.fit.r2 == pytest.approx(0.326, abs=1e-3)

    def test_deviations_beside_the_matrix_are_used(self):
        sds = rows({"variable": "y", "sd": "2"}, {"variable": "a", "sd": "1"}, {"variable": "b", "sd": "1"})
        moments = printed_moments(sheet_of({"correlations": self.CELLS, "descriptives": sds}, "T"))
        assert list(moments.sd) == [2, 1, 1]

    def test_half_a_matrix_is_refused_with_the_reason(self):
        found = replicate(sheet_of({"correlations": self.CELLS[:2]}, "T"), "y ~ a + b")
        assert found.refused[0].code == "published.no_matrix"
        with pytest.raises(ModelError):
            printed_moments(sheet_of({"correlations": [{**row, "n": None} for row in self.CELLS]}, "T"))


class TestCertificates:
    def test_tables_of_one_address_are_one_publication(self):
        levene = {
            "dependent": "y",
            "levene_F": "2.063",
            "df1": "3",
            "df2": "272",
            "p": ".105",
            "source_url": "https://a.org",
        }
        tables = {"levene": rows(levene) + rows({**levene, "p": ".501"}, name="U")}
        [found] = certificates(audit(tables))
        assert (found.names, found.verdict, found.count("consistent"), len(found.disagreements)) == (
            ("T", "U"), "inconsistent", 1, 1,
        )  # fmt: skip

    def test_a_planted_slip_is_explained_by_the_smallest_change(self):
        levene = {"dependent": "y", "levene_F": "2.063", "df1": "3", "df2": "272", "p": ".150"}
        [told] = audit({"levene": rows(levene)}).explanations
        assert (told.code, told.instead) == ("digits_swapped", ".105")


@pytest.mark.parametrize("kind", ["coefficients", "models", "anova", "t_tests", "crosstabs", "eigenvalues", "ranks"])
def test_a_table_without_most_of_its_columns_is_no_crash(printed_study, kind):
    tables, _ = printed_study(2, 3, "half_up")
    for row in tables.get(kind, []):
        for name in list(row)[2::2]:
            row.pop(name)
    assert wrong({kind: tables.get(kind, [])}) == set()
