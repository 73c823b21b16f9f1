-- oldest-binary: 8
-- The place of the migration that comes with assignment rules.
SELECT 1
