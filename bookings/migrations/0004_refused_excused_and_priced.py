"""A stay can be refused by a person; a night says at how many percent it was given, and whether the house excused it."""

from django.db import migrations, models


def say_the_percent(apps, schema_editor):
    # Until now there was one price beside free: half of the house's rate.
    apps.get_model("bookings", "BedNight").objects.filter(price_class="half").update(price_class="priced", percent=50)


def name_the_stay(apps, schema_editor):
    decisions = apps.get_model("eligibility", "Assessment").objects
    for assessment, code in apps.get_model("bookings", "Stay").objects.values_list("assessment", "code"):
        decisions.filter(pk=assessment).update(about=code)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_what_rules_ask_of_a_person"),
        ("eligibility", "0002_proofs_reviews_and_drafts"),
        ("bookings", "0003_a_guest_stays_who_they_are"),
        ("hostel", "0003_days_on_which_work_is_otherwise"),
    ]

    operations = [
        # A computed column can not be altered: it is made anew.
        migrations.RemoveIndex("stay", "bookings_st_status_3d1909_idx"),
        migrations.RemoveField("stay", "status"),
        migrations.AddField(
            model_name="bednight",
            name="excused_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="bednight",
            name="excused_because",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="bednight",
            name="percent",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="stay",
            name="awaits",
            field=models.CharField(
                blank=True, choices=[("proof", "proof still needed"), ("review", "being reviewed")], max_length=6
            ),
        ),
        migrations.AddField(
            model_name="stay",
            name="refused_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="bednight",
            name="price_class",
            field=models.CharField(choices=[("free", "free"), ("priced", "at a price")], max_length=6),
        ),
        migrations.AddField(
            model_name="stay",
            name="status",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(refused_at__isnull=False, then=models.Value("refused")),
                    models.When(cancelled_at__isnull=False, then=models.Value("cancelled")),
                    models.When(no_show_at__isnull=False, then=models.Value("no_show")),
                    models.When(checked_out_at__isnull=False, then=models.Value("left")),
                    models.When(checked_in_at__isnull=False, then=models.Value("in_house")),
                    models.When(confirmed_at__isnull=False, then=models.Value("confirmed")),
                    default=models.Value("held"),
                ),
                output_field=models.CharField(
                    choices=[
                        ("held", "held"),
                        ("confirmed", "confirmed"),
                        ("in_house", "in house"),
                        ("left", "left"),
                        ("cancelled", "cancelled"),
                        ("no_show", "no-show"),
                        ("refused", "not passed"),
                    ],
                    max_length=10,
                ),
            ),
        ),
        migrations.AddIndex(
            "stay", models.Index(fields=["status", "held_until"], name="bookings_st_status_3d1909_idx")
        ),
        migrations.RunPython(say_the_percent, migrations.RunPython.noop),
        migrations.RunPython(name_the_stay, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="bednight",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("excused_at", None), models.Q(("excused_because", ""), _negated=True), _connector="OR"
                ),
                name="a_night_is_excused_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="bednight",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("percent", 0), ("price_class", "free"), ("price_fen", 0)),
                    models.Q(("percent__gte", 1), ("price_class", "priced")),
                    models.Q(("price_class", "priced"), ("price_fen__gte", 1)),
                    _connector="OR",
                ),
                name="a_priced_night_has_a_price",
            ),
        ),
    ]
