"""A register's file becomes registrations: twice is once, a bad row costs one row, bad news hides at once."""

import datetime
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.actors import system
from core.models import AuditEntry, Task
from tests.factories import make_register, make_registration, make_therapist
from therapists import kinds
from therapists.models import ImportProblem, ImportRun, Registration, SamePersonPair
from therapists.selectors.standing import standing
from therapists.services.imports import run as run_module
from therapists.services.imports.run import ImportRefused, import_register
from therapists.services.registrations import registration_status_set, same_person_decide, sanction_review

pytestmark = pytest.mark.django_db
HEADER = "number,name,email,town,postcode,grade,grade_from,status,valid_until"
ACTOR = system("test")


def person(number, name="", status="active", valid_until="2027-11-01", email="", postcode=""):
    return f"{number},{name or f'Person {number}'},{email},Leeds,{postcode},,,{status},{valid_until}"


def load(*rows, code="NCPS", **options):
    data = "\n".join([HEADER, *rows]).encode()
    return import_register(data=data, register=make_register(code), file_name="list.csv", actor=ACTOR, **options)


def counts(outcome):
    return (outcome.created, outcome.changed, outcome.unchanged, outcome.lapsed, outcome.refused)


def status(number, code="NCPS"):
    return Registration.objects.get(register__code=code, number=number).status


def tasks(kind):
    return Task.objects.filter(kind=kind, state=Task.State.OPEN)


def listed(therapist):
    return standing(therapist.pk, as_of=clock.now()).listed


def test_good_rows_go_in_and_bad_ones_are_written_down():
    outcome = load(person("1001", email="Zoe@Example.org", postcode="ls1 4ap"), person("", "Nobody"), person("1002"))
    assert counts(outcome) == (2, 0, 0, 0, 1)
    row = Registration.objects.get(number="1001")
    assert (row.email, row.postcode, row.town) == ("zoe@example.org", "LS1 4AP", "Leeds")
    assert (row.status, row.valid_until) == ("active", datetime.date(2027, 11, 1))
    assert (row.therapist, row.check_method, row.last_import) == (None, "register file", outcome.run)
    problem = ImportProblem.objects.get(run=outcome.run)
    assert (problem.row, problem.column, problem.value, problem.problem) == (3, "number", "", "is empty")
    run = ImportRun.objects.get()
    assert (run.rows, run.created, run.refused, run.outcome) == (3, 2, 1, "Finished.")
    assert run.finished_at is not None
    assert AuditEntry.objects.filter(verb="import_register", object_id=str(run.pk)).count() == 1


def test_the_second_time_nothing_is_written():
    rows = [person(str(number)) for number in range(1000, 1040)]
    load(*rows)
    with CaptureQueriesContext(connection) as queries:
        outcome = load(*rows)
    assert counts(outcome) == (0, 0, 40, 0, 0)
    wrote = [q["sql"] for q in queries if 'therapists_registration"' in q["sql"] and not q["sql"].startswith("SELECT")]
    assert wrote == []


def test_only_the_changed_row_is_written():
    load(person("1001"), person("1002"))
    assert counts(load(person("1001", "Anna New Name"), person("1002"))) == (0, 1, 1, 0, 0)
    assert Registration.objects.get(number="1001").name == "Anna New Name"


def test_dry_run_says_the_same_and_writes_nothing():
    load(person("1001"))
    before = list(Registration.objects.values())
    outcome = load(person("1001", status="suspended"), person("1002"), person("1003", status="?"), dry_run=True)
    assert counts(outcome) == (1, 1, 0, 0, 1)
    assert outcome.run is None
    assert list(Registration.objects.values()) == before
    assert ImportRun.objects.count() == 1


def linked(number="1001", **fields):
    therapist = make_therapist(registered=False, display_name=f"Person {number}")
    load(person(number, **fields))
    Registration.objects.filter(number=number).update(therapist=therapist)
    return therapist


@pytest.mark.parametrize("word", ["suspended", "removed", "active with sanction", "lapsed", "resigned"])
def test_bad_news_hides_at_once_and_tells_a_coordinator(word):
    therapist = linked()
    assert listed(therapist)
    load(person("1001", status=word))
    assert not listed(therapist)
    task = tasks(kinds.REGISTRATION_CHANGED).get()
    assert (task.owner_role, task.subject_type) == ("coordinator", "registration")
    assert task.due_at > clock.now()
    load(person("1001", status=word))
    assert tasks(kinds.REGISTRATION_CHANGED).count() == 1


def test_a_suspended_stranger_makes_no_task():
    load(person("1001"))
    load(person("1001", status="suspended"))
    assert not Task.objects.exists()


def test_time_alone_ends_a_listing():
    with clock.frozen(datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)) as frozen:
        therapist = linked(valid_until="2026-11-25")
        assert listed(therapist)
        frozen.move(datetime.timedelta(days=1))
        assert listed(therapist)
        frozen.move(datetime.timedelta(days=1))
        assert not listed(therapist)


def test_bad_news_on_a_second_register_outweighs_the_first():
    therapist = linked()
    make_registration(therapist, register="UKCP", number="9001")
    assert listed(therapist)
    load(person("9001", therapist.display_name, "removed"), code="UKCP")
    assert not listed(therapist)


def test_bad_news_in_an_unusable_row_hides_too():
    therapist = linked()
    outcome = load(person("1001", "=cmd()", "suspended", "never"))
    assert counts(outcome) == (0, 1, 0, 0, 1)
    assert not listed(therapist)
    assert tasks(kinds.REGISTRATION_CHANGED).count() == 1
    load(person("1001"))
    assert listed(therapist), "the corrected row counts again, although it is the one known from before"


def test_an_unreadable_row_of_somebody_shown_is_put_before_a_person():
    therapist = linked()
    load(person("1001", status="gone fishing"))
    assert listed(therapist)
    assert tasks(kinds.REGISTRATION_UNREADABLE).count() == 1


def test_a_file_never_lifts_a_status_set_by_hand():
    therapist = linked()
    registration = Registration.objects.get(number="1001")
    registration_status_set(registration=registration, status="suspended", reason="the register rang", actor=ACTOR)
    outcome = load(person("1001", valid_until="2028-11-01"))
    assert not listed(therapist)
    assert "by hand" in outcome.problems[0].problem
    registration_status_set(registration=registration, status="active", reason="the register rang again", actor=ACTOR)
    assert listed(therapist)
    assert Registration.objects.get(number="1001").valid_until == datetime.date(2028, 11, 1)


def test_a_reviewed_sanction_stays_reviewed_until_the_status_changes():
    therapist = linked(status="active with sanction")
    assert not listed(therapist)
    sanction_review(registration=Registration.objects.get(), reason="conditions do not bear on this work", actor=ACTOR)
    assert listed(therapist)
    load(person("1001", status="sanction", valid_until="2027-12-01"))
    assert listed(therapist)
    load(person("1001"))
    load(person("1001", status="sanction"))
    assert not listed(therapist)


def test_a_very_different_name_puts_the_registration_in_question():
    therapist = linked()
    load(person("1001", "Person Married"))
    assert listed(therapist)
    load(person("1001", "Boris Kowalski"))
    assert not listed(therapist)
    assert "Boris Kowalski" in Registration.objects.get().contradiction
    assert tasks(kinds.REGISTRATION_CONTRADICTS).count() == 1


def many(numbers):
    return [person(str(number)) for number in numbers]


def test_without_full_nobody_lapses():
    load(*many(range(1000, 1010)))
    assert counts(load(*many(range(1000, 1001)))) == (0, 0, 1, 0, 0)
    assert status("1009") == "active"


def test_full_lapses_up_to_the_share_and_only_on_this_register():
    therapist = linked("1000")
    load(*many(range(1001, 1100)))
    load(person("1099"), code="UKCP")
    outcome = load(*many(range(1005, 1100)), full=True)
    assert counts(outcome) == (0, 0, 95, 5, 0)
    assert (status("1004"), status("1005"), status("1099", "UKCP")) == ("lapsed", "active", "active")
    assert not listed(therapist)
    assert tasks(kinds.REGISTRATION_CHANGED).count() == 1
    assert counts(load(*many(range(1005, 1100)), full=True)) == (0, 0, 95, 0, 0)
    assert counts(load(*many(range(1000, 1100)), full=True)) == (0, 5, 95, 0, 0)
    assert listed(therapist)


def test_full_refuses_more_than_the_share_and_writes_nothing():
    load(*many(range(1000, 1100)))
    with pytest.raises(ImportRefused, match="6 of 100 active people are missing"):
        load(*many(range(1006, 1100)), person("2000"), full=True)
    assert not Registration.objects.filter(number="2000").exists()
    assert ImportRun.objects.count() == 1
    assert load(*many(range(1006, 1100)), full=True, max_lapsed_share=0.06).lapsed == 6
    assert load(*many(range(1090, 1100)), full=True, force=True).lapsed == 84


def test_full_keeps_people_whose_row_is_bad_and_those_worse_than_lapsed():
    load(*many(range(1000, 1003)), person("1003", status="removed"))
    load(person("1000", valid_until="soon"), *many(range(1001, 1003)), full=True)
    assert (status("1000"), status("1003")) == ("active", "removed")


def test_the_very_file_of_another_register_is_refused():
    load(person("1001"))
    with pytest.raises(ImportRefused, match="read for NCPS"):
        load(person("1001"), code="UKCP")
    assert load(person("1001"), code="UKCP", force=True).created == 1


def test_same_name_and_address_on_two_registers_is_a_question_never_an_answer():
    load(person("1", "Anna Smith", email="anna@example.org"), person("2", "Cem Kaya", postcode="LS1 4AP"))
    outcome = load(
        person("A", "Dr Smith Anna", email="ANNA@example.org"),
        person("B", "Cem Kaya", postcode="ls14ap"),
        person("C", "Anna Smith"),
        code="UKCP",
    )
    assert outcome.pairs == 2
    assert tasks(kinds.SAME_PERSON).count() == 2
    assert not Registration.objects.filter(therapist__isnull=False).exists()
    assert set(SamePersonPair.objects.values_list("agrees_on", flat=True)) == {"e-mail", "postcode"}


def test_a_pair_decided_is_not_asked_about_again_and_yes_links():
    therapist = linked("1", name="Anna Smith", email="anna@example.org")
    load(person("A", "Anna Smith", email="anna@example.org"), code="UKCP")
    pair = SamePersonPair.objects.get()
    same_person_decide(pair=pair, same=True, reason="she said so on the phone", actor=ACTOR)
    assert Registration.objects.get(number="A").therapist == therapist
    assert not tasks(kinds.SAME_PERSON).exists()
    assert load(person("A", "Anna Smith", "suspended", email="anna@example.org"), code="UKCP").pairs == 0
    assert not tasks(kinds.SAME_PERSON).exists()
    assert not listed(therapist)


def test_pairs_make_a_bounded_number_of_tasks(monkeypatch):
    monkeypatch.setattr("therapists.services.imports.pairs.MOST_TASKS", 3)
    rows = [person(f"{n}", f"Anna Number{n}", email=f"a{n}@example.org") for n in range(10)]
    load(*rows)
    load(*[row.replace(",Anna", "X,Anna", 1) for row in rows], code="UKCP")
    assert SamePersonPair.objects.count() == 10
    assert tasks(kinds.SAME_PERSON).count() == 3


def test_problems_kept_are_bounded_and_the_rest_counted(monkeypatch):
    monkeypatch.setattr(run_module, "MOST_PROBLEMS", 2)
    outcome = load(*[person("", "Nobody") for _ in range(5)])
    assert ImportProblem.objects.count() == 2
    assert len(outcome.problems) == 5
    assert "3 further problems" in outcome.run.outcome


def test_an_import_that_was_killed_is_marked_by_the_next():
    dead = ImportRun.objects.create(
        register=make_register(), file_name="x", file_sha256="", started_at=clock.now(), actor_label="x"
    )
    load(person("1001"))
    dead.refresh_from_db()
    assert dead.finished_at is not None
    assert "Stopped" in dead.outcome


def command(tmp_path, data, *arguments):
    path = tmp_path / "register list.csv"
    path.write_bytes(data)
    out = io.StringIO()
    call_command("import_register", str(path), "--register", "ncps", *arguments, stdout=out, verbosity=0)
    return out.getvalue()


def test_the_command_prints_row_column_value_and_what_is_wrong(tmp_path):
    make_register()
    text = "\n".join([HEADER, person("1001"), person("1002", valid_until="31/02/2027")])
    out = command(tmp_path, text.encode("cp1252"))
    assert "row 3, valid_until: “31/02/2027” is not a date" in out
    assert "Done: read 2 rows: 1 created" in out
    assert "Would have read 2 rows" in command(tmp_path, text.encode(), "--dry-run")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", bytes(range(256)), b"hello"])
def test_the_command_refuses_in_words(tmp_path, data):
    make_register()
    with pytest.raises(CommandError, match=r"\."):
        command(tmp_path, data)


def test_the_command_names_the_registers_there_are(tmp_path):
    make_register("UKCP")
    with pytest.raises(CommandError, match=r"no register “ncps”\. There are: UKCP"):
        command(tmp_path, b"x")


def test_the_command_says_when_a_file_is_not_there():
    make_register()
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_register", "nowhere.csv", "--register", "NCPS")
