"""`manage.py load_network FILE`, as somebody types it."""

import io

import pytest
from django.core.management import CommandError, call_command

from hostel.models import Hostel
from tests.hostel.conftest import SAMPLE

pytestmark = pytest.mark.django_db


def said(*words):
    out = io.StringIO()
    call_command("load_network", *words, stdout=out)
    return out.getvalue().splitlines()


def test_it_sums_up_what_it_did():
    assert said(str(SAMPLE)) == [
        "wuzhong: 10 hostels, 76 rooms, 140 beds",
        "added: 2 networks, 1 cap, 10 hostels, 10 rates, 19 spaces, 76 rooms, 140 beds, 10 photos",
        "unchanged: 0",
    ]


def test_the_second_time_it_says_that_nothing_changed():
    said(str(SAMPLE))

    assert said(str(SAMPLE)) == [
        "wuzhong: 10 hostels, 76 rooms, 140 beds",
        "unchanged: 268",
        "Nothing changed: the network is as the file says.",
    ]


def test_with_check_it_only_looks():
    assert said(str(SAMPLE), "--check")[-1] == "Only looked: nothing was written."
    assert not Hostel.objects.exists()


def test_what_changed_and_what_closed_is_listed(file):
    said(str(file.write()))
    file.hostel("mudu")["phone"] = "0512-6500-9999"
    file.hostel("mudu")["rooms"][0].update(kind="triple", beds=3)

    assert said(str(file.write()))[1:-1] == [
        "changed: 2",
        "  mudu: phone",
        "  mudu: room 201: kind",
        "closed from today: 1",
        "  mudu: room 201, bed 4",
    ]


@pytest.mark.parametrize("check", [[], ["--check"]])
def test_a_wrong_file_ends_with_code_2_and_every_error(file, check):
    file.hostel("shihu")["rooms"][2]["beds"] = 0
    file.hostel("mudu")["phone"] = "none"

    with pytest.raises(CommandError) as wrong:
        said(str(file.write()), *check)

    assert wrong.value.returncode == 2
    assert str(wrong.value).splitlines() == [
        "hostels[3].rooms[2].beds: must be 1 or more",
        "hostels[4].phone: must be a phone number, like '0512-6500-1009'",
        "2 errors. Nothing was changed.",
    ]
    assert not Hostel.objects.exists()
