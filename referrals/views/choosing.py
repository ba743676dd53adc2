"""Putting somebody on the list and taking her off, moving her up and down, and asking for help to choose."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.policy import public
from matching.services.ranking import why_for
from referrals.answers import MAX_CHOICES, Chosen
from referrals.presenters import steps
from referrals.presenters.listing import address_of
from referrals.presenters.people import Person, on_lists, out_of_reach, people, with_named
from referrals.presenters.waiting import own_entries
from referrals.selectors.own import asked_now
from referrals.sessions import UNDO_KEY
from referrals.views.drafts import Choosing, Draft, ListEdit, kept_list, list_kept, with_choosing
from therapists.selectors.names import names_of

WHY = "people choose before they say who they are"


@public(WHY)
@require_POST
@with_choosing
def choose(request: HttpRequest, pk: int, draft: Choosing) -> HttpResponse:
    """Put somebody on the list, at its end. Pressing twice changes nothing; nobody who does not fit gets on it."""
    choices = draft.answers.choices
    if any(choice.therapist == pk for choice in choices):
        return _back(request, pk)
    name = _name(pk)
    if len(choices) >= MAX_CHOICES:
        messages.warning(request, _("You have chosen five. Take one off to choose somebody else."))
    elif not name or not can_be_chosen(draft, pk):
        messages.warning(request, _("This person cannot be asked at the moment, so you cannot choose them."))
    else:
        # Whoever has no place is waited for unless she says otherwise: the next page asks.
        draft.save(choices=(*choices, Chosen(pk, will_wait=True)), help_choosing=False)
        messages.success(request, _("%(name)s is on your list.") % {"name": name})
    return _back(request, pk)


@public(WHY)
@require_POST
@with_choosing
def unchoose(request: HttpRequest, pk: int, draft: Choosing) -> HttpResponse:
    """Take somebody off the list. One tap puts the list back as it was."""
    kept = tuple(choice for choice in draft.answers.choices if choice.therapist != pk)
    if len(kept) != len(draft.answers.choices):
        request.session[UNDO_KEY] = kept_list(draft.answers.choices)
        draft.save(choices=kept)
        messages.info(request, _("%(name)s is off your list.") % {"name": _name(pk)}, extra_tags="undo")
    return _back(request, pk)


@public(WHY)
@require_POST
@with_choosing
def undo(request: HttpRequest, draft: Choosing) -> HttpResponse:
    before = request.session.pop(UNDO_KEY, None) or []
    kept = tuple(list_kept(before[:MAX_CHOICES]))
    if kept:
        draft.save(choices=kept)
        messages.success(request, _("Your list is as it was."))
    return redirect("referrals:choices")


@public(WHY)
@require_POST
@with_choosing
def move(request: HttpRequest, pk: int, draft: Choosing) -> HttpResponse:
    """Move somebody one place up or down. At the end of the list nothing moves."""
    order = list(draft.answers.choices)
    at = next((index for index, choice in enumerate(order) if choice.therapist == pk), None)
    if at is not None:
        to = at - 1 if request.POST.get("way") == "up" else at + 1
        if 0 <= to < len(order):
            order[at], order[to] = order[to], order[at]
            draft.save(choices=tuple(order))
    return redirect(f"{reverse('referrals:choices')}#c{pk}")


@public(WHY)
@require_POST
@with_choosing
def wait(request: HttpRequest, pk: int, draft: Choosing) -> HttpResponse:
    """Say whether to wait for somebody on the list who has no place. Pressing twice changes nothing."""
    will_wait = request.POST.get("wait") != "no"
    before = draft.answers.choices
    choices = tuple(replace(one, will_wait=will_wait) if one.therapist == pk else one for one in before)
    if choices != before:
        draft.save(choices=choices)
    return redirect(f"{reverse('referrals:choices')}#c{pk}")


@public(WHY)
@require_POST
@with_choosing
def help_choosing(request: HttpRequest, draft: Choosing) -> HttpResponse:
    """Not being able to choose is a choice: a person helps."""
    if not isinstance(draft, Draft):
        return redirect("referrals:my_referral")
    draft.save(help_choosing=True, choices=())
    return redirect("referrals:choices")


@public(WHY)
@require_GET
@with_choosing
def choices(request: HttpRequest, draft: Choosing) -> HttpResponse:
    rows = kept_people(request, draft)
    onward = steps.after("choices", draft.data)
    context = {
        "rows": rows,
        "full": any(row.waiting for row in rows),
        "free": any(not row.full for row in rows),
        "editing": not isinstance(draft, Draft),
        "helped": draft.answers.help_choosing,
        "go_on": onward.url if onward else "",
        "can_undo": UNDO_KEY in request.session,
        "back_url": reverse("referrals:matches"),
    }
    return render(request, "referrals/choices.html", context)


def kept_people(request: HttpRequest, draft: Choosing) -> list[Person]:
    """Return the people on the list; whoever may not be shown any more is taken off it, and that is said."""
    rows = people(draft.answers, draft.stated(), silent=draft.silent)
    if isinstance(draft, ListEdit):
        # Whoever was asked holds a place for this very list and may have no other: opening it takes nobody off.
        everybody = with_named(rows, draft.answers.choices)
        return on_lists(everybody, own_entries(draft.referral), asked_now(draft.referral))
    shown = {row.id for row in rows}
    kept = tuple(choice for choice in draft.answers.choices if choice.therapist in shown)
    if len(kept) != len(draft.answers.choices):
        draft.save(choices=kept)
        messages.warning(
            request,
            _("Somebody on your list cannot be asked at the moment. We took them off. It is not because of you."),
        )
    return rows


def can_be_chosen(draft: Choosing, pk: int) -> bool:
    """Say whether she can be asked at all; that she misses a wish does not matter."""
    why = why_for(draft.stated(), [pk], silent_exclusions=draft.silent).get(pk)
    return why is not None and not out_of_reach(why, draft.answers)


def _name(pk: int) -> str:
    return names_of([pk]).get(pk, "")


def _back(request: HttpRequest, pk: int) -> HttpResponse:
    where = request.POST.get("back", "")
    if where == "therapist":
        return redirect("referrals:therapist", pk=pk)
    if where == "choices":
        return redirect("referrals:choices")
    return redirect(f"{address_of(where)}#t{pk}")
