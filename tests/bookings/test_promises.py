"""What the database refuses, whatever the code above forgets: every test here writes around the verbs."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from bookings.models import BedNight, Party, Stay
from hostel.models import Bed, Hostel
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, moment


@pytest.fixture
def zhao(people, wuzhong):
    return people("赵敏", "female")


def refused(write):
    """Whether the database refuses what ``write`` does."""
    try:
        with transaction.atomic():
            write()
    except IntegrityError:
        return True
    return False


def test_one_bed_has_at_most_one_guest_a_night(lin, zhao, beds, written_stay, written_night):
    written_night(written_stay(lin, "AAAAAA"), beds["201-1"])

    assert refused(lambda: written_night(written_stay(zhao, "BBBBBB"), beds["201-1"]))
    assert not refused(lambda: written_night(written_stay(zhao, "CCCCCC"), beds["201-1"], night=SATURDAY))


def test_a_bed_that_was_given_back_can_be_taken(lin, zhao, beds, written_stay, written_night):
    written_night(written_stay(lin, "AAAAAA"), beds["201-1"], released_at=NOW)

    assert not refused(lambda: written_night(written_stay(zhao, "BBBBBB"), beds["201-1"]))
    assert refused(lambda: BedNight.objects.filter(stay__code="AAAAAA").update(released_at=None))


def test_one_person_has_at_most_one_bed_a_night_in_the_whole_network(lin, beds, written_stay, written_night):
    written_night(written_stay(lin, "AAAAAA"), beds["201-1"])
    elsewhere = Bed.objects.filter(room__hostel__slug="guoxiang", room__guests="flexible").first()
    mudu = Hostel.objects.get(slug="guoxiang")

    assert refused(lambda: written_night(written_stay(lin, "BBBBBB", hostel=mudu), elsewhere))
    assert not refused(lambda: written_night(written_stay(lin, "CCCCCC", hostel=mudu), elsewhere, night=SATURDAY))


def test_a_shared_room_has_one_gender_a_night(lin, chen, beds, written_stay, written_night):
    written_night(written_stay(lin, "AAAAAA"), beds["203-1"])

    assert refused(lambda: written_night(written_stay(chen, "BBBBBB"), beds["203-2"]))
    assert not refused(lambda: written_night(written_stay(chen, "CCCCCC"), beds["203-2"], night=SATURDAY))


def test_a_flexible_room_is_free_for_anyone_again_when_it_is_empty(lin, chen, beds, written_stay, written_night):
    written_night(written_stay(lin, "AAAAAA"), beds["203-1"])
    BedNight.objects.update(released_at=NOW)

    assert not refused(lambda: written_night(written_stay(chen, "BBBBBB"), beds["203-2"]))
    assert refused(lambda: BedNight.objects.filter(stay__code="AAAAAA").update(released_at=None))


@pytest.mark.parametrize("first, second", [("alone", "shared"), ("shared", "alone")])
def test_a_room_kept_whole_and_a_shared_room_exclude_each_other(
    first, second, lin, zhao, beds, written_stay, written_night
):
    sharing = {"alone": lambda stay: stay.code, "shared": lambda stay: "female"}
    one = written_stay(lin, "AAAAAA", alone=first == "alone")
    other = written_stay(zhao, "BBBBBB", alone=second == "alone")
    written_night(one, beds["203-1"], sharing=sharing[first](one))

    assert refused(lambda: written_night(other, beds["203-2"], sharing=sharing[second](other)))


def test_only_who_has_the_room_alone_keeps_others_out_of_it(lin, zhao, beds, written_stay, written_night):
    shared, alone = written_stay(lin, "AAAAAA"), written_stay(zhao, "BBBBBB", alone=True)

    assert refused(lambda: written_night(shared, beds["203-1"], sharing=shared.code))
    assert refused(lambda: written_night(alone, beds["203-1"]))
    assert not refused(lambda: written_night(alone, beds["203-1"], sharing=alone.code))


def test_a_couple_has_a_room_alone_by_the_code_of_their_party(lin, chen, zhao, beds, written_stay, written_night):
    party = Party.objects.create(code="PPPPPP", made_by=lin, made_at=NOW, alone=True)
    she, he = (written_stay(each, 6 * each.gender[0].upper(), alone=True, party=party) for each in (lin, chen))
    written_night(she, beds["203-1"], sharing=party.code)

    assert refused(lambda: written_night(he, beds["203-2"], sharing=he.code))
    assert not refused(lambda: written_night(he, beds["203-2"], sharing=party.code))
    assert refused(lambda: written_night(he, beds["201-1"], night=SATURDAY, sharing=party.code))
    assert refused(lambda: written_night(written_stay(zhao, "ZZZZZZ", alone=True), beds["203-2"], sharing=party.code))


def test_a_room_for_women_takes_no_man_and_one_for_men_no_woman(lin, chen, beds, written_stay, written_night):
    his, hers = written_stay(chen, "AAAAAA"), written_stay(lin, "BBBBBB")

    assert refused(lambda: written_night(his, beds["201-1"]))
    assert refused(lambda: written_night(his, beds["201-1"], sharing="female"))
    assert refused(lambda: written_night(his, beds["201-1"], sharing=his.code))
    assert refused(lambda: written_night(hers, beds["202-1"]))


def test_a_room_for_one_alone_is_never_shared(lin, beds, written_stay, written_night):
    stay = written_stay(lin, "AAAAAA")

    assert refused(lambda: written_night(stay, beds["401-1"]))
    assert not refused(lambda: written_night(stay, beds["401-1"], sharing=stay.code))


@pytest.mark.parametrize("column", ["room", "hostel", "guest"])
def test_a_bed_night_repeats_what_its_bed_and_its_stay_say(column, lin, zhao, beds, written_stay, written_night):
    false = {"room": beds["203-1"].room, "hostel": Hostel.objects.get(slug="mudu"), "guest": zhao}[column]
    stay = written_stay(lin, "AAAAAA")

    assert refused(lambda: written_night(stay, beds["201-1"], **{column: false}))
    written_night(stay, beds["201-1"])
    assert refused(lambda: BedNight.objects.update(**{column: false}))


def test_a_bed_night_lies_between_arrival_and_departure(lin, beds, written_stay, written_night):
    assert refused(lambda: written_night(written_stay(lin, "AAAAAA"), beds["201-1"], night=MONDAY))


def test_a_gender_cannot_be_slipped_in_by_moving_a_guest(lin, chen, beds, written_stay, written_night):
    written_night(written_stay(lin, "AAAAAA"), beds["203-1"])
    his = written_night(written_stay(chen, "BBBBBB"), beds["204-1"])

    assert refused(lambda: BedNight.objects.filter(pk=his.pk).update(bed=beds["203-2"], room=beds["203-2"].room))


def test_a_stay_departs_after_it_arrives(lin, written_stay):
    assert refused(lambda: written_stay(lin, "AAAAAA", nights=0))


def test_a_stay_is_held_until_a_moment_or_confirmed(lin, written_stay):
    assert refused(lambda: written_stay(lin, "AAAAAA", confirmed_at=None))


def test_nobody_leaves_before_they_came(lin, written_stay):
    at_six, at_five = moment(FRIDAY, 18), moment(FRIDAY, 17)

    assert refused(lambda: written_stay(lin, "AAAAAA", checked_in_at=at_six, checked_out_at=at_five))


def test_a_slept_night_is_not_given_back(lin, beds, written_stay, written_night):
    written_night(written_stay(lin, "AAAAAA"), beds["201-1"], slept_at=moment(SATURDAY, 6))

    assert refused(lambda: BedNight.objects.update(released_at=NOW))


@pytest.mark.parametrize(
    "moments, status",
    [
        ({"confirmed_at": None, "held_until": NOW}, "held"),
        ({}, "confirmed"),
        ({"checked_in_at": NOW}, "in_house"),
        ({"checked_in_at": NOW, "checked_out_at": NOW}, "left"),
        ({"no_show_at": NOW}, "no_show"),
        ({"cancelled_at": NOW}, "cancelled"),
    ],
)
def test_the_status_is_what_the_moments_say(moments, status, lin, written_stay):
    stay = written_stay(lin, "AAAAAA", **moments)
    stay.refresh_from_db()

    assert stay.status == status
    assert Stay.objects.filter(status=status).count() == 1


OURS = [
    model
    for app in ("hostel", "accounts", "eligibility", "bookings")
    for model in apps.get_app_config(app).get_models()
]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_what_a_model_promises_stands_in_the_database_after_all_migrations(db, model):
    said = {each.name for each in [*model._meta.constraints, *model._meta.indexes]}

    with connection.cursor() as cursor:
        there = connection.introspection.get_constraints(cursor, model._meta.db_table)

    assert said <= set(there)
