"""What one gets: a bed, a room or a bedroom, with how many others, and who chooses it."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, Sentence
from eligibility.rule import Statement, joined

UNITS = {
    "bed": _("You get a bed in a shared room"),
    "bedroom": _("You get a bedroom of your own in a shared flat"),
    "room": _("You get a room of your own"),
}
GENDERS = {
    "room": _("women and men have rooms of their own"),
    "building": _("women and men have buildings of their own"),
    "none": _("rooms are not kept apart by gender"),
}


@dataclass(frozen=True, kw_only=True)
class Rooms(Statement):
    """``unit`` is a bed, a bedroom or a room; the rest says how it is shared. ``label`` names the kind of room, where
    a policy has several such rules: a single, a twin."""

    kind = "rooms"
    name = _("Beds and rooms")
    says = _(
        "{label}: each guest gets a {unit}; {per_room} to a room, at most {per_room_max}, {square_metres} m² for each; "
        "kept apart by gender: {gender}; guests choose: {guest_picks}; may swap: {swap}"
    )
    code = "ROOMS"
    rank = 150
    values = {
        "label": {"$ref": "#/$defs/words"},
        "unit": {"enum": list(UNITS)},
        "per_room": {"type": "integer", "minimum": 1, "maximum": 99},
        "per_room_max": {"type": "integer", "minimum": 1, "maximum": 99},
        "square_metres": {"type": "integer", "minimum": 1, "maximum": 999},
        "gender": {"enum": list(GENDERS)},
        "guest_picks": {"type": "boolean"},
        "swap": {"type": "boolean"},
    }
    required = ("unit",)

    label: dict[str, str] | None = None
    unit: str
    per_room: int | None = None
    per_room_max: int | None = None
    square_metres: int | None = None
    gender: str = ""
    guest_picks: bool | None = None
    swap: bool | None = None

    @classmethod
    def wrong(cls, data):
        if data.get("per_room", 1) > data.get("per_room_max", 99):
            yield "per_room", "must not be above per_room_max"

    def statement(self):
        said = joined(self._parts(), "，", ", ")
        if self.label is None:
            return self.reason(MET, "%(said)s", {"said": said}, needed=self.unit)
        label = (self.label["zh"], self.label["en"])
        return self.reason(MET, _("%(label)s: %(said)s"), {"label": label, "said": said}, needed=self.unit)

    def _parts(self):
        yield Sentence(UNITS[self.unit])
        if self.per_room and self.per_room_max and self.per_room_max > self.per_room:
            numbers = {"beds": self.per_room, "most": self.per_room_max}
            yield Sentence(_("%(beds)s to a room, at most %(most)s"), numbers)
        elif beds := self.per_room or self.per_room_max:
            yield Sentence(_("%(beds)s to a room"), {"beds": beds})
        if self.square_metres:
            yield Sentence(_("%(metres)s m² for each"), {"metres": self.square_metres})
        if self.gender:
            yield Sentence(GENDERS[self.gender])
        if self.guest_picks is not None:
            yield Sentence(_("you choose it yourself") if self.guest_picks else _("the house assigns it"))
        if self.swap is not None:
            yield Sentence(_("swapping is possible") if self.swap else _("no swapping"))
