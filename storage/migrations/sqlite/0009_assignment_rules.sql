-- oldest-binary: 8
-- Rules that say which entitlement an item gets (C6): storage/table. An older server beside this one opens items as if
-- there were no rules; write the first rule when all servers are new.
CREATE TABLE assignment_rules (
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  row_version INTEGER NOT NULL,
  create_time INTEGER,
  update_time INTEGER,
  display_name TEXT NOT NULL,
  rule_order INTEGER NOT NULL,
  disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),
  rule_condition TEXT NOT NULL,
  entitlement_condition TEXT NOT NULL,
  leave_unassigned INTEGER NOT NULL CHECK (leave_unassigned IN (0, 1)),
  description TEXT NOT NULL,
  more BLOB,
  PRIMARY KEY (name)
) STRICT
