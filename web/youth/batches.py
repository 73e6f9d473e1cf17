"""The page of a school's or an organisation's contact: the names of the guests for whom beds are kept."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Person
from accounts.record import record
from bookings.batches import balance, with_guests
from bookings.models import Batch
from web.names import Answer, Guest, NameList, take_names


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def batch_page(request, code):
    """The beds of the batch with who was named, and where more names go; nobody but its contact comes here."""
    now = timezone.now()
    batch = Batch.objects.filter(contact=request.user, code=code.upper()).select_related("hostel").first()
    if batch is None:
        raise Http404
    answer = Answer(Guest(), NameList())
    if request.method == "POST":
        answer = take_names(request, batch, now, request.user)
    record("see_batch", now=now, actor=request.user, hostel=batch.hostel, about=batch.code)
    return render(
        request,
        "web/youth/batch.html",
        {
            "section": "me",
            "now": now,
            "batch": batch,
            "counted": balance(batch, now),
            "beds": with_guests(batch, now),
            "answer": answer,
            "documents": Person.Document.choices,
            "here": request.path,
        },
        status=answer.status,
    )
