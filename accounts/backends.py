"""Who may change reference data in the administration."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from accounts.models import User
from core.choices import Role


class AdministratorBackend(BaseBackend):
    """An administrator may do everything in the administration, on the days she holds the role and no longer."""

    def has_perm(self, user_obj: Any, perm: str, obj: object = None) -> bool:
        return isinstance(user_obj, User) and user_obj.is_active and Role.ADMINISTRATOR in user_obj.active_roles()

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return self.has_perm(user_obj, app_label)
