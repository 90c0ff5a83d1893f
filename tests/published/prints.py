"""Printed tables of simulated answers: what a study would print of them, with a given number of digits."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

Rows = list[dict[str, str]]

FILES = {
    "reliability": "reliability_items.csv",
    "correlations": "correlations.csv",
    "profiles": "sample_profiles.csv",
    "groups": "group_statistics.csv",
    "coefficients": "regression_coefficients.csv",
}


class Survey:
    """Simulated answers to scales of five-level items, with two variables of the respondents."""

    def __init__(self, seed: int, n: int = 200, scales: int = 5, items: int = 5) -> None:
        rng = np.random.default_rng(seed)
        shared = np.full((scales, scales), 0.45) + 0.55 * np.eye(scales)
        factors = rng.multivariate_normal(np.zeros(scales), shared, n)
        self.answers: dict[str, np.ndarray] = {}
        for scale in range(scales):
            latent = 0.75 * factors[:, [scale]] + 0.66 * rng.standard_normal((n, items))
            centre = 3.6 + rng.uniform(-0.4, 0.4, items)
            self.answers[f"S{scale + 1}"] = np.clip(np.rint(centre + 0.9 * latent), 1, 5)
        self.groups = {"gender": rng.integers(2, size=n), "age": rng.integers(4, size=n)}
        self.n = n

    def scores(self) -> dict[str, np.ndarray]:
        return {scale: x.mean(axis=1) for scale, x in self.answers.items()}

    def print(self, digits: int, item_columns: Sequence[str] = ()) -> dict[str, Rows]:
        """Every kind of table that a reconstruction reads; `item_columns` chooses columns of the reliability table."""

        def text(value: float) -> str:
            return f"{value:.{digits}f}"

        rows = [row for scale, x in self.answers.items() for row in self._items(scale, x, text)]
        kept = {"table_id", "scale", "alpha", "k_items", "n_cases", "item", *(item_columns or rows[0])}
        rows = [{name: cell for name, cell in row.items() if name in kept} for row in rows]
        scores, names = self.scores(), list(self.answers)
        correlations = [
            {"table_id": "T", "row": a, "col": b, "r": text(np.corrcoef(scores[a], scores[b])[0, 1]), "n": str(self.n)}
            for a in names
            for b in names
            if a < b
        ]
        profiles = [
            {"table_id": "T", "variable": name, "category": f"{name} {level}", "count": str(int((said == level).sum()))}
            for name, said in self.groups.items()
            for level in range(said.max() + 1)
        ]
        groups = [
            {
                "table_id": "T", "dependent": scale, "group": f"gender {level}", "n": str(int(chosen.sum())),
                "mean": text(score[chosen].mean()), "sd": text(score[chosen].std(ddof=1)),
            }
            for scale, score in scores.items()
            for level in range(2)
            for chosen in [self.groups["gender"] == level]
        ]  # fmt: skip
        terms = [{"table_id": "T", "dependent": names[-1], "term": term} for term in names[:-1]]
        return {
            "reliability": rows, "correlations": correlations, "profiles": profiles, "groups": groups,
            "coefficients": terms,
        }  # fmt: skip

    def _items(self, scale: str, x: np.ndarray, text: Any) -> Rows:
        rows = []
        for at in range(x.shape[1]):
            others = np.delete(x, at, axis=1)
            rest = others.sum(axis=1)
            rows.append(
                {
                    "table_id": "T", "scale": scale, "alpha": text(alpha(x)), "k_items": str(x.shape[1]),
                    "n_cases": str(self.n), "item": f"{scale}_{at + 1}", "item_mean": text(x[:, at].mean()),
                    "item_sd": text(x[:, at].std(ddof=1)), "scale_mean_if_deleted": text(rest.mean()),
                    "scale_var_if_deleted": text(rest.var(ddof=1)),
                    "corrected_item_total_r": text(np.corrcoef(rest, x[:, at])[0, 1]),
                    "alpha_if_deleted": text(alpha(others)),
                }
            )  # fmt: skip
        return rows


def alpha(x: np.ndarray) -> float:
    k = x.shape[1]
    return float(k / (k - 1) * (1 - x.var(axis=0, ddof=1).sum() / x.sum(axis=1).var(ddof=1)))


def write(tables: Mapping[str, Rows], folder: Path) -> None:
    """The tables as the CSV files that `analysis reconstruct` reads; a reliability table needs all its columns."""
    folder.mkdir(parents=True, exist_ok=True)
    needed = ("scale_var_if_deleted", "corrected_item_total_r")
    for kind, rows in tables.items():
        names = list(rows[0])
        names += [name for name in needed if kind == "reliability" and name not in names]
        with (folder / FILES[kind]).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, names, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
