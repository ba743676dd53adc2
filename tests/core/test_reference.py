import datetime
import io

import pytest
from django.core.management import CommandError, call_command

from core import clock, crisis
from core.models import AuditEntry, BankHoliday, CrisisContact, PlacePoint
from core.reference.data import load_crisis_contacts, load_postcode_areas

pytestmark = pytest.mark.django_db
CHECKED = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)


def run(*args):
    out = io.StringIO()
    call_command("load_reference", *args, stdout=out)
    return out.getvalue()


def test_loading_twice_adds_once():
    assert "postcode areas: 124 added" in run()
    before = {model: model.objects.count() for model in (BankHoliday, PlacePoint, CrisisContact)}
    again = run()
    assert "postcode areas: 0 added, 0 changed, 124 kept" in again
    assert all("0 added, 0 changed" in line for line in again.splitlines())
    assert before == {model: model.objects.count() for model in before}


def test_an_administrators_edit_stays_unless_overwriting_is_asked_for():
    run("--only", "crisis contacts")
    CrisisContact.objects.filter(slug="samaritans").update(number="changed by Ada")
    run("--only", "crisis contacts")
    assert CrisisContact.objects.get(slug="samaritans").number == "changed by Ada"
    assert "1 changed" in run("--only", "crisis contacts", "--overwrite")
    assert CrisisContact.objects.get(slug="samaritans").number == "116 123"
    assert AuditEntry.objects.filter(verb="reference_load", object_id="crisis contacts").count() == 2


def test_an_unknown_loader_is_named():
    with pytest.raises(CommandError, match="no loader named horoscopes"):
        run("--only", "horoscopes")


def test_loading_areas_leaves_finer_places_alone():
    PlacePoint.objects.create(
        code="LS1", kind="outcode", easting=1, northing=2, precision_m=3, source="x", loaded_on="2026-11-22"
    )
    load_postcode_areas(overwrite=True)
    assert PlacePoint.objects.get(code="LS1").easting == 1
    assert PlacePoint.objects.count() == 125


class TestCrisisContacts:
    @pytest.fixture(autouse=True)
    def _loaded(self):
        load_crisis_contacts(overwrite=False)
        crisis.forget_cached()
        with clock.frozen(CHECKED):
            yield
        crisis.forget_cached()

    @pytest.mark.parametrize(
        ("nation", "there", "not_there"),
        [
            ("", {"emergency", "111", "samaritans", "shout", "deaf-relay", "deaf-text"}, {"nhs-111-england"}),
            ("england", {"emergency", "nhs-111-england", "samaritans"}, {"nhs-111-scotland", "111"}),
            ("scotland", {"emergency", "nhs-111-scotland"}, {"nhs-111-england"}),
            ("wales", {"nhs-111-wales", "samaritans-welsh"}, {"nhs-111-england"}),
            ("northern-ireland", {"lifeline-northern-ireland", "samaritans"}, {"nhs-111-england", "nhs-111-scotland"}),
        ],
    )
    def test_each_nation_sees_its_own(self, nation, there, not_there):
        slugs = [contact.slug for contact in crisis.help_for(nation).contacts]
        assert there <= set(slugs) and not not_there & set(slugs)
        assert slugs[0] == "emergency"

    def test_samaritans_are_never_offered_by_text(self):
        assert CrisisContact.objects.get(slug="samaritans").how == "call"

    def test_every_row_says_when_it_must_be_checked_again(self):
        assert all(row.checked_on < row.check_by for row in CrisisContact.objects.all())
