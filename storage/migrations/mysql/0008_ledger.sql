-- oldest-binary: 8
-- Allotments (C5). What an entitlement has stands on its row; ledger_entries is the append-only truth, and its sum the
-- balance. ledger_lots has what is left of each grant, ledger_holds what each subject holds and what it was drawn on.
--
-- An older server is refused from here on, because what it opens would take no unit.
CREATE TABLE ledger_lots (
  entitlement VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  number BIGINT NOT NULL,
  remaining BIGINT NOT NULL,
  lapse_us BIGINT,
  PRIMARY KEY (entitlement, number)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE TABLE ledger_holds (
  entitlement VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  turn BIGINT NOT NULL,
  units BIGINT NOT NULL,
  state BIGINT NOT NULL,
  expire_us BIGINT,
  draws LONGBLOB NOT NULL,
  PRIMARY KEY (entitlement, subject)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE INDEX ledger_holds_expire ON ledger_holds (entitlement, expire_us)
-- ;;
CREATE TABLE ledger_entries (
  entitlement VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  number BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  subject VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  turn BIGINT NOT NULL,
  units BIGINT NOT NULL,
  available BIGINT NOT NULL,
  reserved BIGINT NOT NULL,
  committed BIGINT NOT NULL,
  effective_us BIGINT NOT NULL,
  record_us BIGINT NOT NULL,
  lot BIGINT NOT NULL,
  cause VARBINARY(1024) NOT NULL,
  actor VARBINARY(1024) NOT NULL,
  counterpart VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (entitlement, number)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE UNIQUE INDEX ledger_entries_subject ON ledger_entries (entitlement, subject, kind, turn)
-- ;;
CREATE INDEX ledger_entries_effective ON ledger_entries (entitlement, effective_us)
-- ;;
ALTER TABLE entitlements ADD COLUMN units_available BIGINT NOT NULL DEFAULT 0
-- ;;
ALTER TABLE entitlements ADD COLUMN units_reserved BIGINT NOT NULL DEFAULT 0
-- ;;
ALTER TABLE entitlements ADD COLUMN units_committed BIGINT NOT NULL DEFAULT 0
-- ;;
ALTER TABLE entitlements ADD COLUMN units_due_time BIGINT
-- ;;
ALTER TABLE entitlements ADD COLUMN ledger_entry_count BIGINT NOT NULL DEFAULT 0
-- ;;
ALTER TABLE cases ADD COLUMN unit_state BIGINT NOT NULL DEFAULT 0
-- ;;
ALTER TABLE cases ADD COLUMN merged_into VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''
-- ;;
ALTER TABLE cases ADD COLUMN work_minutes BIGINT NOT NULL DEFAULT 0
