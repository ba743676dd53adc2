from django.urls import path

from core.views import help as help_views
from core.views import language, leaving, pages

app_name = "core"
urlpatterns = [
    path("help-now/", help_views.help_now, name="help_now"),
    path("language/", language.language, name="language"),
    path("leave/", leaving.leave_page, name="leave"),
    path("hide-your-visit/", pages.hide_visit, name="hide_visit"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("privacy/", pages.privacy, name="privacy"),
    path("cookies/", pages.cookies, name="cookies"),
]
