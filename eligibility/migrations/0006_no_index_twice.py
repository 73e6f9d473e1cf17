"""Each index is written with every row: those go that another one serves as well."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_no_index_twice"),
        ("eligibility", "0005_reviews_are_withdrawn_with_their_stay"),
    ]

    operations = [
        migrations.AlterField(
            model_name="assessment",
            name="about",
            field=models.CharField(blank=True, max_length=6),
        ),
        migrations.AlterField(
            model_name="assessment",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assessments",
                to="accounts.person",
            ),
        ),
        migrations.AlterField(
            model_name="assessment",
            name="policy",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assessments",
                to="eligibility.policy",
            ),
        ),
        migrations.AddIndex(
            model_name="assessment",
            index=models.Index(fields=["about"], name="eligibility_about_8ac8e6_idx"),
        ),
    ]
