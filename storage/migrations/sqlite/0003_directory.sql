-- oldest-binary: 2
-- The wider directory: storage/table.
CREATE TABLE products (
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  row_version INTEGER NOT NULL,
  create_time INTEGER,
  update_time INTEGER,
  display_name TEXT NOT NULL,
  external_id TEXT,
  product_code TEXT NOT NULL,
  sku TEXT NOT NULL,
  family TEXT NOT NULL,
  unit_of_measure TEXT NOT NULL,
  description TEXT NOT NULL,
  serialized INTEGER NOT NULL CHECK (serialized IN (0, 1)),
  retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
  end_of_life_date INTEGER,
  delete_time INTEGER,
  purge_time INTEGER,
  more BLOB,
  PRIMARY KEY (name)
) STRICT
-- ;;
CREATE UNIQUE INDEX products_external_id ON products (external_id)
-- ;;
CREATE INDEX products_code ON products (product_code, name)
-- ;;
CREATE INDEX products_sku ON products (sku, name)
-- ;;
CREATE INDEX products_family ON products (family, name)
-- ;;
CREATE INDEX products_purge ON products (purge_time)
-- ;;
CREATE TABLE assets (
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  row_version INTEGER NOT NULL,
  create_time INTEGER,
  update_time INTEGER,
  account TEXT NOT NULL,
  display_name TEXT NOT NULL,
  external_id TEXT,
  contact TEXT NOT NULL,
  product TEXT NOT NULL,
  parent TEXT NOT NULL,
  serial_number TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  status TEXT NOT NULL,
  status_reason TEXT NOT NULL,
  purchase_date INTEGER,
  install_date INTEGER,
  usage_end_date INTEGER,
  description TEXT NOT NULL,
  delete_time INTEGER,
  purge_time INTEGER,
  more BLOB,
  PRIMARY KEY (name)
) STRICT
-- ;;
CREATE UNIQUE INDEX assets_external_id ON assets (external_id, account)
-- ;;
CREATE INDEX assets_account ON assets (account, name)
-- ;;
CREATE INDEX assets_product ON assets (product, name)
-- ;;
CREATE INDEX assets_parent ON assets (parent, name)
-- ;;
CREATE INDEX assets_serial_number ON assets (serial_number, name)
-- ;;
CREATE INDEX assets_purge ON assets (purge_time)
-- ;;
CREATE TABLE price_book_entries (
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  row_version INTEGER NOT NULL,
  create_time INTEGER,
  update_time INTEGER,
  external_id TEXT,
  product TEXT NOT NULL,
  price_book TEXT NOT NULL,
  price_key TEXT NOT NULL,
  delete_time INTEGER,
  purge_time INTEGER,
  more BLOB,
  PRIMARY KEY (name)
) STRICT
-- ;;
CREATE UNIQUE INDEX price_book_entries_external_id ON price_book_entries (external_id)
-- ;;
CREATE UNIQUE INDEX price_book_entries_price_key ON price_book_entries (price_key)
-- ;;
CREATE INDEX price_book_entries_product ON price_book_entries (product, name)
-- ;;
CREATE INDEX price_book_entries_price_book ON price_book_entries (price_book, name)
-- ;;
CREATE INDEX price_book_entries_purge ON price_book_entries (purge_time)
-- ;;
ALTER TABLE accounts ADD COLUMN parent TEXT NOT NULL DEFAULT ''
-- ;;
CREATE INDEX accounts_parent ON accounts (parent, name)
