import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_what_rules_ask_of_a_person"),
        ("eligibility", "0001_initial"),
        ("hostel", "0003_days_on_which_work_is_otherwise"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("file", "pictures"),
                            ("code", "verification code"),
                            ("desk", "original shown at the desk"),
                        ],
                        max_length=4,
                    ),
                ),
                ("code", accounts.fields.EncryptedField(blank=True)),
                ("first", models.DateField(blank=True, null=True)),
                ("last", models.DateField(blank=True, null=True)),
                ("handed_in_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("sent_back_at", models.DateTimeField(blank=True, null=True)),
                ("purge_on", models.DateField(db_index=True)),
                ("purged_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(sent_back_at__isnull=False, then=models.Value("sent_back")),
                            models.When(accepted_at__isnull=False, then=models.Value("accepted")),
                            default=models.Value("sent"),
                        ),
                        output_field=models.CharField(
                            choices=[
                                ("sent", "sent, to be looked at"),
                                ("accepted", "accepted"),
                                ("sent_back", "sent back"),
                            ],
                            max_length=10,
                        ),
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EvidencePage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=120)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="ExtraNights",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nights", models.PositiveSmallIntegerField()),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField()),
                ("because", models.CharField(max_length=200)),
                ("granted_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("proof", "proof to look at"),
                            ("rule", "to be decided by a person"),
                            ("appeal", "appeal"),
                        ],
                        max_length=6,
                    ),
                ),
                ("rules", models.JSONField(default=list)),
                ("note", accounts.fields.EncryptedField(blank=True)),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("looked_at_until", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[("passed", "passed"), ("sent_back", "sent back for more"), ("refused", "not passed")],
                        max_length=9,
                    ),
                ),
                ("because", models.JSONField(default=list)),
                ("words", models.TextField(blank=True)),
                ("clears_until", models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="assessment",
            name="about",
            field=models.CharField(blank=True, db_index=True, default="", max_length=6),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="assessment",
            name="act",
            field=models.CharField(
                choices=[
                    ("book", "booking"),
                    ("confirm", "confirming a held bed"),
                    ("extend", "extending a stay"),
                    ("walk_in", "walking in"),
                    ("review", "after a review"),
                ],
                default="book",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="assessment",
            name="code",
            field=models.CharField(max_length=8, null=True),
        ),
        migrations.AddField(
            model_name="policy",
            name="approved_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="policy",
            name="approver",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="policy",
            name="clause_file",
            field=models.FileField(blank=True, upload_to="clauses/"),
        ),
        migrations.AddField(
            model_name="policy",
            name="drafter",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="policy",
            name="preview",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="policy",
            name="previewed",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name="policy",
            name="previewed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="policy",
            name="wanted_from",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="assessment",
            index=models.Index(fields=["policy", "made_at"], name="eligibility_policy__f2ba92_idx"),
        ),
        migrations.AddIndex(
            model_name="assessment",
            index=models.Index(fields=["person", "made_at"], name="eligibility_person__b31fad_idx"),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approver", None),
                    ("drafter", None),
                    models.Q(("approver", models.F("drafter")), _negated=True),
                    _connector="OR",
                ),
                name="approved_by_a_second_login",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="assessment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="eligibility.assessment"
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="evidencepage",
            name="evidence",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="pages", to="eligibility.evidence"
            ),
        ),
        migrations.AddField(
            model_name="extranights",
            name="granted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="extranights",
            name="network",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="extra_nights", to="hostel.network"
            ),
        ),
        migrations.AddField(
            model_name="extranights",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="extra_nights", to="accounts.person"
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="appeal_of",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appealed",
                to="eligibility.review",
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="assessment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="eligibility.assessment"
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="looked_at_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="not_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("last", None),
                    models.Q(("first__isnull", False), ("last__gte", models.F("first"))),
                    _connector="OR",
                ),
                name="proof_last_after_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("way", "code"), _negated=True),
                    models.Q(("code", ""), _negated=True),
                    ("purged_at__isnull", False),
                    _connector="OR",
                ),
                name="a_code_until_it_is_purged",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidencepage",
            constraint=models.UniqueConstraint(fields=("evidence", "number"), name="one_picture_per_page"),
        ),
        migrations.AddConstraint(
            model_name="extranights",
            constraint=models.CheckConstraint(
                condition=models.Q(("nights__gte", 1)), name="an_extra_is_a_night_or_more"
            ),
        ),
        migrations.AddConstraint(
            model_name="extranights",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_until__gt", models.F("valid_from"))), name="an_extra_ends_after_it_begins"
            ),
        ),
        migrations.AddConstraint(
            model_name="extranights",
            constraint=models.CheckConstraint(
                condition=models.Q(("because", ""), _negated=True), name="an_extra_has_a_reason"
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(condition=models.Q(("decided_at", None)), fields=["due_at"], name="reviews_waiting"),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                condition=models.Q(("decided_at", None)), fields=("assessment",), name="one_open_review_per_decision"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", None), ("decision", "")),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("decision__in", ["passed", "sent_back", "refused"]),
                    ),
                    _connector="OR",
                ),
                name="decided_by_somebody_somehow",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("not_by", None),
                    ("decided_by", None),
                    models.Q(("decided_by", models.F("not_by")), _negated=True),
                    _connector="OR",
                ),
                name="an_appeal_goes_to_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("appeal_of__isnull", False), ("kind", "appeal")),
                    models.Q(models.Q(("kind", "appeal"), _negated=True), ("appeal_of", None)),
                    _connector="OR",
                ),
                name="an_appeal_says_of_what",
            ),
        ),
    ]
