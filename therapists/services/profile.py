"""What a therapist says about herself. Every change is hers, is recorded, and counts as a sign of life."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from core import audit, clock
from core.actors import Actor
from therapists.locks import lock_therapists
from therapists.models import (
    Contract,
    Therapist,
    TherapistIssue,
    TherapistLanguage,
    TherapistModality,
)
from therapists.services.imports.names import has_family_name
from therapists.services.listing import therapist_confirm
from therapists.services.search import search_entries_refresh

MOST_MODALITIES = 6
MOST_ISSUES = 10
STYLE_FIELDS = ("style_directive", "style_emotional", "style_past", "style_warm")
ABOUT_FIELDS = ("display_name", "nation", "gender", "gender_text", "pronouns", "about")
TERMS_FIELDS = (
    "fee_pence",
    "concession_pence",
    "session_minutes",
    "cancellation_terms",
    "confidentiality_terms",
)
PEOPLE_SETS = ("client_groups", "identity_tags", "access_options")


class ProfileRefused(ValueError):
    """A change that breaks a rule of the profile. Its text is for the person who asked for the change."""


def profile_update(*, therapist: Therapist, actor: Actor, **fields: object) -> None:
    """Set plain fields of the profile (ABOUT_FIELDS, TERMS_FIELDS, STYLE_FIELDS).

    Raises TypeError for any other field, so that no form can reach standing, counters or the owner.
    """
    unknown = set(fields) - {*ABOUT_FIELDS, *TERMS_FIELDS, *STYLE_FIELDS}
    if unknown:
        raise TypeError(f"not fields of the profile: {sorted(unknown)}")
    with transaction.atomic():
        row = _locked(therapist)
        changed = sorted(name for name, value in fields.items() if getattr(row, name) != value)
        for name in changed:
            setattr(row, name, fields[name])
        if changed:
            row.save(update_fields=changed)
        if "display_name" in changed:
            _check_name(row)
            search_entries_refresh(therapist_ids=[row.pk])
        touched(therapist=row, actor=actor, verb="profile_update", fields=changed)


def _check_name(therapist: Therapist) -> None:
    """Nobody is found under the name of somebody else: a family name is one that a register knows her by."""
    names = [name for name in therapist.registrations.values_list("name", flat=True).order_by("pk") if name]
    if names and not any(has_family_name(therapist.display_name, name) for name in names):
        raise ProfileRefused(
            _("Use the family name you are registered under. If you work under another one, ask us to change it.")
        )


def languages_set(*, therapist: Therapist, levels: Mapping[int, str], actor: Actor) -> None:
    """Replace the languages by {language id: level}. Raises ProfileRefused when none is left."""
    if not levels:
        raise ProfileRefused(_("Choose at least one language."))
    with transaction.atomic():
        row = _locked(therapist)
        row.language_links.exclude(language_id__in=levels).delete()
        TherapistLanguage.objects.bulk_create(
            [TherapistLanguage(therapist=row, language_id=pk, level=level) for pk, level in levels.items()],
            update_conflicts=True,
            unique_fields=["therapist", "language"],
            update_fields=["level"],
        )
        touched(therapist=row, actor=actor, verb="profile_languages", ids=sorted(levels))


def modalities_set(*, therapist: Therapist, training: Mapping[int, str], actor: Actor) -> None:
    """Replace the kinds of therapy by {modality id: training in her words}: one to six, none without training."""
    if not 1 <= len(training) <= MOST_MODALITIES:
        raise ProfileRefused(_("Choose between 1 and 6 kinds of therapy."))
    if not all(text.strip() for text in training.values()):
        raise ProfileRefused(_("Say what your training is in each kind of therapy."))
    with transaction.atomic():
        row = _locked(therapist)
        row.modality_links.exclude(modality_id__in=training).delete()
        TherapistModality.objects.bulk_create(
            [TherapistModality(therapist=row, modality_id=pk, training=text) for pk, text in training.items()],
            update_conflicts=True,
            unique_fields=["therapist", "modality"],
            update_fields=["training"],
        )
        touched(therapist=row, actor=actor, verb="profile_modalities", ids=sorted(training))


def issues_set(*, therapist: Therapist, issue_ids: Iterable[int], actor: Actor) -> None:
    """Replace what she has experience with: one to ten."""
    wanted = set(issue_ids)
    if not 1 <= len(wanted) <= MOST_ISSUES:
        raise ProfileRefused(_("Choose between 1 and 10."))
    with transaction.atomic():
        row = _locked(therapist)
        row.issue_links.exclude(issue_id__in=wanted).delete()
        TherapistIssue.objects.bulk_create(
            [TherapistIssue(therapist=row, issue_id=pk) for pk in sorted(wanted)], ignore_conflicts=True
        )
        touched(therapist=row, actor=actor, verb="profile_issues", ids=sorted(wanted))


def people_set(*, therapist: Therapist, actor: Actor, **chosen: Iterable[Model]) -> None:
    """Replace client groups, what she chose to say of herself, or what she can arrange (PEOPLE_SETS)."""
    unknown = set(chosen) - set(PEOPLE_SETS)
    if unknown:
        raise TypeError(f"not sets of the profile: {sorted(unknown)}")
    with transaction.atomic():
        row = _locked(therapist)
        for name, rows in chosen.items():
            getattr(row, name).set(rows)
        # What she says of her identity stays out of the record: names of the sets only.
        touched(therapist=row, actor=actor, verb="profile_people", fields=sorted(chosen))


def contracts_set(*, therapist: Therapist, funder_ids: Iterable[int], actor: Actor) -> None:
    """Hold contracts with exactly these funders. A new one starts today; one that is kept keeps its dates."""
    wanted = set(funder_ids)
    with transaction.atomic():
        row = _locked(therapist)
        row.contracts.exclude(funder_id__in=wanted).delete()
        today = clock.today()
        Contract.objects.bulk_create(
            [Contract(therapist=row, funder_id=pk, starts_on=today) for pk in sorted(wanted)],
            ignore_conflicts=True,
        )
        touched(therapist=row, actor=actor, verb="profile_contracts", ids=sorted(wanted))


def touched(*, therapist: Therapist, actor: Actor, verb: str, **detail: object) -> None:
    """Record a change of the profile, and count it as her confirmation when it is her own."""
    audit.record_write(
        actor=actor,
        verb=verb,
        obj_type="therapist",
        obj_id=therapist.pk,
        obj_label=therapist.display_name,
        detail=detail,
    )
    therapist_confirm(therapist_id=therapist.pk, actor=actor)


def _locked(therapist: Therapist) -> Therapist:
    return lock_therapists([therapist.pk])[therapist.pk]
