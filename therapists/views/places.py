"""Places and limits: the hours in her week that people can have."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.actors import Actor
from core.forms import posted
from therapists.access import therapist_page
from therapists.forms.week import LeaveForm, LimitForm, PlacesForm, ReofferForm
from therapists.models import Therapist
from therapists.selectors.own import own_places, places_ever
from therapists.selectors.standing import standing
from therapists.services.leave import leave_cancel
from therapists.services.listing import therapist_confirm
from therapists.services.week import ChangedMeanwhile, new_people_pause, place_stop
from therapists.views.common import next_or
from therapists.views.profile import reason_words, saved
from therapists.waits import told
from therapists.words import place_words


@therapist_page
@require_GET
def places(request: HttpRequest, therapist: Therapist, actor: Actor) -> HttpResponse:
    """Her places, with what each is doing, and whether people are shown her at all."""
    now = clock.now()
    judged = standing(therapist.pk, as_of=now)
    return render(
        request,
        "therapists/places.html",
        {
            "therapist": therapist,
            "places": [{"place": row, "when": place_words(row)} for row in own_places(actor, as_of=now)],
            "today": clock.today(),
            "standing": judged,
            "reasons": reason_words(judged.reasons),
            "told": told(therapist.pk, judged),
        },
    )


@therapist_page
@require_http_methods(["GET", "POST"])
def places_new(request: HttpRequest, therapist: Therapist, actor: Actor) -> HttpResponse:
    """Add places."""
    form = PlacesForm(posted(request), therapist=therapist)
    form.initial["seen"] = places_ever(therapist)
    if request.method == "POST" and form.is_valid():
        try:
            form.save(actor)
        except ChangedMeanwhile:
            messages.info(request, _("Your places had already changed. Here is how they are now."))
        else:
            messages.success(request, _("Your places are saved."))
        return redirect("therapists:places")
    return render(request, "therapists/places_new.html", {"form": form})


@therapist_page
@require_http_methods(["GET", "POST"])
def place_when(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """Say from when one place is offered."""
    place = get_object_or_404(own_places(actor, as_of=clock.now()), pk=pk)
    form = ReofferForm(posted(request), therapist=therapist, place=place)
    if request.method == "POST" and form.is_valid() and saved(form, actor):
        messages.success(request, _("Saved."))
        return redirect("therapists:places")
    return render(request, "therapists/place_when.html", {"form": form, "when": place_words(place)})


@therapist_page
@require_http_methods(["GET", "POST"])
def place_close(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """Close one place, after asking."""
    if request.method == "POST":
        place = own_places(actor, as_of=clock.now()).filter(pk=pk).first()
        if place is not None:
            place_stop(place=place, actor=actor)
            messages.success(request, _("The place is closed."))
        return redirect("therapists:places")
    place = get_object_or_404(own_places(actor, as_of=clock.now()), pk=pk)
    return render(request, "therapists/place_close.html", {"place": place, "when": place_words(place)})


@therapist_page
@require_http_methods(["GET", "POST"])
def limit(request: HttpRequest, therapist: Therapist, actor: Actor) -> HttpResponse:
    """Set how many new people she takes in a month."""
    form = LimitForm(posted(request), therapist=therapist)
    if request.method == "POST" and form.is_valid() and saved(form, actor):
        messages.success(request, _("Saved."))
        return redirect("therapists:places")
    return render(request, "therapists/sections/fields.html", {"form": form, "back": reverse("therapists:places")})


@therapist_page
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, therapist: Therapist, actor: Actor) -> HttpResponse:
    """Say when she is away, or take it back."""
    if request.method == "POST" and request.POST.get("cancel") == "1":
        leave_cancel(therapist=therapist, actor=actor)
        messages.success(request, _("The dates are taken back."))
        return redirect("therapists:places")
    form = LeaveForm(posted(request), therapist=therapist)
    if request.method == "POST" and form.is_valid() and saved(form, actor):
        messages.success(request, _("Saved. You need not remember to come back."))
        return redirect("therapists:places")
    return render(request, "therapists/leave.html", {"form": form, "therapist": therapist})


@therapist_page
@require_POST
def pause(request: HttpRequest, therapist: Therapist, actor: Actor) -> HttpResponse:
    """Pause or take up new people."""
    paused = request.POST.get("paused") == "1"
    new_people_pause(therapist=therapist, paused=paused, actor=actor)
    done = _("You are not shown to new people now.") if paused else _("You can be shown to new people again.")
    messages.success(request, done)
    return redirect(next_or(request, reverse("therapists:places")))


@therapist_page
@require_POST
def confirm(request: HttpRequest, therapist: Therapist, actor: Actor) -> HttpResponse:
    """Confirm that what is shown is true."""
    therapist_confirm(therapist_id=therapist.pk, actor=actor)
    messages.success(request, _("Thank you. What people see about you is confirmed for 14 days."))
    return redirect(next_or(request, reverse("therapists:places")))
