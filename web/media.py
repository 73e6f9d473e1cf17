"""Files that everybody may see, where no web server stands in front: the pictures of hostels, and nothing else."""

import re

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

PICTURE = re.compile(r"hostels/[-\w]+/[0-9a-f]+-[0-9]+\.(?P<ending>webp|jpg)", re.ASCII)
TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}


@require_safe
def picture(request, name):
    """One picture of a hostel. Its name holds the digest of its content, so that it may be kept for ever."""
    found = PICTURE.fullmatch(name)
    if found is None or not default_storage.exists(name):
        raise Http404
    response = FileResponse(default_storage.open(name), content_type=TYPES[found["ending"]])
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
