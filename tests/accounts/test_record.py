"""The record is only added to: shown by writing around everything of ours."""

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Deed
from accounts.record import record
from tests.conftest import NOW


@pytest.fixture
def deed(db):
    record("looked", now=NOW, about="KEPT")
    return Deed.objects.get()


def test_a_line_says_who_did_what_when_to_whom_and_why(lin, manager, hostel):
    record("check_in", now=NOW, actor=manager, person=lin, hostel=hostel, about="ABC234", reason="early", bed="301-1")

    deed = Deed.objects.get(what="check_in")
    assert (deed.at, deed.actor, deed.person, deed.hostel) == (NOW, manager, lin, hostel)
    assert (deed.about, deed.reason, deed.values) == ("ABC234", "early", {"bed": "301-1"})


@pytest.mark.parametrize(
    "around",
    [
        pytest.param(lambda deed: Deed.objects.update(reason="nothing happened"), id="update"),
        pytest.param(lambda deed: Deed.objects.all().delete(), id="delete"),
        pytest.param(lambda deed: Deed.objects.all()._raw_delete("default"), id="raw delete"),
        pytest.param(lambda deed: Deed(pk=deed.pk, at=NOW, what="other").save(), id="save over it"),
        pytest.param(lambda deed: sql("UPDATE accounts_deed SET about = ''"), id="SQL update"),
        pytest.param(lambda deed: sql("DELETE FROM accounts_deed"), id="SQL delete"),
        pytest.param(lambda deed: replace(deed), id="SQL insert in its place"),
        pytest.param(lambda deed: sql(EMPTY[connection.vendor]), id="SQL emptying"),
    ],
)
def test_nobody_changes_or_takes_out_a_line(deed, around):
    with pytest.raises(DatabaseError), transaction.atomic():
        around(deed)

    kept = Deed.objects.get()
    assert (kept.pk, kept.what, kept.about, kept.reason) == (deed.pk, "looked", "KEPT", "")


# SQLite has no TRUNCATE: emptying is a DELETE without a WHERE, which it would like to shorten.
EMPTY = {"postgresql": "TRUNCATE accounts_deed CASCADE", "sqlite": "DELETE FROM accounts_deed"}
INSERT = "INTO accounts_deed (id, at, what, about, reason, \"values\") VALUES (%s, %s, '', '', '', '{}')"
INSTEAD = {
    "sqlite": f"INSERT OR REPLACE {INSERT}",
    "postgresql": f"INSERT {INSERT} ON CONFLICT (id) DO UPDATE SET what = ''",
}


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def replace(deed):
    sql(INSTEAD[connection.vendor], deed.pk, NOW)


def test_lines_are_added_as_before(deed):
    record("looked", now=NOW)

    assert Deed.objects.count() == 2


def test_who_writes_a_reason_with_a_name_in_it_leaves_no_name_behind(people, wuzhong):
    lin = people("林小满", "female")

    record("leave_no_show", now=NOW, person=lin, reason=f"林小满（{lin.document}，安徽大学）未提供证明")

    assert Deed.objects.get(what="leave_no_show").reason == "…（…，…）未提供证明"
