"""Form fields: clear words for every wrong answer, what was typed is kept, and each error leads to its box."""

import datetime

import pytest
from django import forms as django_forms
from django.template import Context, Template
from django.utils.datastructures import MultiValueDict

from core import clock, forms
from core.forms.rendering import render_field

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


def one(field, data=None, initial=None):
    form_class = type("OneForm", (forms.Form,), {"it": field})
    return form_class(data, initial=initial)


def typed(**values):
    return MultiValueDict({key: value if isinstance(value, list) else [value] for key, value in values.items()})


def date_of(day, month, year, **options):
    return one(forms.DateField(**options), typed(it_day=day, it_month=month, it_year=year))


class TestDate:
    @pytest.mark.parametrize("month", ["2", "02", "feb", "February", " FEB "])
    def test_months_may_be_words(self, month):
        form = date_of("27", month, "1985")
        assert form.is_valid() and form.cleaned_data["it"] == datetime.date(1985, 2, 27)

    @pytest.mark.parametrize(
        ("day", "month", "year", "words", "first_box"),
        [
            ("", "", "", "Enter a date", "it_day"),
            ("27", "", "1985", "The date needs a month", "it_month"),
            ("", "3", "", "The date needs a day and year", "it_day"),
            ("31", "2", "1985", "Enter a real date", "it_day"),
            ("27", "13", "1985", "Enter a real date", "it_month"),
            ("27", "Smarch", "1985", "Enter a real date", "it_month"),
            ("x", "3", "1985", "Enter a real date", "it_day"),
            ("27", "3", "85", "The year needs four numbers", "it_year"),
            ("27", "3", "19٨5x", "The year needs four numbers", "it_year"),
            ("0", "3", "1985", "Enter a real date", "it_day"),
            ("1", "1", "0000", "Enter a real date", "it_day"),
        ],
    )
    def test_what_is_wrong_is_said_and_where(self, day, month, year, words, first_box):
        form = date_of(day, month, year)
        assert not form.is_valid()
        assert words in form.errors["it"][0]
        shown = Template("{% load ui %}{% error_summary form %}").render(Context({"form": form}))
        assert f'href="#id_{first_box}"' in shown

    def test_what_was_typed_is_kept(self):
        form = date_of("31", "2", "1985")
        form.is_valid()
        shown = render_field(form["it"])
        for value in ("31", "2", "1985"):
            assert f'value="{value}"' in shown
        assert shown.count("nhsuk-input--error") == 1

    def test_past_and_future_count_from_today_in_london(self):
        with clock.frozen(NOON):
            assert date_of("22", "11", "2026", past=True).is_valid()
            assert date_of("22", "11", "2026", future=True).is_valid()
            assert not date_of("23", "11", "2026", past=True).is_valid()
            assert not date_of("21", "11", "2026", future=True).is_valid()

    @pytest.mark.parametrize("initial", [datetime.date(1985, 3, 27), "1985-03-27"])
    def test_an_earlier_answer_is_shown(self, initial):
        shown = render_field(one(forms.DateField(), initial={"it": initial})["it"])
        assert 'value="27"' in shown and 'value="3"' in shown and 'value="1985"' in shown

    def test_it_may_be_left_open(self):
        form = date_of("", "", "", required=False)
        assert form.is_valid() and form.cleaned_data["it"] is None


class TestPhone:
    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("07700 900 123", "+447700900123"),
            ("(0113) 496 0123", "+441134960123"),
            ("+44 7700 900123", "+447700900123"),
            ("+353 85 012 3456", "+353850123456"),
        ],
    )
    def test_numbers_are_understood(self, text, number):
        form = one(forms.PhoneField(), typed(it=text))
        assert form.is_valid() and form.cleaned_data["it"] == number

    @pytest.mark.parametrize("text", ["", "12", "not a number", "07700", "07700 900 123 456 789", "0" * 30, "٠٧"])
    def test_the_rest_is_refused_in_words_and_kept(self, text):
        form = one(forms.PhoneField(), typed(it=text))
        assert not form.is_valid() and form.errors["it"]
        assert f'value="{text}"' in render_field(form["it"]) or not text

    def test_a_landline_takes_no_texts(self):
        assert not one(forms.PhoneField(mobile=True), typed(it="0113 496 0123")).is_valid()
        assert one(forms.PhoneField(mobile=True), typed(it="07700 900123")).is_valid()


class TestTexts:
    def test_too_long_is_said_with_numbers_and_kept_whole(self):
        form = one(forms.TextField(max_length=5), typed(it="abcdefgh"))
        assert form.errors["it"] == ["Use 5 characters or fewer. You have used 8."]
        shown = render_field(form["it"])
        assert 'value="abcdefgh"' in shown and "maxlength" not in shown

    def test_markup_is_escaped_and_lines_are_kept(self):
        text = "\nfirst\n  indented <b>\n</textarea><script>"
        shown = render_field(one(forms.TextareaField(), typed(it=text))["it"])
        assert "<script>" not in shown
        assert ">\n\nfirst\n  indented &lt;b&gt;\n" in shown

    def test_an_address_without_an_at_is_refused(self):
        form = one(forms.EmailField(), typed(it="ewa at example"))
        assert "name@example.com" in form.errors["it"][0]

    @pytest.mark.parametrize("text", ["nowhere", "LS1", "ZZ99", "ZZ99 3VZ", "1" * 30])
    def test_a_postcode_that_is_none_is_refused(self, text):
        assert not one(forms.PostcodeField(), typed(it=text)).is_valid()

    @pytest.mark.parametrize("text", ["zz99 3vz", "ZZ993VZ"])
    def test_no_fixed_place_is_a_postcode_where_that_is_said(self, text):
        form = one(forms.PostcodeField(or_none=True), typed(it=text))
        assert form.is_valid() and form.cleaned_data["it"] == "ZZ99 3VZ"
        assert not one(forms.PostcodeField(or_none=True), typed(it="ZZ99 3WZ")).is_valid()

    def test_a_postcode_is_tidied(self):
        form = one(forms.PostcodeField(), typed(it="ls14ap"))
        assert form.is_valid() and form.cleaned_data["it"] == "LS1 4AP"


class TestChoices:
    CHOICES = [("a", "First"), ("b", "Second"), ("none", "None of these")]

    def test_none_of_these_stands_alone(self):
        field = forms.CheckboxesField(choices=self.CHOICES, exclusive="none")
        assert one(field, typed(it=["none"])).is_valid()
        form = one(field, typed(it=["a", "none"]))
        assert "None of these" in form.errors["it"][0]
        assert render_field(form["it"]).count("checked") == 2

    def test_hints_and_divider_are_shown_with_their_choice(self):
        field = forms.RadiosField(label="Which?", choices=self.CHOICES, hints={"b": "The <second>"}, divider="none")
        shown = render_field(one(field)["it"])
        assert "The &lt;second&gt;" in shown
        assert shown.index("nhsuk-radios__divider") < shown.index("None of these")

    def test_the_legend_can_be_the_heading(self):
        shown = render_field(one(forms.RadiosField(label="Which?", choices=self.CHOICES))["it"], heading=True)
        assert shown.count("<h1") == 1 and "Which?" in shown

    def test_the_error_leads_to_the_first_choice(self):
        form = one(forms.RadiosField(choices=self.CHOICES), {})
        form.is_valid()
        shown = Template("{% load ui %}{% error_summary form %}").render(Context({"form": form}))
        assert 'href="#id_it"' in shown
        assert 'id="id_it" name="it"' in render_field(form["it"])

    @pytest.mark.parametrize(("answer", "value"), [("yes", True), ("no", False), ("", None)])
    def test_yes_no(self, answer, value):
        form = one(forms.YesNoField(required=False), typed(it=answer))
        assert form.is_valid() and form.cleaned_data["it"] is value

    @pytest.mark.parametrize("stored", [True, False])
    def test_yes_no_shows_an_earlier_answer(self, stored):
        shown = render_field(one(forms.YesNoField(), initial={"it": stored})["it"])
        assert f'value="{"yes" if stored else "no"}" checked' in shown

    def test_strength_is_a_number(self):
        form = one(forms.StrengthField(), typed(it="3"))
        assert form.is_valid() and form.cleaned_data["it"] == 3

    def test_a_made_up_choice_is_refused(self):
        assert not one(forms.RadiosField(choices=self.CHOICES), typed(it="made up")).is_valid()


@pytest.mark.parametrize(
    ("field", "part"),
    [
        (django_forms.CharField(widget=django_forms.PasswordInput), "nhsuk-password-input"),
        (django_forms.FileField(), 'type="file"'),
        (django_forms.IntegerField(), 'inputmode="numeric"'),
        (django_forms.BooleanField(label="I agree"), "nhsuk-checkboxes"),
        (django_forms.ChoiceField(choices=[("Group", [("a", "A")])]), '<option value="a"'),
        (django_forms.CharField(widget=django_forms.HiddenInput), 'type="hidden"'),
    ],
)
def test_any_django_field_is_rendered(field, part):
    assert part in render_field(one(field)["it"])


def test_a_password_is_never_sent_back():
    form = one(django_forms.CharField(widget=django_forms.PasswordInput), typed(it="secret words"))
    assert "secret words" not in render_field(form["it"])


def test_the_summary_is_empty_when_nothing_is_wrong_and_lists_what_belongs_to_no_box():
    class Strict(forms.Form):
        def clean(self):
            raise django_forms.ValidationError("The two do not fit together")

    source = Template("{% load ui %}{% error_summary form other %}")
    assert source.render(Context({"form": forms.Form(), "other": None})) == ""
    assert "The two do not fit together" in source.render(Context({"form": Strict({}), "other": None}))


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (django_forms.CharField(label="Town"), "Fill in “Town”"),
        (django_forms.ChoiceField(label="Town", choices=[("a", "A")]), "Choose an answer for “Town”"),
        (django_forms.CharField(label="Town", error_messages={"required": "Which town?"}), "Which town?"),
    ],
)
def test_a_missing_answer_names_its_field(field, words):
    form = one(field, {})
    shown = Template("{% load ui %}{% error_summary form %}{% field form.it %}").render(Context({"form": form}))
    assert shown.count(words) == 2 and "This field is required" not in shown
