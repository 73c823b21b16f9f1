-- oldest-binary: 1
-- The resources: storage/table. Text that is compared is VARBINARY: octet by octet, trailing spaces included.
CREATE TABLE accounts (
  name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  row_version BIGINT NOT NULL,
  create_time BIGINT,
  update_time BIGINT,
  display_name VARBINARY(255) NOT NULL,
  external_id VARBINARY(128),
  tier VARBINARY(64) NOT NULL,
  region VARBINARY(64) NOT NULL,
  business_hours VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  delete_time BIGINT,
  purge_time BIGINT,
  more LONGBLOB,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE UNIQUE INDEX accounts_external_id ON accounts (external_id)
-- ;;
CREATE INDEX accounts_tier ON accounts (tier, name)
-- ;;
CREATE INDEX accounts_business_hours ON accounts (business_hours, name)
-- ;;
CREATE INDEX accounts_purge ON accounts (purge_time)
-- ;;
CREATE TABLE contacts (
  name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  row_version BIGINT NOT NULL,
  create_time BIGINT,
  update_time BIGINT,
  account VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  display_name VARBINARY(255) NOT NULL,
  external_id VARBINARY(128),
  email VARBINARY(254) NOT NULL,
  phone VARBINARY(64) NOT NULL,
  delete_time BIGINT,
  purge_time BIGINT,
  more LONGBLOB,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE UNIQUE INDEX contacts_external_id ON contacts (external_id, account)
-- ;;
CREATE INDEX contacts_account ON contacts (account, name)
-- ;;
CREATE INDEX contacts_email ON contacts (email, name)
-- ;;
CREATE INDEX contacts_purge ON contacts (purge_time)
-- ;;
CREATE TABLE business_hours (
  name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  row_version BIGINT NOT NULL,
  create_time BIGINT,
  update_time BIGINT,
  display_name VARBINARY(255) NOT NULL,
  is_default BIGINT NOT NULL,
  version_count BIGINT NOT NULL,
  effective_time BIGINT,
  more LONGBLOB,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE INDEX business_hours_default ON business_hours (is_default, name)
-- ;;
CREATE TABLE business_hours_versions (
  name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  parent VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  number BIGINT NOT NULL,
  effective_time BIGINT,
  create_time BIGINT,
  more LONGBLOB,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE INDEX business_hours_versions_number ON business_hours_versions (parent, number, name)
-- ;;
CREATE TABLE milestone_types (
  name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  row_version BIGINT NOT NULL,
  create_time BIGINT,
  update_time BIGINT,
  display_name VARBINARY(255) NOT NULL,
  recurrence BIGINT NOT NULL,
  description MEDIUMTEXT NOT NULL,
  more LONGBLOB,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE TABLE item_statuses (
  name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  row_version BIGINT NOT NULL,
  create_time BIGINT,
  update_time BIGINT,
  display_name VARBINARY(255) NOT NULL,
  category BIGINT NOT NULL,
  more LONGBLOB,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE TABLE attribute_definitions (
  name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  row_version BIGINT NOT NULL,
  create_time BIGINT,
  update_time BIGINT,
  display_name VARBINARY(255) NOT NULL,
  type BIGINT NOT NULL,
  more LONGBLOB,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE TABLE entitlement_processes (
  name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  row_version BIGINT NOT NULL,
  create_time BIGINT,
  update_time BIGINT,
  display_name VARBINARY(255) NOT NULL,
  published_version VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  more LONGBLOB,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE TABLE entitlement_process_versions (
  name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  parent VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  number BIGINT NOT NULL,
  create_time BIGINT,
  more LONGBLOB,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE INDEX entitlement_process_versions_number ON entitlement_process_versions (parent, number, name)
-- ;;
CREATE TABLE entitlements (
  name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  row_version BIGINT NOT NULL,
  create_time BIGINT,
  update_time BIGINT,
  account VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  display_name VARBINARY(255) NOT NULL,
  external_id VARBINARY(128),
  type VARBINARY(64) NOT NULL,
  start_date BIGINT,
  end_date BIGINT,
  business_hours VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  process VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  priority BIGINT NOT NULL,
  suspended BIGINT NOT NULL,
  cancelled BIGINT NOT NULL,
  delete_time BIGINT,
  purge_time BIGINT,
  more LONGBLOB,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE UNIQUE INDEX entitlements_external_id ON entitlements (external_id, account)
-- ;;
CREATE INDEX entitlements_account ON entitlements (account, name)
-- ;;
CREATE INDEX entitlements_process ON entitlements (process, name)
-- ;;
CREATE INDEX entitlements_business_hours ON entitlements (business_hours, name)
-- ;;
CREATE INDEX entitlements_purge ON entitlements (purge_time)
-- ;;
CREATE TABLE entitlement_contacts (
  entitlement VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  contact VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (entitlement, contact)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE INDEX entitlement_contacts_contact ON entitlement_contacts (contact, entitlement)
-- ;;
CREATE TABLE cases (
  name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  row_version BIGINT NOT NULL,
  create_time BIGINT,
  update_time BIGINT,
  kind BIGINT NOT NULL,
  account VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  contact VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  external_id VARBINARY(128),
  asset VARBINARY(128) NOT NULL,
  product VARBINARY(128) NOT NULL,
  entitlement VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject VARBINARY(1024) NOT NULL,
  description MEDIUMTEXT NOT NULL,
  status VARBINARY(63) NOT NULL,
  priority BIGINT NOT NULL,
  type VARBINARY(64) NOT NULL,
  origin VARBINARY(64) NOT NULL,
  reason VARBINARY(64) NOT NULL,
  owner VARBINARY(255) NOT NULL,
  parent VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  business_hours VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  process_version VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  closed BIGINT NOT NULL,
  stopped BIGINT NOT NULL,
  unanswered_since BIGINT,
  reopen_count BIGINT NOT NULL,
  next_target_time BIGINT,
  violated BIGINT NOT NULL,
  evaluate_time BIGINT,
  evaluation_error MEDIUMTEXT NOT NULL,
  evaluation_error_set BIGINT NOT NULL,
  live_from BIGINT,
  event_count BIGINT NOT NULL,
  next_due_us BIGINT,
  delete_time BIGINT,
  purge_time BIGINT,
  more LONGBLOB,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE UNIQUE INDEX cases_external_id ON cases (external_id, account)
-- ;;
CREATE INDEX cases_account ON cases (account, name)
-- ;;
CREATE INDEX cases_entitlement ON cases (entitlement, name)
-- ;;
CREATE INDEX cases_owner ON cases (owner, name)
-- ;;
CREATE INDEX cases_status ON cases (status, name)
-- ;;
CREATE INDEX cases_evaluation_error ON cases (evaluation_error_set, name)
-- ;;
CREATE INDEX cases_purge ON cases (purge_time)
-- ;;
CREATE TABLE milestones (
  name VARCHAR(192) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  case_name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind BIGINT NOT NULL,
  account VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  milestone_type VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  placement VARBINARY(63) NOT NULL,
  occurrence BIGINT NOT NULL,
  process_version VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  business_hours VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state BIGINT NOT NULL,
  start_time BIGINT,
  target_time BIGINT,
  target_order BIGINT NOT NULL,
  target_time_if_resumed BIGINT,
  completion_time BIGINT,
  end_time BIGINT,
  violated BIGINT NOT NULL,
  violation_time BIGINT,
  violated_target BIGINT,
  met_last_target BIGINT NOT NULL,
  target_duration BIGINT,
  target_rule BIGINT NOT NULL,
  elapsed BIGINT,
  paused BIGINT,
  actual BIGINT,
  remaining BIGINT,
  evaluate_time BIGINT,
  priority BIGINT NOT NULL,
  owner VARBINARY(255) NOT NULL,
  external_id VARBINARY(128) NOT NULL,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE INDEX milestones_case ON milestones (case_name, name)
-- ;;
CREATE INDEX milestones_account ON milestones (account, target_order, name)
-- ;;
CREATE INDEX milestones_state ON milestones (state, target_order, name)
-- ;;
CREATE INDEX milestones_violated ON milestones (violated, target_order, name)
-- ;;
CREATE INDEX milestones_type ON milestones (milestone_type, name)
-- ;;
CREATE TABLE tasks (
  name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  row_version BIGINT NOT NULL,
  create_time BIGINT,
  update_time BIGINT,
  case_name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  display_name VARBINARY(255) NOT NULL,
  owner VARBINARY(255) NOT NULL,
  due_time BIGINT,
  state BIGINT NOT NULL,
  effect_key VARBINARY(512),
  more LONGBLOB,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE UNIQUE INDEX tasks_effect_key ON tasks (effect_key)
-- ;;
CREATE INDEX tasks_case ON tasks (case_name, name)
-- ;;
CREATE INDEX tasks_owner ON tasks (owner, name)
-- ;;
INSERT INTO item_statuses (name, row_version, create_time, update_time, display_name, category) VALUES
  ('itemStatuses/new', 1, 0, 0, 'New', 1),
  ('itemStatuses/open', 1, 0, 0, 'Open', 2),
  ('itemStatuses/waiting-customer', 1, 0, 0, 'Waiting for the customer', 3),
  ('itemStatuses/waiting-other', 1, 0, 0, 'Waiting for somebody else', 4),
  ('itemStatuses/resolved', 1, 0, 0, 'Resolved', 5),
  ('itemStatuses/closed', 1, 0, 0, 'Closed', 6)
-- ;;
INSERT INTO business_hours (name, row_version, create_time, update_time, display_name, is_default, version_count, more) VALUES
  ('businessHours/always', 1, 0, 0, 'Always', 1, 1,
   X'5283010A0355544312100801120530303A30301A0532343A303012100802120530303A30301A0532343A303012100803120530303A30301A0532343A303012100804120530303A30301A0532343A303012100805120530303A30301A0532343A303012100806120530303A30301A0532343A303012100807120530303A30301A0532343A3030')
-- ;;
INSERT INTO business_hours_versions (name, parent, number, create_time, more) VALUES
  ('businessHours/always/versions/1', 'businessHours/always', 1, 0,
   X'2283010A0355544312100801120530303A30301A0532343A303012100802120530303A30301A0532343A303012100803120530303A30301A0532343A303012100804120530303A30301A0532343A303012100805120530303A30301A0532343A303012100806120530303A30301A0532343A303012100807120530303A30301A0532343A3030')
