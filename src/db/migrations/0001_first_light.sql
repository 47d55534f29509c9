-- Types are written for PostgreSQL; SQLite takes their affinity. Times are Unix milliseconds, hashes
-- raw bytes, booleans 0/1. Row ids are 63-bit: milliseconds and random bits (core/ids), never reused.

-- Accounts -----------------------------------------------------------------------------------------
-- Users and organisations share one set of names; name_key is the name in lower case.
CREATE TABLE users (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,              -- user | org
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    fullname TEXT NOT NULL,
    email TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE org_members (
    org_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    role TEXT NOT NULL,              -- read | contributor | write | admin
    PRIMARY KEY (org_id, user_id)
);
CREATE INDEX org_members_user ON org_members (user_id);
-- A key is stored as SHA-256 only.
CREATE TABLE api_keys (
    id BIGINT PRIMARY KEY,
    user_id BIGINT NOT NULL,
    hash BYTEA NOT NULL UNIQUE,
    label TEXT NOT NULL,
    prefix TEXT NOT NULL,            -- first characters, to recognise it in a list
    scope TEXT NOT NULL,             -- read | write | admin
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT
);

-- Catalogue ----------------------------------------------------------------------------------------
CREATE TABLE repos (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,              -- model | dataset | space
    owner_id BIGINT NOT NULL,        -- users.id of the namespace
    creator_id BIGINT NOT NULL DEFAULT 0, -- a contributor writes only what he created
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    full_key TEXT NOT NULL,          -- namespace/name in lower case
    private BIGINT NOT NULL,
    gated TEXT NOT NULL DEFAULT '',  -- '' | auto | manual
    default_branch TEXT NOT NULL,
    sdk TEXT NOT NULL DEFAULT '',    -- spaces
    downloads BIGINT NOT NULL DEFAULT 0,
    trending BIGINT NOT NULL DEFAULT 0, -- downloads of the last 7 days
    likes BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (kind, full_key)
);
-- One per order of the lists; the id breaks ties, so that pages are stable.
CREATE INDEX repos_updated ON repos (kind, updated_at, id);
CREATE INDEX repos_created ON repos (kind, created_at, id);
CREATE INDEX repos_downloads ON repos (kind, downloads, id);
CREATE INDEX repos_likes ON repos (kind, likes, id);
CREATE INDEX repos_trending ON repos (kind, trending, id);
CREATE INDEX repos_owner ON repos (owner_id, kind);
-- Front matter of README.md on the default branch, as JSON. Apart, because some are large.
CREATE TABLE repo_cards (
    repo_id BIGINT PRIMARY KEY,
    card TEXT NOT NULL,              -- without model-index
    model_index TEXT                 -- evaluation results, by far the largest part
);
-- What `filter=` of the lists matches: library, pipeline tag, licence, languages, datasets, tags.
CREATE TABLE repo_tags (
    repo_id BIGINT NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (repo_id, tag)
);
CREATE INDEX repo_tags_tag ON repo_tags (tag, repo_id);
-- Former names, so that old links go on working.
CREATE TABLE repo_redirects (
    kind TEXT NOT NULL,
    full_key TEXT NOT NULL,
    repo_id BIGINT NOT NULL,
    PRIMARY KEY (kind, full_key)
);
CREATE TABLE repo_refs (
    repo_id BIGINT NOT NULL,
    kind TEXT NOT NULL,              -- branch | tag
    name TEXT NOT NULL,
    target BYTEA NOT NULL,           -- commit id
    PRIMARY KEY (repo_id, kind, name)
);
-- A lineage is a chain of commits without a fork: (lineage, depth) names one commit, its parent is
-- depth - 1 or, at the start, (parent_lineage, parent_depth). A branch that grows from a commit that
-- has a child already starts a new lineage. This answers "is it an ancestor" and "the newest commit
-- that touched this path" without walking history (docs/formats/history.md).
CREATE TABLE repo_lineages (
    repo_id BIGINT NOT NULL,
    lineage BIGINT NOT NULL,
    parent_lineage BIGINT,
    parent_depth BIGINT,
    PRIMARY KEY (repo_id, lineage)
);
CREATE TABLE repo_commits (
    repo_id BIGINT NOT NULL,
    oid BYTEA NOT NULL,
    tree BYTEA NOT NULL,
    parent BYTEA,
    author_id BIGINT NOT NULL,
    author_name TEXT NOT NULL,
    author_email TEXT NOT NULL,
    committed_at BIGINT NOT NULL,    -- whole seconds, as git has them, in milliseconds
    title TEXT NOT NULL,
    message TEXT NOT NULL,           -- the full git message
    lineage BIGINT NOT NULL,
    depth BIGINT NOT NULL,           -- 0 for a root commit
    PRIMARY KEY (repo_id, oid),
    UNIQUE (repo_id, lineage, depth)
);
-- Every path (files and folders above them) that a commit changed.
CREATE TABLE path_history (
    repo_id BIGINT NOT NULL,
    path TEXT NOT NULL,
    lineage BIGINT NOT NULL,
    depth BIGINT NOT NULL,
    PRIMARY KEY (repo_id, path, lineage, depth)
);
CREATE TABLE repo_trees (
    repo_id BIGINT NOT NULL,
    oid BYTEA NOT NULL,
    body BYTEA NOT NULL,             -- git tree object without its header
    PRIMARY KEY (repo_id, oid)
);
-- Blob id -> object. For an LFS file the blob is the pointer text and is_lfs is 1.
CREATE TABLE repo_files (
    repo_id BIGINT NOT NULL,
    blob BYTEA NOT NULL,
    sha256 BYTEA NOT NULL,
    size BIGINT NOT NULL,
    is_lfs BIGINT NOT NULL,
    PRIMARY KEY (repo_id, blob)
);
-- "Does a committed file use this SHA-256": decides whether an unverified claim may still change.
CREATE INDEX repo_files_sha256 ON repo_files (repo_id, sha256);
-- SHA-256 -> bytes, per repository: knowing a hash gives nobody the bytes. Exactly one of content and
-- file_hash is set: small regular files lie inline, everything else in xorbs.
CREATE TABLE lfs_objects (
    repo_id BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    size BIGINT NOT NULL,
    content BYTEA,
    file_hash BYTEA,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (repo_id, sha256)
);

-- Xet objects --------------------------------------------------------------------------------------
CREATE TABLE xorbs (
    hash BYTEA PRIMARY KEY,
    chunk_count BIGINT NOT NULL,
    unpacked_size BIGINT NOT NULL,
    stored_size BIGINT NOT NULL,     -- chunk records only, no footer
    chunk_index BYTEA NOT NULL,      -- docs/formats/xorb.md
    state TEXT NOT NULL,             -- stored | packing | uploading | pinned
    created_at BIGINT NOT NULL
);
-- Rows describe files on disk.
CREATE TABLE xorb_bodies (
    hash BYTEA PRIMARY KEY,
    size BIGINT NOT NULL,
    stored_at BIGINT NOT NULL
);
CREATE TABLE shards (
    hash BYTEA NOT NULL,             -- BLAKE3 of the body
    repo_id BIGINT NOT NULL,
    size BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (hash, repo_id)
);
CREATE INDEX shards_repo ON shards (repo_id);
-- Which files a repository has, with its own claim of their SHA-256. A read token reads only these.
CREATE TABLE reconstruction_files (
    repo_id BIGINT NOT NULL,
    file_hash BYTEA NOT NULL,
    size BIGINT NOT NULL,
    sha256 BYTEA,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (repo_id, file_hash)
);
-- The recipe of a file hash, shared by all repositories that have it.
CREATE TABLE reconstruction_terms (
    file_hash BYTEA NOT NULL,
    file_offset BIGINT NOT NULL,
    xorb_hash BYTEA NOT NULL,
    chunk_start BIGINT NOT NULL,
    chunk_end BIGINT NOT NULL,       -- exclusive
    unpacked_length BIGINT NOT NULL,
    PRIMARY KEY (file_hash, file_offset)
);
CREATE INDEX reconstruction_terms_xorb ON reconstruction_terms (xorb_hash);
-- Chunks that answer a global dedup query, and the repositories through which a caller may learn of
-- them (a private repository's chunks answer only its readers).
CREATE TABLE dedup_chunks (
    chunk BYTEA NOT NULL,
    repo_id BIGINT NOT NULL,
    xorb_hash BYTEA NOT NULL,
    PRIMARY KEY (chunk, repo_id)
);
CREATE INDEX dedup_chunks_repo ON dedup_chunks (repo_id);

-- Counters -----------------------------------------------------------------------------------------
CREATE TABLE repo_downloads (
    repo_id BIGINT NOT NULL,
    day BIGINT NOT NULL,             -- days since 1970-01-01
    count BIGINT NOT NULL,
    PRIMARY KEY (repo_id, day)
);
CREATE TABLE usage_log (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    event TEXT NOT NULL,             -- upload | download | commit | create | delete
    user_id BIGINT,
    repo_id BIGINT,
    bytes BIGINT NOT NULL
);
