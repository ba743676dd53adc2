"""The demonstration's forecasts: worked out from its history of places like any other night's."""

from core.actors import system
from core.demo import Plan
from matching.models import ForecastRun
from matching.services.forecast import waits_forecast


def seed(plan: Plan) -> None:
    if ForecastRun.objects.exists():
        return  # Beat sees to it from now on.
    run = waits_forecast(actor=system("demo"))
    if run is not None:
        plan.tell(f"Forecast the waits for {run.forecasts:,} therapists.")
