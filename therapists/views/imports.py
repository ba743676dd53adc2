"""Registers' files: what came in, what was wrong in which row, and a page to bring in another."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.actors import for_request
from core.forms import posted
from core.policy import allow
from therapists.forms.registry import ImportForm
from therapists.selectors.registrations import imports_visible_to
from therapists.services.imports.run import ImportRefused, Outcome, import_register

DESK = ("coordinator", "administrator")
SHOWN = 200


@allow(*DESK)
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Files that came in, and the form for the next."""
    actor = for_request(request)
    form = ImportForm(posted(request), request.FILES if request.method == "POST" else None)
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        outcome = _read(request, form)
        if outcome and outcome.run:
            messages.success(request, _("The file is in."))
            return redirect("therapists:desk_import", outcome.run.pk)
        context |= {"outcome": outcome, "problems": outcome.problems[:SHOWN] if outcome else []}
    page = Paginator(imports_visible_to(actor), 20).get_page(request.GET.get("page"))
    return render(request, "therapists/desk/imports.html", context | {"page": page})


@allow(*DESK)
@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One file: its figures, and what was wrong row by row."""
    run = get_object_or_404(imports_visible_to(for_request(request)), pk=pk)
    page = Paginator(run.problems.all(), 100).get_page(request.GET.get("page"))
    return render(request, "therapists/desk/import.html", {"run": run, "page": page})


def _read(request: HttpRequest, form: ImportForm) -> Outcome | None:
    data = form.cleaned_data
    try:
        return import_register(
            data=data["file"].read(),
            register=data["register"],
            file_name=data["file"].name[:200],
            full=data["full"],
            dry_run=data["what"],
            actor=for_request(request),
        )
    except ImportRefused as refused:
        form.add_error("file", str(refused))
        return None
