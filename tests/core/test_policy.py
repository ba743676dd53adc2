"""The markers refuse what they must refuse, whatever kind of view carries them."""

from types import SimpleNamespace

import pytest
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.utils.decorators import method_decorator
from django.views import View

from core import policy
from core.middleware import PolicyMiddleware


class Person:
    """A signed-in user as core sees one: a key, and the roles held today."""

    is_authenticated = True
    pk = 7

    def __init__(self, *roles):
        self.roles = set(roles)
        self.asked = 0

    def active_roles(self):
        self.asked += 1
        return self.roles


NOBODY = SimpleNamespace(is_authenticated=False, pk=None)


def ask(view, user=NOBODY, session=None, namespaces=()):
    request = RequestFactory().get("/somewhere/")
    request.user = user
    request.session = session or {}
    request.resolver_match = SimpleNamespace(view_name="somewhere", namespaces=list(namespaces))
    PolicyMiddleware(lambda request: HttpResponse()).process_view(request, view, (), {})
    return view(request)


def plain(request):
    return HttpResponse("in")


class PlainView(View):
    def get(self, request):
        return HttpResponse("in")


def as_function(marker):
    return marker(lambda request: HttpResponse("in"))


def as_view_result(marker):
    return marker(PlainView.as_view())


def on_dispatch(marker):
    return method_decorator(marker, name="dispatch")(type("Marked", (PlainView,), {})).as_view()


def on_class(marker):
    return marker(type("Marked", (PlainView,), {})).as_view()


EVERY_KIND = pytest.mark.parametrize("kind", [as_function, as_view_result, on_dispatch, on_class])


@EVERY_KIND
def test_public_view_is_open_and_needs_no_login(kind):
    view = kind(policy.public("a page anybody may read"))
    assert ask(view).content == b"in"
    assert view.login_required is False
    assert policy.marker_of(view) == policy.PolicyMarker("public", reason="a page anybody may read")


@EVERY_KIND
def test_allow_lets_the_role_in_and_hides_the_page_from_others(kind):
    view = kind(policy.allow("therapist", "coordinator"))
    assert view.login_required is True
    assert policy.marker_of(view).roles == {"therapist", "coordinator"}
    assert ask(view, Person("coordinator")).content == b"in"
    for stranger in (Person(), Person("clinician"), NOBODY):
        with pytest.raises(Http404):
            ask(view, stranger)


@EVERY_KIND
def test_client_session_sends_a_stranger_to_the_sign_in(kind, monkeypatch):
    monkeypatch.setattr(policy, "redirect", lambda name: HttpResponse(f"to {name}"))
    view = kind(policy.client_session("the client proved herself with a code"))
    assert view.login_required is False
    assert ask(view).content == b"to referrals:client_sign_in"
    assert ask(view, Person("administrator")).content == b"to referrals:client_sign_in"
    assert ask(view, session={policy.CLIENT_SESSION_KEY: 3}).content == b"in"


def test_a_view_without_a_marker_is_refused_and_logged(caplog):
    with pytest.raises(Http404):
        ask(plain, Person("administrator"))
    assert "has no marker" in caplog.text


def test_foreign_views_pass_by_namespace_and_by_module():
    assert ask(plain, namespaces=["admin"]).content == b"in"
    foreign = lambda request: HttpResponse("in")  # noqa: E731
    foreign.__module__ = "allauth.account.views"
    assert ask(foreign).content == b"in"
    foreign.__module__ = "allauthentic.views"
    with pytest.raises(Http404):
        ask(foreign)


def test_unknown_roles_and_empty_reasons_stop_the_import():
    for wrong in (lambda: policy.allow("therapst"), policy.allow, lambda: policy.public(" ")):
        with pytest.raises(ValueError):
            wrong()
    with pytest.raises(ValueError):
        policy.client_session(None)


def test_two_different_markers_on_one_view_stop_the_import():
    with pytest.raises(ValueError):
        policy.public("open")(policy.allow("therapist")(plain))


def test_a_subclass_cannot_loosen_its_parents_rule():
    parent = policy.allow("therapist")(type("Parent", (PlainView,), {}))
    child = policy.public("thought to be open")(type("Child", (parent,), {}))
    with pytest.raises(Http404):
        ask(child.as_view())


def test_roles_are_asked_once_per_request():
    person = Person("therapist")

    @policy.allow("therapist")
    def view(request):
        return HttpResponse(str(policy.user_has_role(request, "clinician")))

    assert ask(view, person).content == b"False"
    assert person.asked == 1
