-- oldest-binary: 8
-- The numbers that people call cases by. What was opened before has none; so has what an older server opens.
ALTER TABLE cases ADD COLUMN case_number TEXT
-- ;;
CREATE UNIQUE INDEX cases_case_number ON cases (case_number)
