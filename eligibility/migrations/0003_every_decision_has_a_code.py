"""Every decision has a code by which a person can name it; those made before get theirs now."""

from django.db import migrations, models

import eligibility.models


def give_codes(apps, schema_editor):
    decisions = apps.get_model("eligibility", "Assessment").objects.filter(code=None)
    for decision in decisions.only("pk").iterator(chunk_size=500):
        decision.code = eligibility.models.new_code()
        decision.save(update_fields=["code"])


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0002_proofs_reviews_and_drafts")]
    operations = [
        migrations.RunPython(give_codes, migrations.RunPython.noop),
        migrations.AlterField(
            "assessment", "code", models.CharField(default=eligibility.models.new_code, max_length=8, unique=True)
        ),
    ]
