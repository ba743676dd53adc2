"""What somebody answered, in words, with the step to change it at. Safety answers are never among it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clients.models import Client
from clients.preferences import Strength
from core import geo
from core.choices import Nation
from matching.words import NOT_LISTED_ANY_MORE
from referrals.answers import NOT_SURE, SELF_PAY, Answers
from referrals.forms.needs import SIDES
from referrals.forms.wishes import GenderForm, TimesForm
from referrals.sharing import SHARE_ITEMS
from therapists.selectors import reference
from therapists.words import money

STRENGTH_WORDS: dict[int, Promise] = {
    int(Strength.NICE): gettext_lazy("It would be nice"),
    int(Strength.IMPORTANT): gettext_lazy("Important to me"),
    int(Strength.MUST): gettext_lazy("I need this"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: the step's slug, a short label, the words, and how much it matters ("" when that was not asked)."""

    slug: str
    label: str
    lines: list[str] = field(default_factory=list)
    strength: str = ""


def _names(rows: Iterable[Any], slugs: Iterable[str]) -> list[str]:
    return _labels(((row.slug, row.name) for row in rows), slugs)


def _labels(known: Iterable[tuple[str, Any]], slugs: Iterable[str]) -> list[str]:
    """Return the words for slugs, in the order of the list; one line more for any that the list does not hold."""
    words, wanted = {slug: str(label) for slug, label in known}, set(slugs)
    named = [label for slug, label in words.items() if slug in wanted]
    return named if wanted <= set(words) else [*named, str(NOT_LISTED_ANY_MORE)]


def _strength(value: int) -> str:
    return str(STRENGTH_WORDS[value or 1])


def _none(lines: list[str], words_for_none: str) -> list[str]:
    return lines or [words_for_none]


def about_you(a: Answers) -> list[Said]:
    """Return where, who pays and what for."""
    rows = [
        Said("where", _("Where you live"), [str(Nation(a.nation).label)] if a.nation else [_("Not answered")]),
        Said("paying", _("Who pays"), [paying_words(a)]),
    ]
    if a.issues:
        rows.append(Said("reasons", _("What brings you"), _names(reference.issues(), a.issues)))
    else:
        rows.append(Said("reasons", _("What brings you"), [_("I would rather not say")]))
    if len(a.issues) > 1 and a.leading_issue:
        rows.append(Said("main", _("Most of all"), _names(reference.issues(), [a.leading_issue])))
    if a.leading_issue and a.experience:
        rows.append(Said("known", _("Knows this well"), [_strength(a.experience)]))
    return rows


def paying_words(a: Answers) -> str:
    if a.paying == SELF_PAY:
        if a.fee_ceiling_pence:
            return _("I pay, up to %(amount)s a session") % {"amount": money(a.fee_ceiling_pence)}
        return _("I pay")
    if a.paying in ("", NOT_SURE):
        return _("I am not sure yet")
    names = _names(reference.funders_open_to_self_referral(a.nation), [a.paying])
    return names[0] if names else _("I am not sure yet")


def wishes(a: Answers) -> list[Said]:
    """Return what matters to her, topic by topic, in the order it was asked."""
    modalities = [row for _family, rows in reference.modalities_by_family() for row in rows]
    tags = [tag for _kind, rows in reference.identity_tags_by_kind() for tag in rows]
    rows = [
        _topic(
            "kind", _("Kind of therapy"), _names(modalities, a.modalities), a.modalities_strength, _("I’m not sure")
        ),
        _topic("times", _("Times"), _times(a.times), a.times_strength, _("Any time")),
        _topic("meeting", _("How to meet"), _names(reference.formats(), a.formats), a.formats_strength),
        _topic("person", _("Gender"), _genders(a.genders), a.genders_strength),
        _topic(
            "language",
            _("Language"),
            _names(reference.languages(), a.languages),
            a.languages_strength,
            _("English is fine"),
        ),
        _topic("background", _("What they share with me"), _names(tags, a.identity), a.identity_strength),
    ]
    if a.postcode:
        rows.insert(3, Said("distance", _("Distance"), [_distance(a)]))
    return rows


def _topic(slug: str, label: str, names: list[str], strength: int, none: str = "") -> Said:
    if not names:
        return Said(slug, label, [none or _("I do not mind")])
    return Said(slug, label, [", ".join(names)], _strength(strength))


def _distance(a: Answers) -> str:
    if geo.is_no_fixed_place(a.postcode):
        return _("No fixed place")
    miles = 10 if a.miles is None else a.miles
    near = {"count": miles, "postcode": a.postcode}
    if a.distance_must:
        return (
            ngettext(
                "%(count)d mile from %(postcode)s, no further", "%(count)d miles from %(postcode)s, no further", miles
            )
            % near
        )
    return ngettext("About %(count)d mile from %(postcode)s", "About %(count)d miles from %(postcode)s", miles) % near


def _times(slugs: Iterable[str]) -> list[str]:
    return _labels((pair for _name, group in TimesForm.GROUPS for pair in group), slugs)


def _genders(slugs: Iterable[str]) -> list[str]:
    return _labels(GenderForm.CHOICES, slugs)


def needs(a: Answers) -> list[Said]:
    access = [_("A place without steps")] if a.step_free else []
    access += _names(reference.access_options(), a.access)
    if a.access_note:
        access.append(a.access_note)
    sides = [str(SIDES[scale][0 if side > 0 else 1]) for scale, side in a.style.items()]
    return [
        Said("groups", _("About me"), _none(_names(reference.client_groups(), a.client_groups), _("Nothing chosen"))),
        Said("needs", _("What I need"), _none(access, _("Nothing chosen"))),
        Said("style", _("How they should work"), _none(sides, _("I do not mind"))),
        Said("words", _("My own words"), _none([a.own_words] if a.own_words else [], _("None"))),
    ]


def contact(a: Answers) -> list[Said]:
    """Return how to reach her and who she is."""
    safe = [str(text) for flag, text in SAFE_WORDS.items() if getattr(a, flag)]
    if a.phone and a.channel == Client.Channel.EMAIL:
        safe.append(_("You may call %(number)s") % {"number": a.phone})
    quiet = _("Keep messages quiet: no names") if a.discreet else _("Messages may say “Rapport” and a therapist’s name")
    channel = str(Client.Channel(a.channel).label) if a.channel else ""
    rows = [
        Said("reach", _("How to reach me"), [channel] if channel else [_("Not answered")]),
        Said("reach-at", _("Address or number"), a.channel_address.splitlines() or [_("Not answered")]),
        Said("safe", _("Also safe"), [*safe, quiet]),
        Said("name", _("Name"), _none([f"{a.given_name} {a.family_name}"] if a.given_name else [], _("Not answered"))),
    ]
    if a.preferred_name:
        rows.append(Said("name", _("Call me"), [a.preferred_name]))
    rows.append(Said("born", _("Date of birth"), [date_format(a.born, "j F Y")] if a.born else [_("Not answered")]))
    rows.append(
        Said("home", _("Postcode at home"), _none([a.home_postcode] if a.home_postcode else [], _("Not given")))
    )
    rows.append(Said("practice", _("GP practice"), _none([a.practice_name] if a.practice_name else [], _("Not given"))))
    return rows


SAFE_WORDS: dict[str, Promise] = {
    "voicemail_ok": gettext_lazy("You may leave a voicemail"),
    "text_ok": gettext_lazy("You may send a text message"),
    "letter_ok": gettext_lazy("You may send a letter"),
}


def sharing(a: Answers) -> list[Said]:
    yes, no = _("Yes"), _("No")
    return [
        Said("sharing", str(text), [yes if a.shares.get(item) else no])
        for item, text in SHARE_ITEMS.items()
        if item in a.shares
    ]


GROUPS: tuple[tuple[Promise, Callable[[Answers], list[Said]]], ...] = (
    (gettext_lazy("You"), about_you),
    (gettext_lazy("What matters to you"), wishes),
    (gettext_lazy("What you need"), needs),
    (gettext_lazy("How to reach you"), contact),
    (gettext_lazy("What we may share"), sharing),
)
