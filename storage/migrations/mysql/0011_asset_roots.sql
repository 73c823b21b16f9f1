-- oldest-binary: 11
-- The whole that an asset is a part of, with all between: as for contracts and their lines, see storage/records/trees.h.
-- A part of what is gone, and what was damaged into a circle, is a whole of its own. search_rebuilds has the ledgers of
-- before get their wake-ups (server/services/ledger/ledger_wakeups.h).
--
-- An older server is refused from here on, because what it creates or moves would be in no tree.
ALTER TABLE assets ADD COLUMN root VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''
-- ;;
UPDATE assets JOIN (
  WITH RECURSIVE parts (name, root) AS (
    SELECT top.name, top.name FROM assets top
      WHERE NOT EXISTS (SELECT 1 FROM assets whole WHERE whole.name = top.parent)
    UNION ALL
    SELECT part.name, parts.root FROM parts JOIN assets part ON part.parent = parts.name)
  SELECT name, root FROM parts) AS placed ON placed.name = assets.name
  SET assets.root = placed.root
-- ;;
UPDATE assets SET root = name WHERE root = ''
-- ;;
CREATE INDEX assets_root ON assets (root, name)
-- ;;
INSERT INTO search_rebuilds (collection, place) VALUES ('entitlements', '')
