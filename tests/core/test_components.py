"""The design system's macros through our tags: nothing typed by a person can become markup."""

import pytest
from django.template import Context, Template
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy, override

from core import components

NASTY = '<script>alert("x")</script>'


def page(source, **context):
    return Template("{% load ui %}" + source).render(Context(context))


def test_text_is_escaped_and_marked_markup_is_not():
    assert NASTY not in page("{% component 'button' text=text %}", text=NASTY)
    assert "&lt;script&gt;" in page("{% component 'button' text=text %}", text=NASTY)
    assert "<b>bold</b>" in page("{% component 'insetText' html=html %}", html=mark_safe("<b>bold</b>"))


def test_nested_text_is_escaped():
    rows = [{"key": {"text": NASTY}, "value": {"text": NASTY}}]
    shown = page("{% component 'summaryList' rows=rows %}", rows=rows)
    assert "<script>" not in shown and shown.count("&lt;script&gt;") == 2


def test_attributes_are_escaped():
    shown = components.render("button", {"text": "x", "attributes": {"data-who": '"><script>'}})
    assert "<script>" not in shown


def test_marked_text_is_not_escaped_twice():
    shown = components.render("radios", {"name": "n", "items": [{"value": "1", "text": mark_safe("Q&amp;A")}]})
    assert "Q&amp;A" in shown and "&amp;amp;" not in shown


def test_a_component_may_take_a_name_of_its_own():
    assert 'name="skip"' in page("{% component 'button' text='Skip' name='skip' value='1' %}")


def test_lazy_words_are_said_in_the_readers_language():
    lazy = gettext_lazy("Yes")
    with override("cy"):
        assert "Ie" in components.render("input", {"name": "n", "label": {"text": lazy}, "hint": lazy})


def test_a_lazy_hint_is_not_lost():
    # The macros ask `is string`; a lazy object is none, and the hint would silently vanish.
    assert "nhsuk-hint" in components.render("input", {"name": "n", "hint": gettext_lazy("Yes")})


@pytest.mark.parametrize("heading", ["'Look here'", "_('Look here')"])
def test_a_heading_is_shown_once_translated_or_not(heading: str) -> None:
    shown = page(f"{{% content 'warningCallout' heading={heading} %}}<p>Words</p>{{% endcontent %}}")
    assert shown.count("Look here") == 1


def test_the_block_form_wraps_markup():
    shown = page("{% content 'warningCallout' heading='Before you send' %}<p>{{ who }}</p>{% endcontent %}", who=NASTY)
    assert "Before you send" in shown and "<p>&lt;script&gt;" in shown


@pytest.mark.parametrize("name", ["nosuch", "../../etc", "Button", "template", ""])
def test_an_unknown_component_is_named(name):
    with pytest.raises(components.UnknownComponent, match="no component named"):
        components.render(name, {})


def test_the_table_is_found_under_its_own_name():
    assert "<table" in components.render("table", {"rows": [[{"text": "1"}]]})
