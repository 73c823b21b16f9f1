-- oldest-binary: 8
-- Allotments (C5). What an entitlement has stands on its row; ledger_entries is the append-only truth, and its sum the
-- balance. ledger_lots has what is left of each grant, ledger_holds what each subject holds and what it was drawn on.
--
-- An older server is refused from here on, because what it opens would take no unit.
CREATE TABLE ledger_lots (
  entitlement TEXT NOT NULL,
  number INTEGER NOT NULL,
  remaining INTEGER NOT NULL,
  lapse_us INTEGER,
  PRIMARY KEY (entitlement, number)
) STRICT
-- ;;
CREATE TABLE ledger_holds (
  entitlement TEXT NOT NULL,
  subject TEXT NOT NULL,
  turn INTEGER NOT NULL,
  units INTEGER NOT NULL,
  state INTEGER NOT NULL,
  expire_us INTEGER,
  draws BLOB NOT NULL,
  PRIMARY KEY (entitlement, subject)
) STRICT
-- ;;
CREATE INDEX ledger_holds_expire ON ledger_holds (entitlement, expire_us)
-- ;;
CREATE TABLE ledger_entries (
  entitlement TEXT NOT NULL,
  number INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  subject TEXT NOT NULL,
  turn INTEGER NOT NULL,
  units INTEGER NOT NULL,
  available INTEGER NOT NULL,
  reserved INTEGER NOT NULL,
  committed INTEGER NOT NULL,
  effective_us INTEGER NOT NULL,
  record_us INTEGER NOT NULL,
  lot INTEGER NOT NULL,
  cause TEXT NOT NULL,
  actor TEXT NOT NULL,
  counterpart TEXT NOT NULL,
  PRIMARY KEY (entitlement, number)
) STRICT
-- ;;
CREATE UNIQUE INDEX ledger_entries_subject ON ledger_entries (entitlement, subject, kind, turn)
-- ;;
CREATE INDEX ledger_entries_effective ON ledger_entries (entitlement, effective_us)
-- ;;
ALTER TABLE entitlements ADD COLUMN units_available INTEGER NOT NULL DEFAULT 0
-- ;;
ALTER TABLE entitlements ADD COLUMN units_reserved INTEGER NOT NULL DEFAULT 0
-- ;;
ALTER TABLE entitlements ADD COLUMN units_committed INTEGER NOT NULL DEFAULT 0
-- ;;
ALTER TABLE entitlements ADD COLUMN units_due_time INTEGER
-- ;;
ALTER TABLE entitlements ADD COLUMN ledger_entry_count INTEGER NOT NULL DEFAULT 0
-- ;;
ALTER TABLE cases ADD COLUMN unit_state INTEGER NOT NULL DEFAULT 0
-- ;;
ALTER TABLE cases ADD COLUMN merged_into TEXT NOT NULL DEFAULT ''
-- ;;
ALTER TABLE cases ADD COLUMN work_minutes INTEGER NOT NULL DEFAULT 0
