"""Words that people read while they wait. Each change goes through a service, which records it."""

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from accounts.actors import for_request
from core.reference.services import reference_row_save
from referrals.models import WaitingAdvice


@admin.register(WaitingAdvice)
class WaitingAdviceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Whoever reviewed a part writes her name and the date into it. A part nobody needs is switched off."""

    list_display = ("title", "position", "active", "reviewed_by", "checked_on")
    list_filter = ("active",)
    search_fields = ("title", "text")

    def has_delete_permission(self, request: HttpRequest, obj: WaitingAdvice | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: WaitingAdvice, form: ModelForm, change: bool) -> None:  # type: ignore[type-arg]
        reference_row_save(row=obj, changed=form.changed_data, actor=for_request(request))
