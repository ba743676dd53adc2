"""A small site with a start page and a private page, so that core's pages are tried without the apps above it."""

from django.http import HttpResponse
from django.urls import include, path

from config.urls import handler400, handler403, handler404, handler500  # noqa: F401 - read by Django
from config.urls import urlpatterns as real
from core import leave
from core.policy import CLIENT_SESSION_KEY, allow, client_session, public


@public("a test's start page")
def start(request):
    return HttpResponse(f"start {request.session.get('note', 'nothing')}")


@public("a test's question")
def question(request):
    request.session["note"] = "answers"
    return HttpResponse("question")


@client_session("a test's private page")
def mine(request):
    return HttpResponse("mine")


@leave.open_after_leaving
@public("a test's link from a message")
def from_message(request):
    return HttpResponse("from a message")


@public("signs a test's client in")
def sign_in(request):
    request.session[CLIENT_SESSION_KEY] = 7
    return HttpResponse("signed in")


@allow("therapist")
def staff(request):
    return HttpResponse("staff")


@public("fails on purpose")
def broken(request):
    raise RuntimeError("on purpose")


referrals = (
    [
        path("", start, name="start"),
        path("question/", question, name="question"),
        path("mine/", mine, name="mine"),
        path("message/", from_message, name="message"),
        path("sign-in/", sign_in, name="client_sign_in"),
        path("staff/", staff, name="staff"),
        path("broken/", broken, name="broken"),
        path("unmarked/", lambda request: HttpResponse("open by mistake"), name="unmarked"),
    ],
    "referrals",
)
urlpatterns = [path("walk/", include(referrals)), *real]
