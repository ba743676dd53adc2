"""The page an invitation leads to. The link opens a page; only its button changes anything."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actors import for_user
from accounts.forms import FirstPasswordForm
from accounts.services.invitations import InvitationOver, invitation_accept, invitation_user
from core.policy import public


@require_http_methods(["GET", "POST"])
@public("the link's token proves that the address is hers; it shows nothing but her own name")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a first password. An invitation that is over leads to the sign-in page's help."""
    try:
        user = invitation_user(token)
        form = FirstPasswordForm(request.POST or None, user=user)
        if request.method == "POST" and form.is_valid():
            invitation_accept(token=token, password=form.cleaned_data["password"], actor=for_user(user))
            messages.success(request, _("Your password is set. Sign in with it now."))
            return redirect("account_login")
    except InvitationOver:
        return render(request, "accounts/invitation_over.html", status=410)
    return render(request, "accounts/invitation.html", {"form": form, "person": user})
