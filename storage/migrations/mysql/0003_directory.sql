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
