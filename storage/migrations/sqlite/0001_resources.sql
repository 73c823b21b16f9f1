-- oldest-binary: 1
-- The resources: storage/table.
CREATE TABLE accounts (
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  row_version INTEGER NOT NULL,
  create_time INTEGER,
  update_time INTEGER,
  display_name TEXT NOT NULL,
  external_id TEXT,
  tier TEXT NOT NULL,
  region TEXT NOT NULL,
  business_hours TEXT NOT NULL,
  delete_time INTEGER,
  purge_time INTEGER,
  more BLOB,
  PRIMARY KEY (name)
) STRICT
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
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  row_version INTEGER NOT NULL,
  create_time INTEGER,
  update_time INTEGER,
  account TEXT NOT NULL,
  display_name TEXT NOT NULL,
  external_id TEXT,
  email TEXT NOT NULL,
  phone TEXT NOT NULL,
  delete_time INTEGER,
  purge_time INTEGER,
  more BLOB,
  PRIMARY KEY (name)
) STRICT
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
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  row_version INTEGER NOT NULL,
  create_time INTEGER,
  update_time INTEGER,
  display_name TEXT NOT NULL,
  is_default INTEGER NOT NULL CHECK (is_default IN (0, 1)),
  version_count INTEGER NOT NULL,
  effective_time INTEGER,
  more BLOB,
  PRIMARY KEY (name)
) STRICT
-- ;;
CREATE INDEX business_hours_default ON business_hours (is_default, name)
-- ;;
CREATE TABLE business_hours_versions (
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  parent TEXT NOT NULL,
  number INTEGER NOT NULL,
  effective_time INTEGER,
  create_time INTEGER,
  more BLOB,
  PRIMARY KEY (name)
) STRICT
-- ;;
CREATE INDEX business_hours_versions_number ON business_hours_versions (parent, number, name)
-- ;;
CREATE TABLE milestone_types (
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  row_version INTEGER NOT NULL,
  create_time INTEGER,
  update_time INTEGER,
  display_name TEXT NOT NULL,
  recurrence INTEGER NOT NULL,
  description TEXT NOT NULL,
  more BLOB,
  PRIMARY KEY (name)
) STRICT
-- ;;
CREATE TABLE item_statuses (
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  row_version INTEGER NOT NULL,
  create_time INTEGER,
  update_time INTEGER,
  display_name TEXT NOT NULL,
  category INTEGER NOT NULL,
  more BLOB,
  PRIMARY KEY (name)
) STRICT
-- ;;
CREATE TABLE attribute_definitions (
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  row_version INTEGER NOT NULL,
  create_time INTEGER,
  update_time INTEGER,
  display_name TEXT NOT NULL,
  type INTEGER NOT NULL,
  more BLOB,
  PRIMARY KEY (name)
) STRICT
-- ;;
CREATE TABLE entitlement_processes (
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  row_version INTEGER NOT NULL,
  create_time INTEGER,
  update_time INTEGER,
  display_name TEXT NOT NULL,
  published_version TEXT NOT NULL,
  more BLOB,
  PRIMARY KEY (name)
) STRICT
-- ;;
CREATE TABLE entitlement_process_versions (
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  parent TEXT NOT NULL,
  number INTEGER NOT NULL,
  create_time INTEGER,
  more BLOB,
  PRIMARY KEY (name)
) STRICT
-- ;;
CREATE INDEX entitlement_process_versions_number ON entitlement_process_versions (parent, number, name)
-- ;;
CREATE TABLE entitlements (
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  row_version INTEGER NOT NULL,
  create_time INTEGER,
  update_time INTEGER,
  account TEXT NOT NULL,
  display_name TEXT NOT NULL,
  external_id TEXT,
  type TEXT NOT NULL,
  start_date INTEGER,
  end_date INTEGER,
  business_hours TEXT NOT NULL,
  process TEXT NOT NULL,
  priority INTEGER NOT NULL,
  suspended INTEGER NOT NULL CHECK (suspended IN (0, 1)),
  cancelled INTEGER NOT NULL CHECK (cancelled IN (0, 1)),
  delete_time INTEGER,
  purge_time INTEGER,
  more BLOB,
  PRIMARY KEY (name)
) STRICT
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
  entitlement TEXT NOT NULL,
  contact TEXT NOT NULL,
  PRIMARY KEY (entitlement, contact)
) STRICT
-- ;;
CREATE INDEX entitlement_contacts_contact ON entitlement_contacts (contact, entitlement)
-- ;;
CREATE TABLE cases (
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  row_version INTEGER NOT NULL,
  create_time INTEGER,
  update_time INTEGER,
  kind INTEGER NOT NULL,
  account TEXT NOT NULL,
  contact TEXT NOT NULL,
  external_id TEXT,
  asset TEXT NOT NULL,
  product TEXT NOT NULL,
  entitlement TEXT NOT NULL,
  subject TEXT NOT NULL,
  description TEXT NOT NULL,
  status TEXT NOT NULL,
  priority INTEGER NOT NULL,
  type TEXT NOT NULL,
  origin TEXT NOT NULL,
  reason TEXT NOT NULL,
  owner TEXT NOT NULL,
  parent TEXT NOT NULL,
  business_hours TEXT NOT NULL,
  process_version TEXT NOT NULL,
  closed INTEGER NOT NULL CHECK (closed IN (0, 1)),
  stopped INTEGER NOT NULL CHECK (stopped IN (0, 1)),
  unanswered_since INTEGER,
  reopen_count INTEGER NOT NULL,
  next_target_time INTEGER,
  violated INTEGER NOT NULL CHECK (violated IN (0, 1)),
  evaluate_time INTEGER,
  evaluation_error TEXT NOT NULL,
  evaluation_error_set INTEGER NOT NULL CHECK (evaluation_error_set IN (0, 1)),
  live_from INTEGER,
  event_count INTEGER NOT NULL,
  next_due_us INTEGER,
  delete_time INTEGER,
  purge_time INTEGER,
  more BLOB,
  PRIMARY KEY (name)
) STRICT
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
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 192),
  case_name TEXT NOT NULL,
  kind INTEGER NOT NULL,
  account TEXT NOT NULL,
  milestone_type TEXT NOT NULL,
  placement TEXT NOT NULL,
  occurrence INTEGER NOT NULL,
  process_version TEXT NOT NULL,
  business_hours TEXT NOT NULL,
  state INTEGER NOT NULL,
  start_time INTEGER,
  target_time INTEGER,
  target_order INTEGER NOT NULL,
  target_time_if_resumed INTEGER,
  completion_time INTEGER,
  end_time INTEGER,
  violated INTEGER NOT NULL CHECK (violated IN (0, 1)),
  violation_time INTEGER,
  violated_target INTEGER,
  met_last_target INTEGER NOT NULL CHECK (met_last_target IN (0, 1)),
  target_duration INTEGER,
  target_rule INTEGER NOT NULL,
  elapsed INTEGER,
  paused INTEGER,
  actual INTEGER,
  remaining INTEGER,
  evaluate_time INTEGER,
  priority INTEGER NOT NULL,
  owner TEXT NOT NULL,
  external_id TEXT NOT NULL,
  PRIMARY KEY (name)
) STRICT
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
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  row_version INTEGER NOT NULL,
  create_time INTEGER,
  update_time INTEGER,
  case_name TEXT NOT NULL,
  account TEXT NOT NULL,
  display_name TEXT NOT NULL,
  owner TEXT NOT NULL,
  due_time INTEGER,
  state INTEGER NOT NULL,
  effect_key TEXT,
  more BLOB,
  PRIMARY KEY (name)
) STRICT
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
