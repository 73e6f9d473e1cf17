"""Each index is written at every booking: those go that another one serves as well, or that nearly no row has."""

import django.db.models.deletion
from django.db import migrations, models


def as_it_was(apps, schema_editor):
    """On SQLite a table that is made anew loses the index that `0002` gave it by hand."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            "CREATE INDEX IF NOT EXISTS bookings_bednight_room_night ON bookings_bednight (room_id, night) "
            "WHERE released_at IS NULL",
            params=None,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_no_index_twice"),
        ("bookings", "0011_one_hold_of_one_s_own"),
        ("eligibility", "0006_no_index_twice"),
        ("hostel", "0005_closures_are_only_added_to"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="bednight",
            name="bookings_be_stay_id_02ccc5_idx",
        ),
        migrations.AlterField(
            model_name="bednight",
            name="bed",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="bed_nights", to="hostel.bed"
            ),
        ),
        migrations.AlterField(
            model_name="bednight",
            name="hostel",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bed_nights",
                to="hostel.hostel",
            ),
        ),
        migrations.AlterField(
            model_name="bednight",
            name="room",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="bed_nights", to="hostel.room"
            ),
        ),
        migrations.AlterField(
            model_name="stay",
            name="batch",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stays",
                to="bookings.batch",
            ),
        ),
        migrations.AlterField(
            model_name="stay",
            name="continues",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="continued_by",
                to="bookings.stay",
            ),
        ),
        migrations.AlterField(
            model_name="stay",
            name="guest",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="stays", to="accounts.person"
            ),
        ),
        migrations.AlterField(
            model_name="stay",
            name="hostel",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="stays", to="hostel.hostel"
            ),
        ),
        migrations.AlterField(
            model_name="stay",
            name="offer",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stays",
                to="bookings.offer",
            ),
        ),
        migrations.AlterField(
            model_name="stay",
            name="party",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stays",
                to="bookings.party",
            ),
        ),
        migrations.AddIndex(
            model_name="stay",
            index=models.Index(condition=models.Q(("party__isnull", False)), fields=["party"], name="stays_of_a_party"),
        ),
        migrations.AddIndex(
            model_name="stay",
            index=models.Index(condition=models.Q(("batch__isnull", False)), fields=["batch"], name="stays_of_a_batch"),
        ),
        migrations.AddIndex(
            model_name="stay",
            index=models.Index(
                condition=models.Q(("offer__isnull", False)), fields=["offer"], name="stays_of_an_offer"
            ),
        ),
        migrations.AddIndex(
            model_name="stay",
            index=models.Index(
                condition=models.Q(("continues__isnull", False)), fields=["continues"], name="stays_that_go_on"
            ),
        ),
        migrations.RunPython(as_it_was, migrations.RunPython.noop),
    ]
