-- oldest-binary: 5
-- Service contracts and their lines: storage/table. Text that is compared is VARBINARY: octet by octet, trailing spaces included.
--
-- An older server is refused from here on: it would take the wake-ups of contracts and lines for those of nothing, and
-- remove them.
CREATE TABLE service_contracts (
  name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  row_version BIGINT NOT NULL,
  create_time BIGINT,
  update_time BIGINT,
  account VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  display_name VARBINARY(255) NOT NULL,
  external_id VARBINARY(128),
  contact VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  owner VARBINARY(128) NOT NULL,
  contract_number VARBINARY(64) NOT NULL,
  currency_code VARBINARY(16) NOT NULL,
  price_book VARBINARY(64) NOT NULL,
  start_date BIGINT,
  end_date BIGINT,
  term_months BIGINT NOT NULL,
  state BIGINT NOT NULL,
  activation_time BIGINT,
  first_activation_time BIGINT,
  line_count BIGINT NOT NULL,
  parent VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  root VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  special_terms MEDIUMTEXT NOT NULL,
  description MEDIUMTEXT NOT NULL,
  delete_time BIGINT,
  purge_time BIGINT,
  next_due_us BIGINT,
  last_line BIGINT,
  more LONGBLOB,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE UNIQUE INDEX service_contracts_external_id ON service_contracts (external_id, account)
-- ;;
CREATE UNIQUE INDEX service_contracts_contract_number ON service_contracts (contract_number)
-- ;;
CREATE INDEX service_contracts_account ON service_contracts (account, name)
-- ;;
CREATE INDEX service_contracts_parent ON service_contracts (parent, name)
-- ;;
CREATE INDEX service_contracts_root ON service_contracts (root, name)
-- ;;
CREATE INDEX service_contracts_purge ON service_contracts (purge_time)
-- ;;
CREATE TABLE contract_line_items (
  name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  row_version BIGINT NOT NULL,
  create_time BIGINT,
  update_time BIGINT,
  account VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  service_contract VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  external_id VARBINARY(128),
  line_number VARBINARY(64) NOT NULL,
  price_book_entry VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  product VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  asset VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  start_date BIGINT,
  end_date BIGINT,
  cancelled BIGINT NOT NULL,
  parent VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  root VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  location VARBINARY(255) NOT NULL,
  description MEDIUMTEXT NOT NULL,
  delete_time BIGINT,
  purge_time BIGINT,
  next_due_us BIGINT,
  more LONGBLOB,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE UNIQUE INDEX contract_line_items_external_id ON contract_line_items (external_id, account)
-- ;;
CREATE UNIQUE INDEX contract_line_items_line_number ON contract_line_items (line_number)
-- ;;
CREATE INDEX contract_line_items_contract ON contract_line_items (service_contract, name)
-- ;;
CREATE INDEX contract_line_items_asset ON contract_line_items (asset, name)
-- ;;
CREATE INDEX contract_line_items_product ON contract_line_items (product, name)
-- ;;
CREATE INDEX contract_line_items_account ON contract_line_items (account, name)
-- ;;
CREATE INDEX contract_line_items_parent ON contract_line_items (parent, name)
-- ;;
CREATE INDEX contract_line_items_root ON contract_line_items (root, name)
-- ;;
CREATE INDEX contract_line_items_purge ON contract_line_items (purge_time)
