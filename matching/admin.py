"""Weights in the admin: a new set is added with a reason and is in force at once; none is ever changed or deleted."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.actors import for_request
from matching.models import WeightSet
from matching.services.weights import weight_set_add, weights_clean


class WeightSetForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    class Meta:
        model = WeightSet
        fields = ["preset", "weights", "reason"]

    def clean_weights(self) -> dict[str, int]:
        return weights_clean(self.cleaned_data["weights"])


@admin.register(WeightSet)
class WeightSetAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Runs name the set they were made with, so rows stay as they are."""

    form = WeightSetForm
    list_display = ["preset", "author", "reason", "created_at"]

    def has_change_permission(self, request: HttpRequest, obj: WeightSet | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: WeightSet | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: WeightSet, form: Any, change: bool) -> None:
        row = weight_set_add(
            preset=form.cleaned_data["preset"],
            weights=form.cleaned_data["weights"],
            reason=form.cleaned_data["reason"],
            actor=for_request(request),
        )
        obj.pk = row.pk
