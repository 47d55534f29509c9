-- What became of each xorb on the Sia network (store/pins.hpp). No row: the hub has never wanted to
-- put it there. A xorb that is pinned exists also when no node has its body any more.
CREATE TABLE xorb_pins (
    hash BYTEA PRIMARY KEY,
    state TEXT NOT NULL,             -- stored | packing | uploading | pinned
    node TEXT NOT NULL,              -- who pins it: the body lies on that node's disk
    size BIGINT NOT NULL,            -- of the body
    since BIGINT NOT NULL,           -- when it came into this state
    waiting_since BIGINT NOT NULL,   -- when it was first wanted there
    tries BIGINT NOT NULL DEFAULT 0,
    next_try BIGINT NOT NULL,
    last_error TEXT NOT NULL DEFAULT '',
    first_upload BIGINT,             -- when an upload of it began first: objects may exist since
    object BYTEA,                    -- id of the object on Sia
    sealed BYTEA                     -- the sealed object: its key, slabs, hosts
);
CREATE INDEX xorb_pins_work ON xorb_pins (node, state, next_try);
