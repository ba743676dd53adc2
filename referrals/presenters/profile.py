"""A therapist's public profile as rows of label and lines, and her terms, which stand on her page before the choice."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from referrals.answers import Answers
from referrals.presenters.cards import funder_of
from therapists.selectors.public import PublicProfile, Room


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Offered:
    """`description` and `training` are "" when there is nothing to say."""

    url: str
    name: str
    description: str
    training: str


def facts(profile: PublicProfile) -> list[Fact]:
    """Return what she says about her work; what she left out is left out here too."""
    rows = [
        Fact(_("Knows well"), [", ".join(profile.issues)] if profile.issues else []),
        Fact(_("How to meet"), [", ".join(profile.formats)] if profile.formats else []),
        Fact(_("Where"), [_room(room) for room in profile.rooms]),
        Fact(_("Hours in person"), [f"{room.town}: {'; '.join(room.hours)}" for room in profile.rooms if room.hours]),
        Fact(_("Hours by phone or video"), profile.online_hours),
        Fact(_("Languages"), [f"{item.name}: {item.note}" if item.note else item.name for item in profile.languages]),
        Fact(_("Gender"), [profile.gender] if profile.gender else []),
        Fact(_("Works with"), [", ".join(profile.client_groups)] if profile.client_groups else []),
        Fact(_("Says about themselves"), [", ".join(profile.identity)] if profile.identity else []),
        Fact(_("Can arrange"), [", ".join(profile.access)] if profile.access else []),
        Fact(_("In the meetings"), profile.style),
    ]
    return [row for row in rows if row.lines]


def kinds_offered(profile: PublicProfile, pk: int) -> list[Offered]:
    """Return the kinds of therapy the therapist `pk` offers, each with the page about it, which leads back to hers."""
    return [
        Offered(f"{reverse('referrals:kind', args=[item.id])}?from={pk}", item.name, item.description, item.note)
        for item in profile.modalities
    ]


def terms(profile: PublicProfile, answers: Answers) -> list[Fact]:
    """Return fee or funding, length, cancelling and the limits of confidentiality."""
    return [
        Fact(_("Cost"), _cost(profile, answers)),
        Fact(_("A session lasts"), [_("%(minutes)d minutes") % {"minutes": profile.session_minutes}]),
        Fact(_("If you cancel"), [profile.cancellation_terms or _("Ask at the first meeting.")]),
        Fact(_("What stays private"), [profile.confidentiality_terms or _private()]),
        Fact(_("Answers on"), [profile.answering_days]),
    ]


def _private() -> str:
    return _("What you say stays between you two. A therapist may tell somebody only if a life is in danger.")


def _cost(profile: PublicProfile, answers: Answers) -> list[str]:
    funder = funder_of(answers)
    mine = [item for item in profile.funders if funder is not None and item.name == funder.name]
    if mine:
        return [_("Free to you, %(sessions)s. %(funder)s pays.") % {"sessions": mine[0].note, "funder": mine[0].name}]
    lines = [_("%(fee)s a session") % {"fee": profile.fee} if profile.fee else _("Ask about the fee")]
    if profile.concession:
        lines.append(_("%(fee)s if you have little money") % {"fee": profile.concession})
    return lines


def _room(room: Room) -> str:
    steps = {True: _("no steps"), False: _("has steps"), None: _("ask about steps")}[room.step_free]
    return f"{room.town} ({room.outcode}), {steps}"
