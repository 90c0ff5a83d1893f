"""Figures can be read: names never collide, ink stands out, what may not be shown lies where it belongs, one page."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from analysis.report import drawing

LONG = "Địa chính – xây dựng – đô thị (nông nghiệp) và môi trường"


def rows_of(sections: int, groups: int) -> list[dict]:
    return [
        {
            "section": f"Đặc điểm {s}",
            "label": LONG if g % 2 else "Nam",
            "value": 3.0 + g,
            "low": 2.5 + g,
            "high": 4.0 + g,
        }
        for s in range(sections)
        for g in range(groups)
    ]


def intervals(rows: list[dict]):
    return drawing._intervals({"rows": rows, "lines": [], "x": "Điểm", "decimal": ","})


@pytest.mark.parametrize(("sections", "groups"), [(1, 2), (8, 3), (6, 6)])
def test_names_of_groups_never_run_into_each_other(sections, groups):
    canvas = intervals(rows_of(sections, groups))
    canvas.canvas.draw()
    boxes = [label.get_window_extent() for label in canvas.axes[0].get_yticklabels()]
    overlaps = [upper.y0 - lower.y1 for upper, lower in itertools.pairwise(boxes)]
    assert len(boxes) == sections * (groups + 1)
    assert min(overlaps) > -1.0  # points; the ascent of an empty line


def test_headings_stand_once_above_their_rows_and_bold():
    canvas = intervals(rows_of(3, 2))
    labels = canvas.axes[0].get_yticklabels()
    bold = [label.get_text() for label in labels if label.get_fontweight() == "bold"]
    assert bold == ["Đặc điểm 0", "Đặc điểm 1", "Đặc điểm 2"]


def test_a_figure_of_many_groups_stays_on_one_page():
    assert intervals(rows_of(8, 3)).get_size_inches()[1] < 8.6  # inches: A4 less margins, caption and source


def test_levels_that_may_not_be_shown_lie_where_they_belong():
    data = {
        "levels": ["1", "2", "3", "4", "5"],
        "rows": [{"label": "A", "percent": [None, None, None, 60.0, 25.0]}],
        "x": "%",
        "hidden": "hidden",
    }
    bars = [bar for bar in drawing._stacked(data).axes[0].patches if bar.get_width() > 0]
    hatched = [bar for bar in bars if bar.get_hatch()]
    assert [(bar.get_x(), bar.get_width()) for bar in hatched] == [(0.0, pytest.approx(15.0))]
    shown = [(bar.get_x(), bar.get_width()) for bar in bars if not bar.get_hatch()]
    assert shown == [(pytest.approx(15.0), 60.0), (pytest.approx(75.0), 25.0)]


def luminance(colour: str | tuple) -> float:
    from matplotlib.colors import to_rgb

    parts = np.asarray(to_rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def test_numbers_in_a_heat_map_stand_out_from_their_cell():
    from seaborn import color_palette

    matrix = [[1.0, 0.5, -0.6], [0.5, 1.0, 0.47], [-0.6, 0.47, 1.0]]
    axes = drawing._heatmap({"labels": ["a", "b", "c"], "matrix": matrix, "decimal": ","}).axes[0]
    shades = color_palette("vlag", as_cmap=True)
    for text in axes.texts:
        value = float(text.get_text().replace(",", "."))
        light, dark = sorted((luminance(text.get_color()), luminance(shades((value + 1) / 2))), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2, level AA


def flow(steps: list[tuple[str, str]]):
    rows = [{"out": out, "left": left} for out, left in steps]
    return drawing._flow(
        {"start": "Phiếu nhận được\nn = 632", "end": "Phiếu đưa vào phân tích\nn = 578", "steps": rows}
    )


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [(f"{LONG} {LONG}\nn = 12", "Số phiếu còn lại\nn = 620")] * 4,
        [("\n".join(f"{LONG}: n = {at}" for at in range(14)), "Phiếu đưa vào phân tích\nn = 578")],
    ],
)
def test_boxes_of_a_flow_diagram_never_meet_and_stay_on_the_page(steps):
    canvas = flow(steps)
    canvas.canvas.draw()
    texts = [text for text in canvas.axes[0].texts if text.get_text()]
    boxes = [text.get_bbox_patch().get_window_extent() for text in texts]
    assert len(boxes) == 1 + max(1, 2 * len(steps))
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other)
    width, height = canvas.get_size_inches() * canvas.dpi
    assert all(box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height for box in boxes)
    assert canvas.get_size_inches()[1] < 8.6


def test_a_map_of_items_with_long_questions_keeps_room(recwarn) -> None:
    """Labels were measured in larger letters than they are printed in, and the map collapsed."""
    labels = [f"water_supply_item_{at}. {LONG} {LONG} {LONG}" for at in range(3)]
    canvas = drawing._loadings({"labels": labels, "factors": ["F1"], "matrix": [[0.8], [0.7], [0.2]], "decimal": ","})
    canvas.canvas.draw()
    assert not [each for each in recwarn if "collapsed" in str(each.message)]
    assert [text.get_text() for text in canvas.axes[0].texts] == ["0,80", "0,70", "0,20"]
    assert len(canvas.axes[0].get_yticklabels()) == 3
