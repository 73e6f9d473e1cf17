"""Acceptance point 20: a guest is let in without a line while their bed is sold; the guest has a bed tonight, and a
task in `/desk/sync/` holds both versions and two choices; nothing disappears."""

import pytest
from playwright.sync_api import expect

from tests.browser import chromium, follow
from tests.web.points.offline import banner, cut, desk_at_night, line, mend, waiting
from tests.web.points.test_point_19_without_a_line import let_in

pytestmark = [pytest.mark.browser, pytest.mark.look]
# The guest gives the stay back on the telephone; another is booked and let in, into the same bed.
SELL = """
import datetime
from datetime import timedelta
from django.utils import timezone
from accounts.models import User
from accounts.people import complete_person
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.desk import check_in
from bookings.models import Stay
from tests.conftest import resident_number
now = timezone.now() + timedelta(seconds={ahead})
stay = Stay.objects.get(code="{code}")
bed = stay.bed_nights.live().select_related("bed__room__hostel").first().bed
cancel(stay, now=now)
born = datetime.date(now.year - 23, 4, 5)
user = User.objects.create_user("+8613900002000", phone_verified=True)
zhao = complete_person(user, name="赵一鸣", document_kind="resident", now=now, education="bachelor",
                       document_number=resident_number(born, "female", 77), graduation=f"{{now.year}}-06",
                       home_in_district=False)
other = book(guest=zhao, hostel=stay.hostel, nights=stay.nights, purpose="interview", now=now)
check_in(Stay.objects.get(pk=other.pk), compared=True, bed=bed, now=now)
print(bed)
"""
TONIGHT = """
SELECT s.code, r.number, b.number FROM bookings_bednight n JOIN bookings_stay s ON s.id = n.stay_id
JOIN hostel_bed b ON b.id = n.bed_id JOIN hostel_room r ON r.id = b.room_id
WHERE n.released_at IS NULL AND s.status = 'in_house'
"""


@pytest.fixture
def desk(ground, tmp_path):
    with desk_at_night(ground, tmp_path, names=["林小满"]) as desk:
        yield desk


def test_a_bed_that_was_sold_meanwhile_is_a_task_with_both_versions_and_two_choices(desk):
    [code] = desk.codes
    with chromium() as browser:
        page = desk.tablet(browser)
        cut(page.context)
        expect(banner(page)).to_contain_text("断网了")
        bed = desk.house.django(SELL.format(code=code, ahead=desk.ahead.total_seconds())).strip()
        let_in(page, code)
        waiting(page, 1)

        mend(page.context)
        waiting(page, 0)
        expect(line(page)).to_have_attribute("data-attention", "1")

        # Both have a bed tonight, each their own; who was sold the bed keeps it.
        beds = {stay: f"{room}-{number}" for stay, room, number in desk.house.rows(TONIGHT)}
        assert len(beds) == len(set(beds.values())) == 2
        assert beds.pop(code) != bed
        assert [*beds.values()] == [bed]
        assert desk.done("check_in") == 1

        open_ = page.get_by_test_id("desk-line-open")
        expect(open_).to_have_text("需要处理 1")
        follow(open_)
        task = page.get_by_test_id("d10-clash")
        expect(task).to_have_count(1)
        expect(task).to_contain_text(code)
        versions = task.locator(".version")
        expect(versions).to_have_count(2)
        expect(versions.nth(0)).to_contain_text(bed)  # what the tablet said
        expect(versions.nth(1)).to_contain_text("取消")  # what the books said
        for choice in ("d10-local", "d10-online"):
            expect(task.get_by_test_id(choice)).to_be_enabled()
            expect(task.get_by_test_id(choice)).to_have_count(1)

        # It is still there for whoever comes next, until somebody has chosen; and then both versions stay on record.
        page.reload()
        expect(task).to_have_count(1)
        follow(task.get_by_test_id("d10-online"))
        settled = page.get_by_test_id("d10-settled")
        expect(settled.or_(task)).to_have_count(1)
        expect(settled).to_contain_text(code)
        waiting(page, 0)
        expect(line(page)).to_have_attribute("data-attention", "0")
    acts = desk.house.rows("SELECT what, outcome FROM desk_act")
    assert [what for what, _outcome in acts] == ["check_in"]
    [[local, online, choice]] = desk.house.rows("SELECT local, online, choice FROM desk_clash")
    assert choice == "online"
    assert local
    assert online
