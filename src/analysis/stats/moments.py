"""Moments: names, n, means and covariances, the ground floor of most statistics here.

A data frame, a stream of batches and a printed correlation matrix become the same thing, and `+` pools data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias, TypeVar, runtime_checkable

import numpy as np
import numpy.typing as npt

from ..errors import Caution, ModelError, Place, caution, problem
from .blocks import Block, PairBlock, complete_block, pair_block
from .result import Result, from_dict, to_dict
from .rows import MISSING, Array, Missing, is_rows, literal, rows, unknown_column

RowRule: TypeAlias = Literal["listwise", "pairwise", "printed"]
Basis: TypeAlias = Literal["observed", "polychoric"]

_B = TypeVar("_B", Block, PairBlock)

_SAME = 1e-8  # a printed matrix carries few digits, but both halves carry the same ones


@dataclass(frozen=True, eq=False)
class Moments(Result):
    """Means and covariances of named columns over n rows; arrays cannot be written to.

    `missing` is the row rule: ``"listwise"`` (rows complete on all names), ``"pairwise"`` (each covariance over the
    rows that answer both) or ``"printed"``. `dropped` counts the rows that the rule left out. `basis` says whether the
    columns themselves were measured or, ``"polychoric"``, the normal variables behind ordinal answers.
    """

    names: tuple[str, ...]
    n: int
    mean: Array  # (k,)
    cov: Array  # (k, k), divided by n - 1
    missing: RowRule = "listwise"
    dropped: int = 0
    basis: Basis = "observed"

    def __post_init__(self) -> None:
        if self.n < 2:
            raise ModelError(problem("moments.too_few_rows", n=int(self.n), least=2))
        object.__setattr__(self, "names", tuple(self.names))
        for name in ("mean", "cov"):
            values = np.array(getattr(self, name), dtype=np.float64)
            values.setflags(write=False)
            object.__setattr__(self, name, values)
        k = len(self.names)
        if self.mean.shape != (k,) or self.cov.shape != (k, k):
            raise ModelError(problem("moments.shape", names=k, rows=len(self.cov)))

    @property
    def scatter(self) -> Array:
        """Centred cross-products: (n - 1) cov."""
        return self.cov * (self.n - 1)

    @property
    def cov_n(self) -> Array:
        """Covariances divided by n, as likelihoods want them."""
        return self.cov * ((self.n - 1) / self.n)

    @property
    def sd(self) -> Array:
        """Standard deviations."""
        return np.sqrt(np.diag(self.cov))

    @property
    def corr(self) -> Array:
        """Correlations; a column without variance is refused by name."""
        flat = tuple(name for name, sd in zip(self.names, self.sd, strict=True) if sd == 0)
        if flat:
            raise ModelError(problem("moments.no_variance", Place(column=flat[0]), columns=flat))
        return _correlations(self.cov)

    def subset(self, names: Sequence[str]) -> Moments:
        """The same moments of only these names, in this order; n and the row rule stay those of the whole."""
        unknown = [name for name in names if name not in self.names]
        if unknown:
            raise ModelError(*(unknown_column(name, self.names) for name in unknown))
        at = [self.names.index(name) for name in names]
        kept = self.mean[at], self.cov[np.ix_(at, at)]
        return Moments(tuple(names), self.n, *kept, self.missing, self.dropped, self.basis)

    def __add__(self, other: Moments) -> Moments:
        """Moments of both data sets together."""
        return self._from_block(self._block() + self._partner(other)._block(), other.missing)

    def __sub__(self, other: Moments) -> Moments:
        """Moments of the rows that are left when those of `other` are taken away."""
        if self.n - other.n < 2:
            raise ModelError(problem("moments.too_few_rows", n=self.n - other.n, least=2))
        return self._from_block(self._block() - self._partner(other)._block(), other.missing)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Moments):
            return NotImplemented
        mine = (self.names, self.n, self.missing, self.dropped, self.basis)
        same = mine == (other.names, other.n, other.missing, other.dropped, other.basis)
        return same and np.array_equal(self.mean, other.mean) and np.array_equal(self.cov, other.cov)

    def __hash__(self) -> int:
        return hash((self.names, self.n, self.missing, self.dropped, self.mean.tobytes()))

    def _block(self) -> Block:
        return Block(self.n, self.dropped, self.mean, self.scatter)

    def _partner(self, other: Moments) -> Moments:
        """`other` in this order of names, if the two can be pooled."""
        if "pairwise" in (self.missing, other.missing):
            raise ModelError(problem("moments.pairwise_not_additive"))
        if "polychoric" in (self.basis, other.basis):
            raise ModelError(problem("moments.polychoric_not_additive"))
        if set(self.names) != set(other.names):
            differing = tuple(sorted(set(self.names) ^ set(other.names)))
            raise ModelError(problem("moments.different_names", columns=differing))
        return other if other.names == self.names else other.subset(self.names)

    def _from_block(self, block: Block, missing: RowRule) -> Moments:
        rule: RowRule = self.missing if self.missing == missing else "printed"
        return Moments(self.names, block.n, block.mean, block.scatter / (block.n - 1), rule, block.dropped)

    @staticmethod
    def from_printed(
        corr: npt.ArrayLike | Sequence[Sequence[float]],
        *,
        sd: Sequence[float] | None = None,
        mean: Sequence[float] | None = None,
        n: int,
        names: Sequence[str],
    ) -> Moments:
        """Moments from a printed correlation table.

        Parameters
        ----------
        corr : matrix or rows of its lower triangle
            Correlations with ones on the diagonal; rows of growing length are read as the lower triangle.
        sd, mean : sequence of float, optional
            Standard deviations (1 where not given) and means (0).
        n : int
            Respondents.
        names : sequence of str
            One for each row.

        Returns
        -------
        Moments
            With ``missing == "printed"``: how the authors treated missing answers is not known.

        Raises
        ------
        ModelError
            ``moments.…``: not square, not symmetric, a diagonal that is not 1, an entry outside -1 to 1, or no possible
            correlation matrix (with its smallest eigenvalue).

        Examples
        --------
        >>> Moments.from_printed([[1], [0.5, 1]], sd=[2, 1], n=100, names=["a", "b"]).cov
        array([[4., 1.],
               [1., 1.]])
        """
        matrix = _printed_matrix(corr, names)
        deviations = np.ones(len(names)) if sd is None else np.asarray(sd, dtype=np.float64)
        means = np.zeros(len(names)) if mean is None else np.asarray(mean, dtype=np.float64)
        if deviations.shape != (len(names),) or not (deviations > 0).all():
            raise ModelError(problem("moments.printed_sd"))
        return Moments(tuple(names), n, means, matrix * np.outer(deviations, deviations), "printed")

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionaries and lists for JSON."""
        return to_dict(self)

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Moments:
        """The moments that `to_dict` wrote."""
        found = from_dict(data)
        if not isinstance(found, Moments):
            raise ModelError(problem("result.unknown_type", type=str(data.get("type"))))
        return found


@runtime_checkable
class HasMoments(Protocol):
    """A result that other statistics may start from, for instance polychoric correlations."""

    def as_moments(self) -> Moments:
        """The moments that it holds."""
        ...


def moments(x: object, names: Sequence[str] | None = None, *, missing: Missing = "listwise") -> Moments:
    """Means and covariances of answers, however many rows there are.

    Parameters
    ----------
    x : rows, Moments, Polychoric, or an iterable of batches
        Answers (see `rows`), moments (returned as they are) or what holds them, or batches of rows that are read
        once, one at a time.
    names : sequence of str, optional
        The columns to take; all of them when not given.
    missing : {"listwise", "pairwise"}
        Rows complete on all names, or each covariance over the rows that answer both.

    Returns
    -------
    Moments
        `n` counts the rows used: complete ones, or with ``"pairwise"`` those with any answer.

    Raises
    ------
    ModelError
        ``moments.too_few_rows`` under two rows; ``rows.…`` for text, infinite values and unknown names.

    Notes
    -----
    Two passes over each batch, with a compensated mean; batches merge as centred blocks.

    Examples
    --------
    >>> moments({"a": [1, 2, 3], "b": [2, 4, None]}).n
    2
    """
    literal("missing", missing, MISSING)
    if isinstance(x, HasMoments):
        x = x.as_moments()
    if isinstance(x, Moments):
        return x if names is None else x.subset(names)
    if missing == "pairwise":
        return pairwise(x, names)[0]
    return _listwise(*_pooled((taken, complete_block(values)) for taken, values in _batches(x, names)))


def complete_moments(values: Array, names: Sequence[str]) -> Moments:
    """Moments of the complete rows of numbers (n, k) that were taken."""
    return _listwise(tuple(names), complete_block(values))


def _listwise(names: tuple[str, ...], block: Block) -> Moments:
    if block.n < 2:
        raise ModelError(problem("moments.too_few_rows", n=block.n, least=2))
    return Moments(names, block.n, block.mean, block.scatter / (block.n - 1), "listwise", block.dropped)


def pairwise(x: object, names: Sequence[str] | None = None) -> tuple[Moments, PairBlock]:
    """Pairwise moments together with the counts and sums of every pair."""
    found, block = _pooled((taken, pair_block(values)) for taken, values in _batches(x, names))
    fewest = int(block.count.min(initial=block.n))
    if fewest < 2:
        raise ModelError(problem("moments.too_few_rows", n=fewest, least=2))
    return Moments(found, block.n, np.diag(block.mean), block.cov, "pairwise", block.dropped), block


def pair_correlations(names: Sequence[str], block: PairBlock) -> Array:
    """Pairwise correlations; refused where a column does not vary over the rows that answer another."""
    flat = [problem("moments.pair_no_variance", a=names[i], b=names[j]) for i, j in np.argwhere(block.flat)]
    if flat:
        raise ModelError(*flat)
    return block.corr


def moments_cautions(m: Moments) -> tuple[Caution, ...]:
    """What a reader must know of these moments: pairwise ones may belong to no possible data set."""
    found = [caution("moments.polychoric", "note")] if m.basis == "polychoric" else []
    if m.missing == "pairwise":
        smallest = float(np.linalg.eigvalsh(m.cov).min(initial=0.0))
        if smallest < -1e-10 * float(np.trace(m.cov)):
            found.append(caution("moments.not_positive_definite", eigenvalue=smallest))
    return tuple(found)


def _pooled(blocks: Iterable[tuple[tuple[str, ...], _B]]) -> tuple[tuple[str, ...], _B]:
    """Names and sum of all blocks."""
    pooled: tuple[tuple[str, ...], _B] | None = None
    for names, block in blocks:
        pooled = (names, block if pooled is None else pooled[1] + block)
    if pooled is None:
        raise ModelError(problem("moments.too_few_rows", n=0, least=2))
    return pooled


def _batches(x: object, names: Sequence[str] | None) -> Iterator[tuple[tuple[str, ...], Array]]:
    """Names and numbers of each batch; a single set of rows is one batch."""
    if not is_rows(x) and isinstance(x, Iterable) and not isinstance(x, str | bytes | np.ndarray):
        first: tuple[str, ...] | None = None if names is None else tuple(names)
        for batch in x:
            taken = rows(batch, first)
            first = taken.names
            yield taken.names, taken.numeric()
        return
    taken = rows(x, names)
    yield taken.names, taken.numeric()


def _correlations(cov: Array) -> Array:
    sd = np.sqrt(np.diag(cov))
    corr: Array = cov / np.outer(sd, sd)
    np.fill_diagonal(corr, 1.0)
    return corr


def _printed_matrix(corr: Any, names: Sequence[str]) -> Array:
    """A whole, symmetric, positive definite correlation matrix from what was printed."""
    k = len(names)
    lines = [list(line) for line in corr]
    if [len(line) for line in lines] == list(range(1, k + 1)):
        lines = [[lines[max(i, j)][min(i, j)] for j in range(k)] for i in range(k)]
    if len(lines) != k or any(len(line) != k for line in lines):
        raise ModelError(problem("moments.shape", names=k, rows=len(lines)))
    matrix = np.array(lines, dtype=np.float64)
    for i in range(k):
        if not abs(matrix[i, i] - 1) < _SAME:
            raise ModelError(problem("moments.printed_diagonal", row=names[i], value=float(matrix[i, i])))
        for j in range(i):
            here, there = float(matrix[i, j]), float(matrix[j, i])
            if not abs(here) <= 1:
                raise ModelError(problem("moments.printed_bounds", row=names[i], column=names[j], value=here))
            if not abs(here - there) < _SAME:
                slots = {"row": names[i], "column": names[j]}
                raise ModelError(problem("moments.printed_asymmetric", **slots, value=here, other=there))
    smallest = float(np.linalg.eigvalsh(matrix).min(initial=1.0))
    if smallest <= 0:
        raise ModelError(problem("moments.printed_not_positive_definite", eigenvalue=smallest))
    return matrix
