"""Two requests of one person become one: both side by side, and what is kept of each."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.actors import for_request
from core import worklist
from core.forms import posted
from core.policy import allow
from core.references import reference_clean
from referrals.errors import Refused
from referrals.forms.desk_lists import MergeForm, OtherReferralForm
from referrals.presenters.merging import born_words, side_by_side
from referrals.selectors.desk import found
from referrals.selectors.merging import Side, mergeable, pairs_of, two_sides
from referrals.selectors.scope import referrals_visible_to
from referrals.services.merging import referrals_merge
from referrals.transitions import NotAllowed


@allow("coordinator")
@require_http_methods(["GET", "POST"])
def merge_with(request: HttpRequest, pk: int) -> HttpResponse:
    """Name the other request by its reference."""
    actor = for_request(request)
    row = get_object_or_404(referrals_visible_to(actor), pk=pk)
    form = OtherReferralForm(posted(request))
    if request.method == "POST" and form.is_valid():
        others = _named(form)
        other = next(iter(found(actor, reference=others, family_name="", born=None)), None) if others else None
        if other is not None and other.pk != row.pk:
            return redirect("referrals:desk_merge", row.pk, other.pk)
        if others:
            form.add_error("reference", _("There is no other request with this reference that you may see"))
    return render(request, "desk/merge_with.html", {"referral": row, "form": form})


@allow("coordinator")
@require_GET
def from_task(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead from an identity task to the pair it asks about; to the task where there is none or more than one."""
    row = get_object_or_404(worklist.tasks_visible_to(for_request(request)), pk=pk)
    pairs = pairs_of(row)
    if len(pairs) == 1:
        return redirect("referrals:desk_merge", *pairs[0])
    return redirect("referrals:desk_task", pk)


@allow("coordinator")
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Compare, decide which goes on, and say why. Nothing happens before somebody has ticked that they are one."""
    actor = for_request(request)
    sides = two_sides(actor, pk, other)
    if sides is None:
        raise Http404
    possible = mergeable(sides)
    form = _form(request, sides, possible)
    if request.method == "POST" and possible and form.is_valid():
        keep = next(side for side in sides if str(side.referral.pk) == form.cleaned_data["keep"])
        away = next(side for side in sides if side is not keep)
        try:
            referrals_merge(
                keep=keep.referral,
                duplicate=away.referral,
                reason=form.cleaned_data["reason"],
                actor=actor,
                contact_of_duplicate=form.cleaned_data["contact"] == str(away.referral.client_id),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        except NotAllowed:
            form.add_error(None, _("Somebody else changed one of the two just now. Look again."))
        else:
            messages.success(request, _("One request goes on, with everything of both. Your reason is on record."))
            return redirect("referrals:desk_referral", keep.referral.pk)
    context: dict[str, Any] = {"sides": sides, "lines": side_by_side(sides), "form": form, "possible": bool(possible)}
    return render(request, "desk/merge.html", context)


def _form(request: HttpRequest, sides: Sequence[Side], possible: Sequence[Side]) -> forms.Form:
    keep = [
        (
            str(side.referral.pk),
            _("%(reference)s, sent on %(day)s")
            % {"reference": side.referral.reference, "day": date_format(side.referral.created_at, "j F Y")},
        )
        for side in possible
    ]
    contact = [
        (
            str(side.referral.client_id),
            _("%(channel)s: %(address)s") % {"channel": side.channel, "address": side.address},
        )
        for side in sides
    ]
    first, second = sides
    sure = _("%(first)s, born %(born)s, and %(second)s, born %(other)s, are one person. I have made sure.") % {
        "first": first.name,
        "born": born_words(first),
        "second": second.name,
        "other": born_words(second),
    }
    return MergeForm(posted(request), keep=keep, contact=contact, sure=sure)


def _named(form: OtherReferralForm) -> str:
    """Return the clean reference, or "" with the form saying what is wrong."""
    try:
        return reference_clean(form.cleaned_data["reference"])
    except ValueError as error:
        form.add_error("reference", str(error))
        return ""
