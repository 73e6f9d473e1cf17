"""On SQLite: an approved policy is never edited and never deleted (on PostgreSQL `migrations/0004`)."""

from accounts.promises import keep

REFUSE = "WHEN OLD.approved_by <> '' BEGIN SELECT RAISE(ABORT, 'an approved policy stays as it is'); END"

keep("an_approved_policy_is_not_edited", f"BEFORE UPDATE ON eligibility_policy {REFUSE}")
keep("an_approved_policy_is_not_deleted", f"BEFORE DELETE ON eligibility_policy {REFUSE}")
