"""Made-up rows in the shapes of the official files. Positions are real in form, not taken from any file."""

import io

import pytest
from django.core.management import CommandError, call_command

from core import geo
from core.actors import system
from core.geo_files import WrongFile
from core.geo_load import postcodes_load
from core.models import AuditEntry, PlacePoint

pytestmark = pytest.mark.django_db
CODE_POINT = (
    '"LS1 4AP",10,429600,433900,"E92000001","","","","E08000035","E05011380"\n'
    '"LS1 4AQ",10,429800,434100,"E92000001","","","","E08000035","E05011380"\n'
    '"LS1 5ZZ",10,429000,433000,"E92000001","","","","E08000035","E05011380"\n'
)
ONSPD = (
    "pcd,pcd2,pcds,dointr,doterm,oseast1m,osnrth1m,osgrdind,ctry,lat,long\n"
    "LS1 4AP,LS1  4AP,LS1 4AP,198001,,0429600,0433900,1,E92000001,53.8005,-1.5519\n"
    "LS1 9XX,LS1  9XX,LS1 9XX,198001,199601,0429600,0433900,1,E92000001,53.8005,-1.5519\n"
    "BT1 5GS,BT1  5GS,BT1 5GS,198001,,0333800,0374000,1,N92000002,54.5965,-5.9300\n"
    "JE2 3AB,JE2  3AB,JE2 3AB,198001,,,,9,L93000001,99.999999,0.000000\n"
)


def load(tmp_path, text, name="file.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return postcodes_load(path=path, actor=system("test"), source="made up")


def test_code_point_without_a_header(tmp_path):
    report = load(tmp_path, CODE_POINT)
    assert (report.rows, report.refused) == (3, 0)
    assert geo.point_for("LS1 4AP") == (429600, 433900, 100)
    assert geo.nation_for("LS1 4AP") == "england"


def test_sectors_and_outcodes_come_of_their_units(tmp_path):
    report = load(tmp_path, CODE_POINT)
    assert report.derived == 3 and report.added == 6
    sector = PlacePoint.objects.get(code="LS1 4")
    assert (sector.kind, sector.easting, sector.northing) == ("sector", 429700, 434000)
    outcode = PlacePoint.objects.get(code="LS1")
    assert (outcode.kind, outcode.precision_m, outcode.nation) == ("outcode", 680, "england")


def test_a_second_run_changes_nothing_and_a_new_position_does(tmp_path):
    load(tmp_path, CODE_POINT)
    again = load(tmp_path, CODE_POINT)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 6)
    moved = load(tmp_path, CODE_POINT.replace("429000", "429100"))
    assert (moved.added, moved.changed) == (0, 3)
    assert AuditEntry.objects.filter(verb="postcodes_load").count() == 3


def test_the_directory_of_the_statistics_office(tmp_path):
    report = load(tmp_path, ONSPD)
    assert (report.rows, report.without_position, report.refused) == (4, 2, 0)
    assert not PlacePoint.objects.filter(code__in=["LS1 9XX", "JE2 3AB"]).exists()


def test_northern_ireland_moves_from_the_irish_grid_by_degrees_or_by_reckoning(tmp_path):
    load(tmp_path, ONSPD)
    by_degrees = geo.point_for("BT1 5GS")
    PlacePoint.objects.all().delete()
    load(tmp_path, "postcode,easting,northing\nBT1 5GS,333800,374000\n")
    by_reckoning = geo.point_for("BT1 5GS")
    assert by_degrees[:2] == pytest.approx((146_200, 529_500), abs=300)
    assert by_reckoning[:2] == pytest.approx(by_degrees[:2], abs=300)


def test_northern_ireland_already_on_the_british_grid_stays(tmp_path):
    load(tmp_path, "outcode,eastings,northings,latitude,longitude\nBT1,146300,529800,54.5994,-5.9284\n")
    assert geo.point_for("BT1")[:2] == (146300, 529800)


@pytest.mark.parametrize(
    ("text", "code", "kind"),
    [
        ("sector,easting,northing\nLS14,429600,433900\n", "LS1 4", "sector"),
        ("outcode,easting,northing\nLS14,435000,436000\n", "LS14", "outcode"),
        ("postcode,latitude,longitude\nLS1 4AP,53.8005,-1.5519\n", "LS1 4AP", "unit"),
        ("\ufeffPostcode,Eastings,Northings\nLS1 4AP,429600,433900\n", "LS1 4AP", "unit"),
    ],
)
def test_other_files(tmp_path, text, code, kind):
    assert load(tmp_path, text).refused == 0
    assert PlacePoint.objects.get(code=code).kind == kind


def test_windows_characters_do_not_matter(tmp_path):
    report = load(tmp_path, "postcode,easting,northing,town\nLS1 4AP,429600,433900,Café\n", encoding="cp1252")
    assert report.refused == 0


def test_bad_rows_are_named_and_good_ones_go_in(tmp_path):
    report = load(
        tmp_path,
        "postcode,easting,northing,lat,long\n"
        "LS1 4AP,429600,433900,,\n"
        "QQ1 1AA,429600,433900,,\n"
        "LS1 4AQ,east,433900,,\n"
        "LS1 4AR,9429600,433900,,\n"
        "LS1 4AS,429600,433900,10,10\n"
        "LS1 4AT,429600,433900,51.5,-0.1\n"
        "=cmd(),1,1,,\n",
    )
    assert report.refused == 6
    assert [(line, column) for _f, line, column, _v, _p in report.problems] == [
        (3, "postcode"), (4, "easting"), (5, "easting"), (6, "latitude"), (7, "easting"), (8, "postcode")
    ]  # fmt: skip
    assert PlacePoint.objects.filter(kind="unit").count() == 1


def test_a_folder_of_files_is_read_whole(tmp_path):
    (tmp_path / "csv").mkdir()
    for name, row in (("ls.csv", CODE_POINT), ("m.csv", CODE_POINT.replace("LS1", "M1"))):
        (tmp_path / "csv" / name).write_text(row)
    report = postcodes_load(path=tmp_path, actor=system("test"), source="made up")
    assert report.rows == 6 and geo.point_for("M1 4AP").precision_m == 100


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "empty"), ("name,town\nx,y\n", "no column named"), ("postcode,town\nLS1 4AP,y\n", "neither easting")],
)
def test_a_wrong_file_is_refused_as_a_whole(tmp_path, text, words):
    with pytest.raises(WrongFile, match=words):
        load(tmp_path, text)


def test_the_command_reports_numbers_and_problems(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text("postcode,easting,northing\nLS1 4AP,429600,433900\nnowhere,1,2\n")
    out, err = io.StringIO(), io.StringIO()
    call_command("load_postcodes", str(path), stdout=out, stderr=err)
    assert "2 rows: 3 places added" in out.getvalue() and "1 refused" in out.getvalue()
    assert "line 3, postcode 'nowhere'" in err.getvalue()
    with pytest.raises(CommandError, match="does not exist"):
        call_command("load_postcodes", str(tmp_path / "none.csv"))
