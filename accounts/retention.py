"""What is kept of people: what for, who sees it, until when, and what follows if somebody does not want to give it.

This is the one table of it: the privacy page prints it, everybody's own page takes its words from here, and
`docs/personal-data.md` is written from it (`manage.py describe_retention`).
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Purpose:
    """One kind of thing that is kept, in sentences for whom it is about."""

    key: str
    what: Promise
    why: Promise
    who: Promise
    until: Promise
    refused: Promise


PURPOSES = (
    Purpose(
        "phone",
        _("Your phone number"),
        _("To log you in without a password, and to tell you about your stays"),
        _("You. A desk finds you by its last four digits; the office sees it with stars, and a search is on record"),
        _("Until you erase your account; a number that never answered its code: one day"),
        _("Without it you cannot book here. Any desk can book for you, with your document in its hand"),
    ),
    Purpose(
        "identity",
        _("Your name, document number, gender and birth date"),
        _("The law has every guest house register its guests, and free nights are counted once per document"),
        _(
            "The desk of the house you stay at, to compare with your document and for the register that the police may "
            "ask for; in lists only the name's first character"
        ),
        _("Until you erase your account. The number is kept encrypted; no picture of the card is ever taken"),
        _("Without them no bed can be given"),
    ),
    Purpose(
        "fingerprint",
        _("A fingerprint of your document's number, from which the number cannot be read"),
        _("To count free nights and missed stays once per person, also when an account is erased and made again"),
        _("Nobody: only the house compares it"),
        _("As long as a rule counts your nights or a pause stands; then a nightly job deletes it"),
        _("Without it no bed can be given"),
    ),
    Purpose(
        "answers",
        _("Education, graduation, school and major, home in the district, and what else the rules ask"),
        _("The rules of the free nights ask for them, and nothing else does"),
        _("Nobody, where the rules alone decide; who looks at your case, where a person has to"),
        _("Until you erase your account"),
        _("What a rule is not told it cannot say yes to. You may ask a person to look, and come to the events"),
    ),
    Purpose(
        "needs",
        _("What you need of a bed"),
        _("To give you a bed that fits. It is kept encrypted, for it may say something of your health"),
        _("The desk of the house you stay at"),
        _("Until you erase your account"),
        _("You are given any bed that is free"),
    ),
    Purpose(
        "stays",
        _("Your stays and nights: which house, which days, what you came for"),
        _("To keep your bed, to count your free nights, and to pay the house for them"),
        _("The desk of the house; the committee, which pays"),
        _("With your name until you erase your account; without it as long as public accounts are kept, thirty years"),
        _("Without them there is no bed"),
    ),
    Purpose(
        "decisions",
        _("What was decided about you, by which rule, from which answers; and what you asked a person"),
        _("So that every yes and every no can be explained to you, and checked"),
        _("Who looks at your case; the committee"),
        _("With your answers until you erase your account; that a rule was met stays with the nights, without a name"),
        _("Without a decision no night can be given free"),
    ),
    Purpose(
        "proofs",
        _("Photos and codes that you send as a proof"),
        _("Only to verify what you come for"),
        _("Who looks at the proof, and the desk. Each look is written down, and you see it"),
        _("Some days after the nights they are for: how many, the page says where you send them. Then they go"),
        _("Show the original at the desk instead: nothing is uploaded"),
    ),
    Purpose(
        "waits",
        _("What you waited for in vain or not: which nights, which houses"),
        _("To find you a bed in your turn, and to know where beds are wanting"),
        _("The committee, which may move somebody up and then says why"),
        _("With your name until you erase your account; without it as long as the figures"),
        _("You look for yourself whether a bed came free"),
    ),
    Purpose(
        "missed",
        _("Stays that you missed, and what you said about it"),
        _("After several of them booking pauses for a time, as the rules say"),
        _("The desk of the house; the officer who answers you"),
        _("As long as the rules count them, two years at most; what you said, until you erase your account"),
        _("You may explain it or not; explained well, it is lifted"),
    ),
    Purpose(
        "desk",
        _("What a desk writes down about your stay: notes of its shift log, and each thing it did"),
        _("So that the next shift knows, and a slip can be taken back"),
        _("The desk of that house"),
        _("Notes ninety days, what was said with an act seven; both go at once when you erase your account"),
        _("Without it nobody at the desk could take over from another"),
    ),
    Purpose(
        "letters",
        _("The messages we sent you"),
        _("So that each goes out once, and you can read it again"),
        _("You, and the operator who delivers it"),
        _("Until you erase your account"),
        _("What you need to know stands under “Me” as well"),
    ),
    Purpose(
        "consents",
        _("What you agreed to, and when"),
        _("To show that you were asked"),
        _("You"),
        _("Until you erase your account"),
        _("What is refused is not done; each line can be taken back"),
    ),
    Purpose(
        "record",
        _("Who did and who saw what of yours, and when"),
        _("So that nobody looks unseen"),
        _("You, and the committee's auditors"),
        _("It stays, but names you by a number, which leads to nobody once your account is erased"),
        _("It protects you, so it cannot be left out"),
    ),
    Purpose(
        "browser",
        _("In this browser: your login, a mark that keeps forms safe, text size and colours, the last four places"),
        _("So that pages know you, and look as you want them"),
        _("Only this browser"),
        _("The login two weeks, size and colours a year, places ninety days; you clear these where you choose one"),
        _("Looking and checking work without a login, and the sizes of your browser work too"),
    ),
)
OF = {purpose.key: purpose for purpose in PURPOSES}
