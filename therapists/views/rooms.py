"""The rooms a therapist works in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.actors import Actor
from core.forms import posted
from therapists.access import therapist_page
from therapists.forms.week import RoomForm
from therapists.models import Therapist
from therapists.selectors.own import own_locations
from therapists.services.availability import location_remove, location_restore
from therapists.services.profile import ProfileRefused
from therapists.views.profile import saved
from therapists.words import hours_words


@therapist_page
@require_GET
def rooms(request: HttpRequest, therapist: Therapist, actor: Actor) -> HttpResponse:
    """Her rooms: those in use, and those she took out."""
    rows = [{"room": row, "hours": hours_words(row.hours)} for row in own_locations(actor)]
    return render(request, "therapists/rooms.html", {"rooms": rows})


@therapist_page
@require_http_methods(["GET", "POST"])
def room_add(request: HttpRequest, therapist: Therapist, actor: Actor) -> HttpResponse:
    """Add a room."""
    form = RoomForm(posted(request), therapist=therapist)
    if request.method == "POST" and form.is_valid() and saved(form, actor):
        messages.success(request, _("The room is saved."))
        return redirect("therapists:rooms")
    return render(request, "therapists/room.html", {"form": form})


@therapist_page
@require_http_methods(["GET", "POST"])
def room(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """Change a room."""
    row = get_object_or_404(own_locations(actor), pk=pk)
    form = RoomForm(posted(request), therapist=therapist, room=row)
    if request.method == "POST" and form.is_valid() and saved(form, actor):
        messages.success(request, _("The room is saved."))
        return redirect("therapists:rooms")
    return render(request, "therapists/room.html", {"form": form, "room": row})


@therapist_page
@require_POST
def room_remove(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """Take a room out. It can be put back."""
    row = get_object_or_404(own_locations(actor), pk=pk)
    try:
        location_remove(location=row, actor=actor)
    except ProfileRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(room)s is no longer shown. You can put it back below.") % {"room": row.name})
    return redirect("therapists:rooms")


@therapist_page
@require_POST
def room_restore(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """Put a room back."""
    row = get_object_or_404(own_locations(actor), pk=pk)
    location_restore(location=row, actor=actor)
    messages.success(request, _("%(room)s is shown again.") % {"room": row.name})
    return redirect("therapists:rooms")
