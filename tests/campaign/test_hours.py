from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from campaign.hours import ISLAND, Hours

DAY = (time(8), time(16, 30))
OFFICE = Hours((DAY, DAY, DAY, DAY, DAY, None, None))


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=ISLAND)


def test_monday_morning_is_the_next_opening_of_a_weekend():
    assert OFFICE.next_opening(moment("2026-11-21T12:00")) == moment("2026-11-23T08:00")


def test_the_same_day_before_it_opens():
    assert OFFICE.next_opening(moment("2026-11-23T07:59")) == moment("2026-11-23T08:00")


def test_it_opens_on_the_minute_and_closes_on_the_minute():
    assert OFFICE.is_open(moment("2026-11-23T08:00"))
    assert not OFFICE.is_open(moment("2026-11-23T16:30"))
    assert not OFFICE.is_open(moment("2026-11-23T07:59:59"))


def test_the_island_s_clock_counts_wherever_the_question_comes_from():
    assert OFFICE.is_open(datetime.fromisoformat("2026-11-23T12:00+00:00"))
    assert not OFFICE.is_open(datetime.fromisoformat("2026-11-23T11:59+00:00"))


def test_a_closure_moves_the_opening():
    closed = Hours(OFFICE.week, ((date(2026, 11, 23), date(2026, 11, 24)),))
    assert closed.next_opening(moment("2026-11-21T12:00")) == moment("2026-11-25T08:00")


def test_an_office_that_never_opens_has_no_next_opening():
    assert Hours((None,) * 7).next_opening(moment("2026-11-21T12:00")) is None


def test_equal_days_are_one_row():
    assert OFFICE.spans() == [(0, 4, DAY), (5, 6, None)]


minutes = st.integers(0, 24 * 60 - 1)
spans = st.tuples(minutes, minutes).filter(lambda pair: pair[0] < pair[1])
spans = spans.map(lambda pair: tuple(time(*divmod(minute, 60)) for minute in pair))
weeks = st.tuples(*[st.none() | spans] * 7)
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
closures = st.lists(
    st.tuples(days, st.integers(0, 20)).map(lambda c: (c[0], c[0] + timedelta(days=c[1]))),
    max_size=4,
).map(tuple)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(ISLAND))


@given(weeks, closures, moments)
def test_the_next_opening_lies_ahead_and_is_the_first_minute_of_being_open(week, closed, now):
    hours = Hours(week, closed)
    opening = hours.next_opening(now)
    if opening is not None:
        assert opening > now
        assert hours.is_open(opening)
        assert not hours.is_open(opening - timedelta(minutes=1)) or opening.time() == time(0)


@given(weeks, closures, moments, st.floats(0, 1))
def test_no_office_opens_between_now_and_the_next_opening(week, closed, now, share):
    hours = Hours(week, closed)
    opening = hours.next_opening(now)
    if opening is not None and not hours.is_open(now):
        assert not hours.is_open(now + (opening - now) * share * 0.999)


@given(weeks)
def test_rows_cover_the_week_in_order(week):
    covered = [
        (day, hours) for first, last, hours in Hours(week).spans() for day in range(first, last + 1)
    ]
    assert covered == list(enumerate(week))
