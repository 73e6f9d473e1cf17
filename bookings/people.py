"""People as the office looks for them: only those that one of its networks has had to do with."""

import re

from django.db.models import Q, QuerySet

from accounts.models import Person
from accounts.phones import read_phone
from hostel.models import Network

CODE = re.compile(r"[0-9A-Za-z]{6}|[0-9A-Za-z]{8}")
SHORTEST_NAME = 2  # a single character finds half the city
MOST_FOUND = 20


def known_in(networks: QuerySet[Network]) -> QuerySet[Person]:
    """Persons who had a stay in a house of ``networks``, or about whom their rules have decided."""
    stays = Q(stays__hostel__network__in=networks.values("pk"))
    decisions = Q(assessments__policy__network__in=networks.values("pk"))
    return Person.objects.filter(pk__in=Person.objects.filter(stays | decisions).values("pk"))


def find_people(text: str, networks: QuerySet[Network]) -> tuple[str, list[Person]]:
    """Look for ``text`` among the people of ``networks``: what it was taken for (code, phone or name), and who.

    A code is that of a stay or of a decision; a phone is a whole number; a name has two characters or more. At most
    twenty are returned, by number.
    """
    people, text = known_in(networks).select_related("user").order_by("pk"), text.strip()
    if CODE.fullmatch(text):
        code = text.upper()
        if found := list(people.filter(Q(stays__code=code) | Q(assessments__code=code)).distinct()):
            return "code", found
    try:
        return "phone", list(people.filter(user__phone=read_phone(text)))
    except ValueError:
        named = people.filter(name__icontains=text) if len(text) >= SHORTEST_NAME else people.none()
        return "name", list(named[:MOST_FOUND])
