"""The published text of the rules: a PDF beside a version, for everybody to read."""

import hashlib
from datetime import datetime
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from accounts.acts import act, after_refusal
from accounts.models import User
from accounts.record import record
from eligibility import drafting
from eligibility.models import Policy
from eligibility.reasons import Refused

MOST_BYTES = 10 * 1024 * 1024


class WrongClause(Exception):
    """The file is none that can be published; the text says why."""


def keep(policy: Policy, file: BinaryIO, *, now: datetime, actor: User) -> Policy:
    """Keep ``file`` as the published text of the draft ``policy``, in the place of the one there was.

    Raises WrongClause where it is no PDF or larger than `MOST_BYTES`, and Refused with NOT_A_DRAFT.
    """
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise WrongClause(_("The file is larger than 10 MB"))
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        raise WrongClause(_("This is no PDF: save the text as PDF and choose that file"))
    digest = hashlib.sha256(content).hexdigest()[:16]
    name = f"clauses/{policy.network.slug}-{policy.version}-{digest}.pdf"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(content))
        kept_now = True
    else:
        kept_now = False

    def do():
        if kept_now:
            after_refusal(lambda: default_storage.delete(name))
        changed = Policy.objects.select_for_update().get(pk=policy.pk)
        if not changed.is_draft:
            raise Refused(drafting.not_a_draft(changed))
        if changed.clause_file.name != name:
            changed.clause_file.name = name
            changed.save(update_fields=["clause_file"])
            record(
                drafting.CHANGED,
                now=now,
                actor=actor,
                about=f"policy {changed.pk}",
                network=changed.network.slug,
                version=changed.version,
                clause_file=digest,
            )
        return changed

    return act(do)
