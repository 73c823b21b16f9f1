-- oldest-binary: 11
-- The case that a verdict was kept with, the rule that chose, and what whoever asked notes. Older servers leave them
-- empty.
ALTER TABLE entitlement_verdicts ADD COLUMN case_name TEXT NOT NULL DEFAULT ''
-- ;;
ALTER TABLE entitlement_verdicts ADD COLUMN assignment_rule TEXT NOT NULL DEFAULT ''
-- ;;
ALTER TABLE entitlement_verdicts ADD COLUMN note TEXT NOT NULL DEFAULT ''
-- ;;
CREATE INDEX entitlement_verdicts_case ON entitlement_verdicts (case_name, name)
