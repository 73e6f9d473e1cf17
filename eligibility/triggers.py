"""On SQLite: an approved policy is never edited and never deleted (on PostgreSQL `migrations/0004`)."""

from accounts.promises import keep

ABORT = "BEGIN SELECT RAISE(ABORT, 'an approved policy stays as it is'); END"
REFUSE = f"WHEN OLD.approved_by <> '' {ABORT}"
# REPLACE fires no trigger for the row it deletes (`accounts/triggers.py`); so that row is looked for before.
REPLACED = """
    SELECT 1 FROM eligibility_policy old WHERE old.approved_by <> ''
    AND (old.id = NEW.id OR (old.network_id = NEW.network_id AND old.version = NEW.version))
"""

keep("an_approved_policy_is_not_edited", f"BEFORE UPDATE ON eligibility_policy {REFUSE}")
keep("an_approved_policy_is_not_deleted", f"BEFORE DELETE ON eligibility_policy {REFUSE}")
keep("an_approved_policy_is_not_replaced", f"BEFORE INSERT ON eligibility_policy WHEN EXISTS ({REPLACED}) {ABORT}")
