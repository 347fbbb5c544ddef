"""The confusion matrix, whose cells can be clicked, and the images of one cell."""

from __future__ import annotations

import streamlit as st

from mnist_app.domain import DIGITS, Evaluation, Positions, SetPredictions
from mnist_app.ui import charts
from mnist_app.ui.colours import NIGHT, SKY, VERMILLION
from mnist_app.ui.training.evaluation import image_grid
from mnist_app.ui.training.evaluation.scored import Scored
from mnist_app.ui.widgets import one_of
from mnist_app.ui.words import counted, listed, percent, plain, times

WRITTEN, READ = "written", "read"
Cell = tuple[int | None, int | None]  # written and read; None for any written digit, any other read one
_SELECTED = "cell"  # the chart's parameter
_SHEET, _START = "matrix_sheet", "matrix_start"
_DIFFERENCE = "Difference"
_ROW = 40  # pixels, so that fingers can hit it
_MIN_OPACITY = 0.05  # an empty cell can be seen
_DARK_FROM = 0.62  # opacity of blue from which the dark theme's light numbers are not legible on it
_NAMED = 3  # confusions that a sentence names


def show(scored: Scored, other: Scored | None = None) -> None:
    """Show the matrix on the left, the images of the chosen cell on the right; below each other on phones.

    Beside another run on the same images, the matrix can show the difference.
    """
    left, right = st.columns([1, 1.02], gap="large")
    with right:
        columns = st.columns(2, wrap=False)
        with columns[0]:
            written = _pick("Written", "Any digit", WRITTEN)
        with columns[1]:
            read = _pick("Read as", "Another digit", READ)
    with left:
        _show_matrix(scored, other, (written, read))
    with right:
        _show_images(scored, other, (written, read))


def _pick(label: str, empty: str, key: str) -> int | None:
    """Return a digit of the chosen cell; a click in the matrix says the same."""
    return st.selectbox(
        label, DIGITS, index=None, placeholder=empty, key=key, bind="query-params", on_change=_renew_chart
    )


def _show_matrix(scored: Scored, other: Scored | None, cell: Cell) -> None:
    place = st.container()
    with st.container(horizontal=True, vertical_alignment="center"):
        unit = one_of("Numbers", ["Counts", "Shares", *([_DIFFERENCE] if other else [])], "unit")
        is_hidden = st.toggle("Hide the diagonal", key="diagonal")
    if other and unit == _DIFFERENCE:
        title, shown = difference_finding(scored, other), difference_cells(scored, other, is_hidden)
    else:
        title, shown = finding(scored), cells(scored.evaluation, unit == "Shares", is_hidden)
    place.markdown(f"**{plain(title)}**")
    key = f"matrix-{st.session_state.setdefault(_SHEET, 0)}"
    if key not in st.session_state:
        # Only for a new chart: a changed one would be drawn anew at each click.
        st.session_state[_START] = cell
    named = [f"{row} as {column} {times(n)}" for n, row, column in worst(scored.evaluation)[:_NAMED]]
    errors = f"{counted(scored.errors, 'image')} of {scored.evaluation.images:,} read as another digit"
    words = f"Confusion matrix of {scored.run.name} on {scored.name}: {errors}"
    st.vega_lite_chart(
        chart(shown, st.session_state[_START]),
        key=key,
        on_select=lambda: _choose(key),
        alt=f"{words}, most often {listed(named)}." if named else f"{words}.",
    )


def _renew_chart() -> None:
    """Show another chart, which marks the cell that the fields say."""
    st.session_state[_SHEET] += 1


def _choose(key: str) -> None:
    """Choose the cell that was clicked; a click beside all cells means all errors."""
    points = st.session_state[key]["selection"].get(_SELECTED) or [{}]
    st.session_state[WRITTEN] = points[0].get("written")
    st.session_state[READ] = points[0].get("read")


def _show_images(scored: Scored, other: Scored | None, cell: Cell) -> None:
    found = positions(scored.predictions, cell)
    written, read = cell
    title = f"{'any digit' if written is None else written} read as {'another' if read is None else read}"
    title = f"{written} read as itself" if written is not None and written == read else title
    st.markdown(f"**{counted(len(found), 'image')}: {title}**")
    if len(found):
        key = f"{scored.key}-{written}-{read}"
        image_grid.show_images(scored, found, title, key, against=other, is_wide=False)


def positions(predictions: SetPredictions, cell: Cell) -> Positions:
    """Return where a digit was read as another one, the surest first; None stands for any of them."""
    written, read = cell
    if written is not None and read is not None:
        return predictions.cell(written, read)
    wrong = predictions.confidently_wrong()
    if written is not None:
        return wrong[predictions.labels[wrong] == written]
    return wrong if read is None else wrong[predictions.read[wrong] == read]


def worst(evaluation: Evaluation) -> list[tuple[int, int, int]]:
    """Return every confusion of two digits: how often, written and read, the most frequent first."""
    pairs = [(row, column) for row in DIGITS for column in DIGITS if row != column]
    counts = [(evaluation.confusion[row][column], row, column) for row, column in pairs]
    return sorted((each for each in counts if each[0]), key=lambda each: -each[0])


def finding(scored: Scored) -> str:
    """Name the most frequent confusion."""
    found = worst(scored.evaluation)
    if not found:
        return f"All {scored.evaluation.images:,} images are read right"
    number, written, read = found[0]
    equal = [f"{row} as {column}" for n, row, column in found if n == number]
    if len(equal) == 1:
        return f"{written} is most often read as {read}: {times(number)}"
    if len(equal) > _NAMED:
        return f"No digit is read as another one more often than {times(number)}"
    return f"Most often read wrong: {listed(equal)}, {times(number)} each"


def chart(cells: list[charts.Spec], start: Cell) -> charts.Spec:
    """Return the matrix: written digits downwards, read ones across; `start` is the cell marked at first."""
    point = {"type": "point", "fields": ["written", "read"], "toggle": False}
    value = {} if None in start else {"value": [{"written": start[0], "read": start[1]}]}
    tips = charts.tooltip(written="Written", read="Read as", images="Images", share="Of this digit")
    tips[2]["format"] = ","
    # Colours come by opacity and the text's from the page, because marks don't know its theme.
    fill = {
        "fillOpacity": {"field": "opacity", "type": "quantitative", "scale": None},
        "fill": {"condition": {"test": "datum.worse", "value": VERMILLION}, "value": SKY},
        "description": {"field": "about"},
        "stroke": {"value": "currentColor"},
        "strokeWidth": {"condition": {"param": _SELECTED, "empty": False, "value": 2.5}, "value": 0},
    }
    on_dark = {"test": f"datum.opacity > {_DARK_FROM}", "value": NIGHT}
    text = {
        "text": {"field": "label", "type": "nominal"},
        "color": {"condition": on_dark, "value": "currentColor"},
        "opacity": {"condition": {"test": "datum.images == 0", "value": 0.3}, "value": 1},
    }
    return {
        "height": len(DIGITS) * _ROW,
        "data": {"values": cells},
        "encoding": {
            "x": _side("read", "Read as", "top"),
            "y": _side("written", "Written", "left"),
            "tooltip": tips,
        },
        "layer": [
            {
                "mark": {"type": "rect", "cornerRadius": 3, "cursor": "pointer"},
                "params": [{"name": _SELECTED, "select": point, **value}],
                "encoding": fill,
            },
            {"mark": {"type": "text", "fontSize": 13, "cursor": "pointer", "aria": False}, "encoding": text},
        ],
        "config": charts.NO_FRAME,
    }


def _side(field: str, title: str, orient: str) -> charts.Spec:
    style = {"orient": orient, "labelAngle": 0, "titleFontSize": 13, "titleFontWeight": "normal"}
    return charts.category(field, title, **style) | {"scale": {"paddingInner": 0.06, "paddingOuter": 0}}


def difference_finding(scored: Scored, other: Scored) -> str:
    """Name the confusion whose frequency differs most between two runs."""
    pairs = [(row, column) for row in DIGITS for column in DIGITS if row != column]
    changes = {(i, j): _change(scored, other, i, j) for i, j in pairs}
    (written, read), most = max(changes.items(), key=lambda each: abs(each[1]))
    if not most:
        return f"{scored.run.name} and {other.run.name} make the same errors"
    more = "more" if most > 0 else "less"
    return f"{written} is read as {read} {times(abs(most))} {more} than by {other.run.name}"


def _change(scored: Scored, other: Scored, written: int, read: int) -> int:
    return scored.evaluation.confusion[written][read] - other.evaluation.confusion[written][read]


def difference_cells(scored: Scored, other: Scored, is_hidden: bool) -> list[charts.Spec]:
    """Return each cell's count less that of another run; `worse` if it means more errors."""
    changes = {(i, j): _change(scored, other, i, j) for i in DIGITS for j in DIGITS}
    shown = {cell: 0 if is_hidden and cell[0] == cell[1] else n for cell, n in changes.items()}
    highest = max(map(abs, shown.values())) or 1
    return [
        {
            "written": i,
            "read": j,
            "images": scored.evaluation.confusion[i][j],
            "share": f"{n:+,} than {other.run.name}",
            "about": f"{i} read as {j}: {n:+,} images than {other.run.name}",
            "opacity": 0 if is_hidden and i == j else _opacity(abs(n) / highest),
            "label": f"{n:+,}" if n else "0",
            "worse": (n > 0) == (i != j) and n != 0,
        }
        for (i, j), n in shown.items()
    ]


def _opacity(share: float) -> float:
    """Return the square root, a little raised: errors are few beside correct readings."""
    return _MIN_OPACITY + (1 - _MIN_OPACITY) * share**0.5


def cells(evaluation: Evaluation, is_share: bool, is_hidden: bool) -> list[charts.Spec]:
    """Return counts, or shares of the written digit; without the diagonal colours tell errors apart."""
    rows = evaluation.confusion
    shares = {(i, j): rows[i][j] / max(1, sum(rows[i])) for i in DIGITS for j in DIGITS}
    values = {c: shares[c] if is_share else float(rows[c[0]][c[1]]) for c in shares}
    highest = max((v for (i, j), v in values.items() if not (is_hidden and i == j)), default=0) or 1
    found = []
    for (i, j), value in values.items():
        is_blank = is_hidden and i == j
        opacity = 0 if is_blank else _opacity(value / highest)
        number = percent(value).removesuffix(" %") if is_share else f"{value:.0f}"
        found.append(
            {
                "written": i,
                "read": j,
                "images": rows[i][j],
                "share": percent(shares[i, j]),
                "about": f"{i} read as {j}: {counted(rows[i][j], 'image')}",
                "opacity": opacity,
                "label": "" if is_blank else number,
                "worse": False,
            }
        )
    return found
