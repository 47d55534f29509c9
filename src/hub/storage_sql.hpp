#pragma once
// The statements of storage_view.cpp, where the test of their plans finds them, too.

#include <string_view>

namespace siahub::hub::storage_sql {

// clang-format off
// Whether the repository `r` may be read by user $2 (0: nobody in particular).
#define SIAHUB_READABLE \
    " r.kind <> 'mirror' AND (r.private = 0 OR r.owner_id = $2 OR r.owner_id IN" \
    " (SELECT m.org_id FROM org_members m WHERE m.user_id = $2))"
// Another repository than $1 uses the xorb `c.hash`, and user $2 may read it.
#define SIAHUB_SHARED \
    " EXISTS (SELECT 1 FROM reconstruction_terms st JOIN reconstruction_files sf" \
    " ON sf.file_hash = st.file_hash AND sf.repo_id <> $1 JOIN repos r ON r.id = sf.repo_id" \
    " WHERE st.xorb_hash = c.hash AND" SIAHUB_READABLE ")"
// What repository $1 uses of each xorb: `hash`, `used` (uncompressed) and `stored`, its share of
// what the xorb takes. Ranges that overlap count twice, but never more than there is.
#define SIAHUB_USED_XORBS \
    " (SELECT u.hash, u.unpacked_size, u.stored_size," \
    " CASE WHEN u.used < u.unpacked_size THEN u.used ELSE u.unpacked_size END AS used" \
    " FROM (SELECT d.xorb_hash AS hash, CAST(SUM(d.unpacked_length) AS BIGINT) AS used," \
    " MAX(x.unpacked_size) AS unpacked_size, MAX(x.stored_size) AS stored_size FROM" \
    " (SELECT DISTINCT t.xorb_hash, t.chunk_start, t.chunk_end, t.unpacked_length" \
    " FROM reconstruction_files f JOIN reconstruction_terms t ON t.file_hash = f.file_hash" \
    " WHERE f.repo_id = $1) d JOIN xorbs x ON x.hash = d.xorb_hash GROUP BY d.xorb_hash) u)"

inline constexpr std::string_view kSummary =
    "SELECT COUNT(*), CAST(coalesce(SUM(c.used), 0) AS BIGINT),"
    " CAST(coalesce(SUM(c.part), 0) AS BIGINT),"
    " CAST(coalesce(SUM(CASE WHEN p.state = 'pinned' THEN c.part ELSE 0 END), 0) AS BIGINT),"
    " CAST(coalesce(SUM(CASE WHEN" SIAHUB_SHARED " THEN c.part ELSE 0 END), 0) AS BIGINT)"
    " FROM (SELECT v.hash, v.used, v.stored_size * v.used / v.unpacked_size AS part FROM"
    SIAHUB_USED_XORBS " v) c LEFT JOIN xorb_pins p ON p.hash = c.hash";

// The whole of every xorb that nobody else uses.
inline constexpr std::string_view kFreed =
    "SELECT CAST(coalesce(SUM(x.stored_size), 0) AS BIGINT) FROM (SELECT DISTINCT t.xorb_hash AS hash"
    " FROM reconstruction_files f JOIN reconstruction_terms t ON t.file_hash = f.file_hash"
    " WHERE f.repo_id = $1) c JOIN xorbs x ON x.hash = c.hash WHERE NOT" SIAHUB_SHARED;

inline constexpr std::string_view kXorbsOfRepo =
    "SELECT DISTINCT t.xorb_hash FROM reconstruction_files f JOIN reconstruction_terms t"
    " ON t.file_hash = f.file_hash WHERE f.repo_id = $1 AND t.xorb_hash > $2"
    " ORDER BY t.xorb_hash LIMIT $3";

inline constexpr std::string_view kXorb =
    "SELECT x.chunk_count, x.unpacked_size, x.stored_size, x.created_at, coalesce(p.state, 'local'),"
    " coalesce(p.last_error, ''), p.object, p.sealed,"
    " (SELECT COUNT(*) FROM xorb_bodies b WHERE b.hash = x.hash)"
    " FROM xorbs x LEFT JOIN xorb_pins p ON p.hash = x.hash WHERE x.hash = $1";

inline constexpr std::string_view kReposOfXorb =
    "SELECT DISTINCT r.kind, r.namespace, r.name FROM reconstruction_terms t"
    " JOIN reconstruction_files f ON f.file_hash = t.file_hash JOIN repos r ON r.id = f.repo_id"
    " WHERE t.xorb_hash = $1 AND" SIAHUB_READABLE " ORDER BY r.kind, r.namespace, r.name LIMIT $3";

inline constexpr std::string_view kUseOfXorb =
    "SELECT DISTINCT t.file_hash, t.chunk_start, t.chunk_end, t.unpacked_length"
    " FROM reconstruction_terms t JOIN reconstruction_files f"
    " ON f.repo_id = $2 AND f.file_hash = t.file_hash WHERE t.xorb_hash = $1";

inline constexpr std::string_view kFilesOfXorb =
    "SELECT COUNT(DISTINCT t.file_hash) FROM reconstruction_terms t WHERE t.xorb_hash = $1";

inline constexpr std::string_view kAssets =
    "SELECT x.hash FROM xorbs x WHERE x.hash > $1 ORDER BY x.hash LIMIT $2";
inline constexpr std::string_view kAssetsOfState =
    "SELECT p.hash FROM xorb_pins p WHERE p.hash > $1 AND p.state = $3 ORDER BY p.hash LIMIT $2";
inline constexpr std::string_view kAssetsWithoutPin =
    "SELECT w.hash FROM xorbs_without_pin w WHERE w.hash > $1 AND NOT EXISTS"
    " (SELECT 1 FROM xorb_pins p WHERE p.hash = w.hash) ORDER BY w.hash LIMIT $2";

inline constexpr std::string_view kAssetCounts =
    "SELECT coalesce(p.state, 'local'), COUNT(*) FROM xorbs x LEFT JOIN xorb_pins p"
    " ON p.hash = x.hash WHERE x.hash >= $1 AND x.hash < $2 GROUP BY coalesce(p.state, 'local')";
inline constexpr std::string_view kBodies =
    "SELECT node, COUNT(*), CAST(SUM(size) AS BIGINT) FROM xorb_bodies GROUP BY node";
// clang-format on

}  // namespace siahub::hub::storage_sql
