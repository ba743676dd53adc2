"""The desk's addresses, in the namespace of referrals: included by referrals.urls under "desk/"."""

from django.urls import path

from referrals.views import desk, desk_exposure, desk_letters, desk_list, desk_messages, desk_referral, desk_rota

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("tasks/<int:pk>/", desk.task, name="desk_task"),
    path("tasks/<int:pk>/take/", desk.take, name="desk_task_take"),
    path("find/", desk.find, name="desk_find"),
    path("overdue/", desk.overdue, name="desk_overdue"),
    path("referrals/<int:pk>/", desk_referral.referral, name="desk_referral"),
    path("referrals/<int:pk>/<slug:act>/", desk_referral.act, name="desk_referral_act"),
    path("referrals/<int:pk>/lists/<int:run>/", desk_list.why, name="desk_list"),
    path("messages/", desk_messages.index, name="desk_messages"),
    path("messages/<int:pk>/", desk_messages.message, name="desk_message"),
    path("letters/", desk_letters.letters, name="desk_letters"),
    path("letters/<int:pk>/not-posted/", desk_letters.not_posted, name="desk_letter_not_posted"),
    path("exposure/", desk_exposure.exposure, name="desk_exposure"),
    path("exposure/file/", desk_exposure.exposure_file, name="desk_exposure_file"),
    path("rota/", desk_rota.rota, name="desk_rota"),
    path("rota/<int:pk>/remove/", desk_rota.remove, name="desk_rota_remove"),
]
