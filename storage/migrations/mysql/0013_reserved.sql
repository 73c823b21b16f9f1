-- oldest-binary: 11
-- Holds the place of a migration that comes from elsewhere.
DELETE FROM feed_floor WHERE id = 2
