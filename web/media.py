"""Files that everybody may see, where no web server stands in front: pictures of hostels and published rules."""

import re

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

PUBLIC = re.compile(
    r"hostels/[-\w]+/[0-9a-f]+-[0-9]+\.(?P<ending>webp|jpg)|clauses/[-\w]+-[0-9]+-[0-9a-f]+\.(?P<text>pdf)", re.ASCII
)
TYPES = {"webp": "image/webp", "jpg": "image/jpeg", "pdf": "application/pdf"}


@require_safe
def picture(request, name):
    """One picture of a hostel, or the text of a policy. Its name holds the digest of its content, so that it may be
    kept for ever."""
    found = PUBLIC.fullmatch(name)
    if found is None or not default_storage.exists(name):
        raise Http404
    response = FileResponse(default_storage.open(name), content_type=TYPES[found["ending"] or found["text"]])
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
