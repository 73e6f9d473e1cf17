"""A person holds one bed at a time while they say the rest, also where they ask for two at one moment.

Both find that they hold nothing, for one waits for the lock of the guest's row and is answered with what was there
before; what it writes then is refused, and it looks again.
"""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("bookings", "0010_a_batch_changes_its_bed")]
    operations = [
        migrations.AddField("stay", "own_hold", models.BooleanField(db_default=False, default=False)),
        migrations.AddConstraint(
            "stay",
            models.UniqueConstraint(
                fields=["guest"],
                condition=Q(own_hold=True, status="held", awaits=""),
                name="one_hold_of_one_s_own_at_a_time",
            ),
        ),
    ]
