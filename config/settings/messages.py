"""How messages leave: e-mail over SMTP, text messages through a provider, and where bounces come back to."""

from config import env

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.text("EMAIL_HOST", "127.0.0.1")
EMAIL_PORT = env.integer("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.boolean("EMAIL_USE_TLS", "false")
# A server that hangs may hold a worker for less than a task's time limit.
EMAIL_TIMEOUT = env.integer("EMAIL_TIMEOUT", 20)
# For people whose messages may be seen by somebody else: a sender that says nothing about what this is.
DISCREET_FROM_EMAIL = env.text("EMAIL_FROM_DISCREET", "no-reply@messages.example")
# The right-hand side of every Message-ID; neutral, because discreet messages carry one too.
MESSAGE_ID_DOMAIN = env.text("MESSAGE_ID_DOMAIN", "messages.example")
# A message claimed this long ago and not recorded was left by a worker that died. Longer than a task may run.
MESSAGE_STUCK_SECONDS = env.integer("MESSAGE_STUCK_SECONDS", 120)
# A dotted path to a notifications.channels.sms.SmsBackend: sms.Console, sms.SinkFolder, govuk_notify.GovUkNotify.
SMS_BACKEND = env.text("SMS_BACKEND", "notifications.channels.sms.NoProvider")
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "Rapport <no-reply@rapport.example>")

# Where mail servers report what did not arrive (`manage.py read_bounces` reads it): the envelope's sender, not seen by
# the recipient. Empty: the From address. The discreet one must not tell what this is; it stands in the header lines.
BOUNCE_ADDRESS = env.text("BOUNCE_ADDRESS", "")
DISCREET_BOUNCE_ADDRESS = env.text("BOUNCE_ADDRESS_DISCREET", "")

# GOV.UK Notify, for bodies entitled to it. The template holds one placeholder, ((message)).
NOTIFY_API_KEY = env.text("NOTIFY_API_KEY", "")
NOTIFY_SMS_TEMPLATE_ID = env.text("NOTIFY_SMS_TEMPLATE_ID", "")
NOTIFY_BASE_URL = env.text("NOTIFY_BASE_URL", "https://api.notifications.service.gov.uk")
# Each wait for its server, in seconds; asking and sending together stay below a task's time limit.
NOTIFY_TIMEOUT = env.integer("NOTIFY_TIMEOUT", 8, least=1)

# The number people without internet are told in letters; "" where nobody answers one.
SERVICE_PHONE = env.text("SERVICE_PHONE", "")

# Stands at the head of every letter, so that the post can bring back what it cannot deliver: lines separated by "|".
# Nothing in it may tell what this is: people who live with others get letters too.
LETTER_RETURN_ADDRESS = [line.strip() for line in env.text("LETTER_RETURN_ADDRESS", "").split("|") if line.strip()]
