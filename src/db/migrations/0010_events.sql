-- What or whom an event concerns, by its name of then (hub/events.hpp).
ALTER TABLE usage_log ADD COLUMN about TEXT;
-- Anybody can cause these: they are removed sooner than the rest.
CREATE INDEX usage_log_failed ON usage_log (id) WHERE event = 'sign_in_failed';
