"""Made-up statements of people all over the country: some want a room nearby, some a screen, some either."""

from collections.abc import Sequence
from random import Random

from clients.preferences import Stated, Wish, all_of, any_of

KINDS = ("radius", "online", "either")
TIMES = ("weekday-morning", "weekday-evening", "mon-evening", "tue-afternoon", "thu-morning", "weekend-morning")


class Demand:
    """Draws statements from the slugs and points of a database. `points`: (easting, northing, precision)."""

    def __init__(self, slugs: dict[str, Sequence[str]], points: Sequence[tuple[int, int, int]], seed: int = 1) -> None:
        self.slugs = slugs
        self.points = points
        self.random = Random(seed)

    def statement(self, kind: str) -> Stated:
        """Return what one person states. About one in five marks something as a must."""
        random = self.random
        formats = {
            "radius": (Wish("in-person", 3),),
            "online": any_of(["video"], 3),
            "either": any_of(["in-person", "video"], 2),
        }[kind]
        issues = random.sample(list(self.slugs["issue"]), 2)
        return Stated(
            formats=formats,
            point=random.choice(self.points),
            miles=random.choice([5, 10, 10, 15]),
            distance_must=kind == "radius",
            modalities=any_of(self._some("modality", 2), random.choice([1, 2])) if random.random() < 0.7 else (),
            times=any_of(random.sample(TIMES, 2), random.choice([1, 2, 2, 3])) if random.random() < 0.7 else (),
            genders=any_of(["woman"], random.choice([1, 2, 2, 3])) if random.random() < 0.5 else (),
            languages=any_of(self._some("language", 1), 1) if random.random() < 0.1 else (),
            identity=all_of(self._some("identity", 1), 1) if random.random() < 0.15 else (),
            main_issue=issues[0],
            other_issues=(issues[1],),
            experience=random.choice([0, 1, 2]),
            style=(("directive", 1), ("warm", 1)) if random.random() < 0.3 else (),
            style_strength=1,
            fee_ceiling_pence=random.choice([None, None, 5000, 7000]),
            client_groups=("adults",),
            step_free=random.random() < 0.05,
        )

    def _some(self, name: str, most: int) -> list[str]:
        return self.random.sample(list(self.slugs[name]), self.random.randint(1, most))


def demand_from_database(seed: int = 1) -> Demand:
    """Return a demand whose slugs and places are those of the connected database."""
    from core.models import PlacePoint
    from therapists.models import IdentityTag, Issue, Language, Modality

    models = {"modality": Modality, "issue": Issue, "language": Language, "identity": IdentityTag}
    slugs = {name: list(model.objects.values_list("slug", flat=True).order_by("bit")) for name, model in models.items()}
    points = list(PlacePoint.objects.order_by("code").values_list("easting", "northing", "precision_m"))
    return Demand(slugs, points, seed)
