from django.urls import path

from accounts.views.invitation import invitation

app_name = "accounts"

urlpatterns = [path("invitation/<str:token>", invitation, name="invitation")]
