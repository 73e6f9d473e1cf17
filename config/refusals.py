"""What may not start: each refusal is one sentence that says what to set."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from accounts.senders import Sender

ON, OFF = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
CONSOLE = "accounts.senders.ConsoleSender"
SMS = "accounts.senders.SmsSender"
MESSENGER = "accounts.senders.MessengerSender"
ABROAD = "http://", "https://"
DATABASES = ("postgresql://", "postgres://", "sqlite://")
OPENING = "This house does not start like this. "


def switch(name: str, said: str, default: bool = False) -> bool:
    """Read ``said``, the value of the variable ``name``: yes, no or nothing; raises ImproperlyConfigured for more."""
    word = said.strip().lower()
    if word not in (*ON, *OFF, ""):
        raise ImproperlyConfigured(
            f"{OPENING}{name} is {said!r}: set it to 1 (or true, yes, on) or 0 (false, no, off)."
        )
    return word in ON if word else default


def refuse_unknown_sender(path: str) -> None:
    """Raise ImproperlyConfigured where ``path`` names no class that sends messages. Needs the apps to be there."""
    try:
        sender = import_string(path)
    except ImportError as wrong:
        raise ImproperlyConfigured(
            f"{OPENING}HOSTEL_SMS is {path}, which can't be imported ({wrong}): set it to the path of a sender's class."
        ) from wrong
    if not (isinstance(sender, type) and issubclass(sender, Sender)):
        raise ImproperlyConfigured(
            f"{OPENING}HOSTEL_SMS is {path}, which is no sender: set it to a subclass of accounts.senders.Sender."
        )


def _is_here(url):
    return urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")


def refuse_unsafe_start(
    *,
    production,
    debug,
    secret_key,
    field_keys,
    database_url,
    redis_url,
    hosts,
    senders,
    gateways,
    address,
    web_processes,
) -> None:
    """Raise ImproperlyConfigured with every reason why these settings may not serve people."""
    wrong = []
    if production:
        if len(secret_key) < 50:
            wrong.append(
                "HOSTEL_SECRET_KEY is empty or short: set it to at least 50 random characters, the same on every host."
            )
        if debug:
            wrong.append("HOSTEL_DEBUG is on: set HOSTEL_DEBUG=0, its error pages show secrets to strangers.")
        if not field_keys:
            wrong.append("HOSTEL_FIELD_KEYS is empty: set it to NAME:KEY with 32 random bytes in base64.")
        if not hosts:
            wrong.append("HOSTEL_HOSTS is empty: set it to the names this house answers to, separated by commas.")
        if not redis_url:
            wrong.append("REDIS_URL is empty: set it, tasks and throttles of several processes meet there.")
        if CONSOLE in senders:
            wrong.append(
                "HOSTEL_SMS is not set, or prints to the console: set it to the class that sends messages by your "
                "operator, a subclass of accounts.senders.Sender, or HOSTEL_SMS_URL to your operator's gateway."
            )
        if not address:
            wrong.append("HOSTEL_ADDRESS is empty: set it to where letters lead, https://hostel.example.org.")
        wrong += [
            f"{name} goes unencrypted over the net: set it to an address that begins with https://."
            for name, url in gateways.items()
            if url.startswith("http://") and not _is_here(url)
        ]
    wrong += [
        f"{name} begins with {url.partition(':')[0][:20]!r}: set it to an address that begins with https://."
        for name, url in {**gateways, "HOSTEL_ADDRESS": address}.items()
        if url and not (url.startswith(ABROAD) and urlsplit(url).hostname)
    ]
    if SMS in senders and not gateways["HOSTEL_SMS_URL"]:
        wrong.append(f"HOSTEL_SMS names {SMS}: set HOSTEL_SMS_URL to your operator's gateway.")
    if MESSENGER in senders and not gateways["HOSTEL_MESSENGER_URL"]:
        wrong.append(f"HOSTEL_SMS names {MESSENGER}: set HOSTEL_MESSENGER_URL to the messenger's gateway.")
    if not database_url.startswith(DATABASES):
        kind = database_url.partition(":")[0]
        wrong.append(
            f"DATABASE_URL begins with {kind[:20]!r}: set it to postgresql://user:password@host/name or sqlite:///path."
        )
    if database_url.startswith("sqlite") and web_processes > 1:
        wrong.append(
            f"SQLite serves one web process and WEB_CONCURRENCY is {web_processes}: "
            "set DATABASE_URL to a PostgreSQL or WEB_CONCURRENCY=1."
        )
    if wrong:
        raise ImproperlyConfigured(OPENING + " ".join(wrong))
