"""Any Django form field as a component of the design system: label, hint, error, and what was typed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import components
from core.forms.dates import PART_WORDS, PARTS, DateWidget

Params = dict[str, Any]

# `required` and `maxlength` make the browser answer or silently cut what is pasted, a placeholder vanishes while one
# types; the rest are parameters.
_DROPPED = {"id", "class", "required", "placeholder", "maxlength", "minlength", "min", "max", "step"}
_NAMED = {"type", "rows", "autocomplete", "inputmode", "spellcheck", "autocapitalize"}
_WRITTEN_BY_MACROS = {"aria-invalid", "aria-describedby"}


def render_field(
    bound: BoundField,
    *,
    heading: bool = False,
    label: Any = None,
    hint: Any = None,
    inline: bool = False,
    small: bool = False,
) -> SafeString:
    """Return the field's markup, bad input as it was typed. `heading`: its label or legend is the page's h1."""
    if bound.is_hidden:
        return bound.as_hidden()
    title: Params = {"text": label or bound.label}
    title |= {"isPageHeading": True, "size": "l"} if heading else {"size": "s"}
    params: Params = {
        "hint": _hint(hint or bound.help_text),
        "errorMessage": _errors(bound),
        "classes": _classes(bound),
    }
    params |= {"inline": inline or None, "small": small or None}
    name, more = _dispatch(bound.field.widget)(bound, title)
    return components.render(name, params | more)


def error_words(bound: BoundField) -> list[str]:
    """Return what is wrong with the field. Where its author said nothing of her own, "required" names the field."""
    own = {str(forms.Field.default_error_messages["required"])}
    asks = _("Choose an answer for “%(label)s”") if _is_choice(bound) else _("Fill in “%(label)s”")
    return [asks % {"label": bound.label} if str(error) in own else str(error) for error in bound.errors]


def _is_choice(bound: BoundField) -> bool:
    return isinstance(bound.field.widget, forms.Select | forms.RadioSelect | forms.CheckboxSelectMultiple)


def first_id(bound: BoundField) -> str:
    """Return the id of the box to look at first: where an error's link leads."""
    if isinstance(bound.field.widget, DateWidget):
        return f"{bound.auto_id}_{(getattr(bound.field, 'wrong', ()) or PARTS)[0]}"
    return bound.auto_id or bound.html_name


def _dispatch(widget: forms.Widget) -> Callable[[BoundField, Params], tuple[str, Params]]:
    # Order matters: the first kind that fits is taken, and several are subclasses of others.
    kinds: list[tuple[type[forms.Widget], Callable[[BoundField, Params], tuple[str, Params]]]] = [
        (DateWidget, _date),
        (forms.CheckboxSelectMultiple, _checkboxes),
        (forms.RadioSelect, _radios),
        (forms.Select, _select),
        (forms.CheckboxInput, _checkbox),
        (forms.Textarea, _textarea),
        (forms.PasswordInput, _password),
        (forms.FileInput, _file),
        (forms.widgets.Input, _input),
    ]
    for kind, renderer in kinds:
        if isinstance(widget, kind):
            return renderer
    raise TypeError(f"no component for {type(widget).__name__}")


def _hint(text: Any) -> Params | None:
    if not text:
        return None
    return {"html": text} if isinstance(text, SafeString) else {"text": text}


def _errors(bound: BoundField) -> Params | None:
    if not bound.errors:
        return None
    return {
        "html": format_html_join(SafeString("<br>"), "{}", ((error,) for error in error_words(bound))),
        "visuallyHiddenText": _("Error"),
    }


def _classes(bound: BoundField) -> str | None:
    names: str | None = bound.field.widget.attrs.get("class")
    return names


def _plain(bound: BoundField, title: Params) -> Params:
    attrs = bound.field.widget.attrs
    params: Params = {"id": bound.auto_id or bound.html_name, "name": bound.html_name, "label": title}
    params["value"] = bound.field.widget.format_value(bound.value())
    for name in ("autocomplete", "inputmode", "autocapitalize"):
        params[name] = attrs.get(name)
    if "spellcheck" in attrs:
        params["spellcheck"] = str(attrs["spellcheck"]).lower() != "false"
    others = {name: value for name, value in attrs.items() if name not in _DROPPED | _NAMED | _WRITTEN_BY_MACROS}
    if others:
        params["attributes"] = others
    return params


def _input(bound: BoundField, title: Params) -> tuple[str, Params]:
    widget = bound.field.widget
    kind = widget.attrs.get("type", widget.input_type)
    params = _plain(bound, title)
    if kind == "number":
        # A number box scrolls its value away under the wheel and hides letters typed by mistake.
        kind, params["inputmode"] = "text", params["inputmode"] or "numeric"
    return "input", params | {"type": kind}


def _textarea(bound: BoundField, title: Params) -> tuple[str, Params]:
    params = _plain(bound, title)
    # A browser drops the first line break after <textarea>: give it one to drop.
    params["value"] = "\n" + (params["value"] or "")
    return "textarea", params | {"rows": bound.field.widget.attrs.get("rows")}


def _password(bound: BoundField, title: Params) -> tuple[str, Params]:
    params = _plain(bound, title) | {"value": None}
    words = {
        "showPasswordText": _("Show"),
        "hidePasswordText": _("Hide"),
        "showPasswordAriaLabelText": _("Show password"),
        "hidePasswordAriaLabelText": _("Hide password"),
        "passwordShownAnnouncementText": _("Your password is visible"),
        "passwordHiddenAnnouncementText": _("Your password is hidden"),
    }
    return "passwordInput", params | words


def _file(bound: BoundField, title: Params) -> tuple[str, Params]:
    return "fileUpload", _plain(bound, title) | {"value": None}


def _select(bound: BoundField, title: Params) -> tuple[str, Params]:
    chosen = str(bound.value() if bound.value() is not None else "")
    items = [
        {"value": str(value), "text": text, "selected": str(value) == chosen}
        for value, text in _flat(bound.field.widget.choices)
    ]
    return "select", _plain(bound, title) | {"items": items, "value": None}


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    pairs: list[tuple[Any, Any]] = []
    for value, text in choices:
        pairs += list(text) if isinstance(text, list | tuple) else [(value, text)]
    return pairs


def _listed(bound: BoundField, title: Params) -> Params:
    field = bound.field
    hints, divider = getattr(field, "hints", {}), getattr(field, "divider", None)
    exclusive = getattr(field, "exclusive", None)
    items: list[Params] = []
    for choice in bound.subwidgets:
        value = str(choice.data["value"])
        if divider is not None and value == divider:
            items.append({"divider": _("or")})
        items.append(
            {
                "value": value,
                "text": choice.data["label"],
                "checked": choice.data["selected"],
                "hint": _hint(hints.get(value)),
                "exclusive": value == exclusive or None,
            }
        )
    legend = title if title.get("isPageHeading") else title | {"size": "m"}
    return {
        "idPrefix": bound.auto_id or bound.html_name,
        "name": bound.html_name,
        "fieldset": {"legend": legend},
        "items": items,
    }


def _radios(bound: BoundField, title: Params) -> tuple[str, Params]:
    return "radios", _listed(bound, title)


def _checkboxes(bound: BoundField, title: Params) -> tuple[str, Params]:
    return "checkboxes", _listed(bound, title)


def _checkbox(bound: BoundField, title: Params) -> tuple[str, Params]:
    item = {"value": "on", "text": title["text"], "checked": bool(bound.value()), "hint": _hint(bound.help_text)}
    return "checkboxes", {
        "idPrefix": bound.auto_id or bound.html_name,
        "name": bound.html_name,
        "items": [item],
        "hint": None,
    }


def _date(bound: BoundField, title: Params) -> tuple[str, Params]:
    widget = bound.field.widget
    value = bound.value()
    typed = value if isinstance(value, list) else widget.decompress(value)
    wrong = getattr(bound.field, "wrong", ()) if bound.errors else ()
    items = [
        {
            "name": f"{bound.html_name}_{part}",
            "id": f"{bound.auto_id}_{part}",
            "label": str(PART_WORDS[part]).capitalize(),
            "value": typed[index] or "",
            "width": 4 if part == "year" else 2,
            "error": (part in wrong) if wrong else None,
            "autocomplete": _birth_part(bound, part),
        }
        for index, part in enumerate(PARTS)
    ]
    legend = title if title.get("isPageHeading") else title | {"size": "m"}
    return "dateInput", {"id": bound.auto_id, "fieldset": {"legend": legend}, "items": items}


def _birth_part(bound: BoundField, part: str) -> str | None:
    return f"bday-{part}" if bound.field.widget.attrs.get("autocomplete") == "bday" else None
