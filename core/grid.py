"""From latitude and longitude, and from the Irish grid, to the British national grid, in metres.

Formulae and constants as published by the national mapping agencies: transverse Mercator projections on the Airy 1830
and Airy Modified ellipsoids and seven-parameter Helmert shifts from and to WGS84. Good to 5 m (20 m in the corners),
which is finer than any distance shown to anybody.
"""

from dataclasses import dataclass
from math import atan2, cos, degrees, hypot, radians, sin, sqrt, tan


@dataclass(frozen=True, slots=True)
class Ellipsoid:
    a: float
    b: float

    @property
    def e2(self) -> float:
        return 1 - (self.b / self.a) ** 2


@dataclass(frozen=True, slots=True)
class Projection:
    """A transverse Mercator grid: scale on the central meridian, true origin in degrees, false origin in metres."""

    ellipsoid: Ellipsoid
    f0: float
    lat0: float
    lon0: float
    e0: float
    n0: float


@dataclass(frozen=True, slots=True)
class Helmert:
    """Translations in metres, scale in parts per million, rotations in arc seconds."""

    tx: float
    ty: float
    tz: float
    s: float
    rx: float
    ry: float
    rz: float


WGS84 = Ellipsoid(6378137.0, 6356752.314245)
AIRY = Ellipsoid(6377563.396, 6356256.909)
AIRY_MODIFIED = Ellipsoid(6377340.189, 6356034.447)
BRITISH_GRID = Projection(AIRY, 0.9996012717, 49.0, -2.0, 400_000.0, -100_000.0)
IRISH_GRID = Projection(AIRY_MODIFIED, 1.000035, 53.5, -8.0, 200_000.0, 250_000.0)
WGS84_TO_OSGB36 = Helmert(-446.448, 125.157, -542.060, 20.4894, -0.1502, -0.2470, -0.8421)
IRELAND65_TO_WGS84 = Helmert(482.530, -130.596, 564.557, 8.150, -1.042, -0.214, -0.631)


def wgs84_to_osgb(lat: float, lon: float) -> tuple[float, float]:
    """Return easting and northing on the British grid of a WGS84 position in degrees."""
    return _project(*_shift(lat, lon, WGS84, WGS84_TO_OSGB36, AIRY), BRITISH_GRID)


def irish_to_wgs84(easting: float, northing: float) -> tuple[float, float]:
    """Return WGS84 latitude and longitude in degrees of a point on the Irish grid."""
    lat, lon = _unproject(easting, northing, IRISH_GRID)
    return _shift(lat, lon, AIRY_MODIFIED, IRELAND65_TO_WGS84, WGS84)


def irish_to_osgb(easting: float, northing: float) -> tuple[float, float]:
    """Return a point of the Irish grid on the British grid."""
    return wgs84_to_osgb(*irish_to_wgs84(easting, northing))


def _shift(lat: float, lon: float, source: Ellipsoid, by: Helmert, target: Ellipsoid) -> tuple[float, float]:
    phi, lam = radians(lat), radians(lon)
    nu = source.a / sqrt(1 - source.e2 * sin(phi) ** 2)
    x, y, z = nu * cos(phi) * cos(lam), nu * cos(phi) * sin(lam), nu * (1 - source.e2) * sin(phi)
    k = 1 + by.s * 1e-6
    rx, ry, rz = (radians(second / 3600) for second in (by.rx, by.ry, by.rz))
    x2 = by.tx + k * x - rz * y + ry * z
    y2 = by.ty + rz * x + k * y - rx * z
    z2 = by.tz - ry * x + rx * y + k * z
    p = hypot(x2, y2)
    phi = atan2(z2, p * (1 - target.e2))
    for _ in range(6):
        nu = target.a / sqrt(1 - target.e2 * sin(phi) ** 2)
        phi = atan2(z2 + target.e2 * nu * sin(phi), p)
    return degrees(phi), degrees(atan2(y2, x2))


def _meridian_arc(phi: float, grid: Projection) -> float:
    ell = grid.ellipsoid
    n = (ell.a - ell.b) / (ell.a + ell.b)
    d, s = phi - radians(grid.lat0), phi + radians(grid.lat0)
    return (
        ell.b
        * grid.f0
        * (
            (1 + n + 1.25 * n**2 + 1.25 * n**3) * d
            - (3 * n + 3 * n**2 + 2.625 * n**3) * sin(d) * cos(s)
            + (1.875 * n**2 + 1.875 * n**3) * sin(2 * d) * cos(2 * s)
            - 35 / 24 * n**3 * sin(3 * d) * cos(3 * s)
        )
    )


def _radii(phi: float, grid: Projection) -> tuple[float, float, float]:
    """Return the transverse and meridional radii of curvature, scaled, and eta squared."""
    ell = grid.ellipsoid
    bend = 1 - ell.e2 * sin(phi) ** 2
    nu = ell.a * grid.f0 / sqrt(bend)
    rho = ell.a * grid.f0 * (1 - ell.e2) / bend**1.5
    return nu, rho, nu / rho - 1


def _project(lat: float, lon: float, grid: Projection) -> tuple[float, float]:
    phi, lam = radians(lat), radians(lon - grid.lon0)
    nu, rho, eta2 = _radii(phi, grid)
    t, c, s = tan(phi), cos(phi), sin(phi)
    north = (
        _meridian_arc(phi, grid)
        + grid.n0
        + lam**2 * nu / 2 * s * c
        + lam**4 * nu / 24 * s * c**3 * (5 - t**2 + 9 * eta2)
        + lam**6 * nu / 720 * s * c**5 * (61 - 58 * t**2 + t**4)
    )
    east = (
        grid.e0
        + lam * nu * c
        + lam**3 * nu / 6 * c**3 * (nu / rho - t**2)
        + lam**5 * nu / 120 * c**5 * (5 - 18 * t**2 + t**4 + 14 * eta2 - 58 * t**2 * eta2)
    )
    return east, north


def _unproject(easting: float, northing: float, grid: Projection) -> tuple[float, float]:
    phi = radians(grid.lat0)
    while abs(miss := northing - grid.n0 - _meridian_arc(phi, grid)) > 1e-5:
        phi += miss / (grid.ellipsoid.a * grid.f0)
    nu, rho, eta2 = _radii(phi, grid)
    t, d = tan(phi), easting - grid.e0
    lat = (
        phi
        - d**2 * t / (2 * rho * nu)
        + d**4 * t / (24 * rho * nu**3) * (5 + 3 * t**2 + eta2 - 9 * t**2 * eta2)
        - d**6 * t / (720 * rho * nu**5) * (61 + 90 * t**2 + 45 * t**4)
    )
    lam = (
        d / nu - d**3 / (6 * nu**3) * (nu / rho + 2 * t**2) + d**5 / (120 * nu**5) * (5 + 28 * t**2 + 24 * t**4)
    ) / cos(phi)
    return degrees(lat), grid.lon0 + degrees(lam)
