"""Weights in the admin: their history, and a form that puts a new set in force. None is ever changed or deleted.

"Choose again" fills the form with an older set: going back is one more row, with its own reason.
"""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import for_request
from matching.engine.plan import DOMAINS
from matching.models import WeightSet
from matching.selectors.weights import DOMAIN_WORDS, weight_changes, weight_sets_with_history, weights_in_force
from matching.services.weights import MOST, weight_set_add, weights_clean

PREFIX = "weight_"


def _weight(domain: str) -> forms.IntegerField:
    words = gettext_lazy("Hundredths; 0: never counts.")
    label = cast(str, DOMAIN_WORDS[domain])
    return forms.IntegerField(label=label, min_value=0, max_value=MOST, help_text=words)


class WeightSetForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """One whole number per domain. `seen`: the set in force when the page was opened; `again`: the one chosen again."""

    weight_modality = _weight("modality")
    weight_time = _weight("time")
    weight_format = _weight("format")
    weight_gender = _weight("gender")
    weight_language = _weight("language")
    weight_experience = _weight("experience")
    weight_style = _weight("style")
    weight_identity = _weight("identity")
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    again_from = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = WeightSet
        fields = ["preset", "reason"]
        labels = {"preset": gettext_lazy("Name"), "reason": gettext_lazy("Reason")}
        help_texts = {
            "preset": gettext_lazy("Short, for the history: for example “evidence” or “trial in spring”."),
            "reason": gettext_lazy("Why, and who decided it. It stays in the history and cannot be changed."),
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        weights = {domain: data.get(PREFIX + domain) for domain in DOMAINS}
        if None not in weights.values():
            data["weights"] = weights_clean(weights)
            newest = weights_in_force()
            if newest is not None and newest.weights == weights:
                raise ValidationError(_("These are the weights in force already."))
        return data


@admin.register(WeightSet)
class WeightSetAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Runs name the set they were made with, so rows stay as they are."""

    form = WeightSetForm
    list_display = ["name", "what_changed", "author", "reason", "created_at", "lists_made", "choose_again"]
    list_per_page = 50
    shown = ["name", "what_it_says", "what_changed", "author", "reason", "chosen_again", "created_at", "lists_made"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[WeightSet]:
        self._in_force = getattr(weights_in_force(), "pk", None)
        return weight_sets_with_history()

    def get_fields(self, request: HttpRequest, obj: WeightSet | None = None) -> Any:
        if obj is not None:
            return [*self.shown, "choose_again"]
        return ["preset", *(PREFIX + domain for domain in DOMAINS), "reason", "seen", "again_from"]

    def get_readonly_fields(self, request: HttpRequest, obj: WeightSet | None = None) -> Any:
        return [] if obj is None else [*self.shown, "choose_again"]

    def has_change_permission(self, request: HttpRequest, obj: WeightSet | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: WeightSet | None = None) -> bool:
        return False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with an older set to choose again, or with what is in force."""
        newest, wanted = weights_in_force(), request.GET.get("again", "")
        older = WeightSet.objects.filter(pk=int(wanted)).first() if wanted.isdecimal() and len(wanted) < 19 else None
        begin = older or newest
        weights = begin.weights if begin else {}
        return {
            "preset": older.preset if older else "",
            "seen": newest.pk if newest else None,
            "again_from": older.pk if older else None,
            **{PREFIX + domain: weights.get(domain) for domain in DOMAINS},
        }

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().add_view(request, *args, **kwargs)
        except ValidationError as problem:
            # Another set came in force between opening the page and sending it.
            messages.error(request, " ".join(problem.messages))
            return redirect(reverse("admin:matching_weightset_changelist"))
        return answer

    def save_model(self, request: HttpRequest, obj: WeightSet, form: Any, change: bool) -> None:
        row = weight_set_add(
            preset=form.cleaned_data["preset"],
            weights=form.cleaned_data["weights"],
            reason=form.cleaned_data["reason"],
            actor=for_request(request),
            again=form.cleaned_data["again_from"],
            seen=form.cleaned_data["seen"],
        )
        obj.pk = row.pk

    @admin.display(description=gettext_lazy("Set"))
    def name(self, row: WeightSet) -> str:
        if row.pk == self._in_force:
            return _("%(name)s (number %(pk)d, in force)") % {"name": row.preset, "pk": row.pk}
        return _("%(name)s (number %(pk)d)") % {"name": row.preset, "pk": row.pk}

    @admin.display(description=gettext_lazy("What it changed"))
    def what_changed(self, row: WeightSet) -> str:
        if row.weights_before is None:
            return _("The first")
        changes = weight_changes(row, row.weights_before)
        return "; ".join(f"{one.words}: {one.before} → {one.after}" for one in changes) or _("Nothing")

    @admin.display(description=gettext_lazy("Weights, in hundredths"))
    def what_it_says(self, row: WeightSet) -> str:
        return "; ".join(f"{DOMAIN_WORDS[domain]}: {row.weights[domain]}" for domain in DOMAINS)

    @admin.display(description=gettext_lazy("Lists recorded with it"))
    def lists_made(self, row: WeightSet) -> int:
        return row.runs or 0

    @admin.display(description=gettext_lazy("The older set chosen again"))
    def chosen_again(self, row: WeightSet) -> str:
        return str(row.again_id or "–")

    @admin.display(description=gettext_lazy("Go back"))
    def choose_again(self, row: WeightSet) -> str | SafeString:
        if row.pk == self._in_force:
            return "–"
        url = f"{reverse('admin:matching_weightset_add')}?again={row.pk}"
        return format_html('<a href="{}">{}</a>', url, _("Choose these again"))
