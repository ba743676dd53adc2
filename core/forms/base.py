"""What every form and field of ours has in common."""

from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise

Words = str | Promise


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what was posted, for a form's first argument; None when the page is only opened.

    `request.POST or None` takes an empty answer for no answer, and says nothing is wrong.
    """
    return request.POST if request.method == "POST" else None


class Form(forms.Form):
    """A form whose errors are said by us, not by the browser."""

    # The browser's own bubbles vanish, cannot be translated by us and are skipped by many screen readers.
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


def with_missing(kwargs: dict[str, Any], missing: Words | None) -> dict[str, Any]:
    """Return the field's arguments with `missing` as what is said when nothing was answered."""
    if missing is not None:
        kwargs["error_messages"] = {"required": missing, **kwargs.get("error_messages", {})}
    return kwargs
