"""What a page is built from: components, form fields, error summary, help, dates in words."""

import datetime
from typing import Any

from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from core import components, crisis, nav, words
from core.forms import rendering

register = template.Library()

# What the block form of a component passes its content as, where that is not `html`.
_CONTENT = {"card": "descriptionHtml"}


@register.simple_tag
def component(name: str, /, **params: Any) -> SafeString:
    """Render a component of the design system. `name` is positional-only: components take a `name` of their own."""
    return components.render(name, params)


@register.simple_block_tag(end_name="endcontent")
def content(content: str, name: str, /, **params: Any) -> SafeString:
    """Render a component around the markup between the tags."""
    return components.render(name, params | {_CONTENT.get(name, "html"): SafeString(content.strip())})


@register.simple_tag
def field(bound: BoundField, /, **options: Any) -> SafeString:
    """Render one form field, whatever its widget."""
    return rendering.render_field(bound, **options)


@register.simple_tag
def fields(form: forms.BaseForm, /) -> SafeString:
    """Render every field of the form, hidden ones too."""
    return SafeString("\n".join(rendering.render_field(bound) for bound in form))


@register.simple_tag
def error_summary(*wrong_forms: forms.BaseForm) -> SafeString:
    """Render what is wrong with the forms, each line a link to its box; nothing when nothing is wrong."""
    items: list[dict[str, Any]] = []
    for form in wrong_forms:
        if form:
            items += _error_items(form)
    if not items:
        return SafeString("")
    return components.render("errorSummary", {"titleText": _("There is a problem"), "errorList": items})


def _error_items(form: forms.BaseForm) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = [{"text": error} for error in form.non_field_errors()]
    for bound in form:
        target = None if bound.is_hidden else f"#{rendering.first_id(bound)}"
        items += [{"text": error, "href": target} for error in rendering.error_words(bound)]
    return items


@register.inclusion_tag("components/question_fields.html", takes_context=True)
def question_fields(context: Context, form: forms.BaseForm, /) -> dict[str, Any]:
    """Lay a question out: with one visible field its label is the heading, with several the heading stands above."""
    title = context.get("title") or getattr(form, "title", "")
    lead = context.get("lead") or getattr(form, "lead", "")
    visible = form.visible_fields()
    # A single checkbox has no legend to be a heading.
    alone = len(visible) == 1 and not isinstance(visible[0].field.widget, forms.CheckboxInput)
    return {
        "form": form,
        "alone": visible[0] if alone else None,
        "visible": visible,
        "hidden": form.hidden_fields(),
        "title": title,
        "lead": lead,
        "caption": context.get("caption") or getattr(form, "caption", ""),
        "alone_hint": _one_hint(lead, visible[0].help_text) if alone else "",
        "request": context.get("request"),
    }


def _one_hint(lead: Any, help_text: Any) -> str:
    return " ".join(str(part) for part in (lead, help_text) if part)


@register.filter
def is_free_text(bound: BoundField) -> bool:
    """Say whether the field is a box for free text, beside which it must stand when anybody reads it."""
    return isinstance(bound.field.widget, forms.Textarea) and getattr(bound.field, "read_when", None) != ""


@register.inclusion_tag("components/help_now.html", takes_context=True)
def help_now(context: Context, nation: str | None = None, *, short: bool = False) -> dict[str, Any]:
    """Show where to turn at once: for the nation given, else for the one remembered in this session."""
    request = context.get("request")
    known = nation if nation is not None else (crisis.nation_of(request) if request else "")
    return {"help": crisis.help_for(known), "short": short}


@register.inclusion_tag("components/free_text_note.html", takes_context=True)
def free_text_note(context: Context, form_field: forms.Field | None = None) -> dict[str, Any]:
    """Say beside a box when anybody reads what is typed there, and where to turn sooner."""
    own = getattr(form_field, "read_when", None)
    return {
        "read_when": own or _("Nobody reads this until after you have sent your referral, and then not at once."),
        "request": context.get("request"),
    }


@register.simple_tag
def other_languages() -> list[tuple[str, str]]:
    """Return the languages a reader can change to, each in its own words: whoever needs it may read no other."""
    others: list[tuple[str, str]] = []
    for code, name in settings.LANGUAGES:
        if code != get_language():
            with override(code):
                others.append((code, str(name)))
    return others


@register.simple_tag
def leave_url() -> str:
    """Return the address "Leave this page" ends on."""
    return settings.LEAVE_URL


@register.filter
def call_words(contact: crisis.Contact) -> str:
    """Say what following the contact's link does: Call 999."""
    return crisis.say(contact)


@register.simple_tag(takes_context=True)
def nav_items(context: Context) -> list[nav.Shown]:
    """Return the navigation of the signed-in person."""
    request = context.get("request")
    return nav.items_for(request) if request else []


@register.filter
def when(moment: datetime.datetime | None) -> str:
    """Say a moment in words: Tuesday 24 November, 2pm."""
    return words.when(moment) if moment else ""


@register.filter
def day(date: datetime.date | None) -> str:
    """Say a date in words: Tuesday 24 November."""
    return words.day(date) if date else ""
