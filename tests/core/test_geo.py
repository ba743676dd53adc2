import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import geo, grid
from core.models import PlacePoint
from core.reference.data import load_postcode_areas


class TestGrid:
    """Known points: the national mapping agencies' worked example, and landmarks by their published references."""

    def test_the_worked_example_of_the_projection(self):
        east, north = grid._project(52 + 39 / 60 + 27.2531 / 3600, 1 + 43 / 60 + 4.5177 / 3600, grid.BRITISH_GRID)
        assert (east, north) == pytest.approx((651409.903, 313177.270), abs=0.01)

    @pytest.mark.parametrize(
        ("lat", "lon", "east", "north"),
        [
            (51.4778, -0.0015, 538884, 177322),  # Greenwich
            (55.9486, -3.1999, 325160, 673480),  # Edinburgh Castle
            (50.0657, -5.7132, 134260, 25060),  # Land's End
        ],
    )
    def test_landmarks(self, lat, lon, east, north):
        assert grid.wgs84_to_osgb(lat, lon) == pytest.approx((east, north), abs=120)

    def test_belfast_city_hall_from_the_irish_grid(self):
        assert grid.irish_to_wgs84(333_800, 374_000) == pytest.approx((54.5965, -5.9300), abs=0.003)
        assert grid.irish_to_osgb(333_800, 374_000) == pytest.approx((146_200, 529_500), abs=100)

    @given(st.floats(180_000, 370_000), st.floats(300_000, 455_000))
    def test_distances_survive_the_change_of_grid(self, east, north):
        here, there = grid.irish_to_osgb(east, north), grid.irish_to_osgb(east + 3_000, north + 4_000)
        assert ((here[0] - there[0]) ** 2 + (here[1] - there[1]) ** 2) ** 0.5 == pytest.approx(5_000, rel=0.01)


class TestPostcodes:
    @pytest.mark.parametrize(
        ("typed", "clean"),
        [
            ("ls1 4ap", "LS1 4AP"),
            (" Ls14ap ", "LS1 4AP"),
            ("SW1A OAA", "SW1A 0AA"),
            ("w1a-1hq", "W1A 1HQ"),
            ("BT1 5GS", "BT1 5GS"),
            ("m1 lae", "M1 1AE"),
        ],
    )
    def test_forms(self, typed, clean):
        assert geo.postcode_clean(typed) == clean

    @pytest.mark.parametrize(
        ("typed", "clean"), [("ls1", "LS1"), ("LS1 4", "LS1"), ("EC1A", "EC1A"), ("LS1 4AP", "LS1 4AP")]
    )
    def test_the_first_half_is_enough_where_that_is_said(self, typed, clean):
        assert geo.postcode_clean(typed, outcode_ok=True) == clean

    @pytest.mark.parametrize(
        ("typed", "words"),
        [("", "Enter a postcode"), ("LS1", "whole postcode"), ("hello there", "not a postcode"), ("XX1 1AA", "“XX”")],
    )
    def test_it_says_what_is_wrong(self, typed, words):
        with pytest.raises(ValueError, match=words):
            geo.postcode_clean(typed)

    @given(st.text(max_size=20), st.booleans())
    def test_whatever_is_typed_gets_a_postcode_or_a_sentence(self, text, outcode_ok):
        try:
            cleaned = geo.postcode_clean(text, outcode_ok=outcode_ok)
        except ValueError as problem:
            assert str(problem)
        else:
            assert geo.postcode_clean(cleaned, outcode_ok=True) == cleaned

    def test_there_are_124_areas(self):
        assert len(geo.areas()) == 124


class TestWords:
    @pytest.mark.parametrize(
        ("metres", "about", "words"),
        [
            (0, False, "less than a mile"),
            (1_700, False, "1 mile"),
            (8_000, False, "5 miles"),
            (0, True, "about 5 miles or less"),
            (20_000, True, "about 10 miles"),
            (100_000, True, "about 60 miles"),
        ],
    )
    def test_distances(self, metres, about, words):
        assert geo.distance_words(metres, about) == words


@pytest.mark.django_db
class TestPoints:
    @pytest.fixture(autouse=True)
    def _areas(self):
        load_postcode_areas(overwrite=False)

    def put(self, code, kind, easting, precision, nation=""):
        PlacePoint.objects.create(
            code=code, kind=kind, easting=easting, northing=1, precision_m=precision, nation=nation,
            source="test", loaded_on="2026-11-22",
        )  # fmt: skip

    def test_the_finest_point_known_is_taken(self):
        assert geo.is_about(geo.point_for("LS1 4AP"))
        for code, kind, easting, precision in [
            ("LS1", "outcode", 1, 6000), ("LS1 4", "sector", 2, 2000), ("LS1 4AP", "unit", 3, 100)
        ]:  # fmt: skip
            self.put(code, kind, easting, precision)
            assert geo.point_for("LS1 4AP") == (easting, 1, precision)
        assert not geo.is_about(geo.point_for("LS1 4AP"))
        assert geo.point_for("LS1")[0] == 1
        assert geo.point_for("LS14 4AP").precision_m == PlacePoint.objects.get(code="LS").precision_m

    def test_one_look_up_is_one_query(self, django_assert_num_queries):
        with django_assert_num_queries(1):
            geo.point_for("LS1 4AP")

    @pytest.mark.parametrize(
        ("postcode", "nation"),
        [("LS1 4AP", "england"), ("EH1 1AA", "scotland"), ("CF10 1AA", "wales"), ("BT1 5GS", "northern-ireland"),
         ("JE2 3AB", None), ("SY1 1AA", None)],
    )  # fmt: skip
    def test_nations_and_where_to_ask(self, postcode, nation):
        assert geo.nation_for(postcode) == nation

    def test_a_finer_row_decides_at_the_border(self):
        self.put("SY23 1AA", "unit", 1, 100, "wales")
        assert geo.nation_for("SY23 1AA") == "wales"

    def test_far_towns_lie_about_as_far_apart_as_they_do(self):
        leeds, cardiff = geo.point_for("LS1 4AP"), geo.point_for("CF10 1AA")
        metres = ((leeds.easting - cardiff.easting) ** 2 + (leeds.northing - cardiff.northing) ** 2) ** 0.5
        assert 250_000 < metres < 310_000

    def test_belfast_is_on_the_british_grid_too(self):
        belfast, glasgow = geo.point_for("BT1 5GS"), geo.point_for("G1 1AA")
        metres = ((belfast.easting - glasgow.easting) ** 2 + (belfast.northing - glasgow.northing) ** 2) ** 0.5
        assert 150_000 < metres < 220_000
