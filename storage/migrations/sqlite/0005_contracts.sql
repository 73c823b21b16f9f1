-- oldest-binary: 5
-- Service contracts and their lines: storage/table.
--
-- An older server is refused from here on: it would take the wake-ups of contracts and lines for those of nothing, and
-- remove them.
CREATE TABLE service_contracts (
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  row_version INTEGER NOT NULL,
  create_time INTEGER,
  update_time INTEGER,
  account TEXT NOT NULL,
  display_name TEXT NOT NULL,
  external_id TEXT,
  contact TEXT NOT NULL,
  owner TEXT NOT NULL,
  contract_number TEXT NOT NULL,
  currency_code TEXT NOT NULL,
  price_book TEXT NOT NULL,
  start_date INTEGER,
  end_date INTEGER,
  term_months INTEGER NOT NULL,
  state INTEGER NOT NULL,
  activation_time INTEGER,
  first_activation_time INTEGER,
  line_count INTEGER NOT NULL,
  parent TEXT NOT NULL,
  root TEXT NOT NULL,
  special_terms TEXT NOT NULL,
  description TEXT NOT NULL,
  delete_time INTEGER,
  purge_time INTEGER,
  next_due_us INTEGER,
  last_line INTEGER,
  more BLOB,
  PRIMARY KEY (name)
) STRICT
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
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  row_version INTEGER NOT NULL,
  create_time INTEGER,
  update_time INTEGER,
  account TEXT NOT NULL,
  service_contract TEXT NOT NULL,
  external_id TEXT,
  line_number TEXT NOT NULL,
  price_book_entry TEXT NOT NULL,
  product TEXT NOT NULL,
  asset TEXT NOT NULL,
  start_date INTEGER,
  end_date INTEGER,
  cancelled INTEGER NOT NULL CHECK (cancelled IN (0, 1)),
  parent TEXT NOT NULL,
  root TEXT NOT NULL,
  location TEXT NOT NULL,
  description TEXT NOT NULL,
  delete_time INTEGER,
  purge_time INTEGER,
  next_due_us INTEGER,
  more BLOB,
  PRIMARY KEY (name)
) STRICT
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
