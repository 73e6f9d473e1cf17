"""Files in pieces: they may come twice and late, are bounded, belong to one login and one stay, and do not stay."""

from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag

from accounts.models import User
from eligibility.models import EvidencePart
from eligibility.proof_files import MAX_BYTES, MAX_PAGES
from eligibility.proof_parts import (
    MOST_PARTS,
    MOST_WAITING,
    PART_BYTES,
    forget_old_parts,
    forget_parts,
    keep_part,
    parts_there,
    whole_files,
)
from eligibility.reasons import Refused
from eligibility.tasks import purge_evidence
from tests.conftest import NOW

KEY, OTHER_KEY = "0123456789abcdef", "fedcba9876543210"


@pytest.fixture
def keep(lin):
    """Sends a piece of Lin's picture for the stay ABC234."""

    def keep_it(number=0, content=b"picture", count=3, key=KEY, about="ABC234", user=lin.user, now=NOW):
        return keep_part(user, about, key, number=number, count=count, content=content, now=now, href="/there/")

    return keep_it


def refusal(of):
    with pytest.raises(Refused) as no:
        of()
    (reason,) = no.value.reasons
    return reason


def test_pieces_come_in_any_order_and_make_the_file(keep, lin):
    assert keep(2, b"c") == [2]
    assert keep(0, b"a") == [0, 2]
    assert keep(1, b"b") == [0, 1, 2]

    (file,) = whole_files(lin.user, "ABC234", [KEY])
    assert file.read() == b"abc"


def test_a_piece_that_comes_twice_is_there_once(keep):
    for _time in range(2):
        assert keep(1, b"b") == [1]

    assert EvidencePart.objects.count() == 1


def test_nothing_is_kept_of_who_had_themselves_erased_while_it_was_sent(keep, lin):
    User.objects.filter(pk=lin.user.pk).update(is_active=False)

    assert refusal(keep).code == "GONE"
    assert not EvidencePart.objects.exists()


def test_they_lie_sealed_and_open_nowhere_else(keep, lin):
    keep(0, b"A notice of an interview", count=1)
    part = EvidencePart.objects.get()
    assert b"notice" not in bytes(part.sealed)

    EvidencePart.objects.update(key=OTHER_KEY)
    with pytest.raises(InvalidTag):
        whole_files(lin.user, "ABC234", [OTHER_KEY])


def test_another_s_pieces_and_another_stay_s_are_not_there(keep, lin, chen):
    keep(0, b"a", count=1)

    assert parts_there(lin.user, "ABC234", KEY) == [0]
    assert parts_there(chen.user, "ABC234", KEY) == []
    assert parts_there(lin.user, "XYZ234", KEY) == []
    assert refusal(lambda: whole_files(chen.user, "ABC234", [KEY])).code == "FILE_CUT"
    assert keep(0, b"another", count=1, user=chen.user) == [0]  # the same key is another file


def test_a_file_that_is_not_whole_is_refused_and_what_came_stays(keep, lin):
    keep(0)
    keep(2)
    reason = refusal(lambda: whole_files(lin.user, "ABC234", [KEY], "/there/"))

    assert (reason.code, reason.verdict, reason.value_used, reason.needed) == ("FILE_CUT", "missing", 2, 3)
    assert reason.fix.href == "/there/"
    assert parts_there(lin.user, "ABC234", KEY) == [0, 2]


def test_another_picture_under_the_same_name_is_refused(keep):
    keep(0)

    assert refusal(lambda: keep(0, b"another")).code == "FILE_OTHER"
    assert refusal(lambda: keep(0, count=4)).code == "FILE_OTHER"
    assert refusal(lambda: keep(1, count=4)).code == "FILE_OTHER"
    assert EvidencePart.objects.count() == 1


@pytest.mark.parametrize(
    ("number", "count", "content"),
    [(3, 3, b"a"), (-1, 3, b"a"), (0, 0, b"a"), (0, 1, b""), (0, 1, bytes(PART_BYTES + 1))],
)
def test_what_is_no_piece_of_such_a_file_is_not_kept(keep, number, count, content):
    with pytest.raises(ValueError, match="no piece"):
        keep(number, content, count)

    assert not EvidencePart.objects.exists()


def test_a_file_above_the_limit_is_refused_with_its_first_piece(keep):
    reason = refusal(lambda: keep(count=MOST_PARTS + 1))

    assert (reason.code, reason.needed) == ("FILE_SIZE", MAX_BYTES)
    assert keep(count=MOST_PARTS) == [0]


def test_of_one_login_only_so_much_is_on_its_way_and_what_was_left_makes_room(keep, lin, chen):
    keep()
    left = EvidencePart.objects.get()
    EvidencePart.objects.bulk_create(
        EvidencePart(user=lin.user, about="ABC234", key=f"left-behind-{n}", number=0, count=1, size=left.size,
                     sealed=left.sealed, sent_at=NOW)
        for n in range(MOST_WAITING - 1)
    )  # fmt: skip

    reason = refusal(lambda: keep(1, now=NOW + timedelta(minutes=50)))
    assert reason.code == "FILE_SIZE"
    assert keep(1, user=chen.user) == [1]  # others are not in the way

    # An hour later what was begun and left is forgotten; the file that goes on is not.
    assert keep(1, now=NOW + timedelta(hours=1)) == [0, 1]
    assert EvidencePart.objects.filter(user=lin.user).count() == 2


def test_of_all_bytes_together_only_so_many_are_on_their_way(keep):
    keep()
    EvidencePart.objects.update(size=20 * 1024 * 1024 - 5)

    assert refusal(lambda: keep(1, b"too much")).code == "FILE_SIZE"
    assert keep(1, b"right") == [0, 1]


def test_more_files_than_pages_are_not_put_together(keep, lin):
    keep(count=1)

    assert refusal(lambda: whole_files(lin.user, "ABC234", [KEY] * (MAX_PAGES + 1))).code == "FILE_PAGES"


def test_they_are_forgotten_by_file_by_stay_and_by_login(keep, lin, chen):
    for key, about in ((KEY, "ABC234"), (OTHER_KEY, "ABC234"), (KEY, "XYZ234")):
        keep(key=key, about=about)
    keep(user=chen.user)

    assert forget_parts(lin.user, "ABC234", [KEY]) == 1
    assert forget_parts(lin.user, "ABC234") == 1
    assert forget_parts(lin.user) == 1
    assert EvidencePart.objects.get().user == chen.user


def test_at_night_the_pieces_of_yesterday_are_forgotten(keep):
    keep()
    keep(1, now=NOW + timedelta(hours=1))

    assert forget_old_parts(NOW + timedelta(days=1)) == 1
    assert EvidencePart.objects.get().number == 1
    purge_evidence()  # by the clock of today
    assert not EvidencePart.objects.exists()
