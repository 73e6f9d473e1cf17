"""`manage.py demo`: the sample network, and a person for each role. `make run` calls it; again, it only prints."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

import eligibility
import hostel
from accounts.documents import with_check_digit
from accounts.models import Letter, Person, Role, User
from accounts.people import agree, be_called, complete_person, login_for, verify_phone
from accounts.roles import grant_role
from bookings.booking import book
from bookings.desk import check_in, check_out
from bookings.models import BedEvent
from bookings.night_audit import audit
from eligibility.models import Policy
from eligibility.policy_file import load_policy
from hostel.models import Hostel, Network
from hostel.network_file import load_network
from hostel.nights import Nights, at, business_day

SAMPLE = "wuzhong"
HOUSE, NEXT_HOUSE = "baodaiqiao", "mudu"
NETWORK_FILE = Path(hostel.__file__).parent / "sample" / "wuzhong.yaml"
POLICY_FILE = Path(eligibility.__file__).parent / "sample" / "wuzhong.yaml"


@dataclass(frozen=True)
class Player:
    """Somebody of the demo: the phone they log in with, the page they work on, and their role (a guest has none)."""

    who: str
    phone: str
    page: str
    role: str = ""
    called: str = ""  # by colleagues


PLAYERS = (
    Player("guest 林小满", "+8613800000001", "/"),
    Player("hostel manager of 宝带桥站", "+8613800000002", "/desk/", Role.Kind.MANAGER, "小王"),
    Player("committee officer of 吴中区", "+8613800000003", "/office/", Role.Kind.OFFICER),
    Player("apartment operator", "+8613800000004", "/me/", Role.Kind.OPERATOR),
    Player("auditor", "+8613800000005", "/office/", Role.Kind.AUDITOR),
    # Rules and appeals need a second person.
    Player("second officer of 吴中区", "+8613800000006", "/office/", Role.Kind.OFFICER),
    # The desk is handed over.
    Player("second manager of 宝带桥站", "+8613800000007", "/desk/", Role.Kind.MANAGER, "小李"),
)


class Command(BaseCommand):
    help = "Load the sample network and policy, make a person for each role, say how to log in. Keeps what is there."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000, help="the port that is printed (nothing is served here)")

    def handle(self, *, port, **options):
        if settings.PRODUCTION:
            raise CommandError("The people of the demo are everybody's: HOSTEL_PRODUCTION=1 has no demo.", returncode=2)
        now = timezone.now()
        # Only what is missing: what was changed in the demo since stays as it was changed.
        if not Network.objects.filter(slug=SAMPLE).exists():
            load_network(NETWORK_FILE, now=now)
        network = Network.objects.get(slug=SAMPLE)
        if not Policy.objects.filter(network=network).exists():
            load_policy(POLICY_FILE, now=now)
        for player in PLAYERS:
            make(player, network, now)
        self.stdout.write(directions(port))


def make(player, network, now) -> User:
    """Give ``player`` a login, and what goes with the part they play."""
    user = login_for(player.phone, now)
    verify_phone(user)
    agree(user, now)
    if player.called and not user.called:
        be_called(user, player.called, now=now)
    if not player.role:
        if not Person.objects.filter(user=user).exists():
            was_here_and_comes_again(make_guest(user, now), now)
    elif player.role == Role.Kind.MANAGER:
        grant_role(user, player.role, hostel=Hostel.objects.get(slug=HOUSE), valid_from=date(2023, 1, 1), now=now)
    else:
        grant_role(user, player.role, network=network, valid_from=date(2023, 1, 1), now=now)
    return user


def make_guest(user, now) -> Person:
    """林小满 of Hefei, 22, with last summer's degree: she may stay under the sample policy, whatever the year."""
    year = timezone.localtime(now).year
    return complete_person(
        user,
        name="林小满",
        document_kind=Person.Document.RESIDENT,
        document_number=with_check_digit(f"340102{year - 23}0315826"),
        education=Person.Education.BACHELOR,
        graduation=f"{year - 1}-06",
        school="安徽大学",
        school_city="合肥",
        home_in_district=False,
        now=now,
    )


def was_here_and_comes_again(guest: Person, now: datetime) -> None:
    """Give ``guest`` two nights of last month and one of next week, so that their pages have something to say.

    Tonight stays free for whoever tries the house: it is three taps, because the reason of last time stands chosen.
    """
    today, day = business_day(now), timedelta(days=1)
    came = today - 30 * day
    there = Nights(came, came + 2 * day)
    stay = book(
        guest=guest, hostel=Hostel.objects.get(slug=HOUSE), nights=there, purpose="interview", now=at(came, time(15))
    )
    check_in(stay, compared=True, now=at(came, time(16)))
    left = at(there.departure, time(9))
    audit(left)
    check_out(stay, now=left)
    bed = stay.bed_nights.first()
    if bed is not None:
        BedEvent.objects.create(bed=bed.bed, kind=BedEvent.Kind.CLEANED, at=left + timedelta(hours=1))
    again = Nights(today + 6 * day, today + 7 * day)
    book(guest=guest, hostel=Hostel.objects.get(slug=NEXT_HOUSE), nights=again, purpose="interview", now=now)
    # What was written last month went out last month.
    for letter in Letter.objects.filter(person=guest, written_at__lt=left):
        Letter.objects.filter(pk=letter.pk).update(posted_at=letter.written_at, posted_by="in_app")


def directions(port: int) -> str:
    """Say where to go and how to come in, for somebody who has never seen the house."""
    address = f"http://localhost:{port}"
    rows = [f"  {player.phone}   {address + player.page:<32} {player.who}" for player in PLAYERS]
    return "\n".join(
        [
            "",
            f"苏青驿 is ready:  {address}   (English: {address}/en/)",
            "",
            *rows,
            "",
            f"Log in at {address}/login/ with one of these phones; the code is printed here, in this terminal.",
            "For programs: .venv/bin/python manage.py token +8613800000001 prints a token (Authorization: Bearer …).",
            "The second factor, which staff need in production, is off in this demo. The operator has no page of",
            "their own yet. Everything is kept in var/; Ctrl-C ends the server.",
            "",
        ]
    )
