"""`manage.py token PHONE`: a key for a program that works for somebody."""

from django.core.management.base import BaseCommand, CommandError
from knox.models import AuthToken

from accounts.models import User
from accounts.phones import read_phone


class Command(BaseCommand):
    help = "Print a new API token of an existing login. Only its hash is kept, so it is shown this once."

    def add_arguments(self, parser):
        parser.add_argument("phone", help="the login's phone, as +8613812345678 or eleven digits")
        parser.add_argument("--revoke", action="store_true", help="end all tokens of this login instead")

    def handle(self, *, phone, revoke, **options):
        user = self.login_of(phone)
        if revoke:
            ended, _ = AuthToken.objects.filter(user=user).delete()
            self.stdout.write(f"{ended} tokens ended.")
            return
        _, token = AuthToken.objects.create(user=user)
        self.stdout.write(token)

    def login_of(self, phone):
        try:
            user = User.objects.filter(phone=read_phone(phone)).first()
        except ValueError as wrong:
            raise CommandError(f"{phone} is not a phone number.", returncode=2) from wrong
        if user is None or not user.is_active:
            raise CommandError(f"No login has the phone {phone}: log in with it once, then ask again.", returncode=2)
        return user
