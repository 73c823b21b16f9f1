-- oldest-binary: 8
-- Rules that say which entitlement an item gets (C6): storage/table. An older server beside this one opens items as if
-- there were no rules; write the first rule when all servers are new.
CREATE TABLE assignment_rules (
  name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  row_version BIGINT NOT NULL,
  create_time BIGINT,
  update_time BIGINT,
  display_name VARBINARY(255) NOT NULL,
  rule_order BIGINT NOT NULL,
  disabled BIGINT NOT NULL,
  rule_condition MEDIUMTEXT NOT NULL,
  entitlement_condition MEDIUMTEXT NOT NULL,
  leave_unassigned BIGINT NOT NULL,
  description MEDIUMTEXT NOT NULL,
  more LONGBLOB,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
