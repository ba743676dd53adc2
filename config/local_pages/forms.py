from django import forms
from django.utils.translation import gettext_lazy as _


class MoveClockForm(forms.Form):
    """How far to move the clock forward."""

    days = forms.IntegerField(label=_("Days"), min_value=0, max_value=400, initial=0)
    hours = forms.IntegerField(label=_("Hours"), min_value=0, max_value=48, initial=0)
