"""How long until a place with a therapist comes free for somebody who waits: arrays in, whole weeks out.

No database, no clock, no chance: the same history gives the same forecast. `forecast` is the whole of it.
"""

from matching.forecast.history import History
from matching.forecast.predict import HORIZON
from matching.forecast.wait import AHEAD, METHOD, Forecasts, forecast

__all__ = ["AHEAD", "HORIZON", "METHOD", "Forecasts", "History", "forecast"]
