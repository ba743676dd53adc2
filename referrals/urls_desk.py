"""The desk's addresses, in the namespace of referrals: included by referrals.urls under "desk/"."""

from django.urls import path

from referrals.views import (
    desk,
    desk_entries,
    desk_exposure,
    desk_letters,
    desk_list,
    desk_lists,
    desk_merge,
    desk_messages,
    desk_offers,
    desk_referral,
    desk_rota,
    desk_why,
)

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("tasks/<int:pk>/", desk.task, name="desk_task"),
    path("tasks/<int:pk>/take/", desk.take, name="desk_task_take"),
    path("tasks/<int:pk>/merge/", desk_merge.from_task, name="desk_task_merge"),
    path("find/", desk.find, name="desk_find"),
    path("overdue/", desk.overdue, name="desk_overdue"),
    path("lists/", desk_lists.lists, name="desk_lists"),
    path("lists/<int:pk>/", desk_lists.waiting_list, name="desk_waiting_list"),
    path("waits/", desk_lists.waits, name="desk_waits"),
    path("parked/", desk_lists.parked, name="desk_parked"),
    path("entries/<int:pk>/<slug:act>/", desk_entries.entry_act, name="desk_entry_act"),
    path("offers/", desk_offers.offers, name="desk_offers"),
    path("offers/<int:pk>/why/", desk_why.offer_why, name="desk_offer_why"),
    path("offers/<int:pk>/<slug:act>/", desk_offers.offer_act, name="desk_offer_act"),
    path("why/", desk_why.why, name="desk_why"),
    path("merge/<int:pk>/", desk_merge.merge_with, name="desk_merge_with"),
    path("merge/<int:pk>/<int:other>/", desk_merge.merge, name="desk_merge"),
    path("referrals/<int:pk>/", desk_referral.referral, name="desk_referral"),
    path("referrals/<int:pk>/<slug:act>/", desk_referral.act, name="desk_referral_act"),
    path("referrals/<int:pk>/lists/<int:run>/", desk_list.why, name="desk_list"),
    path("messages/", desk_messages.index, name="desk_messages"),
    path("messages/<int:pk>/", desk_messages.message, name="desk_message"),
    path("messages/letters/", desk_letters.letters, name="desk_letters"),
    path("messages/<int:pk>/not-posted/", desk_letters.not_posted, name="desk_letter_not_posted"),
    path("exposure/", desk_exposure.exposure, name="desk_exposure"),
    path("exposure/file/", desk_exposure.exposure_file, name="desk_exposure_file"),
    path("rota/", desk_rota.rota, name="desk_rota"),
    path("rota/<int:pk>/remove/", desk_rota.remove, name="desk_rota_remove"),
]
