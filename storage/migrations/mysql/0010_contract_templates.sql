-- oldest-binary: 10
-- Contract templates, and the units that entitlements come with: storage/table.
--
-- An older server is refused from here on, because what it makes of a template would come without its units.
ALTER TABLE entitlement_templates ADD COLUMN initial_units BIGINT NOT NULL DEFAULT 0
-- ;;
ALTER TABLE entitlement_templates ADD COLUMN units_term_days BIGINT NOT NULL DEFAULT 0
-- ;;
CREATE TABLE contract_templates (
  name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  row_version BIGINT NOT NULL,
  create_time BIGINT,
  update_time BIGINT,
  display_name VARBINARY(255) NOT NULL,
  external_id VARBINARY(128),
  delete_time BIGINT,
  purge_time BIGINT,
  term_months BIGINT NOT NULL,
  currency_code VARBINARY(16) NOT NULL,
  price_book VARBINARY(64) NOT NULL,
  special_terms MEDIUMTEXT NOT NULL,
  description MEDIUMTEXT NOT NULL,
  more LONGBLOB,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE UNIQUE INDEX contract_templates_external_id ON contract_templates (external_id)
-- ;;
CREATE INDEX contract_templates_purge ON contract_templates (purge_time)
