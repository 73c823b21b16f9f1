-- oldest-binary: 6
-- What entitlements cover, their states, and the templates that they are made from: storage/table. A binary
-- from before reads columns that are gone.
ALTER TABLE entitlements ADD COLUMN state BIGINT NOT NULL DEFAULT 3
-- ;;
UPDATE entitlements SET state = CASE WHEN cancelled = 1 THEN 6 WHEN suspended = 1 THEN 5 ELSE 3 END
-- ;;
ALTER TABLE entitlements DROP COLUMN suspended
-- ;;
ALTER TABLE entitlements DROP COLUMN cancelled
-- ;;
ALTER TABLE entitlements ADD COLUMN asset VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''
-- ;;
ALTER TABLE entitlements ADD COLUMN service_contract VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''
-- ;;
ALTER TABLE entitlements ADD COLUMN contract_line_item VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''
-- ;;
ALTER TABLE entitlements ADD COLUMN product VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''
-- ;;
ALTER TABLE entitlements ADD COLUMN entitlement_template VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''
-- ;;
ALTER TABLE entitlements ADD COLUMN renewed_to VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''
-- ;;
ALTER TABLE entitlements ADD COLUMN renewed_from VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''
-- ;;
ALTER TABLE entitlements ADD COLUMN product_entitlement_template VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''
-- ;;
ALTER TABLE entitlements ADD COLUMN next_due_us BIGINT
-- ;;
ALTER TABLE entitlements ADD COLUMN template_key VARBINARY(300)
-- ;;
CREATE UNIQUE INDEX entitlements_template_key ON entitlements (template_key)
-- ;;
CREATE INDEX entitlements_asset ON entitlements (asset, name)
-- ;;
CREATE INDEX entitlements_service_contract ON entitlements (service_contract, name)
-- ;;
CREATE INDEX entitlements_contract_line_item ON entitlements (contract_line_item, name)
-- ;;
CREATE INDEX entitlements_product ON entitlements (product, name)
-- ;;
CREATE INDEX entitlements_entitlement_template ON entitlements (entitlement_template, name)
-- ;;
CREATE TABLE entitlement_templates (
  name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  row_version BIGINT NOT NULL,
  create_time BIGINT,
  update_time BIGINT,
  display_name VARBINARY(255) NOT NULL,
  external_id VARBINARY(128),
  term_days BIGINT NOT NULL,
  type VARBINARY(64) NOT NULL,
  business_hours VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  process VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  priority BIGINT NOT NULL,
  description MEDIUMTEXT NOT NULL,
  delete_time BIGINT,
  purge_time BIGINT,
  more LONGBLOB,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE UNIQUE INDEX entitlement_templates_external_id ON entitlement_templates (external_id)
-- ;;
CREATE INDEX entitlement_templates_process ON entitlement_templates (process, name)
-- ;;
CREATE INDEX entitlement_templates_business_hours ON entitlement_templates (business_hours, name)
-- ;;
CREATE INDEX entitlement_templates_purge ON entitlement_templates (purge_time)
-- ;;
CREATE TABLE product_entitlement_templates (
  name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  row_version BIGINT NOT NULL,
  create_time BIGINT,
  update_time BIGINT,
  product VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  entitlement_template VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  start BIGINT NOT NULL,
  pair_key VARBINARY(300) NOT NULL,
  more LONGBLOB,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE UNIQUE INDEX product_entitlement_templates_pair_key ON product_entitlement_templates (pair_key)
-- ;;
CREATE INDEX product_entitlement_templates_product ON product_entitlement_templates (product, name)
-- ;;
CREATE INDEX product_entitlement_templates_template ON product_entitlement_templates (entitlement_template, name)
-- ;;
CREATE TABLE entitlement_verdicts (
  name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  create_time BIGINT,
  purge_time BIGINT,
  actor VARBINARY(255) NOT NULL,
  account VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  contact VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  asset VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  product VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  channel VARBINARY(64) NOT NULL,
  as_of BIGINT,
  eligible BIGINT NOT NULL,
  entitlement VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  more LONGBLOB,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE INDEX entitlement_verdicts_account ON entitlement_verdicts (account, name)
-- ;;
CREATE INDEX entitlement_verdicts_entitlement ON entitlement_verdicts (entitlement, name)
-- ;;
CREATE INDEX entitlement_verdicts_actor ON entitlement_verdicts (actor, name)
-- ;;
CREATE INDEX entitlement_verdicts_purge ON entitlement_verdicts (purge_time)
