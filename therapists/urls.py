from django.urls import path

from therapists.views import imports, joining, listing, places, profile, registry, rooms

app_name = "therapists"

urlpatterns = [
    path("join/", joining.join, name="join"),
    path("", joining.onboarding, name="onboarding"),
    path("registration/", joining.claim, name="claim"),
    path("registration/<int:pk>/code/", joining.claim_code, name="claim_code"),
    path("registration/<int:pk>/check/", joining.claim_check, name="claim_check"),
    path("profile/", profile.profile, name="profile"),
    path("profile/preview/", profile.preview, name="preview"),
    path("profile/publish/", profile.publish, name="publish"),
    path("profile/rooms/", rooms.rooms, name="rooms"),
    path("profile/rooms/new/", rooms.room_add, name="room_add"),
    path("profile/rooms/<int:pk>/", rooms.room, name="room"),
    path("profile/rooms/<int:pk>/remove/", rooms.room_remove, name="room_remove"),
    path("profile/rooms/<int:pk>/restore/", rooms.room_restore, name="room_restore"),
    path("profile/<slug:slug>/", profile.section, name="section"),
    path("places/", places.places, name="places"),
    path("places/new/", places.places_new, name="places_new"),
    path("places/away/", places.leave, name="leave"),
    path("places/limit/", places.limit, name="limit"),
    path("places/<int:pk>/when/", places.place_when, name="place_when"),
    path("places/<int:pk>/close/", places.place_close, name="place_close"),
    path("pause/", places.pause, name="pause"),
    path("confirm/", places.confirm, name="confirm"),
    path("listing/", listing.listing, name="listing"),
    path("listing/ask/", listing.listing_ask, name="listing_ask"),
    path("still-taking/<str:token>/", listing.still_taking, name="still_taking"),
    path("desk/listing/", listing.desk_listing, name="desk_listing"),
    path("desk/registrations/", registry.find, name="desk_find"),
    path("desk/registrations/<int:pk>/", registry.registration, name="desk_registration"),
    path("desk/registrations/<int:pk>/<slug:slug>/", registry.registration_act, name="desk_registration_act"),
    path("desk/claims/<int:pk>/", registry.claim, name="desk_claim"),
    path("desk/pairs/<int:pk>/", registry.pair, name="desk_pair"),
    path("desk/imports/", imports.index, name="desk_imports"),
    path("desk/imports/<int:pk>/", imports.detail, name="desk_import"),
]
