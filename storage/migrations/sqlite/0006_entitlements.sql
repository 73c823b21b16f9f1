-- oldest-binary: 6
-- What entitlements cover, their states, and the templates that they are made from: storage/table. A binary
-- from before reads columns that are gone.
ALTER TABLE entitlements ADD COLUMN state INTEGER NOT NULL DEFAULT 3
-- ;;
UPDATE entitlements SET state = CASE WHEN cancelled = 1 THEN 6 WHEN suspended = 1 THEN 5 ELSE 3 END
-- ;;
ALTER TABLE entitlements DROP COLUMN suspended
-- ;;
ALTER TABLE entitlements DROP COLUMN cancelled
-- ;;
ALTER TABLE entitlements ADD COLUMN asset TEXT NOT NULL DEFAULT ''
-- ;;
ALTER TABLE entitlements ADD COLUMN service_contract TEXT NOT NULL DEFAULT ''
-- ;;
ALTER TABLE entitlements ADD COLUMN contract_line_item TEXT NOT NULL DEFAULT ''
-- ;;
ALTER TABLE entitlements ADD COLUMN product TEXT NOT NULL DEFAULT ''
-- ;;
ALTER TABLE entitlements ADD COLUMN entitlement_template TEXT NOT NULL DEFAULT ''
-- ;;
ALTER TABLE entitlements ADD COLUMN renewed_to TEXT NOT NULL DEFAULT ''
-- ;;
ALTER TABLE entitlements ADD COLUMN renewed_from TEXT NOT NULL DEFAULT ''
-- ;;
ALTER TABLE entitlements ADD COLUMN product_entitlement_template TEXT NOT NULL DEFAULT ''
-- ;;
ALTER TABLE entitlements ADD COLUMN next_due_us INTEGER
-- ;;
ALTER TABLE entitlements ADD COLUMN template_key TEXT
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
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  row_version INTEGER NOT NULL,
  create_time INTEGER,
  update_time INTEGER,
  display_name TEXT NOT NULL,
  external_id TEXT,
  term_days INTEGER NOT NULL,
  type TEXT NOT NULL,
  business_hours TEXT NOT NULL,
  process TEXT NOT NULL,
  priority INTEGER NOT NULL,
  description TEXT NOT NULL,
  delete_time INTEGER,
  purge_time INTEGER,
  more BLOB,
  PRIMARY KEY (name)
) STRICT
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
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  row_version INTEGER NOT NULL,
  create_time INTEGER,
  update_time INTEGER,
  product TEXT NOT NULL,
  entitlement_template TEXT NOT NULL,
  start INTEGER NOT NULL,
  pair_key TEXT NOT NULL,
  more BLOB,
  PRIMARY KEY (name)
) STRICT
-- ;;
CREATE UNIQUE INDEX product_entitlement_templates_pair_key ON product_entitlement_templates (pair_key)
-- ;;
CREATE INDEX product_entitlement_templates_product ON product_entitlement_templates (product, name)
-- ;;
CREATE INDEX product_entitlement_templates_template ON product_entitlement_templates (entitlement_template, name)
-- ;;
CREATE TABLE entitlement_verdicts (
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  create_time INTEGER,
  purge_time INTEGER,
  actor TEXT NOT NULL,
  account TEXT NOT NULL,
  contact TEXT NOT NULL,
  asset TEXT NOT NULL,
  product TEXT NOT NULL,
  channel TEXT NOT NULL,
  as_of INTEGER,
  eligible INTEGER NOT NULL CHECK (eligible IN (0, 1)),
  entitlement TEXT NOT NULL,
  more BLOB,
  PRIMARY KEY (name)
) STRICT
-- ;;
CREATE INDEX entitlement_verdicts_account ON entitlement_verdicts (account, name)
-- ;;
CREATE INDEX entitlement_verdicts_entitlement ON entitlement_verdicts (entitlement, name)
-- ;;
CREATE INDEX entitlement_verdicts_actor ON entitlement_verdicts (actor, name)
-- ;;
CREATE INDEX entitlement_verdicts_purge ON entitlement_verdicts (purge_time)
