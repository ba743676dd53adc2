from django.urls import path

from caseload.views import exposure, people, requests, today

app_name = "caseload"

urlpatterns = [
    path("", today.today, name="today"),
    path("tasks/<int:pk>/done/", today.task_done, name="task_done"),
    path("requests/<int:pk>/", requests.request_page, name="request"),
    path("requests/<int:pk>/interest/", requests.interest, name="request_interest"),
    path("requests/<int:pk>/meeting/", requests.offer_meeting, name="request_meeting"),
    path("requests/<int:pk>/known/", requests.known, name="request_known"),
    path("requests/<int:pk>/decline/", requests.decline, name="request_decline"),
    path("exposure/", exposure.exposure, name="exposure"),
    path("people/", people.people, name="people"),
    path("people/<int:pk>/", people.placement, name="placement"),
    path("people/<int:pk>/contact/", people.contact, name="contact"),
    path("people/<int:pk>/go-ahead/", people.go_ahead, name="go_ahead"),
    path("people/<int:pk>/not-this-time/", people.not_this_time, name="not_this_time"),
    path("people/<int:pk>/end/", people.end, name="end"),
]
