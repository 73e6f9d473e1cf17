"""`manage.py demo`: what `make run` greets with."""

import io
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Consent, Deed, Letter, Person, Role, User
from accounts.roles import hostels_managed_by, networks_seen_by
from bookings.booking import book
from bookings.models import BedNight, Stay
from eligibility.models import Policy
from hostel.models import Hostel
from hostel.nights import Nights, business_day

pytestmark = pytest.mark.django_db


def demo(*words):
    out = io.StringIO()
    call_command("demo", *words, stdout=out)
    return out.getvalue()


def test_it_loads_the_network_and_the_policy_and_makes_a_person_for_each_role():
    demo()

    assert Hostel.objects.count() == 10
    assert Policy.objects.get().network.slug == "wuzhong"
    assert sorted(Role.objects.values_list("kind", flat=True)) == [
        "auditor",
        "manager",
        "manager",
        "officer",
        "officer",
        "operator",
    ]
    assert Person.objects.get().name == "林小满"
    assert User.objects.filter(phone_verified=True).count() == 7


def test_each_may_do_what_their_role_says():
    demo()
    today = business_day(timezone.now())

    # Two, because one hands the desk over to the other; each is called by a name.
    managers = User.objects.filter(roles__kind="manager").order_by("pk")
    assert [manager.called for manager in managers] == ["小王", "小李"]
    for manager in managers:
        assert [hostel.slug for hostel in hostels_managed_by(manager, today)] == ["baodaiqiao"]
    # Two, because nobody approves the rules they wrote.
    one, other = User.objects.filter(roles__kind="officer")
    for officer in (one, other):
        assert "wuzhong" in [network.slug for network in networks_seen_by(officer, today)]


def test_the_guest_may_book_tonight_at_once():
    demo()
    now = timezone.now()
    tonight = business_day(now)

    stay = book(
        guest=Person.objects.get(),
        hostel=Hostel.objects.get(slug="mudu"),
        nights=Nights(tonight, tonight + timedelta(days=1)),
        purpose="interview",
        now=now,
    )

    assert stay.status == "confirmed"


def test_the_guest_has_slept_here_and_comes_again_and_tonight_needs_no_reason_typed(client):
    demo()
    client.force_login(User.objects.get(phone="+8613800000001"), backend=settings.AUTHENTICATION_BACKENDS[0])

    mine = client.get("/me/").content.decode()
    tonight = client.get("/book/mudu/").content.decode()

    past, coming = Stay.objects.order_by("arrival")
    assert (past.status, coming.status) == ("left", "confirmed")
    assert BedNight.objects.filter(stay=past).exclude(slept_at=None).count() == 2
    for said in (f"/stays/{past.code}/", f"/stays/{coming.code}/pass/", "还可免费住", "y12-letters"):
        assert said in mine
    assert re.search(r'value="interview"[^>]* checked', tonight)


def test_only_the_letter_about_the_stay_to_come_is_sent_when_the_house_starts():
    demo()

    past, coming = Stay.objects.order_by("arrival")
    letters = Letter.objects.order_by("written_at")
    assert [letter.about for letter in letters] == [past.code, coming.code]
    assert [letter.posted_at for letter in letters] == [past.booked_at, None]


def test_a_second_run_keeps_what_was_changed_meanwhile():
    first = demo()
    Hostel.objects.filter(slug="mudu").update(phone="0512-6500-9999")
    Person.objects.update(school="苏州大学")
    rows = [model.objects.count() for model in (User, Person, Role, Consent, Policy, Hostel, Stay, Deed)]

    assert demo() == first

    assert [model.objects.count() for model in (User, Person, Role, Consent, Policy, Hostel, Stay, Deed)] == rows
    assert Hostel.objects.get(slug="mudu").phone == "0512-6500-9999"
    assert Person.objects.get().school == "苏州大学"


def test_it_prints_where_to_go_and_how_to_come_in():
    said = demo("--port", "8010")

    for line in (
        "http://localhost:8010",
        "+8613800000001   http://localhost:8010/ ",
        "+8613800000002   http://localhost:8010/desk/",
        "+8613800000003   http://localhost:8010/office/",
        "http://localhost:8010/login/",
        "manage.py token +8613800000001",
        "the code is printed here",
        "second factor",
    ):
        assert line in said
    assert "8000/" not in said


def test_production_has_no_demo(settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="HOSTEL_PRODUCTION=1"):
        demo()

    assert not User.objects.exists()
