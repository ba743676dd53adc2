"""Where allauth asks us: who may sign up, where to go afterwards, how mails go out, how secrets are kept."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import second_factor
from accounts.models import User
from accounts.services.mails import account_mail_send
from core import crypto, leave, nav
from core.policy import user_roles

BOUND_TO = "mfa_authenticator.secret"


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is the therapists': an account alone holds no role and opens nothing. Everybody else is invited."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return True

    def save_user(
        self, request: HttpRequest, user: AbstractBaseUser, form: BaseForm, commit: bool = True
    ) -> AbstractBaseUser:
        user.name = form.cleaned_data["name"]  # type: ignore[attr-defined]
        return super().save_user(request, user, form, commit)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return the first page of the person's own navigation; without a role, where one is asked for."""
        items = nav.items_for(request)
        if items:
            return items[0].url
        if not user_roles(request):
            return super().get_login_redirect_url(request)
        messages.info(
            request, _("You are signed in. There are no pages for your role yet; people can refer themselves.")
        )
        return reverse(leave.START)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        # Signing in counts as well: nobody types the password twice in a minute to set up the second step we insist on.
        if second_factor.seconds_since_proof(self.request) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            return False
        return super().is_reauthentication_required(app=app, **kwargs)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Render as allauth does, and leave the sending to the outbox."""
        request = allauth_context.request
        site = {"name": "Rapport", "domain": request.get_host() if request else ""}
        told = {"request": request, "email": email, "current_site": site, **context}
        rendered = self.render_mail(template_prefix, email, told)
        user = User.objects.filter(email__iexact=email).first()
        account_mail_send(
            to=email, user_id=user.pk if user else None, subject=str(rendered.subject), text=str(rendered.body)
        )


class MFAAdapter(DefaultMFAAdapter):
    """Secrets are sealed like every other secret column."""

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text, bound_to=BOUND_TO)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text, bound_to=BOUND_TO)
