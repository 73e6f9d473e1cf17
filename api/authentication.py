"""Who a program works for: a bearer token, in one query, touching nothing."""

import re
from hmac import compare_digest

from django.utils import timezone
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from knox.models import AuthToken
from knox.settings import CONSTANTS
from rest_framework.exceptions import AuthenticationFailed

from hostel.prepared import Prepared

# What `manage.py token` prints is of this shape; anything else is no token, and never reaches the database.
TOKEN = re.compile(rb"[0-9a-zA-Z]{32,160}")
beginning_with = Prepared(
    lambda beginning: AuthToken.objects.filter(token_key=beginning).select_related("user"), beginning="text"
)


class BearerToken(TokenAuthentication):
    """Knox's tokens, hashed in the table; one that has expired is refused and left where it is.

    The library would look through all tokens of the user at every call, and delete on the way.
    """

    def authenticate_credentials(self, token):
        if not TOKEN.fullmatch(token):
            raise AuthenticationFailed
        said = token.decode()
        digest = hash_token(said)
        for known in beginning_with(beginning=said[: CONSTANTS.TOKEN_KEY_LENGTH]):
            expired = known.expiry is not None and known.expiry < timezone.now()
            if not expired and compare_digest(digest, known.digest):
                return self.validate_user(known)
        raise AuthenticationFailed
