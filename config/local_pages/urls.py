from django.urls import path

from config.local_pages import views
from core.views import styleguide

app_name = "local"
urlpatterns = [
    path("", views.cast, name="cast"),
    path("sign-in/<int:pk>/", views.sign_in, name="sign_in"),
    path("mail/", views.mails, name="mails"),
    path("mail/<str:key>/", views.mail, name="mail"),
    path("clock/", views.clock_page, name="clock"),
    path("clock/confirm/", views.confirm_again, name="confirm_again"),
    path("clock/reset/", views.clock_reset, name="clock_reset"),
    path("components/", styleguide.components, name="components"),
    path("components/staff/", styleguide.staff, name="components_staff"),
    path("components/broken/", styleguide.broken, name="components_broken"),
    path("components/<slug:name>/", styleguide.question, name="components_question"),
]
