"""Need help now? Works without script, without cookies and without a database."""

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import crisis
from core.choices import Nation
from core.leave import open_after_leaving
from core.policy import public


@open_after_leaving
@public("somebody in danger must never be asked who she is")
@require_safe
def help_now(request: HttpRequest) -> HttpResponse:
    nation = request.GET.get("nation", "")
    if nation in Nation.values:
        _remember(request, nation)
    else:
        nation = crisis.nation_of(request)
    context = {"nation": nation, "help": crisis.help_for(nation), "nations": Nation.choices}
    return render(request, "core/help_now.html", context)


def _remember(request: HttpRequest, nation: str) -> None:
    # The numbers matter more than remembering: a database that is away must not stand before them.
    try:
        crisis.remember_nation(request, nation)
        request.session.save()
    except Error:
        request.session.modified = False
