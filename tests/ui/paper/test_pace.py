from __future__ import annotations

import pytest

from mnist_app.ui.paper.pace import MAX_INTERVAL, MIN_INTERVAL, PERIOD, SHARE, Pace


class Clock:
    """Seconds that only pass when told to, and those that a process used of them."""

    now = used = 0.0

    def pass_time(self, share: float, seconds: float = PERIOD) -> None:
        self.now += seconds
        self.used += share * seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(lambda: clock.now, lambda: clock.used)


def test_who_draws_alone_sends_as_often_as_one_can_follow(pace: Pace, clock: Clock) -> None:
    for _ in range(10):
        clock.pass_time(0.1)
        assert pace.interval() == MIN_INTERVAL


def test_the_busier_the_server_the_fewer_unfinished_drawings(pace: Pace, clock: Clock) -> None:
    intervals = []
    for _ in range(10):
        clock.pass_time(1.0)
        intervals.append(pace.interval())
    assert intervals == sorted(intervals)
    assert intervals[-1] == MAX_INTERVAL


def test_it_settles_where_the_share_is_what_it_should_be(pace: Pace, clock: Clock) -> None:
    for _ in range(60):  # forty people draw, and each of their unfinished drawings takes 6 ms
        clock.pass_time(min(1.0, 40 * 0.006 / pace.interval()))
    assert 40 * 0.006 / pace.interval() == pytest.approx(SHARE, rel=0.1)


def test_between_two_looks_it_stays_as_it_is(pace: Pace, clock: Clock) -> None:
    clock.pass_time(1.0)
    first = pace.interval()
    clock.pass_time(1.0, PERIOD / 2)
    assert pace.interval() == first


def test_when_all_have_gone_it_is_fast_again(pace: Pace, clock: Clock) -> None:
    for share in (1.0,) * 10 + (0.0,) * 6:
        clock.pass_time(share)
        pace.interval()
    assert pace.interval() == MIN_INTERVAL
