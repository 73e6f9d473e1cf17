"""What the search for an arrangement costs beside a plain booking, in houses at the height of the season.

`python -m bench arranging`: books the wishes of two seasons' worth of demand (`bench/demand.py`) into the two largest
sample houses, through the verb. Wherever no bed is free, the house is read and an arrangement looked for, as the
booking itself is about to do. Prints the milliseconds (the middle one, and that of which nineteen in twenty stay under)
of plain bookings, of the searches, and of bookings that moved somebody or were refused. Ends with 1 where nineteen in
twenty searches need more than three times what nineteen in twenty plain bookings need.
"""

import sys
import time
from collections import defaultdict
from datetime import date

import django

django.setup()  # what follows are models

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.documents import read_document  # noqa: E402
from accounts.models import Deed, Person  # noqa: E402
from accounts.people import add_person  # noqa: E402
from bench.demand import wishes  # noqa: E402
from bookings.availability import free_beds  # noqa: E402
from bookings.booking import book  # noqa: E402
from bookings.house_plan import Want, plan_of  # noqa: E402
from eligibility.reasons import Refused  # noqa: E402
from figures.replay import invented_number  # noqa: E402
from hostel.models import Hostel  # noqa: E402
from hostel.nights import Nights  # noqa: E402

SEED, LOAD = 7, 1.3
HOUSES = ("baodaiqiao", "mudu")
MOST_TIMES = 3.0
BORN = date(2001, 5, 6)
FACTS = {"education": "bachelor", "graduation": "2024-01", "school": "安徽大学", "home_in_district": False}


def main() -> int:
    if Person.objects.exists():
        print("This house is lived in; measured is in a fresh one: python -m bench arranging")
        return 2
    hostels = {hostel.slug: hostel for hostel in Hostel.objects.select_related("network").filter(slug__in=HOUSES)}
    took: dict[str, list[float]] = defaultdict(list)
    asked = [wish for wish in wishes(SEED, LOAD) if wish.hostel in hostels]
    for number, wish in enumerate(asked):
        now = timezone.make_aware(wish.made_at)
        guest, hostel = somebody(number, wish.gender, now), hostels[wish.hostel]
        nights = Nights(wish.arrival, wish.departure)
        is_plain = free_beds(hostel, nights, wish.gender, now).exists()
        if not is_plain:
            with transaction.atomic():
                began = time.perf_counter()
                plan_of(hostel, [Want(guest, nights)], now).arrangement()
                took["search"].append(time.perf_counter() - began)
        kind = "plain booking"
        moves = Deed.objects.filter(what="move_by_house").count()
        began = time.perf_counter()
        try:
            book(guest=guest, hostel=hostel, nights=nights, purpose="interview", now=now, accept_price=True)
        except Refused as no:
            kind = f"refused {no.code}"
        lasted = time.perf_counter() - began
        if not is_plain and kind == "plain booking":
            moved = Deed.objects.filter(what="move_by_house").count() > moves
            kind = "booking with moves" if moved else "booking on call"
        took[kind].append(lasted)
    print(f"{len(asked)} wishes                  number    p50 ms    p95 ms")
    for kind, each in sorted(took.items()):
        print(f"{kind:<30}{len(each):>8}{1000 * part(each, 0.5):>10.1f}{1000 * part(each, 0.95):>10.1f}")
    times = part(took["search"], 0.95) / part(took["plain booking"], 0.95)
    print(f"a search costs {times:.2f} times a plain booking at p95")
    return 0 if times <= MOST_TIMES else 1


def somebody(number, gender, now) -> Person:
    """A new person who may stay."""
    invented = invented_number(number, {"birth_date": BORN, "gender": gender})
    document = read_document(Person.Document.RESIDENT, invented)
    return add_person(name="某某", document_kind=document.kind, document_number=document.number, now=now, **FACTS)


def part(each: list[float], share: float) -> float:
    """The number under which ``share`` of ``each`` stay."""
    return sorted(each)[int(len(each) * share)]


if __name__ == "__main__":
    sys.exit(main())
