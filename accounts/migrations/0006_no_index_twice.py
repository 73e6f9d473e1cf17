"""Each index is written with every row: those go that another one serves as well."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_what_a_guest_needs_of_a_bed"),
        ("hostel", "0005_closures_are_only_added_to"),
    ]

    operations = [
        migrations.AlterField(
            model_name="deed",
            name="about",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AlterField(
            model_name="idempotencykey",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="letter",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="letters",
                to="accounts.person",
            ),
        ),
        migrations.AddIndex(
            model_name="deed",
            index=models.Index(fields=["about"], name="accounts_de_about_debdad_idx"),
        ),
    ]
