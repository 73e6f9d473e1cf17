import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from accounts.models import Role, User
from tests.conftest import FRIDAY

STAFF_DOORS = ["/desk/", "/desk/checkin/", "/office/", "/office/?year=2024"]


@pytest.fixture(autouse=True)
def production(settings):
    settings.STAFF_NEED_SECOND_FACTOR = True


def inside(user) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def showed_it(browser):
    session = browser.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 1.0}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()


@pytest.mark.parametrize("door", STAFF_DOORS)
def test_staff_without_a_second_factor_are_asked_to_set_one_up_first(manager, door):
    answer = inside(manager).get(door)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/second-factor/set-up/?next=%2F")


def test_a_session_that_has_not_shown_the_factor_is_asked_for_it(manager):
    TOTP.activate(manager, "JBSWY3DPEHPK3PXP")

    assert inside(manager).get("/desk/")["Location"] == "/login/second-factor/again/?next=%2Fdesk%2F"


def test_who_has_shown_it_goes_in(manager):
    browser = inside(manager)
    showed_it(browser)

    assert browser.get("/desk/").status_code == 200


def test_what_another_login_showed_in_this_browser_does_not_count(manager, officer):
    browser = inside(manager)
    showed_it(browser)
    session = browser.session
    session["account_authentication_methods_user"] = str(officer.pk)
    session.save()

    assert browser.get("/desk/").status_code == 302


def test_guests_and_visitors_are_left_to_the_door_itself(lin):
    assert "second-factor" not in inside(lin.user).get("/desk/").get("Location", "")
    assert "second-factor" not in Client().get("/desk/").get("Location", "")


def test_whose_role_is_over_is_staff_no_longer(hostel):
    user = User.objects.create_user("+8613800000031", phone_verified=True)
    Role.objects.create(
        user=user, kind="manager", hostel=hostel, valid_from=FRIDAY.replace(year=2023), valid_until=FRIDAY
    )

    assert "second-factor" not in inside(user).get("/desk/").get("Location", "")


def test_staff_are_guests_too_at_the_other_doors(manager):
    assert "second-factor" not in inside(manager).get("/me/").get("Location", "")


def test_in_the_demo_staff_go_in_with_the_phone_alone(manager, settings):
    settings.STAFF_NEED_SECOND_FACTOR = False

    assert inside(manager).get("/desk/").status_code == 200
