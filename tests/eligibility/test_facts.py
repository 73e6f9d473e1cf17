from datetime import date, datetime

from eligibility.facts import facts_of_visitor
from tests.eligibility.cases import NOW, SHANGHAI, TODAY, facts, kept


def test_of_a_visitor_nothing_is_known_but_what_was_said():
    visitor = facts_of_visitor(NOW, education="master", purpose="exam", arrival=TODAY, departure=date(2026, 3, 8))

    assert (visitor.education, visitor.wish.purpose, len(visitor.wish.nights)) == ("master", "exam", 2)
    assert (visitor.graduation, visitor.history.nights, visitor.history.no_shows) == (None, (), ())
    assert visitor.later == {"birth_date", "gender"}
    assert visitor.source("education") == "declared"


def test_what_a_visitor_does_say_is_not_left_for_later():
    assert facts_of_visitor(NOW, birth_date=date(2000, 1, 1)).later == {"gender"}


def test_the_day_is_that_of_arrival_or_the_evening_it_still_is():
    late = datetime(2026, 3, 7, 1, 30, tzinfo=SHANGHAI)

    assert facts_of_visitor(late).day == TODAY
    assert facts_of_visitor(late, arrival=date(2026, 3, 9)).day == date(2026, 3, 9)
    assert facts_of_visitor(late, arrival=date(2026, 3, 9)).wish.nights is None


def test_facts_are_kept_as_plain_data_and_read_back():
    about = facts(nights=kept(TODAY), no_shows=(NOW,), sources={"birth_date": "verified"}, city_cap=14)

    assert type(about).from_data(about.as_data()) == about
