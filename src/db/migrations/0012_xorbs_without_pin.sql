-- The xorbs that have no row in xorb_pins, for lists of them where nearly all have one. A few too many may
-- be in it, never one too few.
CREATE TABLE xorbs_without_pin (
    hash BYTEA PRIMARY KEY
);
INSERT INTO xorbs_without_pin (hash)
    SELECT x.hash FROM xorbs x WHERE NOT EXISTS (SELECT 1 FROM xorb_pins p WHERE p.hash = x.hash);
