-- People who sign in: passwords, sessions, accounts of other providers, links that stand for a
-- password, codes for programs without a browser. Secrets are kept as their SHA-256 only.

ALTER TABLE users ADD COLUMN is_admin BIGINT NOT NULL DEFAULT 0;
-- Sessions and keys of somebody who is switched off do not count.
ALTER TABLE users ADD COLUMN disabled BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN last_seen_at BIGINT;
-- The address in lower case: it may stand for the name when signing in.
ALTER TABLE users ADD COLUMN email_key TEXT NOT NULL DEFAULT '';
UPDATE users SET email_key = lower(email);
CREATE INDEX users_email ON users (email_key);
-- Whoever holds an admin key could do already what administrators may.
UPDATE users SET is_admin = 1 WHERE id IN (SELECT user_id FROM api_keys WHERE scope = 'admin');
CREATE INDEX api_keys_user ON api_keys (user_id);

-- Apart from users, so that no list of these ever has the hashes in it.
CREATE TABLE passwords (
    user_id BIGINT PRIMARY KEY,
    hash TEXT NOT NULL,              -- as libsodium writes it: algorithm, cost, salt, digest
    changed_at BIGINT NOT NULL
);
CREATE TABLE identities (
    provider TEXT NOT NULL,          -- id of an [[oauth]] in the configuration
    subject TEXT NOT NULL,           -- whom the provider means: never reused, unlike addresses
    user_id BIGINT NOT NULL,
    email TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (provider, subject)
);
CREATE UNIQUE INDEX identities_user ON identities (user_id, provider);
CREATE TABLE sessions (
    id BIGINT PRIMARY KEY,
    user_id BIGINT NOT NULL,
    hash BYTEA NOT NULL UNIQUE,
    -- The cookie before the last rotation, good for a moment: requests were on their way.
    previous_hash BYTEA,
    rotated_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,      -- however much it is used
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL
);
CREATE INDEX sessions_previous ON sessions (previous_hash);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);
-- Somebody is at the provider and will come back with this state.
CREATE TABLE oauth_state (
    hash BYTEA PRIMARY KEY,
    provider TEXT NOT NULL,
    browser BYTEA NOT NULL,          -- SHA-256 of the cookie of the browser that went there
    verifier TEXT NOT NULL,          -- PKCE
    nonce TEXT NOT NULL,
    next TEXT NOT NULL,
    invitation TEXT NOT NULL,
    link_user BIGINT NOT NULL,       -- who links the identity to his account; 0: signs in
    expires_at BIGINT NOT NULL
);
CREATE TABLE invitations (
    id BIGINT PRIMARY KEY,
    hash BYTEA NOT NULL UNIQUE,
    email TEXT NOT NULL,
    org_id BIGINT NOT NULL,          -- 0: none
    role TEXT NOT NULL,
    invited_by BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
-- Links that let their holder set a password, once.
CREATE TABLE account_links (
    hash BYTEA PRIMARY KEY,
    purpose TEXT NOT NULL,           -- setup | reset
    user_id BIGINT NOT NULL,         -- 0 for setup
    expires_at BIGINT NOT NULL
);
CREATE TABLE device_codes (
    hash BYTEA PRIMARY KEY,          -- of what the program polls with
    user_code TEXT NOT NULL UNIQUE,  -- what the person reads
    state TEXT NOT NULL,             -- asked | agreed | refused
    user_id BIGINT NOT NULL,         -- who agreed
    scope TEXT NOT NULL,
    label TEXT NOT NULL,
    key_expires_at BIGINT,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    polled_at BIGINT NOT NULL
);
ALTER TABLE usage_log ADD COLUMN detail TEXT;
