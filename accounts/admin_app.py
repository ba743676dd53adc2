from django.contrib.admin.apps import AdminConfig


class RapportAdminConfig(AdminConfig):
    """Every app's admin.py registers on the site that asks for a second check."""

    default_site = "accounts.admin_site.SecondCheckAdminSite"
