"""The people she sees: the list, and a page for each from the first contact to the end."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from caseload import lists, selectors
from caseload.forms import ContactForm, EndForm, MeetingForm
from caseload.services.endings import therapy_end
from core.actors import Actor
from core.forms import posted
from referrals.errors import Refused
from referrals.models import Placement
from referrals.selectors.summary import contact_details, safety_shared
from referrals.services import placements as services
from referrals.transitions import NotAllowed
from therapists.access import therapist_page
from therapists.models import Therapist


@therapist_page
@require_GET
def people(request: HttpRequest, therapist: Therapist, actor: Actor) -> HttpResponse:
    """Everybody she sees, or (?ended=1) saw."""
    ended = request.GET.get("ended") == "1"
    text = request.GET.get("page", "1")
    number = int(text) if text.isdecimal() and len(text) < 6 else 1
    rows, more = selectors.people_page(actor, ended=ended, number=number)
    context = {"people": rows, "more": more, "number": number, "ended": ended}
    return render(request, "caseload/people.html", context)


@therapist_page
@require_GET
def placement(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """One person: how to reach them, what happens next, what happened."""
    row = placement_of(actor, pk)
    context = {
        "placement": row,
        "steps": selectors.steps(row),
        "can": dict.fromkeys(selectors.can(row), True),
        "contact": contact_details(row, actor=actor, purpose="contact"),
        "safety": safety_shared(row, actor=actor),
    }
    return render(request, "caseload/placement.html", context)


@therapist_page
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """I have been in touch; and when the meeting is."""
    row = placement_of(actor, pk)
    form_class = ContactForm if row.contacted_at is None else MeetingForm
    form = form_class(posted(request))
    if request.method == "POST" and form.is_valid():
        meeting_at = form.cleaned_data["meeting_at"]
        attempt(
            request,
            lambda: services.contact_record(placement=row, actor=actor, meeting_at=meeting_at),
            _("Thank you. It is on the timeline."),
        )
        return redirect("caseload:placement", pk)
    return render(request, "caseload/contact.html", {"placement": row, "form": form})


@therapist_page
@require_POST
def go_ahead(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """Her half of "we go on together". Saying it twice is saying it once."""
    row = placement_of(actor, pk)
    if row.therapist_go_ahead_at is None:
        theirs = row.client_go_ahead_at is not None
        attempt(
            request,
            lambda: services.go_ahead(placement=row, side="therapist", actor=actor),
            _("Thank you. You both want to go on: therapy begins.")
            if theirs
            else _("Thank you. Therapy begins when they have said so too."),
        )
    return redirect("caseload:placement", pk)


@therapist_page
@require_http_methods(["GET", "POST"])
def not_this_time(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """After a first meeting: no, without a reason, and after asking."""
    if request.method == "POST" and selectors.ended_with(actor, pk):
        return redirect("caseload:today")
    row = placement_of(actor, pk)
    if request.method == "POST":
        attempt(
            request,
            lambda: services.not_this_time(placement=row, side="therapist", actor=actor),
            _("Thank you. We tell them kindly, and ask their next choice."),
        )
        return redirect("caseload:today")
    return render(request, "caseload/not_this_time.html", {"placement": row})


@therapist_page
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """End therapy with a coded reason, and say what becomes of the place."""
    row = placement_of(actor, pk)
    if row.state == Placement.State.ENDED:
        return redirect("caseload:placement", pk)
    form = EndForm(posted(request))
    if request.method == "POST" and form.is_valid():
        attempt(
            request,
            lambda: therapy_end(placement=row, actor=actor, **form.cleaned_data),
            _("It is ended, and they have been told."),
        )
        return redirect("caseload:placement", pk)
    context = {"placement": row, "form": form, "waits": lists.queue_length(therapist.pk)}
    return render(request, "caseload/end.html", context)


def placement_of(actor: Actor, pk: int) -> Placement:
    """Return somebody she sees or saw; 404 for anybody else."""
    return get_object_or_404(selectors.people(actor), pk=pk)


def attempt(request: HttpRequest, act: Callable[[], object], done: str) -> bool:
    """Do it; a page that was overtaken says so in words instead."""
    try:
        act()
    except NotAllowed:
        messages.info(request, _("This has changed in the meantime. Here is how it is now."))
        return False
    except Refused as refused:
        messages.error(request, str(refused))
        return False
    messages.success(request, done)
    return True
