"""Coming in and going out. The names are those the sign-in library asks for; only the views in use have an address."""

from allauth.account.views import account_inactive
from allauth.mfa.base.views import index
from allauth.mfa.recovery_codes.views import download_recovery_codes, generate_recovery_codes
from allauth.mfa.totp.views import deactivate_totp
from django.urls import path
from django.views.generic import TemplateView

from web import leaving, login

second = "login/second-factor/"
urlpatterns = [
    path("login/", login.RequestCode.as_view(), name="account_request_login_code"),
    path("login/", login.RequestCode.as_view(), name="account_login"),
    path("login/code/", login.ConfirmCode.as_view(), name="account_confirm_login_code"),
    path("login/closed/", account_inactive, name="account_inactive"),
    path("logout/", leaving.LogOut.as_view(), name="account_logout"),
    path("agreement/", TemplateView.as_view(template_name="account/agreement.html"), name="agreement"),
    path(second, index, name="mfa_index"),
    path(f"{second}code/", login.ShowSecondFactor.as_view(), name="mfa_authenticate"),
    path(f"{second}again/", login.ShowSecondFactorAgain.as_view(), name="mfa_reauthenticate"),
    path(f"{second}set-up/", login.SetUpSecondFactor.as_view(), name="mfa_activate_totp"),
    path(f"{second}remove/", deactivate_totp, name="mfa_deactivate_totp"),
    path(f"{second}recovery/", login.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path(f"{second}recovery/new/", generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path(f"{second}recovery/codes.txt", download_recovery_codes, name="mfa_download_recovery_codes"),
]
