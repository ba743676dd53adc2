"""Whether equals are shown equally often: the distribution, the extremes, and everything as a file."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import spreadsheets
from core.policy import allow
from matching.selectors import exposure as selectors

READERS = ("coordinator", "administrator")


@allow(*READERS)
@require_GET
def exposure(request: HttpRequest) -> HttpResponse:
    context = {"report": selectors.exposure_report(), "enough": selectors.ENOUGH}
    return render(request, "desk/exposure.html", context)


@allow(*READERS)
@require_GET
def exposure_file(request: HttpRequest) -> StreamingHttpResponse:
    """Everybody's figures as CSV, read and sent a piece at a time."""
    first, last = selectors.period()
    heading = [
        _("Therapist's number"),
        _("Name"),
        _("Shown"),
        _("Fair share"),
        _("Difference"),
        _("In units of chance"),
    ]
    answer = StreamingHttpResponse(spreadsheets.lines(heading, _rows()), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="exposure-{first}-{last}.csv"'
    # The pages' own header is for pages: a file with everybody's name stays in no shared computer's cache either.
    answer["Cache-Control"] = "no-store"
    return answer


def _rows() -> Iterator[list[object]]:
    for line, name in selectors.exposure_lines():
        off = "" if line.off is None else round(line.off, 2)
        yield [line.therapist_id, name, line.shown, round(line.fair, 2), round(line.shown - line.fair, 2), off]
