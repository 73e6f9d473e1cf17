"""What may not start: each refusal is one sentence that says what to set."""

from django.core.exceptions import ImproperlyConfigured


def refuse_unsafe_start(
    *, production, debug, secret_key, field_keys, database_url, redis_url, hosts, web_processes
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
    if database_url.startswith("sqlite") and web_processes > 1:
        wrong.append(
            f"SQLite serves one web process and WEB_CONCURRENCY is {web_processes}: "
            "set DATABASE_URL to a PostgreSQL or WEB_CONCURRENCY=1."
        )
    if wrong:
        raise ImproperlyConfigured("This house does not start like this. " + " ".join(wrong))
