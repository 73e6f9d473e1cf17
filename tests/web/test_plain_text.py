"""The zero character, which nobody types and PostgreSQL does not take."""

import pytest


@pytest.mark.parametrize(
    "address",
    [
        "/parties/%00/",
        "/en/batches/%00/",
        "/stays/%00/",
        "/decisions/%00/evidence/",
        "/waitlist/new/?hostel=%00",
        "/office/batches/%00/",
        "/office/no-shows/%00/",
    ],
)
def test_an_address_with_it_is_nobody_s_page(address, wuzhong, officer, enter):
    assert enter(officer).get(address).status_code == 404


def test_a_form_with_it_is_no_form(friday_stay, lin, hostel, enter):
    stay, guest = friday_stay(lin, hostel), enter(lin.user)

    urlencoded = {"content_type": "application/x-www-form-urlencoded"}
    assert guest.post(f"/stays/{stay.code}/appeal/", "text=%E7%97%85%00", **urlencoded).status_code == 400
    assert guest.post(f"/stays/{stay.code}/appeal/", "text=%E7%97%85", **urlencoded).status_code == 409
