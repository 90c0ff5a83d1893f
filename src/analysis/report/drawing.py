"""Figures drawn from their block's data: the same block gives the same picture, in a notebook and on a page."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .block import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

#: Okabe–Ito: told apart by colour-blind readers. Greys stay apart in print.
BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"

#: The height in inches that rows may take, so that a figure stays on one page.
_PAGE = 7.4

_RC = {
    "svg.hashsalt": "analysis",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "axes.titlesize": 10,
}


#: Dots per inch of a picture in a notebook.
_SCREEN = 110


def svg(figure: Figure) -> bytes:
    """The figure as SVG, the same bytes each time; its metadata name the source."""
    with _drawn(figure) as canvas:
        about = {"Date": None, "Creator": None, "Source": figure.source or None}
        return _saved(canvas, "svg", metadata=about)


def png(figure: Figure) -> bytes:
    """The figure as PNG for a screen."""
    with _drawn(figure) as canvas:
        return _saved(canvas, "png", metadata={"Software": None}, dpi=_SCREEN)


@contextmanager
def _drawn(figure: Figure) -> Iterator[Canvas]:
    import matplotlib as mpl
    import seaborn as sns

    style: Any = {**sns.axes_style("whitegrid"), **_RC}
    with mpl.rc_context(style):
        yield _PLOTS[figure.plot](figure.data)


def _saved(canvas: Canvas, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    canvas.savefig(out, format=kind, bbox_inches="tight", **options)
    return out.getvalue()


def _canvas(width: float, height: float, panels: int = 1) -> tuple[Canvas, list[Axes]]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Canvas

    canvas = Canvas(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(canvas)
    axes = canvas.subplots(1, panels, squeeze=False)[0]
    return canvas, list(axes)


def safe(label: str) -> str:
    """A label that matplotlib does not read as mathematics."""
    return label.replace("$", r"\$")


def _wrapped(label: str, width: int = 30) -> str:
    import textwrap

    return safe("\n".join(textwrap.wrap(label, width)))


def _intervals(data: Mapping[str, Any]) -> Canvas:
    """Points with their intervals, one row each, under the headings that rows share, and reference lines."""
    import seaborn as sns

    rows = data["rows"]
    names = [_wrapped(row["label"], 40 if "section" in row else 30) for row in rows]
    places, headings, height = _places(rows, names)
    canvas, (axes,) = _canvas(7.2, 0.9 + min(0.42 * height, max(_PAGE, 0.2 * height)))
    values = [row["value"] for row in rows]
    for place, row in zip(places, rows, strict=True):
        if row["low"] is not None and row["high"] is not None:
            axes.plot([row["low"], row["high"]], [place, place], color=BLUE, linewidth=1.8, solid_capstyle="butt")
    sns.scatterplot(x=values, y=list(places), ax=axes, color=BLUE, s=42, zorder=3, legend=False)
    for line in data.get("lines", ()):
        axes.axvline(line["value"], color=ORANGE, linestyle="--", linewidth=1)
        axes.annotate(
            safe(line["label"]), (line["value"], 1.0), xycoords=("data", "axes fraction"), xytext=(0, 3),
            textcoords="offset points", ha="center", va="bottom", color="#8a3c00", fontsize=8.5,
        )  # fmt: skip
    shown = sorted([*zip(places, names, strict=True), *headings.items()])
    axes.set_yticks([place for place, _ in shown], [name for _, name in shown], fontsize=8.5 if headings else None)
    for (place, _), label in zip(shown, axes.get_yticklabels(), strict=True):
        label.set_fontweight("bold" if place in headings else "normal")
    axes.set_ylim(height - 0.5, -0.5)
    axes.set_xlabel(safe(data["x"]))
    axes.set_ylabel("")
    _localise(axes, data["decimal"])
    return canvas


def _places(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> tuple[list[float], dict[float, str], float]:
    """Where each row stands, the headings of rows that share a `section` and where they stand, and the whole height.

    A name of several lines takes more room, so that it never runs into its neighbours.
    """
    places: list[float] = []
    headings: dict[float, str] = {}
    last, top = None, 0.0
    for row, name in zip(rows, names, strict=True):
        section = row.get("section")
        if section is not None and section != last:
            headings[top] = _wrapped(section, 40)
            top += 1
        last, extra = section, 0.7 * name.count("\n") if section is not None else 0.0
        places.append(top + extra / 2)
        top += 1 + extra
    return places, headings, top


def _stacked(data: Mapping[str, Any]) -> Canvas:
    """Shares of answers per scale, stacked to 100 %."""
    import seaborn as sns

    rows, levels = data["rows"], data["levels"]
    canvas, (axes,) = _canvas(7.2, 1.5 + 0.42 * len(rows))
    colours = sns.color_palette("cividis", len(levels))
    left = [0.0] * len(rows)
    rest = [_unshown(row["percent"]) for row in rows]
    for index, level in enumerate(levels):
        due = [share if _first_unshown(row["percent"]) == index else 0.0 for row, share in zip(rows, rest, strict=True)]
        if any(due):  # levels with too few answers to be shown, where the first of them lies
            axes.barh(range(len(rows)), due, left=left, color="#e8e8e8", edgecolor="#999999", hatch="///", height=0.72)
            left = [start + share for start, share in zip(left, due, strict=True)]
        shares = [row["percent"][index] or 0.0 for row in rows]
        axes.barh(
            range(len(rows)), shares, left=left, color=colours[index], edgecolor="white", label=safe(level), height=0.72
        )
        for place, share in enumerate(shares):
            if share >= 7:
                axes.text(
                    left[place] + share / 2, place, f"{share:.0f}", ha="center", va="center",
                    color=_ink(colours[index]), fontsize=8.5,
                )  # fmt: skip
        left = [start + share for start, share in zip(left, shares, strict=True)]
    if any(rest):
        axes.barh([0], [0.0], color="#e8e8e8", edgecolor="#999999", hatch="///", label=safe(data["hidden"]))
    axes.set_yticks(range(len(rows)), [_wrapped(row["label"]) for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, 100)
    axes.set_xlabel(safe(data["x"]))
    axes.grid(axis="y", visible=False)
    canvas.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=8.5)
    return canvas


def _unshown(percent: Sequence[float | None]) -> float:
    """What the levels that may not be shown have together."""
    if all(share is not None for share in percent):
        return 0.0
    return max(0.0, 100.0 - sum(share or 0.0 for share in percent))


def _first_unshown(percent: Sequence[float | None]) -> int | None:
    return next((index for index, share in enumerate(percent) if share is None), None)


def _heatmap(data: Mapping[str, Any]) -> Canvas:
    """The lower triangle of a correlation matrix, or all of it where its halves are two kinds of correlation."""
    import numpy as np
    import seaborn as sns

    matrix = np.asarray(data["matrix"], dtype=float)
    size = len(matrix)
    hidden = np.triu(np.ones_like(matrix, dtype=bool), size if data.get("halves") == "differ" else 1)
    canvas, (axes,) = _canvas(7.2, 1.4 + 0.55 * size)
    labels = [f"{place}. {_wrapped(label, 26)}" for place, label in enumerate(data["labels"], start=1)]
    written = np.array([[f"{value:.2f}".replace(".", data["decimal"]) for value in row] for row in matrix])
    sns.heatmap(
        matrix,
        mask=hidden,
        annot=written,
        fmt="",
        vmin=-1,
        vmax=1,
        cmap="vlag",
        xticklabels=[str(place) for place in range(1, size + 1)],
        yticklabels=labels,
        ax=axes,
        linewidths=1,
        cbar=False,
        annot_kws={"fontsize": 9},
    )
    shades = sns.color_palette("vlag", as_cmap=True)
    for text, value in zip(axes.texts, matrix[~hidden], strict=True):
        text.set_color(_ink(shades((float(value) + 1) / 2)))
    axes.grid(visible=False)
    axes.tick_params(axis="y", rotation=0)
    return canvas


def _loadings(data: Mapping[str, Any]) -> Canvas:
    """Items by factors, each loading written on its colour; small ones stand back."""
    import numpy as np
    import seaborn as sns

    matrix = np.asarray(data["matrix"], dtype=float)
    names = [_wrapped(label, 60) for label in data["labels"]]
    lines = sum(1 + name.count("\n") for name in names)
    canvas, (axes,) = _canvas(7.2, 0.9 + min(0.27 * max(lines, len(names)), max(_PAGE, 0.2 * len(names))))
    written = np.array(
        [[f"{value:.2f}".replace(".", data["decimal"]).replace("-", "−") for value in row] for row in matrix]
    )
    sns.heatmap(
        matrix, annot=written, fmt="", vmin=-1, vmax=1, cmap="vlag", xticklabels=list(data["factors"]),
        yticklabels=False, ax=axes, linewidths=0.6, cbar=False, annot_kws={"fontsize": 8},
    )  # fmt: skip
    axes.set_yticks(np.arange(len(names)) + 0.5, names, fontsize=7)  # labels in larger letters may leave no room
    shades = sns.color_palette("vlag", as_cmap=True)
    for text, value in zip(axes.texts, matrix.ravel(), strict=True):
        text.set_color(_ink(shades((float(value) + 1) / 2)))
        text.set_fontweight("bold" if abs(value) >= data.get("shown", 0.3) else "normal")
    axes.grid(visible=False)
    axes.tick_params(axis="y", rotation=0, labelsize=7)
    axes.xaxis.tick_top()
    return canvas


def _ink(ground: Sequence[float]) -> str:
    """Black or white, whichever stands out more from a background (relative luminance, WCAG 2)."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in ground[:3])
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "white" if (luminance + 0.05) ** 2 < 0.05 * 1.05 else "black"


def _residuals(data: Mapping[str, Any]) -> Canvas:
    """Histogram of standardised residuals beside the normal curve, and their P–P plot."""
    import numpy as np
    import seaborn as sns
    from scipy.stats import norm

    canvas, (left, right) = _canvas(7.2, 3.3, panels=2)
    edges, density = np.asarray(data["edges"]), np.asarray(data["density"])
    sns.histplot(
        x=(edges[:-1] + edges[1:]) / 2, weights=density * np.diff(edges), bins=list(edges), stat="density", ax=left,
        color=BLUE, alpha=0.55, edgecolor="white",
    )  # fmt: skip
    grid = np.linspace(edges[0], edges[-1], 200)
    left.plot(grid, norm.pdf(grid), color=ORANGE, linewidth=1.6)
    left.set_xlabel(safe(data["x"]))
    left.set_ylabel(safe(data["y"]))
    right.plot([0, 1], [0, 1], color=ORANGE, linewidth=1.2)
    sns.scatterplot(x=data["observed"], y=data["expected"], ax=right, color=BLUE, s=22, legend=False)
    right.set_xlabel(safe(data["x_pp"]))
    right.set_ylabel(safe(data["y_pp"]))
    for axes in (left, right):
        _localise(axes, data["decimal"])
    return canvas


def _strip(data: Mapping[str, Any]) -> Canvas:
    """For each row the same number under many choices, one thin interval each: main, agreeing, disagreeing."""
    rows = data["rows"]
    canvas, (axes,) = _canvas(7.2, 1.3 + 0.95 * len(rows))
    kinds = (("black", "D", 5.5), (BLUE, "o", 4.0), (ORANGE, "X", 6.0))
    for place, row in enumerate(rows):
        step = 0.76 / max(len(row["ways"]) - 1, 1)
        for at, way in enumerate(row["ways"]):
            colour, mark, size = kinds[0 if way["main"] else 1 if way["same"] else 2]
            y = place - 0.38 + at * step
            axes.plot([way["low"], way["high"]], [y, y], color=colour, linewidth=0.9, alpha=0.7)
            axes.plot([way["value"]], [y], color=colour, marker=mark, markersize=size, linestyle="")
        if place:
            axes.axhline(place - 0.5, color="#cccccc", linewidth=0.8)
    for (colour, mark, size), name in zip(kinds, data["names"], strict=True):
        axes.plot([], [], color=colour, marker=mark, markersize=size, linestyle="", label=safe(name))
    axes.axvline(0, color="#666666", linestyle="--", linewidth=1)
    axes.set_yticks(range(len(rows)), [_wrapped(row["label"]) for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel(_wrapped(data["x"], 70))
    canvas.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=8.5)
    _localise(axes, data["decimal"])
    return canvas


def _bands(data: Mapping[str, Any]) -> Canvas:
    """Group means over x with the span of the middle of each group, and the line of zero."""
    import seaborn as sns

    rows = data["rows"]
    canvas, (axes,) = _canvas(7.2, 3.6)
    axes.axhline(0, color=ORANGE, linestyle="--", linewidth=1)
    x = [row["x"] for row in rows]
    axes.fill_between(x, [row["low"] for row in rows], [row["high"] for row in rows], color=BLUE, alpha=0.15)
    for row in rows:
        axes.plot([row["x"]] * 2, [row["low"], row["high"]], color=BLUE, linewidth=1.2)
    sns.scatterplot(x=x, y=[row["value"] for row in rows], ax=axes, color=BLUE, s=42, zorder=3, legend=False)
    axes.set_xlabel(safe(data["x"]))
    axes.set_ylabel(safe(data["y"]))
    _localise(axes, data["decimal"])
    return canvas


def _bars(data: Mapping[str, Any]) -> Canvas:
    """Horizontal bars from zero, one row each, under the headings that rows share, and reference lines."""
    import seaborn as sns

    rows = data["rows"]
    grouped = bool(rows) and "section" in rows[0]
    names = [_wrapped(row["label"], 40) for row in rows]
    places, headings, height = _places(rows, names)
    tall = 0.36 * height
    canvas, (axes,) = _canvas(7.2, 0.9 + (min(tall, max(_PAGE, 0.17 * height)) if grouped else tall))
    sns.barplot(
        x=[row["value"] for row in rows], y=places, orient="h", ax=axes, color=BLUE, errorbar=None, native_scale=True
    )
    for line in data.get("lines", ()):
        axes.axvline(line["value"], color=ORANGE, linestyle="--", linewidth=1)
        axes.annotate(
            safe(line["label"]), (line["value"], 1.0), xycoords=("data", "axes fraction"), xytext=(0, 3),
            textcoords="offset points", ha="center", va="bottom", color="#8a3c00", fontsize=8.5,
        )  # fmt: skip
    shown = sorted([*zip(places, names, strict=True), *headings.items()])
    axes.set_yticks([place for place, _ in shown], [name for _, name in shown], fontsize=7.5 if grouped else None)
    for (place, _), label in zip(shown, axes.get_yticklabels(), strict=True):
        label.set_fontweight("bold" if place in headings else "normal")
    axes.set_ylim(height - 0.5, -0.5)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel(safe(data["x"]))
    axes.set_ylabel("")
    _localise(axes, data["decimal"])
    return canvas


def _scree(data: Mapping[str, Any]) -> Canvas:
    """Eigenvalues of the answers beside those of random ones."""
    import seaborn as sns

    canvas, (axes,) = _canvas(7.2, 3.6)
    for values, name, colour, mark in zip(
        (data["observed"], data["random"]), data["names"], (BLUE, ORANGE), ("o", "X"), strict=True
    ):
        sns.lineplot(
            x=data["components"], y=values, ax=axes, color=colour, marker=mark, label=safe(name), errorbar=None
        )
    axes.axhline(1, color="#666", linewidth=0.9, linestyle=":")
    axes.set_xlabel(safe(data["x"]))
    axes.set_ylabel(safe(data["y"]))
    axes.legend(frameon=False)
    _localise(axes, data["decimal"])
    return canvas


def _series(data: Mapping[str, Any]) -> Canvas:
    """Small panels of yearly figures: one line an era, broken where a year has no figure, eras never joined."""
    panels = data["panels"]
    down = -(-len(panels) // 2)
    canvas, axes_list = _grid(7.2, 0.4 + 2.35 * down, down, 2 if len(panels) > 1 else 1)
    for axes, panel in zip(axes_list, panels, strict=False):
        for line, colour, mark in zip(panel["lines"], _cycle(len(panel["lines"])), "osD^v" * 9, strict=False):
            heights = [float("nan") if y is None else y for y in line["y"]]
            label = _wrapped(line["label"], 40) if line["label"] else None
            axes.plot(line["x"], heights, color=colour, marker=mark, markersize=4, linewidth=1.6, label=label)
        axes.set_title(_wrapped(panel["title"], 46), fontsize=9, loc="left")
        axes.set_ylabel(safe(data["y"]), fontsize=8.5)
        _localise(axes, data["decimal"])
        if any(line["label"] for line in panel["lines"]):
            axes.legend(frameon=False, fontsize=7.5, loc="upper left", bbox_to_anchor=(-0.02, -0.12), labelspacing=0.2)
    _shared(axes_list[: len(panels)], panels, downwards=data["downwards"])
    for axes in axes_list[len(panels) :]:
        axes.set_visible(False)
    return canvas


def _paths(data: Mapping[str, Any]) -> Canvas:
    """A path diagram: factors above one another, their items to the right, all other arrows as arcs beside them."""
    nodes = {node["name"]: node for node in data["nodes"]}
    lowest = max(node["y"] for node in data["nodes"])
    canvas, (axes,) = _canvas(7.2, min(1.0 + 0.42 * (lowest + 1), _PAGE))
    for edge in data["edges"]:
        draw = _straight if edge["shape"] == "straight" else _arc
        draw(axes, nodes[edge["start"]], nodes[edge["end"]], edge)
    for node in data["nodes"]:
        _node(axes, node)
    axes.set_xlim(0, 10)
    axes.set_ylim(lowest + 1, -1)
    axes.set_axis_off()
    return canvas


#: Half the width of a factor's and of an item's shape, in the diagram's ten units.
_HALF = {"latent": 1.15, "observed": 0.75}

#: Room that a written value takes, in the same units across and in rows of items down.
_WIDE, _HIGH = 0.66, 0.52


def _node(axes: Axes, node: Mapping[str, Any]) -> None:
    from matplotlib.patches import Ellipse, Rectangle

    half, height = _HALF[node["kind"]], node["height"]
    about: dict[str, Any] = {"facecolor": "white", "edgecolor": "#333", "linewidth": 1.1, "zorder": 3}
    if node["kind"] == "latent":
        axes.add_patch(Ellipse((node["x"], node["y"]), 2 * half, height, **about))
    else:
        axes.add_patch(Rectangle((node["x"] - half, node["y"] - height / 2), 2 * half, height, **about))
    width = 15 if node["kind"] == "latent" else 10
    axes.text(node["x"], node["y"], _wrapped(node["label"], width), ha="center", va="center", fontsize=8, zorder=4)


def _straight(axes: Axes, start: Mapping[str, Any], end: Mapping[str, Any], edge: Mapping[str, Any]) -> None:
    """From a factor's right edge to an item's left, the loading written close to the item."""
    here, there = (start["x"] + _HALF[start["kind"]], start["y"]), (end["x"] - _HALF[end["kind"]], end["y"])
    _arrow(axes, edge, [here, there])
    parts = (0.72, 0.5, 0.86, 0.36, 0.6, 0.24)
    _written(
        axes, [tuple(a + part * (b - a) for a, b in zip(here, there, strict=True)) for part in parts], edge["text"]
    )


def _arc(axes: Axes, start: Mapping[str, Any], end: Mapping[str, Any], edge: Mapping[str, Any]) -> None:
    """Beside the column: the farther apart, the wider; the value stands where the arc is widest."""
    side = -1 if edge["side"] == "left" else 1
    down = 1 if end["y"] > start["y"] else -1
    x = start["x"] + side * _HALF[start["kind"]] * 0.93
    y = [start["y"] + down * 0.12 * start["height"], end["y"] - down * 0.12 * end["height"]]
    reach = side * edge["reach"]
    control = x + reach * 4 / 3  # a cubic curve goes three quarters of the way to its controls
    _arrow(axes, edge, [(x, y[0]), (control, y[0]), (control, y[1]), (x, y[1])])
    parts = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74)
    ways = [(part, 3 * part**2 - 2 * part**3) for part in parts]
    spots = [(x + reach * 4 * part * (1 - part), y[0] + way * (y[1] - y[0])) for part, way in ways]
    _written(axes, spots, edge["text"])


def _arrow(axes: Axes, edge: Mapping[str, Any], points: list[tuple[float, float]]) -> None:
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    codes = [Path.MOVETO, *([Path.LINETO] if len(points) == 2 else [Path.CURVE4] * 3)]
    style = "<|-|>" if edge["kind"] == "covariance" else "-|>"
    colour = {"loading": "#333", "regression": ORANGE, "covariance": BLUE}[edge["kind"]]
    line = "-" if edge["clear"] else (0, (4, 2))
    about: dict[str, Any] = {"linestyle": line, "color": colour, "linewidth": 1.2, "mutation_scale": 9, "zorder": 1}
    axes.add_patch(FancyArrowPatch(path=Path(points, codes), arrowstyle=style, shrinkA=0, shrinkB=0, **about))


def _written(axes: Axes, spots: Sequence[tuple[float, float]], text: str) -> None:
    """A value at the first of these places that no other value covers."""
    taken = [other.get_position() for other in axes.texts]
    free = ((x, y) for x, y in spots if all(abs(x - a) > _WIDE or abs(y - b) > _HIGH for a, b in taken))
    x, y = next(free, spots[0])
    ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    axes.text(x, y, safe(text), ha="center", va="center", fontsize=7.5, bbox=ground, zorder=2)


def _flow(data: Mapping[str, Any]) -> Canvas:
    """Boxes from top to bottom: what came in, what went out at each step to the right, what is left."""
    rows = [{"left": data["start"], "out": None}, *data["steps"]]
    if not data["steps"]:
        rows.append({"left": data["end"], "out": None})
    names = [(_wrapped_lines(row["left"], 34), _wrapped_lines(row["out"] or "", 44)) for row in rows]
    heights = [0.24 + 0.19 * (left.count("\n") + 1) for left, _ in names]
    gaps = [max(0.38, 0.5 + 0.19 * (out.count("\n") + 1)) if out else 0.38 for _, out in names[1:]]
    height = sum(heights) + sum(gaps) + 0.2
    canvas, (axes,) = _canvas(7.2, height)
    axes.set_axis_off()
    axes.set_xlim(0, 7.2)
    axes.set_ylim(height, 0)
    box: dict[str, Any] = {"boxstyle": "round,pad=0.45", "linewidth": 1.1}
    arrow = {"arrowstyle": "-|>", "color": "#444444", "linewidth": 1.1, "shrinkA": 0, "shrinkB": 0}
    top = 0.1
    for at, (left, out) in enumerate(names):
        middle = top + heights[at] / 2
        last = at == len(names) - 1
        colours = {"facecolor": "#e6f0f7" if not last else "#e5f4ee", "edgecolor": BLUE if not last else GREEN}
        axes.text(1.9, middle, left, ha="center", va="center", fontsize=9.5, linespacing=1.35, bbox={**box, **colours})
        if at:
            above = top - gaps[at - 1]
            axes.annotate("", (1.9, top + 0.04), (1.9, above - 0.04), arrowprops=arrow)
            if out:
                beside = above + gaps[at - 1] / 2
                axes.annotate("", (3.82, beside), (1.9, beside), arrowprops=arrow)
                going = {"facecolor": "#fbeee6", "edgecolor": ORANGE}
                axes.text(3.9, beside, out, ha="left", va="center", fontsize=9, linespacing=1.3, bbox={**box, **going})
        top += heights[at] + (gaps[at] if not last else 0)
    return canvas


def _wrapped_lines(text: str, width: int) -> str:
    """Each line of a text wrapped by itself."""
    return "\n".join(_wrapped(line, width) for line in text.split("\n"))


def _cycle(count: int) -> list[str]:
    return [(BLUE, ORANGE, GREEN)[place % 3] for place in range(count)]


def _grid(width: float, height: float, down: int, across: int) -> tuple[Canvas, list[Axes]]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Canvas

    canvas = Canvas(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(canvas)
    return canvas, list(canvas.subplots(down, across, squeeze=False).flat)


def _shared(axes_list: list[Axes], panels: list[Any], *, downwards: bool) -> None:
    """The same years in every panel, so that missing ones are seen; ranks on one scale with 1 at the top."""
    from matplotlib.ticker import MaxNLocator

    lines = [line for panel in panels for line in panel["lines"]]
    years = [year for line in lines for year in line["x"]]
    lowest = max((y for line in lines for y in line["y"] if y is not None), default=1)
    for axes in axes_list:
        axes.set_xlim(min(years) - 0.8, max(years) + 0.8)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6, min_n_ticks=2))
        if downwards:
            axes.set_yticks([1, *range(10, int(lowest) + 10, 10 if lowest <= 30 else 20)])
            axes.set_ylim(lowest * 1.08 + 1, -0.05 * lowest)
        else:
            axes.margins(y=0.15)


def _localise(axes: Axes, decimal: str) -> None:
    """Tick labels with the decimal sign of the page's language."""
    from matplotlib.ticker import FuncFormatter

    def tick(value: float, _place: int) -> str:
        return f"{value:.10g}".replace(".", decimal).replace("-", "−")

    axes.xaxis.set_major_formatter(FuncFormatter(tick))
    if axes.get_ylabel():
        axes.yaxis.set_major_formatter(FuncFormatter(tick))


_PLOTS: dict[str, Callable[[Mapping[str, Any]], Canvas]] = {
    "intervals": _intervals,
    "stacked": _stacked,
    "heatmap": _heatmap,
    "loadings": _loadings,
    "residuals": _residuals,
    "scree": _scree,
    "bands": _bands,
    "strip": _strip,
    "bars": _bars,
    "series": _series,
    "paths": _paths,
    "flow": _flow,
}
