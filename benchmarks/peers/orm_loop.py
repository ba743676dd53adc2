"""What one writes first: load the therapists with the ORM, prefetch everything, judge them one by one in Python.

It handles what `benchmarks.demand` draws, and gives the same list to the last place.
"""

import datetime
from typing import Any

from django.db.models import Prefetch

from benchmarks.peers.flat import WAIT_UNKNOWN
from clients.preferences import DAY_PART_MASKS, Stated, Wish
from core.clock import LONDON
from matching.models import WaitForecast
from matching.weights import EVIDENCE
from therapists.models import Location, Place, PlaceClaim, Registration, Therapist, TherapistLanguage
from therapists.selectors.standing import is_bad, is_good

MASK = 2**64 - 1
Terms = dict[str, tuple[int, int]]


def rank(stated: Stated, seed: int, as_of: datetime.datetime) -> tuple[int, list[tuple[int, int, int]]]:
    """Return how many fit, and (id, band, wait) of the first twenty."""
    there = [t for t in load() if listed(t, as_of) and (has_place(t) or takes_one_more(t)) and fits(t, stated)]
    found = [(t.pk, band(t, stated), wait(t, as_of)) for t in there]
    found.sort(key=lambda row: (-row[1], row[2], splitmix64(seed ^ row[0])))
    return len(found), found[:20]


def load() -> list[Any]:
    fluent = TherapistLanguage.objects.filter(level="fluent").select_related("language")
    live = PlaceClaim.objects.filter(released_at__isnull=True)
    return list(
        Therapist.objects.filter(paused=False, profile_verified_at__isnull=False).prefetch_related(
            Prefetch("registrations", Registration.objects.select_related("register")),
            Prefetch("places", Place.objects.filter(closed_at=None).prefetch_related(Prefetch("claims", live))),
            Prefetch("places__session_format"),
            Prefetch("locations", Location.objects.filter(active=True).order_by("pk")),
            "modalities__family",
            "issues",
            Prefetch("language_links", fluent),
            "formats",
            "identity_tags",
        )
    )


def listed(t: Any, as_of: datetime.datetime) -> bool:
    day = as_of.astimezone(LONDON).date()
    registrations = list(t.registrations.all())
    if any(map(is_bad, registrations)) or not any(is_good(r, day) for r in registrations):
        return False
    if t.confirmed_at is None or as_of - t.confirmed_at > datetime.timedelta(days=14) or t.unanswered_in_a_row > 1:
        return False
    taken = t.new_people_count if t.new_people_month == f"{day:%Y-%m}" else 0
    t.free = [p for p in t.places.all() if is_free(p, day, as_of)]
    return t.monthly_limit is None or taken < t.monthly_limit


def is_free(place: Any, day: datetime.date, as_of: datetime.datetime) -> bool:
    if place.available_from is None or place.available_from > day:
        return False
    return not any(c.kind == "occupied" or as_of <= c.expires_at for c in place.claims.all())


def has_place(t: Any) -> bool:
    return len(t.free) > t.offerable_entries


def takes_one_more(t: Any) -> bool:
    return not t.list_closed and t.list_entries < t.list_limit


def wait(t: Any, as_of: datetime.datetime) -> int:
    """Return whole weeks: 0 with a place now, WAIT_UNKNOWN where nobody can say."""
    if has_place(t):
        return 0
    told = WaitForecast.objects.filter(therapist=t, computed_at__gte=as_of - datetime.timedelta(days=3)).first()
    if told is None or told.open_places != len(t.places.all()) or t.list_entries >= len(told.median_weeks):
        return WAIT_UNKNOWN
    return int(told.median_weeks[t.list_entries])


def hours(t: Any, formats: set[str], room: Any) -> int:
    offered = {f.slug for f in t.formats.all() if f.slug in formats and f.in_person == (room is not None)}
    if not offered:
        return 0
    general = t.online_hours if room is None else room.hours
    loose = all(p.day is None and p.time is None and not p.session_format_id and not p.location_id for p in t.free)
    if loose or not has_place(t):
        return int(general)
    mask = 0
    for p in t.free:
        if p.session_format_id and p.session_format.slug not in offered:
            continue
        if p.location_id and (room is None or room.pk != p.location_id):
            continue
        mask |= place_hours(p, general)
    return mask


def place_hours(p: Any, general: int) -> int:
    part = None if p.time is None else 0 if p.time.hour < 12 else 1 if p.time.hour < 17 else 2
    days = range(7) if p.day is None else [p.day]
    parts = range(3) if part is None else [part]
    mask = sum(1 << (d * 3 + q) for d in days for q in parts)
    return mask if p.day is not None and part is not None else mask & general


def near(stated: Stated, room: Any) -> int:
    if stated.point is None or stated.miles is None or stated.formats == (Wish("video", 3),):
        return 2
    radius = round(stated.miles * 1609.344)
    slack = max(room.precision_m, stated.point[2])
    slack = slack if slack > 1000 else 0
    square = (room.easting - stated.point[0]) ** 2 + (room.northing - stated.point[1]) ** 2
    return 2 if square <= (radius + slack) ** 2 else 1 if square <= (2 * radius + slack) ** 2 else 0


def meets(mask: int, wish: Wish) -> bool:
    return any(mask & DAY_PART_MASKS[slug] for slug in wish.alternatives)


def fits(t: Any, stated: Stated) -> bool:
    """Hard rules; on the way, what the band needs to know of hours and rooms."""
    formats = {slug for w in stated.formats for slug in w.alternatives}
    offered = {f.slug: f.in_person for f in t.formats.all()}
    must_times = [w for w in stated.times if w.strength == 3]
    t.online = hours(t, formats, None)
    online_ok = not all(offered.values()) and all(meets(t.online, w) for w in must_times)
    t.room = None
    for room in t.locations.all() if any(offered.values()) else ():
        there = hours(t, formats, room)
        ok = all(meets(there, w) for w in must_times) and (room.step_free or not stated.step_free)
        if ok and not (stated.distance_must and near(stated, room) < 2):
            t.room, t.there = room, there
    return ways(t, stated, offered, online_ok) and profile_fits(t, stated)


def ways(t: Any, stated: Stated, offered: dict[str, bool], online_ok: bool) -> bool:
    for wish in stated.formats:
        mine = [offered[slug] for slug in wish.alternatives if slug in offered]
        if wish.strength == 3 and not ((False in mine and online_ok) or (True in mine and t.room)):
            return False
    musts = any(w.strength == 3 for w in stated.times) or stated.step_free or stated.distance_must
    return not musts or online_ok or t.room is not None


def profile_fits(t: Any, stated: Stated) -> bool:
    if stated.fee_ceiling_pence is not None and (t.fee_pence is None or t.fee_pence > stated.fee_ceiling_pence):
        return False
    return all(t.gender in w.alternatives for w in stated.genders if w.strength == 3)


def terms(t: Any, stated: Stated) -> Terms:
    """Return by domain (strength, share of 1680) for what is no must."""
    found: Terms = {}
    there = t.there if t.room else 0
    mine = {m.slug for m in t.modalities.all()}
    families = {m.family_id for m in t.modalities.all()}
    issues = {i.slug for i in t.issues.all()}
    spoken = {link.language.slug for link in t.language_links.all()}
    offered = {f.slug: f.in_person for f in t.formats.all()}

    def best(name: str, wishes: tuple[Wish, ...], halves: Any) -> None:
        wished = [w for w in wishes if w.strength < 3]
        if wished:
            found[name] = (max(w.strength for w in wished), max(halves(w) for w in wished) * 840)

    def way(w: Wish) -> int:
        if w.value not in offered:
            return 0
        return 2 if not offered[w.value] else near(stated, t.room) if t.room else 0

    best("modality", stated.modalities, lambda w: 2 if w.value in mine else int(FAMILY_OF[w.value] in families))
    best("time", stated.times, lambda w: 2 * meets(t.online | there, w))
    best("format", stated.formats, way)
    best("gender", stated.genders, lambda w: 1 if not t.gender else 2 * (t.gender == w.value))
    best("language", stated.languages, lambda w: 2 * (w.value in spoken))
    if stated.experience:
        half = int(bool(issues & set(stated.other_issues)))
        found["experience"] = (stated.experience, 840 * (2 if stated.main_issue in issues else half))
    if stated.style:
        sides = [style(getattr(t, f"style_{scale}"), side) for scale, side in stated.style]
        found["style"] = (stated.style_strength, 1680 * sum(sides) // (2 * len(sides)))
    if stated.identity:
        halves = [identity(t, w.value) for w in stated.identity]
        strength = max(w.strength for w in stated.identity)
        found["identity"] = (strength, 1680 * sum(halves) // (2 * len(halves)))
    return found


def style(value: int | None, side: int) -> int:
    return 1 if not value else 2 if value * side > 0 else 0


def identity(t: Any, slug: str) -> int:
    tags = {tag.slug: tag.kind for tag in t.identity_tags.all()}
    return 2 if slug in tags else 0 if KIND_OF[slug] in tags.values() else 1


def band(t: Any, stated: Stated) -> int:
    found = terms(t, stated)
    total = sum(EVIDENCE[name] * strength for name, (strength, _) in found.items())
    if not total:
        return 20
    return 20 * sum(EVIDENCE[name] * s * share for name, (s, share) in found.items()) // (1680 * total)


def splitmix64(x: int) -> int:
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


FAMILY_OF: dict[str, int] = {}
KIND_OF: dict[str, str] = {}


def prepare() -> None:
    """Read what slugs mean, as an application would once."""
    from therapists.models import IdentityTag, Modality

    FAMILY_OF.update(Modality.objects.values_list("slug", "family_id"))
    KIND_OF.update(IdentityTag.objects.values_list("slug", "kind"))
