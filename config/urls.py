from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from config.health import health

urlpatterns = [
    path("health", health, name="health"),
    path("admin/", admin.site.urls),
    path("account/", include("accounts.urls")),
    path("account/", include("allauth.urls")),
    path("therapists/", include("therapists.urls")),
    path("", include("referrals.urls")),
    path("caseload/", include("caseload.urls")),
    path("", include("core.urls")),
]

handler400 = "core.views.errors.bad_request"
handler403 = "core.views.errors.forbidden"
handler404 = "core.views.errors.not_found"
handler500 = "core.views.errors.server_error"

if settings.LOCAL_PAGES:
    urlpatterns.append(path("local/", include("config.local_pages.urls")))
