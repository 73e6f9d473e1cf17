"""What may not start: each refusal is one sentence that says what to set."""

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from accounts.senders import Sender

ON, OFF = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
CONSOLE = "accounts.senders.ConsoleSender"
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


def refuse_unsafe_start(
    *, production, debug, secret_key, field_keys, database_url, redis_url, hosts, sms_sender, web_processes
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
        if sms_sender == CONSOLE:
            wrong.append(
                "HOSTEL_SMS is not set, or prints to the console: set it to the class that sends messages by your "
                "operator, a subclass of accounts.senders.Sender."
            )
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
