"""What the sign-in library (django-allauth) asks of us: where phones are kept, how a code is sent, how secrets are."""

import io

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from accounts import senders
from accounts.fields import seal, unseal
from accounts.models import User
from accounts.people import verify_phone
from accounts.phones import mask_phone
from accounts.roles import staff_doors
from hostel.nights import business_day

SECOND_FACTOR = "mfa_authenticator.data"


class LoginAdapter(DefaultAccountAdapter):
    """People come in by their phone and a code; there are no passwords and no mail."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": gettext_lazy("This code is not right. Look at the last message once more"),
        "too_many_login_attempts": gettext_lazy("Too many tries. Wait some minutes, then ask for a new code"),
        "rate_limited": gettext_lazy("That was often in a short time. Wait some minutes and try again"),
    }

    def send_verification_code_sms(self, user, phone, code, **kwargs):
        text = gettext("[Suqingyi] Your code is %(code)s, good for 5 minutes. Nobody of ours will ever ask you for it")
        senders.send(phone, text % {"code": code})

    def get_user_by_phone(self, phone):
        return User.objects.filter(phone=phone).first()

    def get_phone(self, user):
        return (user.phone, user.phone_verified)

    def set_phone(self, user, phone, verified):
        user.phone, user.phone_verified = phone, verified
        user.save(update_fields=["phone", "phone_verified"])

    def set_phone_verified(self, user, phone):
        verify_phone(user)

    def is_open_for_signup(self, request):
        """Nobody signs up: the first code makes the login."""
        return False

    def get_login_redirect_url(self, request):
        """Who came for nothing in particular: staff to the page they work on, everybody else to their own."""
        doors = staff_doors(request.user, business_day(timezone.now()))
        return reverse(doors[0] if doors else "me")

    def add_message(self, request, level, message_template=None, message_context=None, extra_tags="", message=None):
        """Only what we say ourselves: the library's own messages come from templates and repeat what the page says."""
        if message:
            super().add_message(request, level, extra_tags=extra_tags, message=message)


class SecondFactorAdapter(DefaultMFAAdapter):
    """The second factor of staff: its secrets are as unreadable in the database as a document is."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("This code is not right. Wait for the next one and type that"),
    }

    def encrypt(self, text):
        return seal(text, SECOND_FACTOR)

    def decrypt(self, encrypted_text):
        return unseal(encrypted_text, SECOND_FACTOR)

    def get_totp_label(self, user):
        return mask_phone(user.phone)

    def build_totp_svg(self, url):
        picture = io.BytesIO()
        segno.make(url).save(picture, kind="svg", xmldecl=False, scale=5, border=4, light="#ffffff")
        return picture.getvalue().decode()
