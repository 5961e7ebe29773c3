"""The scale of a timeline: order, room for every event, and hours that do not push them aside."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pytest_qruntime.report.timeline.scale import Scale

HOUR_US = 3_600_000_000
SECOND_US = 1_000_000


@given(st.sets(st.integers(-HOUR_US, 1000 * HOUR_US), min_size=1, max_size=200), st.integers(20, 120))
def test_columns_keep_the_order_and_stay_inside(instants: set[int], width: int) -> None:
    scale = Scale(instants, width)
    columns = [scale.column(at_us) for at_us in sorted(instants)]
    assert columns == sorted(columns)
    assert columns[0] == 0
    assert columns[-1] < width
    if len(instants) <= width:
        assert all(left < right for left, right in pairwise(columns))
        assert len(instants) == 1 or columns[-1] == width - 1


def test_between_two_instants_the_place_is_in_proportion() -> None:
    scale = Scale([0, 100 * SECOND_US], 101)
    assert [scale.column(second * SECOND_US) for second in (-5, 0, 25, 99, 100, 200)] == [0, 0, 25, 99, 100, 100]


def test_ten_times_as_long_is_a_few_columns_more_and_what_is_drawn_short_is_told() -> None:
    scale = Scale([0, 5 * SECOND_US, 10 * SECOND_US, 10 * HOUR_US], 60)
    widths = [right - left for left, right in pairwise(scale.column(at_us) for at_us in scale.instants)]
    assert widths[0] == widths[1]
    assert widths[0] < widths[2] < 4 * widths[0]
    assert [us for _, _, us in scale.shortened()] == [10 * HOUR_US - 10 * SECOND_US]


def test_of_equal_stretches_none_is_drawn_short() -> None:
    assert Scale(range(0, 100 * SECOND_US, SECOND_US), 60).shortened() == []
    assert Scale([7], 60).shortened() == []


def test_labels_do_not_overlap_and_do_not_say_the_same_twice() -> None:
    scale = Scale([HOUR_US, HOUR_US + SECOND_US, HOUR_US + 2 * SECOND_US, 2 * HOUR_US], 60)
    labels = scale.labels()
    assert labels[0] == (0, "+1h")
    assert labels[1][1] == "+1h1s"
    assert all(left + len(text) < right for (left, text), (right, _) in pairwise(labels))
    assert all(column + len(text) <= 60 for column, text in labels)
