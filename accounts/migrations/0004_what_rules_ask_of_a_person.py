from django.db import migrations, models

import accounts.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_when_a_letter_was_last_tried"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="answers",
            field=accounts.fields.EncryptedJSONField(blank=True, default=dict),
        ),
        migrations.AlterField(
            model_name="consent",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("service", "service agreement"),
                    ("privacy", "privacy policy"),
                    ("evidence", "proofs kept to verify a reason"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="person",
            name="graduation",
            field=models.CharField(blank=True, max_length=10),
        ),
    ]
