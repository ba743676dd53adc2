"""Whether people can find her: her own page, the page behind a message's link, and all who are missing, on the desk."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.actors import for_request, for_user
from core import clock
from core.actors import Actor
from core.policy import allow, public
from core.words import when
from therapists.access import therapist_page
from therapists.models import Therapist
from therapists.reopening import obstacles
from therapists.selectors.confirmations import confirmed_until, link_of
from therapists.selectors.own import own_registrations
from therapists.selectors.standing import standing, standing_for
from therapists.selectors.unlisted import DESK_REASONS, unlisted_counts, unlisted_therapists
from therapists.services.listing import confirmation_by_link, listing_look_ask

DESK = ("coordinator", "administrator")


@therapist_page
@require_GET
def listing(request: HttpRequest, therapist: Therapist, actor: Actor) -> HttpResponse:
    """Why people cannot find her, reason by reason, with what brings her back."""
    judged = standing(therapist.pk, as_of=clock.now())
    context = {
        "therapist": therapist,
        "standing": judged,
        "obstacles": obstacles(therapist, judged.reasons, clock.today()),
        "registrations": own_registrations(actor),
        "until": confirmed_until(therapist),
    }
    return render(request, "therapists/listing.html", context)


@therapist_page
@require_POST
def listing_ask(request: HttpRequest, therapist: Therapist, actor: Actor) -> HttpResponse:
    """Ask a person to look at what she cannot mend herself."""
    due_at = listing_look_ask(therapist_id=therapist.pk, actor=actor)
    messages.success(request, _("Thank you. A person looks at it by %(when)s.") % {"when": when(due_at)})
    return redirect("therapists:listing")


@public("whoever holds the link may press one button for one therapist; it shows her own name and nothing of a client")
@require_http_methods(["GET", "POST"])
def still_taking(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the link of a message: one button. Opening it changes nothing, for mail programs open links too."""
    link = link_of(token)
    if link is None:
        return render(request, "therapists/still_taking_over.html", status=404)
    if request.method == "POST":
        user = link.therapist.user
        if user is not None and link.current:
            confirmation_by_link(therapist_id=link.therapist.pk, nonce=link.nonce, actor=for_user(user))
        return redirect("therapists:still_taking", token)
    judged, until = standing(link.therapist.pk, as_of=clock.now()), confirmed_until(link.therapist)
    context = {
        "therapist": link.therapist,
        "current": link.current,
        "free": judged.free_for_new,
        "listed": judged.listed,
        "until": until,
        "confirmed": until is not None and clock.now() <= until,
    }
    return render(request, "therapists/still_taking.html", context)


@allow(*DESK)
@require_GET
def desk_listing(request: HttpRequest) -> HttpResponse:
    """How many are not listed for which reason, and who, the longest silent first."""
    actor, now = for_request(request), clock.now()
    wanted = request.GET.get("why", "")
    reason = wanted if wanted in DESK_REASONS else ""
    page = Paginator(unlisted_therapists(actor, as_of=now, reason=reason), 50).get_page(request.GET.get("page"))
    standings, counts = standing_for([row.pk for row in page], as_of=now), unlisted_counts(actor, as_of=now)
    context = {
        "page": page,
        "rows": [(row, [DESK_REASONS[code] for code in standings[row.pk].reasons]) for row in page],
        "reasons": [(code, words, counts[code]) for code, words in DESK_REASONS.items()],
        "all": counts[""],
        "why": reason,
    }
    return render(request, "therapists/desk/listing.html", context)
