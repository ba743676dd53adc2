"""Core's reference data. Every change goes through a service, which records it."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from core.actors import Actor
from core.models import BankHoliday, CrisisContact, PlacePoint
from core.policy import user_roles
from core.reference.services import reference_row_delete, reference_row_save


def _actor(request: HttpRequest) -> Actor:
    return Actor("user", str(request.user.pk), str(request.user), user_roles(request))


class Recorded(admin.ModelAdmin):  # type: ignore[type-arg]
    """Changes and deletions are in the audit, one by one."""

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        reference_row_save(row=obj, changed=form.changed_data, actor=_actor(request))

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        reference_row_delete(row=obj, actor=_actor(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        for row in queryset:
            reference_row_delete(row=row, actor=_actor(request))


@admin.register(BankHoliday)
class BankHolidayAdmin(Recorded):
    list_display = ("date", "nation", "name")
    list_filter = ("nation",)
    date_hierarchy = "date"


@admin.register(CrisisContact)
class CrisisContactAdmin(Recorded):
    """Past `check_by` a row disappears from the pages until somebody has rung the number and moved the date."""

    list_display = ("name", "nation", "topic", "number", "when", "active", "checked_on", "check_by")
    list_filter = ("nation", "topic", "active")
    ordering = ("check_by",)


@admin.register(PlacePoint)
class PlacePointAdmin(Recorded):
    list_display = ("code", "kind", "name", "nation", "easting", "northing", "precision_m", "source")
    list_filter = ("kind", "nation")
    search_fields = ("code",)
    show_full_result_count = False
