"""Reference data, registers and what came in from them. Each change goes through a service, which records it.

Nothing is deleted here: profiles and statements point to these rows. A row nobody needs any more is switched off.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.actors import for_request
from therapists.models import (
    AccessOption,
    ClientGroup,
    Family,
    Funder,
    IdentityTag,
    ImportProblem,
    ImportRun,
    Issue,
    Language,
    Modality,
    ModalityFact,
    ModalityIssue,
    Register,
    SessionFormat,
)
from therapists.services.reference import reference_row_save, widest
from therapists.services.registrations import register_accreditation_set

ACCREDITATION = ("accreditation", "accredited_from", "accredited_until")


class Kept(admin.ModelAdmin):
    """Rows that are never deleted, and whose changes are recorded."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: bool) -> None:
        reference_row_save(row=obj, changed=form.changed_data, actor=for_request(request))


class ListForm(forms.ModelForm):
    """A row of a list. A full list is refused before anything is saved."""

    def clean(self) -> dict[str, Any]:
        model = self._meta.model
        if self.instance._state.adding and model._default_manager.count() >= widest(model):
            raise ValidationError(_("This list is full. Change a row that is not used instead."))
        return super().clean() or {}


class ListAdmin(Kept):
    """A list people choose from. `bit` and, once given, `slug` stay: what people stated points to them."""

    form = ListForm
    list_display = ("name", "slug", "position", "active", "source", "checked_on")
    list_filter: tuple[str, ...] = ("active",)
    search_fields = ("name", "slug", "description")
    readonly_fields = ("bit",)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return ("bit", "slug") if obj else ("bit",)


@admin.register(Family, Language, SessionFormat, AccessOption)
class PlainListAdmin(ListAdmin):
    pass


@admin.register(Modality)
class ModalityAdmin(ListAdmin):
    list_display = ("name", "family", "slug", "position", "active", "source", "checked_on")
    list_filter = ("active", "family")
    list_select_related = ("family",)


@admin.register(ModalityFact)
class ModalityFactAdmin(Kept):
    """What people read about a kind of therapy. Whoever reviewed a row writes her name and the date into it."""

    list_display = ("modality", "children_only", "active", "source", "reviewed_by", "checked_on")
    list_filter = ("active", "children_only", "modality__family")
    list_select_related = ("modality",)
    search_fields = ("modality__name", "offered_for", "evidence", "source")


@admin.register(ModalityIssue)
class ModalityIssueAdmin(Kept):
    list_display = ("modality", "issue", "guideline", "year", "active", "source", "reviewed_by", "checked_on")
    list_filter = ("active", "guideline", "issue")
    list_select_related = ("modality", "issue")
    search_fields = ("modality__name", "issue__name", "guideline", "source")


@admin.register(Issue)
class IssueAdmin(ListAdmin):
    list_display = ("name", "group", "show_information", "position", "active", "source", "checked_on")
    list_filter = ("active", "group", "show_information")


@admin.register(ClientGroup)
class ClientGroupAdmin(ListAdmin):
    list_filter = ("active", "required")


@admin.register(IdentityTag)
class IdentityTagAdmin(ListAdmin):
    list_filter = ("active", "kind")


@admin.register(Funder)
class FunderAdmin(ListAdmin):
    list_display = ("name", "sessions", "open_to_self_referral", "starts_on", "ends_on", "active")
    list_filter = ("active", "open_to_self_referral")


class RegisterForm(forms.ModelForm):
    """A register. Its accreditation decides about everybody on it, so a change of it needs a reason."""

    reason = forms.CharField(
        label=_("Reason for changing the accreditation"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("accredited_from"), data.get("accredited_until")
        if start and end and end < start:
            self.add_error("accredited_until", _("The accreditation cannot end before it begins."))
        if set(self.changed_data) & set(ACCREDITATION) and not data.get("reason", "").strip():
            self.add_error("reason", _("Give a reason: it is kept with the record."))
        return data


@admin.register(Register)
class RegisterAdmin(Kept):
    form = RegisterForm
    list_display = (
        "short_name",
        "name",
        "accreditation",
        "accredited_from",
        "accredited_until",
        "active",
        "checked_on",
    )
    list_filter = ("accreditation", "active")
    search_fields = ("code", "name", "short_name")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """Save the plain fields and the accreditation by one service each."""
        actor, wanted = for_request(request), {name: getattr(obj, name) for name in ACCREDITATION}
        changed = set(form.changed_data) - {"reason"}
        for name in ACCREDITATION if change else ():
            # Left to the service, which records what stood there before.
            setattr(obj, name, form.initial[name])
        reference_row_save(row=obj, changed=changed - set(ACCREDITATION), actor=actor)
        if changed & set(ACCREDITATION):
            register_accreditation_set(register=obj, reason=form.cleaned_data["reason"], actor=actor, **wanted)
            messages.info(request, _("Everybody on this register is judged by it from now on."))


class ReadOnly(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnly):
    list_display = (
        *("register", "started_at", "file_name", "rows", "created", "changed"),
        *("unchanged", "lapsed", "refused", "outcome"),
    )
    list_filter = ("register", "full")
    list_select_related = ("register",)
    search_fields = ("file_name",)


@admin.register(ImportProblem)
class ImportProblemAdmin(ReadOnly):
    list_display = ("run", "row", "column", "value", "problem")
    list_filter = ("column", "run__register")
    list_select_related = ("run__register",)
    search_fields = ("=run__id", "problem")
