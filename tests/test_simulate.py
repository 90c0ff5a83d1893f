"""The simulated survey: the committed file is what the generator writes, and its mess is cleaned on record."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from analysis.simulate import EFFECTS, STAMP, simulate
from analysis.study import load_study
from analysis.survey import prepare

PROJECT = Path(__file__).resolve().parents[1]
COMMITTED = PROJECT / "data" / "raw" / "demo" / "responses.csv"


def test_the_committed_file_is_the_generators_byte_for_byte() -> None:
    assert simulate() == COMMITTED.read_bytes()
    assert simulate(seed=1) != COMMITTED.read_bytes()
    assert simulate(load_study("demo"), seed=1) == simulate(seed=1)


def test_every_row_says_that_it_is_simulated() -> None:
    header, *rows = COMMITTED.read_text(encoding="utf-8-sig").splitlines()
    assert header.startswith("Dấu thời gian,Mã phiếu,")
    assert all(row.endswith(STAMP) for row in rows)
    assert load_study("demo").simulated


def test_the_mess_is_cleaned_and_every_change_is_on_record() -> None:
    responses = prepare("demo", cache=False)
    assert (responses.received, len(responses)) == (125, 120)
    counts = responses.log.counts.groupby(["rule", "action"])["count"].sum().to_dict()
    assert counts["screening", "excluded"] == 2
    assert counts["duplicate_id", "excluded"] == 3
    assert counts["no_answer", "changed"] == 4
    assert counts["text", "changed"] == 12
    assert int(responses.frame[list(responses.study.items)].isna().sum().sum()) == 14
    assert responses.frame["don_vi"].nunique() == 12


def test_the_truth_comes_back() -> None:
    """Slopes are smaller than the latent effects (items measure with error) but keep sign and order of size."""
    slopes = []
    for seed in range(20):
        frame = prepare_seed(seed)
        factors = np.column_stack([np.ones(len(frame)), frame[list(EFFECTS)]])
        slopes.append(np.linalg.lstsq(factors, frame["KQ"].to_numpy(), rcond=None)[0][1:])
    mean = np.mean(slopes, axis=0)
    truth = np.array(list(EFFECTS.values()))
    np.testing.assert_allclose(mean, truth, atol=0.09)
    assert np.argsort(mean).tolist() == np.argsort(truth).tolist()


def prepare_seed(seed: int):  # type: ignore[no-untyped-def]
    import csv
    import io

    import pandas as pd

    from analysis.survey.likert import labels_of

    study = load_study("demo")
    header, *rows = csv.reader(io.StringIO(simulate(study, seed=seed).decode("utf-8-sig"), newline=""))
    items = {code: next(at for at, name in enumerate(header) if f"[{code}." in name) for code in study.items}
    read = {code: labels_of(study.scale_of(code)).read for code in items}
    values = {
        code: [{99: None}.get(level, level) if (level := read[code](row[at])) else None for row in rows]
        for code, at in items.items()
    }
    frame = pd.DataFrame(values, dtype=float).dropna()
    frame["DT4"] = 6 - frame["DT4"]
    return pd.DataFrame({code: frame[list(members)].mean(axis=1) for code, members in study.members.items()})
