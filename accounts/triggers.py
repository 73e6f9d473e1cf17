"""On SQLite: the record is only added to (on PostgreSQL `migrations/0002`)."""

from accounts.promises import keep

REFUSE = "BEGIN SELECT RAISE(ABORT, 'the record is only added to'); END"

keep("the_record_is_not_changed", f"BEFORE UPDATE ON accounts_deed {REFUSE}")
keep("the_record_is_not_shortened", f"BEFORE DELETE ON accounts_deed {REFUSE}")
# With recursive triggers off, as they are, REPLACE fires no trigger for the row it deletes; so it is looked for before.
keep(
    "the_record_is_not_replaced",
    f"BEFORE INSERT ON accounts_deed WHEN EXISTS (SELECT 1 FROM accounts_deed WHERE id = NEW.id) {REFUSE}",
)
