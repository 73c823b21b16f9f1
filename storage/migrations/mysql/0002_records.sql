-- oldest-binary: 2
-- What the service keeps beside its resources: storage/records. Text that callers choose is VARBINARY:
-- compared octet by octet, and never refused for what an ASCII column can't hold.
CREATE TABLE request_log (
  principal VARBINARY(255) NOT NULL,
  method VARCHAR(128) NOT NULL,
  request_id VARBINARY(256) NOT NULL,
  fingerprint BINARY(32) NOT NULL,
  response MEDIUMBLOB NOT NULL,
  read_again VARCHAR(255) NOT NULL,
  expire_us BIGINT NOT NULL,
  PRIMARY KEY (principal, method, request_id),
  INDEX request_log_expire (expire_us)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin
-- ;;
CREATE TABLE audit_log (
  id CHAR(26) NOT NULL,
  time_us BIGINT NOT NULL,
  principal VARBINARY(255) NOT NULL,
  method VARCHAR(128) NOT NULL,
  subject VARCHAR(255) NOT NULL,
  outcome INT NOT NULL,
  request_id VARBINARY(256) NOT NULL,
  detail MEDIUMBLOB NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin
-- ;;
CREATE TABLE outbox (
  id BIGINT NOT NULL AUTO_INCREMENT,
  payload LONGBLOB NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin
-- ;;
CREATE TABLE feed_events (
  sequence BIGINT NOT NULL,
  idx INT NOT NULL,
  order_us BIGINT NOT NULL,
  account VARCHAR(128) NOT NULL,
  resource_type VARBINARY(64) NOT NULL,
  type VARBINARY(64) NOT NULL,
  payload LONGBLOB NOT NULL,
  PRIMARY KEY (sequence, idx),
  INDEX feed_events_account (account, sequence, idx),
  INDEX feed_events_order (order_us, sequence)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin
-- ;;
CREATE TABLE feed_head (
  id TINYINT NOT NULL,
  epoch BIGINT NOT NULL,
  next_sequence BIGINT NOT NULL,
  last_order_us BIGINT NOT NULL,
  PRIMARY KEY (id),
  CHECK (id = 1)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin
-- ;;
INSERT INTO feed_head (id, epoch, next_sequence, last_order_us) VALUES (1, 0, 1, -62135596800000000)
-- ;;
CREATE TABLE feed_floor (
  id TINYINT NOT NULL,
  earliest_sequence BIGINT NOT NULL,
  PRIMARY KEY (id),
  CHECK (id = 1)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin
-- ;;
INSERT INTO feed_floor (id, earliest_sequence) VALUES (1, 1)
-- ;;
CREATE TABLE leases (
  name VARCHAR(64) NOT NULL,
  owner VARCHAR(64) NOT NULL,
  epoch BIGINT NOT NULL,
  expire_us BIGINT NOT NULL,
  PRIMARY KEY (name)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin
-- ;;
CREATE TABLE wakeups (
  shard TINYINT NOT NULL,
  due_us BIGINT NOT NULL,
  subject VARCHAR(255) NOT NULL,
  PRIMARY KEY (shard, due_us, subject)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin
-- ;;
CREATE TABLE case_events (
  case_name VARCHAR(128) NOT NULL,
  number INT NOT NULL,
  key_hash BINARY(16) NOT NULL,
  payload MEDIUMBLOB NOT NULL,
  PRIMARY KEY (case_name, number),
  UNIQUE INDEX case_events_key (case_name, key_hash)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin
-- ;;
CREATE TABLE transitions (
  case_name VARCHAR(128) NOT NULL,
  transition_key CHAR(26) NOT NULL,
  number INT NOT NULL,
  time_us BIGINT NOT NULL,
  superseded TINYINT NOT NULL,
  publish_us BIGINT,
  detail MEDIUMBLOB NOT NULL,
  PRIMARY KEY (case_name, transition_key)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin
-- ;;
CREATE TABLE actions (
  id CHAR(26) NOT NULL,
  effect_hash BINARY(16) NOT NULL,
  topic VARBINARY(255) NOT NULL,
  state TINYINT NOT NULL,
  available_us BIGINT NOT NULL,
  attempt INT NOT NULL,
  created_us BIGINT NOT NULL,
  payload MEDIUMBLOB NOT NULL,
  PRIMARY KEY (id),
  UNIQUE INDEX actions_effect (effect_hash),
  INDEX actions_topic (state, topic, available_us),
  INDEX actions_available (state, available_us)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin
-- ;;
CREATE TABLE operations (
  name VARBINARY(128) NOT NULL,
  kind VARCHAR(64) NOT NULL,
  done TINYINT NOT NULL,
  cancel_requested TINYINT NOT NULL,
  created_us BIGINT NOT NULL,
  updated_us BIGINT NOT NULL,
  expire_us BIGINT,
  version BIGINT NOT NULL,
  arguments MEDIUMBLOB NOT NULL,
  progress MEDIUMBLOB NOT NULL,
  operation MEDIUMBLOB NOT NULL,
  PRIMARY KEY (name),
  INDEX operations_unfinished (done, kind, created_us, name),
  INDEX operations_expire (expire_us)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin
-- ;;
CREATE TABLE generations (
  subject VARCHAR(255) NOT NULL,
  generation BIGINT NOT NULL,
  PRIMARY KEY (subject),
  INDEX generations_generation (generation)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin
-- ;;
INSERT INTO generations (subject, generation) VALUES ('*', 0)
-- ;;
CREATE TABLE case_hours (
  case_name VARCHAR(128) NOT NULL,
  hours VARCHAR(128) NOT NULL,
  generation BIGINT NOT NULL,
  PRIMARY KEY (case_name, hours),
  INDEX case_hours_generation (hours, generation, case_name)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin
-- ;;
CREATE TABLE token_keys (
  id BIGINT NOT NULL,
  secret BINARY(32) NOT NULL,
  created_us BIGINT NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin
