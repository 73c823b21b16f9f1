-- oldest-binary: 2
-- Who did what to a resource, and what a principal did, the newest first (ids are made in order of time).
CREATE INDEX audit_log_subject ON audit_log (subject, id)
-- ;;
CREATE INDEX audit_log_principal ON audit_log (principal, id)
