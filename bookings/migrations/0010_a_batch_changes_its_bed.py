"""A bed that a batch gets instead of one that closes is as little anybody else's as those it was allotted.

The trigger of `0009` looks for batches that were made a moment ago; now also for beds that a batch got a moment ago.
"""

import importlib

from django.db import migrations, models

before = importlib.import_module("bookings.migrations.0009_a_bed_of_a_batch_is_its_guests")
MADE = "batch.made_at"
KEPT = "COALESCE(kept.kept_since, batch.made_at)"


def _on_postgresql(schema_editor, function):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"), params=None)


def promise(apps, schema_editor):
    _on_postgresql(schema_editor, before.POSTGRESQL[0].replace(MADE, KEPT))


def take_back(apps, schema_editor):
    _on_postgresql(schema_editor, before.POSTGRESQL[0])


class Migration(migrations.Migration):
    dependencies = [("bookings", "0009_a_bed_of_a_batch_is_its_guests")]
    operations = [
        migrations.AddField("batchbed", "kept_since", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(promise, take_back),
    ]
