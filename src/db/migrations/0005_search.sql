-- Where a text occurs in the ids of repositories: for every position of "namespace/name" in lower case
-- the characters from there on, at most 14, after one letter for the kind. What begins with a search
-- term is a range of the key (hub/search_index.hpp).
CREATE TABLE repo_grams (
    gram TEXT NOT NULL,
    repo_id BIGINT NOT NULL,
    PRIMARY KEY (gram, repo_id)
);
INSERT INTO repo_grams (gram, repo_id)
    WITH RECURSIVE tails (kind, repo_id, tail) AS (
        SELECT substr(kind, 1, 1), id, full_key FROM repos WHERE kind <> 'mirror'
        UNION ALL
        SELECT kind, repo_id, substr(tail, 2) FROM tails WHERE length(tail) > 1
    )
    SELECT DISTINCT kind || substr(tail, 1, 14), repo_id FROM tails;
