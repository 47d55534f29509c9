-- Which repository lately received which xorb in full, registered in a file or not: an upload that
-- was broken off need not send it again. Rows are short-lived (store/upload_notes.hpp).
CREATE TABLE xorb_uploads (
    repo_id BIGINT NOT NULL,
    xorb_hash BYTEA NOT NULL,
    uploaded_at BIGINT NOT NULL,
    PRIMARY KEY (repo_id, xorb_hash)
);
CREATE INDEX xorb_uploads_age ON xorb_uploads (uploaded_at);
