-- What takes long to count, for all processes and beyond their end (hub/long_count.hpp).
CREATE TABLE figures (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,             -- JSON
    counted_at BIGINT NOT NULL,
    took BIGINT NOT NULL             -- milliseconds
);
-- How much a node has, without its rows.
DROP INDEX xorb_bodies_node;
CREATE INDEX xorb_bodies_node ON xorb_bodies (node, hash, size);
-- The pins of a state by hash, and how many and how large they are, without the sealed objects.
CREATE INDEX xorb_pins_state ON xorb_pins (state, hash, size);
