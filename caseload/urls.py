from django.urls import path

from caseload.views import asks, changes, exposure, lists, people, requests, today

app_name = "caseload"

urlpatterns = [
    path("", today.today, name="today"),
    path("tasks/<int:pk>/done/", today.task_done, name="task_done"),
    path("requests/<int:pk>/", requests.request_page, name="request"),
    path("requests/<int:pk>/interest/", requests.interest, name="request_interest"),
    path("requests/<int:pk>/meeting/", requests.offer_meeting, name="request_meeting"),
    path("requests/<int:pk>/known/", requests.known, name="request_known"),
    path("requests/<int:pk>/decline/", requests.decline, name="request_decline"),
    path("list/", lists.waiting_list, name="waiting_list"),
    path("list/settings/", lists.settings, name="list_settings"),
    path("list/still-yes/", lists.still_yes, name="still_yes"),
    path("list/<int:pk>/", asks.entry_page, name="list_entry"),
    path("list/<int:pk>/interest/", asks.interest, name="list_interest"),
    path("list/<int:pk>/agree/", asks.agree, name="list_agree"),
    path("list/<int:pk>/refuse/", asks.refuse, name="list_refuse"),
    path("list/<int:pk>/known/", asks.known, name="list_known"),
    path("list/<int:pk>/remove/", lists.remove, name="list_remove"),
    path("exposure/", exposure.exposure, name="exposure"),
    path("people/", people.people, name="people"),
    path("people/<int:pk>/", people.placement, name="placement"),
    path("people/<int:pk>/contact/", people.contact, name="contact"),
    path("people/<int:pk>/go-ahead/", people.go_ahead, name="go_ahead"),
    path("people/<int:pk>/not-this-time/", people.not_this_time, name="not_this_time"),
    path("people/<int:pk>/pause/", changes.pause, name="pause"),
    path("people/<int:pk>/go-on/", changes.resume, name="resume"),
    path("people/<int:pk>/somebody-else/", changes.somebody_else, name="somebody_else"),
    path("people/<int:pk>/end/", people.end, name="end"),
]
