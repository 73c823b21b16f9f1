-- oldest-binary: 14
-- Actions that are given back and brought back. `forgiven` of the attempts no longer count towards a dead letter, which a
-- lease id may not show, so that none becomes good again; `rejected` is the attempt that was given back last. The indexes
-- give dead letters in order of what pages go on after. An older server takes what was brought back for a dead letter once
-- more.
ALTER TABLE actions ADD COLUMN forgiven INT NOT NULL DEFAULT 0
-- ;;
ALTER TABLE actions ADD COLUMN rejected INT NOT NULL DEFAULT 0
-- ;;
DROP INDEX actions_topic ON actions
-- ;;
DROP INDEX actions_available ON actions
-- ;;
CREATE INDEX actions_topic ON actions (state, topic, available_us, id)
-- ;;
CREATE INDEX actions_available ON actions (state, available_us, id)
