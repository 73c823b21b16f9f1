-- oldest-binary: 10
-- Contract templates, and the units that entitlements come with: storage/table.
--
-- An older server is refused from here on, because what it makes of a template would come without its units.
ALTER TABLE entitlement_templates ADD COLUMN initial_units INTEGER NOT NULL DEFAULT 0
-- ;;
ALTER TABLE entitlement_templates ADD COLUMN units_term_days INTEGER NOT NULL DEFAULT 0
-- ;;
CREATE TABLE contract_templates (
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  row_version INTEGER NOT NULL,
  create_time INTEGER,
  update_time INTEGER,
  display_name TEXT NOT NULL,
  external_id TEXT,
  delete_time INTEGER,
  purge_time INTEGER,
  term_months INTEGER NOT NULL,
  currency_code TEXT NOT NULL,
  price_book TEXT NOT NULL,
  special_terms TEXT NOT NULL,
  description TEXT NOT NULL,
  more BLOB,
  PRIMARY KEY (name)
) STRICT
-- ;;
CREATE UNIQUE INDEX contract_templates_external_id ON contract_templates (external_id)
-- ;;
CREATE INDEX contract_templates_purge ON contract_templates (purge_time)
