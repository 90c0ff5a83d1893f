"""What the generator puts in: items after printed tables, effects, units, and who answers.

The printed numbers are those of tables of real theses (``docs/simulated-study.md`` lists the addresses); the values
here are of the *latent* normal answer that, cut into five levels, gives an item the printed mean, standard deviation
and item-rest correlation. Nothing here is computed from answers of persons.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Persons kept after cleaning in each of the 18 fictitious units, and the units that are communes (xã).
UNIT_SIZES = (14, 17, 12, 16, 19, 11, 15, 13, 14, 18, 12, 15, 13, 16, 14, 11, 17, 13)
COMMUNES = (2, 6, 9, 13, 17)  # positions in UNIT_SIZES
PERSONS = sum(UNIT_SIZES)
FEWEST = 4 * len(UNIT_SIZES)  # persons; with fewer the planted mess would be most of the file

OUTCOME = "KQ"
SEED = 2024


@dataclass(frozen=True, slots=True)
class ItemDesign:
    """A latent answer ``mean + sd (loading construct + sqrt(1 - loading^2) error)``, rounded to a level of 1 to 5."""

    mean: float
    sd: float
    loading: float


def _items(*rows: tuple[float, float, float]) -> tuple[ItemDesign, ...]:
    return tuple(ItemDesign(*row) for row in rows)


#: In the direction of the construct: a reverse-keyed item is turned round after it is drawn.
ITEMS = {
    # R10, training (TD): k = 5, alpha .874, item means 3.58 to 3.95.
    "DT": _items((3.95, 1.21, 0.89), (3.91, 1.21, 0.73), (4.11, 1.24, 0.83), (3.63, 1.10, 0.84), (3.76, 1.22, 0.73)),
    # R8, pay and benefits (TLPL): k = 5, alpha .904; its first four items.
    "TL": _items((3.64, 0.95, 0.85), (3.67, 0.89, 0.85), (3.67, 1.05, 0.85), (3.73, 0.84, 0.85)),
    # TT, colleagues (DONGNGHIEP): k = 4, alpha .891. No table on leadership is among the sources.
    "LD": _items((3.85, 1.30, 0.92), (3.95, 1.38, 0.86), (3.89, 1.37, 0.74), (4.07, 1.43, 0.92)),
    # TT, working conditions (DIEUKIEN): k = 4, alpha .753; the second item hangs together with no other (r_drop .215).
    "MT": _items((4.07, 1.37, 0.90), (3.74, 1.11, 0.25), (3.87, 1.33, 0.83), (4.08, 1.55, 0.82)),
    # R10, performance appraisal (PA): k = 5, alpha .919; three of its items.
    "DG": _items((3.54, 0.97, 0.88), (3.56, 0.97, 0.88), (3.57, 0.87, 0.88)),
    # R10, recruitment (RS): k = 4, alpha .859. No table on information technology is among the sources.
    "CN": _items((3.72, 1.10, 0.85), (3.70, 0.95, 0.78), (3.59, 0.99, 0.82), (3.50, 0.91, 0.82)),
    # R9, capability (NANGLUC): alpha .847 without its fourth item, so a mean correlation of .525; levels are our own.
    "KT": _items((3.62, 0.89, 0.77), (3.51, 0.88, 0.77), (3.72, 0.84, 0.77), (3.41, 0.94, 0.77)),
    "KN": _items((3.72, 0.84, 0.77), (3.62, 0.89, 0.77), (3.52, 0.95, 0.77), (3.83, 0.85, 0.77)),
    "TD": _items((3.93, 0.80, 0.78), (4.02, 0.74, 0.78), (3.83, 0.86, 0.78), (3.93, 0.80, 0.78)),
    # R1, responsiveness of staff: k = 5, alpha .8243, item means 4.07 to 4.21.
    OUTCOME: _items((4.08, 0.53, 0.76), (4.09, 0.65, 0.82), (4.15, 0.49, 0.88), (4.22, 0.52, 0.85), (4.07, 0.54, 0.67)),
}

#: Effect of each latent factor on the latent outcome. Aimed at the standardised coefficients of G1 and G2.
EFFECTS = {"DT": 0.36, "TL": 0.17, "LD": 0.26, "MT": 0.11, "DG": 0.15, "CN": 0.11}
#: How strongly each factor hangs on what they all share (the respondent's way of answering, the local mood).
SHARED = {"DT": 0.62, "TL": 0.61, "LD": 0.62, "MT": 0.65, "DG": 0.61, "CN": 0.62}
#: Knowledge, skills and attitude hang on what is shared, on training, and on a capability of the person's own.
CAPABILITY = {"KT": (0.35, 0.30, 0.55), "KN": (0.35, 0.30, 0.60), "TD": (0.40, 0.15, 0.60)}
CAPABILITY_EFFECT = 0.35  # of that capability on the outcome; it has nothing to do with the factors
UNIT_SHARE = 0.08  # of every factor's and capability's variance lies between units
UNIT_SHARE_OUTCOME = 0.06  # further share of the outcome's variance, beside what the factors bring from the units

#: Planted differences between groups, in standard deviations of the latent construct.
COMMUNE_CN = -0.30  # IT application in communes against wards
EDUCATION_KT = 0.25  # knowledge, for each step of education

#: Margins near those of P1 and P2. Rows of the conditional shares follow the levels of the first variable.
GENDER = (0.49, 0.51)
AGE = (0.20, 0.40, 0.26, 0.14)
EDUCATION_BY_AGE = ((0.05, 0.87, 0.08), (0.08, 0.78, 0.14), (0.22, 0.69, 0.09), (0.45, 0.53, 0.02))
TENURE_BY_AGE = (
    (0.72, 0.28, 0.00, 0.00),
    (0.18, 0.47, 0.35, 0.00),
    (0.06, 0.16, 0.56, 0.22),
    (0.03, 0.07, 0.28, 0.62),
)
POLITICS_BY_GROUP = ((0.01, 0.08, 0.76, 0.15), (0.10, 0.22, 0.64, 0.04))  # cadres, civil servants

#: Staff of a ward and of a commune by position: cadres, then the six civil-servant titles of Decree 33/2023.
CADRES = "can_bo"
STAFF = {
    "phuong": {"can_bo": 11, "quan_su": 1, "van_phong": 2, "dia_chinh": 2, "tai_chinh": 2, "tu_phap": 2, "van_hoa": 1},
    "xa": {"can_bo": 11, "quan_su": 1, "van_phong": 2, "dia_chinh": 2, "tai_chinh": 1, "tu_phap": 1, "van_hoa": 2},
}
