-- oldest-binary: 2
-- The wider directory: storage/table. Text that is compared is VARBINARY: octet by octet, trailing spaces included.
CREATE TABLE products (
  name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  row_version BIGINT NOT NULL,
  create_time BIGINT,
  update_time BIGINT,
  display_name VARBINARY(255) NOT NULL,
  external_id VARBINARY(128),
  product_code VARBINARY(64) NOT NULL,
  sku VARBINARY(64) NOT NULL,
  family VARBINARY(64) NOT NULL,
  unit_of_measure VARBINARY(64) NOT NULL,
  description MEDIUMTEXT NOT NULL,
  serialized BIGINT NOT NULL,
  retired BIGINT NOT NULL,
  end_of_life_date BIGINT,
  delete_time BIGINT,
  purge_time BIGINT,
  more LONGBLOB,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
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
  name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  row_version BIGINT NOT NULL,
  create_time BIGINT,
  update_time BIGINT,
  account VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  display_name VARBINARY(255) NOT NULL,
  external_id VARBINARY(128),
  contact VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  product VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  parent VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  serial_number VARBINARY(128) NOT NULL,
  quantity BIGINT NOT NULL,
  status VARBINARY(64) NOT NULL,
  status_reason VARBINARY(255) NOT NULL,
  purchase_date BIGINT,
  install_date BIGINT,
  usage_end_date BIGINT,
  description MEDIUMTEXT NOT NULL,
  delete_time BIGINT,
  purge_time BIGINT,
  more LONGBLOB,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
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
  name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  row_version BIGINT NOT NULL,
  create_time BIGINT,
  update_time BIGINT,
  external_id VARBINARY(128),
  product VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  price_book VARBINARY(64) NOT NULL,
  price_key VARBINARY(255) NOT NULL,
  delete_time BIGINT,
  purge_time BIGINT,
  more LONGBLOB,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
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
ALTER TABLE accounts ADD COLUMN parent VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''
-- ;;
CREATE INDEX accounts_parent ON accounts (parent, name)
