"""Coming in: a phone, a code, and for staff a second factor. The same answer whether or not a phone is known."""

import time
import unicodedata
from http import HTTPStatus

from allauth.account.adapter import get_adapter
from allauth.account.forms import ConfirmLoginCodeForm
from allauth.account.internal.flows.login import record_authentication
from allauth.account.mixins import NextRedirectMixin
from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from allauth.core import ratelimit
from allauth.mfa.base.views import AuthenticateView, ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.people import agree, login_for
from accounts.phones import read_phone
from web.leaving import emptied, has_desk

AGREED = "agreed"  # in the session: both lines were ticked in this browser
RESEND_AFTER = 60  # seconds: a message is seldom later
PHONE = "login_phone"  # in the session: typed once, not again after a wrong code


class PhoneForm(forms.Form):
    """The phone, and the two lines to agree to where this browser has not agreed yet."""

    phone = forms.CharField(
        label=_("Phone number"),
        max_length=40,
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"required": _("Type your phone number")},
    )
    service = forms.BooleanField(
        label=_("I agree to the service agreement"),
        error_messages={"required": _("Read and tick the service agreement")},
    )
    privacy = forms.BooleanField(
        label=_("I have read the privacy policy and agree to it"),
        error_messages={"required": _("Read and tick the privacy policy")},
    )

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request
        if request.session.get(AGREED):
            del self.fields["service"], self.fields["privacy"]

    def clean_phone(self):
        try:
            return read_phone(self.cleaned_data["phone"])
        except ValueError as wrong:
            raise forms.ValidationError(
                _("Type a phone number of 11 digits, or one with + and the country's code"), code="phone"
            ) from wrong

    def clean(self):
        # Counted before anybody looks whether the phone is known, and only where a code could have been sent.
        if not self.errors and not ratelimit.consume(
            self.request, action="request_login_code", key=self.cleaned_data["phone"]
        ):
            self.add_error("phone", get_adapter().validation_error("rate_limited"))
        return self.cleaned_data


class CodeForm(ConfirmLoginCodeForm):
    """The code, in whatever width and spacing it was pasted."""

    code = forms.CharField(
        label=pgettext_lazy("login", "Code"),
        max_length=20,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "class": "code-field"}),
        error_messages={"required": _("Type the 6 digits of the message")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.is_bound:  # else the summary of what is wrong has the focus
            self.fields["code"].widget.attrs["autofocus"] = True

    def clean_code(self):
        self.cleaned_data["code"] = unicodedata.normalize("NFKC", self.cleaned_data["code"])
        return super().clean_code()


class RequestCode(RequestLoginCodeView):
    """`/login/`: the phone. A number nobody has come with yet gets a login here, unverified until its code."""

    form_class = PhoneForm

    def _redirect_to_pending_stage(self, request, stage):
        """Who comes back here begins again, with this number or another: the code asked for before is forgotten."""

    def get_initial(self):
        return {"phone": self.request.session.get(PHONE, "")}

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"request": self.request}

    def form_valid(self, form):
        phone = form.cleaned_data["phone"]
        self.request.session[AGREED], self.request.session[PHONE] = True, phone
        form._user = login_for(phone, timezone.now())
        try:
            return super().form_valid(form)
        except OSError:
            form.add_error("phone", _("We could not send the code just now; sorry. Try again in a minute"))
            return self.render_to_response(self.get_context_data(form=form), status=HTTPStatus.SERVICE_UNAVAILABLE)

    def form_invalid(self, form):
        throttled = form.has_error("phone", "rate_limited")
        status = HTTPStatus.TOO_MANY_REQUESTS if throttled else HTTPStatus.UNPROCESSABLE_ENTITY
        return self.render_to_response(self.get_context_data(form=form), status=status)


class ConfirmCode(ConfirmLoginCodeView):
    """`/login/code/`: the code. It works once, for five minutes and three tries."""

    form_class = CodeForm

    def dispatch(self, request, *args, **kwargs):
        response = super().dispatch(request, *args, **kwargs)
        if getattr(self, "_process", True) is None:
            messages.error(request, _("The five minutes of that code are over: ask for a new one"))
        if response.get("Location") == reverse("account_request_login_code"):
            response["Location"] = self.passthrough_next_url(response["Location"])
        return response

    def post(self, request, *args, **kwargs):
        state = self._process.state
        if request.POST.get("code", "").strip() and not ratelimit.consume(
            request, action="confirm_login_code", key=f"{state['phone']}:{state['at']}"
        ):
            self._process.abort()
            messages.error(request, get_adapter().error_messages["too_many_login_attempts"])
            return HttpResponseRedirect(reverse("account_request_login_code"))
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        # By the clock that stamped it: the library's.
        waited = int(time.time() - self._process.state["at"])
        return super().get_context_data(**kwargs) | {"wait": min(max(RESEND_AFTER - waited, 0), RESEND_AFTER)}

    def form_valid(self, form):
        agree(self._process.user, timezone.now())
        self.request.session.pop(PHONE, None)
        response = super().form_valid(form)
        # Who was here before may not have logged out: what their desk kept is not for who comes now.
        return emptied(response) if has_desk(self.request) else response

    def form_invalid(self, form):
        if form.has_error("code", "required"):  # nothing was tried
            return self.render_to_response(self.get_context_data(form=form), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return unprocessable(super().form_invalid(form))


class ShowSecondFactor(AuthenticateView):
    """The second factor at login."""

    def form_invalid(self, form):
        return unprocessable(super().form_invalid(form))


class ShowSecondFactorAgain(ReauthenticateView):
    """The second factor once more, before it is changed, or in a session that has not shown it."""

    def form_invalid(self, form):
        return unprocessable(super().form_invalid(form))


class SetUpSecondFactor(NextRedirectMixin, ActivateTOTPView):
    """Connects an authenticator app; who has just typed its first code has shown it."""

    def get_success_url(self):
        codes = reverse("mfa_view_recovery_codes")
        following = self.get_next_url()
        return f"{codes}?{urlencode({'next': following})}" if following else codes

    def form_valid(self, form):
        response = super().form_valid(form)
        shown = Authenticator.objects.get(user=self.request.user, type=Authenticator.Type.TOTP)
        record_authentication(
            self.request, self.request.user, method="mfa", id=shown.pk, type=shown.type, reauthenticated=True
        )
        return response

    def form_invalid(self, form):
        return unprocessable(super().form_invalid(form))


class RecoveryCodes(NextRedirectMixin, ViewRecoveryCodesView):
    """The codes for the day the telephone is lost, and the way on."""

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"onward": self.get_next_url() or reverse("mfa_index")}


def unprocessable(response):
    """The same page, with the status that says that the form did not fit."""
    if response.status_code == HTTPStatus.OK:
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return response
