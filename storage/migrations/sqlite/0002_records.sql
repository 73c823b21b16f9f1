-- oldest-binary: 2
-- What the service keeps beside its resources: storage/records.
CREATE TABLE request_log (
  principal TEXT NOT NULL CHECK (length(principal) <= 255),
  method TEXT NOT NULL CHECK (length(method) <= 128),
  request_id TEXT NOT NULL CHECK (length(request_id) <= 256),
  fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
  response BLOB NOT NULL,
  read_again TEXT NOT NULL CHECK (length(read_again) <= 255),
  expire_us INTEGER NOT NULL,
  PRIMARY KEY (principal, method, request_id)
) STRICT
-- ;;
CREATE INDEX request_log_expire ON request_log (expire_us)
-- ;;
CREATE TABLE audit_log (
  id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
  time_us INTEGER NOT NULL,
  principal TEXT NOT NULL CHECK (length(principal) <= 255),
  method TEXT NOT NULL CHECK (length(method) <= 128),
  subject TEXT NOT NULL CHECK (length(subject) <= 255),
  outcome INTEGER NOT NULL,
  request_id TEXT NOT NULL CHECK (length(request_id) <= 256),
  detail BLOB NOT NULL
) STRICT
-- ;;
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  payload BLOB NOT NULL
) STRICT
-- ;;
CREATE TABLE feed_events (
  sequence INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  order_us INTEGER NOT NULL,
  account TEXT NOT NULL CHECK (length(account) <= 128),
  resource_type TEXT NOT NULL CHECK (length(resource_type) <= 64),
  type TEXT NOT NULL CHECK (length(type) <= 64),
  payload BLOB NOT NULL,
  PRIMARY KEY (sequence, idx)
) STRICT
-- ;;
CREATE INDEX feed_events_account ON feed_events (account, sequence, idx)
-- ;;
CREATE INDEX feed_events_order ON feed_events (order_us, sequence)
-- ;;
CREATE TABLE feed_head (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch INTEGER NOT NULL,
  next_sequence INTEGER NOT NULL,
  last_order_us INTEGER NOT NULL
) STRICT
-- ;;
INSERT INTO feed_head (id, epoch, next_sequence, last_order_us) VALUES (1, 0, 1, -62135596800000000)
-- ;;
CREATE TABLE feed_floor (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  earliest_sequence INTEGER NOT NULL
) STRICT
-- ;;
INSERT INTO feed_floor (id, earliest_sequence) VALUES (1, 1)
-- ;;
CREATE TABLE leases (
  name TEXT NOT NULL PRIMARY KEY CHECK (length(name) <= 64),
  owner TEXT NOT NULL CHECK (length(owner) <= 64),
  epoch INTEGER NOT NULL,
  expire_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID
-- ;;
CREATE TABLE wakeups (
  shard INTEGER NOT NULL,
  due_us INTEGER NOT NULL,
  subject TEXT NOT NULL CHECK (length(subject) <= 255),
  PRIMARY KEY (shard, due_us, subject)
) STRICT, WITHOUT ROWID
-- ;;
CREATE TABLE case_events (
  case_name TEXT NOT NULL CHECK (length(case_name) <= 128),
  number INTEGER NOT NULL,
  key_hash BLOB NOT NULL CHECK (length(key_hash) = 16),
  payload BLOB NOT NULL,
  PRIMARY KEY (case_name, number)
) STRICT
-- ;;
CREATE UNIQUE INDEX case_events_key ON case_events (case_name, key_hash)
-- ;;
CREATE TABLE transitions (
  case_name TEXT NOT NULL CHECK (length(case_name) <= 128),
  transition_key TEXT NOT NULL CHECK (length(transition_key) = 26),
  number INTEGER NOT NULL,
  time_us INTEGER NOT NULL,
  superseded INTEGER NOT NULL,
  publish_us INTEGER,
  detail BLOB NOT NULL,
  PRIMARY KEY (case_name, transition_key)
) STRICT
-- ;;
CREATE TABLE actions (
  id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
  effect_hash BLOB NOT NULL CHECK (length(effect_hash) = 16),
  topic TEXT NOT NULL CHECK (length(topic) <= 255),
  state INTEGER NOT NULL,
  available_us INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  created_us INTEGER NOT NULL,
  payload BLOB NOT NULL
) STRICT
-- ;;
CREATE UNIQUE INDEX actions_effect ON actions (effect_hash)
-- ;;
CREATE INDEX actions_topic ON actions (state, topic, available_us)
-- ;;
CREATE INDEX actions_available ON actions (state, available_us)
-- ;;
CREATE TABLE operations (
  name TEXT NOT NULL PRIMARY KEY CHECK (length(name) <= 128),
  kind TEXT NOT NULL CHECK (length(kind) <= 64),
  done INTEGER NOT NULL,
  cancel_requested INTEGER NOT NULL,
  created_us INTEGER NOT NULL,
  updated_us INTEGER NOT NULL,
  expire_us INTEGER,
  version INTEGER NOT NULL,
  arguments BLOB NOT NULL,
  progress BLOB NOT NULL,
  operation BLOB NOT NULL
) STRICT
-- ;;
CREATE INDEX operations_unfinished ON operations (done, kind, created_us, name)
-- ;;
CREATE INDEX operations_expire ON operations (expire_us)
-- ;;
CREATE TABLE generations (
  subject TEXT NOT NULL PRIMARY KEY CHECK (length(subject) <= 255),
  generation INTEGER NOT NULL
) STRICT, WITHOUT ROWID
-- ;;
CREATE INDEX generations_generation ON generations (generation)
-- ;;
INSERT INTO generations (subject, generation) VALUES ('*', 0)
-- ;;
CREATE TABLE case_hours (
  case_name TEXT NOT NULL CHECK (length(case_name) <= 128),
  hours TEXT NOT NULL CHECK (length(hours) <= 128),
  generation INTEGER NOT NULL,
  PRIMARY KEY (case_name, hours)
) STRICT, WITHOUT ROWID
-- ;;
CREATE INDEX case_hours_generation ON case_hours (hours, generation, case_name)
-- ;;
CREATE TABLE token_keys (
  id INTEGER PRIMARY KEY,
  secret BLOB NOT NULL CHECK (length(secret) = 32),
  created_us INTEGER NOT NULL
) STRICT
