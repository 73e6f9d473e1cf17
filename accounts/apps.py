"""Who."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.module_loading import autodiscover_modules

from accounts import promises


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        # Every process that sends letters must know what the floors above say in theirs.
        autodiscover_modules("letters")
        # And every process that gives people what is held of them, or forgets them, what each floor holds.
        autodiscover_modules("forgetting")
        # And every process that migrates, which triggers must stand when it has.
        autodiscover_modules("triggers")
        pre_migrate.connect(promises.before_migrating, sender=self, dispatch_uid="promises step aside")
        post_migrate.connect(promises.after_migrating, sender=self, dispatch_uid="promises stand again")
