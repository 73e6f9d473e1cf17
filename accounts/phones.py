"""Phone numbers: read as people write them, kept as E.164, shown masked."""

import unicodedata

import phonenumbers


def read_phone(text: str) -> str:
    """Return E.164 ("+8613812345678"); eleven bare digits are a Chinese number. Raises ValueError if it is none."""
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", text), "CN")
    except phonenumbers.NumberParseException as wrong:
        raise ValueError("not a phone number") from wrong
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise ValueError("no such phone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mask_phone(phone: str) -> str:
    """Return an E.164 ``phone`` as it may be shown: +86 138******78; a dash for the login of somebody forgotten."""
    if not phone.startswith("+"):
        return "—"
    number = phonenumbers.parse(phone)
    national = str(number.national_number)
    first, last = national[: max(len(national) - 8, 0)], national[-2:]
    return f"+{number.country_code} {first}{'*' * (len(national) - len(first) - len(last))}{last}"
