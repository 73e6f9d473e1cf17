"""What no template shows of the office's and the desk's pages about full houses: contrast, names, narrow screens."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser import chromium

MAKE = """
from datetime import date, timedelta
from django.conf import settings
from django.test import Client
from django.utils import timezone
from accounts.models import Role, User
from accounts.people import complete_person
from bookings.allotting import allot
from bookings.booking import book
from bookings.desk import no_show
from bookings.models import Stay
from bookings.no_shows import appeal
from bookings.wishing import wait
from hostel.models import Bed, Hostel, OutOfService, Room
from hostel.nights import Nights, business_day
from tests.conftest import resident_number
now = timezone.now()
day = lambda days: business_day(now) + timedelta(days=days)
houses = {hostel.slug: hostel for hostel in Hostel.objects.all()}
user = User.objects.create_user("+8613800000091", phone_verified=True)
officer = dict(kind=Role.Kind.OFFICER, network=houses["mudu"].network, valid_from=day(-9))
manager = dict(kind=Role.Kind.MANAGER, hostel=houses["baodaiqiao"], valid_from=day(-9))
for role in (officer, manager):
    Role.objects.create(user=user, **role)

def guest(number):
    born = date(now.year - 23, 4, 5)
    phone = User.objects.create_user(f"+86139123456{number}", phone_verified=True)
    return complete_person(phone, name="迪丽努尔·阿卜杜热合曼", document_kind="resident", now=now, education="bachelor",
        document_number=resident_number(born, "female", number), graduation=f"{now.year}-06", home_in_district=False)

def closed(hostel, first, until, **which):
    for bed in Bed.objects.filter(room__hostel=hostel, **which):
        OutOfService.objects.create(bed=bed, first_night=first, until=until, reason="repair", written_at=now)

Room.objects.filter(hostel=houses["baodaiqiao"], number="203").update(supply="on_call")
closed(houses["baodaiqiao"], day(0), day(1), room__supply="fixed")
for number in (11, 12):
    tonight = Nights(day(0), day(1))
    assert book(guest=guest(number), hostel=houses["baodaiqiao"], nights=tonight, purpose="interview", now=now).awaits
closed(houses["xiangshan"], day(5), day(7))
for number in (13, 14):
    nights = Nights(day(5), day(6))
    wait(guest=guest(number), hostels=[houses["xiangshan"]], nights=nights, purpose="interview", now=now)
before = now - timedelta(days=4)
missed = book(guest=guest(15), hostel=houses["mudu"], nights=Nights(day(-4), day(-3)), purpose="interview", now=before)
no_show(missed, now=missed.kept_until)
appeal(missed, text="高铁晚点", now=now)
kept = allot(hostel=houses["mudu"], nights=Nights(day(9), day(11)), applicant="school", organisation="苏州市职业大学",
    purpose="interview", release_on=day(7), now=now, actor=user, beds=2)
browser = Client()
browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
here = Stay.objects.filter(hostel=houses["baodaiqiao"]).first()
print(here.code, missed.code, kept.code, day(5), browser.cookies["sessionid"].value)
"""


@pytest.mark.browser
@pytest.mark.look
def test_of_full_houses_staff_read_everything_and_nothing_scrolls_sideways(house):
    here, missed, batch, night, session = house.django(MAKE).split()[-5:]
    pages = (
        "/desk/",
        "/desk/log/",
        "/desk/shift/",
        f"/desk/stays/{here}/",
        f"/desk/stays/{here}/extend/",
        "/office/quota/",
        "/office/batches/",
        f"/office/batches/{batch}/",
        "/office/waiting/",
        "/office/no-shows/",
        f"/office/no-shows/{missed}/",
        "/office/hostels/xiangshan/rooms/",
        f"/office/hostels/xiangshan/nights/{night}/",
    )
    with chromium() as browser:
        # With no motion a change of colours is there at once.
        how = {"viewport": {"width": 320, "height": 800}, "reduced_motion": "reduce", "bypass_csp": True}
        context = browser.new_context(base_url=house.url, **how)
        for name, value in (("sessionid", session), ("size", "largest")):
            context.add_cookies([{"name": name, "value": value, "url": house.url}])
        page = context.new_page()
        for path in pages:
            page.goto(path)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert (path, page.locator("h1").count(), wide) == (path, 1, 320)
            page.set_viewport_size({"width": 1440, "height": 800})
            page.emulate_media(color_scheme="dark")
            found = Axe().run(page, options={"runOnly": ["color-contrast"]}).response["violations"]
            page.emulate_media(color_scheme="light")
            found += Axe().run(page).response["violations"]
            assert (path, [(each["id"], each["nodes"][0]["target"]) for each in found]) == (path, [])
            page.set_viewport_size({"width": 320, "height": 800})
