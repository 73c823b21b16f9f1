-- oldest-binary: 14
-- What ends when: entitlements and contracts by their last day. Which contracts follow on which, as columns that filters
-- may name: search_rebuilds has what was renewed before written into them (server/workers/rebuild.h).
--
-- An older server is refused from here on, because what it renews would say nothing in these columns.
ALTER TABLE service_contracts ADD COLUMN renewed_to VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''
-- ;;
ALTER TABLE service_contracts ADD COLUMN renewed_from VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''
-- ;;
INSERT INTO search_rebuilds (collection, place) VALUES ('serviceContracts', '')
-- ;;
CREATE INDEX service_contracts_end_date ON service_contracts (end_date, name)
-- ;;
CREATE INDEX entitlements_end_date ON entitlements (end_date, name)
