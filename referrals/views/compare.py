"""Two or three people side by side."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core.policy import public
from referrals.presenters.people import MOST_SIDE_BY_SIDE, comparison
from referrals.views.choosing import kept_people
from referrals.views.drafts import Choosing, with_choosing


@public("people choose before they say who they are")
@require_GET
@with_choosing
def compare(request: HttpRequest, draft: Choosing) -> HttpResponse:
    """Compare people from the list: the ticked ones, or the first three."""
    rows = kept_people(request, draft)
    asked = request.GET.getlist("with")[:10]
    ticked = {int(text) for text in asked if text.isascii() and text.isdigit() and len(text) < 19}
    shown = ([row for row in rows if row.id in ticked] or rows)[:MOST_SIDE_BY_SIDE]
    ids = {row.id for row in shown}
    pick = [{"id": row.id, "name": row.name, "shown": row.id in ids} for row in rows] if len(rows) > 2 else []
    context = {"columns": shown, "rows": comparison(shown), "pick": pick, "back_url": reverse("referrals:choices")}
    return render(request, "referrals/compare.html", context)
