"""Any bytes may be uploaded: what is a table is read, what is not is refused in words, nothing crashes."""

import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from therapists.models import Register
from therapists.services.imports.columns import known_columns, positions, status_of
from therapists.services.imports.names import contradicts, name_key
from therapists.services.imports.reading import Unreadable, decode, table
from therapists.services.imports.sheet import read_sheet

HEADER = "number,name,email,town,postcode,grade,grade_from,status,valid_until\n"
GOOD = "1001,Zoë Ó Briain,zoe@example.org,Leeds,ls1 4ap,Registered,2020-01-31,active,31/03/2027\n"


# The postcode's area is checked against the loaded table of areas.
pytestmark = pytest.mark.django_db


def register(**fields):
    return Register(code="BACP", short_name="BACP", grades=["Registered"], **fields)


def sheet(text, encoding="utf-8", **fields):
    return read_sheet(data=text.encode(encoding), register=register(**fields))


def problems(found):
    return [(problem.row, problem.column) for problem in found.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_encodings_delimiters_and_line_ends(encoding, delimiter, ending):
    found = sheet((HEADER + GOOD).replace(",", delimiter).replace("\n", ending), encoding)
    row = found.good["1001"]
    assert found.problems == []
    assert (row.name, row.postcode) == ("Zoë Ó Briain", "LS1 4AP")
    assert (row.grade_from, row.valid_until) == (datetime.date(2020, 1, 31), datetime.date(2027, 3, 31))
    assert row.row == 2


def test_the_delimiter_is_the_one_that_gives_known_columns():
    found = sheet('number;name;status;town\n1;"Smith, Anna, Dr";active;"Leeds, West, Yorks"\n')
    assert found.good["1"].name == "Smith, Anna, Dr"


def test_excels_own_first_line_and_blank_rows_are_skipped_but_counted():
    found = sheet("sep=;\nnumber;name;status\n\n;;\n7;Anna Smith;active\n8;;active\n")
    assert found.good["7"].row == 5
    assert problems(found) == [(2, "valid_until"), (6, "name")]
    assert found.rows == 2


def test_a_byte_order_mark_before_a_quoted_heading():
    assert "1" in sheet('"number","name","status"\n1,A B,active\n', "utf-8-sig").good


def test_mostly_sound_utf8_is_read_as_utf8_and_the_damage_reported():
    data = (HEADER + GOOD).encode() + b"1002,Jos\xe9 Garc\xc3\xada,,,,,,active,2027-03-31\n"
    data += "1003,Ängela Öz,,,,,,active,2027-03-31\n".encode()
    found = read_sheet(data=data, register=register())
    assert found.good["1001"].name == "Zoë Ó Briain"
    assert problems(found) == [(3, "name")]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \r\n ",
        b"PK\x03\x04" + bytes(400),
        b"%PDF-1.7 ...",
        bytes(range(256)) * 40,
        "number,name,status\n1,A,active".encode("utf-16"),
        b"name,status\nAnna,active\n",
        b"number,name,status,number\n1,A,active,2\n",
        b"1001,Anna Smith,active\n1002,Ben Okafor,active\n",
    ],
)
def test_what_is_no_table_is_refused_in_words(data):
    with pytest.raises(Unreadable, match=r"\w{3}.*\."):
        read_sheet(data=data, register=register())


def test_missing_columns_are_named():
    with pytest.raises(Unreadable, match=r"Missing: number, status. It says: forename, name"):
        sheet("forename,name\nAnna,Smith\n")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_formulas_are_reported_and_never_kept(start):
    found = sheet(f'{HEADER}1001,"{start}cmd()",,,,,,active,2027-03-31\n1002,Anna,,"{start}1+1",,,,active,2027-03-31\n')
    assert "1001" not in found.good
    assert found.good["1002"].town == ""
    assert problems(found) == [(2, "name"), (3, "town")]


@pytest.mark.parametrize(
    ("column", "value", "kept"),
    [
        ("number", "9" * 41, False),
        ("number", "", False),
        ("number", "1.00001E+08", False),
        ("name", "", False),
        ("name", "x" * 161, False),
        ("name", "An\x00na", False),
        ("name", "An\u202ena", False),
        ("status", "", False),
        ("status", "on holiday", False),
        ("valid_until", "2027-02-30", False),
        ("valid_until", "31/02/2027", False),
        ("valid_until", "03-2027", False),
        ("valid_until", "0001-01-01", False),
        ("valid_until", "", True),
        ("email", "not an address", True),
        ("town", "x" * 81, True),
        ("postcode", "QQ9 9QQ", True),
        ("postcode", "x" * 500, True),
        ("grade", "Grand Master", True),
        ("grade_from", "yesterday", True),
    ],
)
def test_every_bad_cell_is_reported_where_it_stands(column, value, kept):
    cells = {
        "number": "1001", "name": "Anna Smith", "email": "", "town": "", "postcode": "", "grade": "",
        "grade_from": "", "status": "active", "valid_until": "2027-03-31", column: value,
    }  # fmt: skip
    found = sheet(HEADER + ",".join(cells.values()) + "\n" + GOOD.replace("1001", "1002"))
    assert problems(found) == [(2, column)]
    assert ("1001" in found.good) is kept
    assert "1002" in found.good
    assert found.refused == (0 if kept else 1)
    assert len(found.problems[0].value) <= 120


def test_an_unknown_grade_is_kept_as_it_stands_and_reported():
    assert sheet(HEADER + GOOD.replace("Registered", "Grand Master")).good["1001"].grade == "Grand Master"


def test_what_stood_before_the_at_sign_of_an_address_is_not_kept():
    found = sheet(HEADER + GOOD.replace("zoe@example.org", "zoe briain@example.org"))
    assert found.problems[0].value == "…@example.org"


def test_a_number_in_an_odd_form_is_only_a_warning():
    found = sheet(HEADER + GOOD, number_pattern="^[A-Z]{3}$")
    assert problems(found) == [(2, "number")]
    assert "1001" in found.good
    assert sheet(HEADER + GOOD, number_pattern="([").problems == []


def test_short_rows_lose_only_what_they_do_not_hold():
    found = sheet(HEADER + "1001,Anna\n1002\n" + GOOD.replace("1001", "1003"))
    assert set(found.good) == {"1003"}
    assert found.refused == 2
    assert {row for row, _column in problems(found)} == {2, 3}


def test_a_quote_that_is_never_closed_costs_one_row():
    bad = '1000,"Anna Smith,,,,,,active,2027-03-31\n'
    rows = "".join(GOOD.replace("1001", str(number)) for number in range(1001, 1101))
    found = sheet(HEADER + bad + rows)
    assert len(found.good) == 100
    assert problems(found) == [(2, "")]
    assert found.numbers == set(found.good) | {"1000"}


def test_line_breaks_inside_quotes_are_one_row():
    found = sheet(HEADER + GOOD.replace("Leeds", '"Leeds\nWest"') + GOOD.replace("1001", "1002"))
    assert found.good["1001"].town == "Leeds West"
    assert found.good["1002"].row == 3


def test_of_two_rows_for_one_number_the_worse_status_counts():
    active, suspended = GOOD, GOOD.replace("active", "Interim suspension order")
    for text in (active + suspended, suspended + active):
        found = sheet(HEADER + text)
        assert found.good["1001"].status == "suspended"
        assert problems(found) == [(3, "number")]
        assert found.refused == 1


def test_a_bad_row_for_the_same_number_still_hides():
    found = sheet(HEADER + "1001,,,,,,,struck off,\n" + GOOD)
    assert found.good["1001"].status == "removed"


def test_rows_of_another_register_are_left_out():
    found = sheet(
        "number,name,status,valid_until,register\n1,A B,active,2027-01-01,UKCP\n2,C D,active,2027-01-01,bacp\n"
    )
    assert set(found.numbers) == {"2"}
    assert problems(found) == [(2, "register")]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Active", "active"),
        ("active_with_sanction", "active_with_sanction"),
        ("SUSPENDED (interim)", "suspended"),
        ("Struck-off", "removed"),
        ("resigned or retired", "resigned_or_retired"),
        ("inactive", None),
        ("not active", None),
        ("student", None),
    ],
)
def test_status_words(word, status):
    assert status_of(word) == status


def test_names_are_compared_without_accents_case_titles_and_order():
    assert name_key("O'Brien, Dr Zoë") == name_key("zoe OBRIEN")
    assert not contradicts("Anna Smith", "Anna Jones-Smith")
    assert not contradicts("Anna Smith", "Anna Jones")
    assert not contradicts("Catherine Lee", "Katherine Leigh")
    assert contradicts("Anna Smith", "Boris Kowalski")
    assert not contradicts("", "Anna Smith")


ANY_TABLE = st.lists(st.lists(st.text(max_size=12), max_size=11), max_size=12).map(
    lambda rows: HEADER + "\n".join(",".join(row) for row in rows)
)
CELLS = st.sampled_from(
    [
        "1001",
        "1002",
        "Anna",
        "=1",
        '"',
        '""',
        "\x00",
        "active",
        "suspended",
        "2027-01-01",
        "31/01/2027",
        "",
        "\ufeff",
        "é",
    ]
)
NEAR_TABLE = st.lists(st.lists(CELLS, min_size=7, max_size=10).map(",".join), max_size=8).map(
    lambda rows: HEADER + "\n".join(rows)
)

TABLES = st.one_of(ANY_TABLE, NEAR_TABLE)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=400), st.one_of(ANY_TABLE, NEAR_TABLE).map(lambda t: t.encode("utf-8", "surrogatepass"))
    )
)
def test_any_bytes_give_rows_or_a_refusal_in_words(data):
    try:
        found = read_sheet(data=data, register=register())
    except Unreadable as error:
        assert str(error)
        return
    assert found.rows >= len(found.good) + len(found.bad)
    assert found.refused <= found.rows
    for number, row in found.good.items():
        assert row.number == number
        assert row.name
        assert row.status
        assert "\x00" not in row.name + row.town + row.grade + number
        assert not row.name.startswith(("=", "+", "-", "@"))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_as_many_records_as_its_lines_at_most(text):
    try:
        header, records = table(decode(text.encode("utf-8", "replace") + b"\n."), known_columns)
    except Unreadable:
        return
    seen = list(records)
    assert [record.row for record in seen] == list(range(header.row + 1, header.row + 1 + len(seen)))


def test_header_positions_take_synonyms():
    found = positions(["NAME", "x", "Reg. no", "Status"])
    assert found == {"name": 0, "number": 2, "status": 3}
