#pragma once
// Rows of repositories and of what their files consist of, for tests of what is asked about them.
// Hashes are made from numbers.

#include "hub/test_hub.hpp"
#include "xet/hash.hpp"

namespace siahub::hub {

class ObjectsTest : public HubTest {
  protected:
    struct XorbFacts {
        std::int64_t chunks = 1, unpacked = 0, stored = 0;
    };
    struct TermFacts {
        xet::Hash xorb;
        std::int64_t start = 0, end = 0, length = 0;
    };

    static xet::Hash hash_of(std::uint8_t kind, std::int64_t number) {
        std::array<std::byte, 32> raw{};
        raw[0] = std::byte{kind};
        for (std::size_t i = 0; i < 8; ++i)
            raw[1 + i] = static_cast<std::byte>(static_cast<std::uint64_t>(number) >> (8 * i));
        return xet::Hash::from_raw(raw);
    }
    static xet::Hash file_hash(std::int64_t number) { return hash_of('f', number); }

    RowId owner() {
        if (owner_ == 0) owner_ = add_user("owner");
        return owner_;
    }
    void add_repo_row(RowId id, std::string name, RepoKind kind, bool is_private = false,
                      std::string ns = "owner", RowId owner_id = 0) {
        Repo repo;
        repo.id = id;
        repo.kind = kind;
        repo.owner_id = owner_id == 0 ? owner() : owner_id;
        repo.ns = std::move(ns);
        repo.name = std::move(name);
        repo.is_private = is_private;
        add_repo(repo, repo.owner_id);
    }
    xet::Hash add_xorb(std::int64_t number, const XorbFacts& facts) {
        const auto hash = hash_of('x', number);
        const std::array<std::byte, 1> index{};
        sql("INSERT INTO xorbs (hash, chunk_count, unpacked_size, stored_size, chunk_index, state,"
            " created_at) VALUES ($1, $2, $3, $4, $5, 'stored', $6)",
            {hash.view(), facts.chunks, facts.unpacked, facts.stored, ByteView(index),
             clock_.now()});
        sql("INSERT INTO xorbs_without_pin (hash) VALUES ($1)", {hash.view()});
        return hash;
    }
    void add_body(const xet::Hash& xorb, std::string_view node = "here") {
        sql("INSERT INTO xorb_bodies (hash, node, size, stored_at) VALUES ($1, $2, 1, 0)",
            {xorb.view(), node});
    }
    void pin(const xet::Hash& xorb, std::string_view state, std::string_view error = "") {
        sql("INSERT INTO xorb_pins (hash, state, node, size, since, waiting_since, next_try,"
            " last_error) VALUES ($1, $2, 'here', 1, 0, 0, 0, $3)",
            {xorb.view(), state, error});
    }
    // A committed one; the recipe is written once.
    void add_large_file(RowId repo, std::int64_t number, const std::vector<TermFacts>& terms,
                        UnixMillis at = 0) {
        const auto file = file_hash(number);
        std::int64_t offset = 0;
        for (const auto& term : terms) {
            sql("INSERT INTO reconstruction_terms (file_hash, file_offset, xorb_hash, chunk_start,"
                " chunk_end, unpacked_length) VALUES ($1, $2, $3, $4, $5, $6)"
                " ON CONFLICT (file_hash, file_offset) DO NOTHING",
                {file.view(), offset, term.xorb.view(), term.start, term.end, term.length});
            offset += term.length;
        }
        sql("INSERT INTO repo_durability (repo_id, local, look, version) VALUES ($1, 1, 1, 1)"
            " ON CONFLICT (repo_id) DO NOTHING",
            {repo});
        const auto sha256 = hash_of('s', number);
        sql("INSERT INTO reconstruction_files (repo_id, file_hash, size, sha256, created_at)"
            " VALUES ($1, $2, $3, $4, $5)",
            {repo, file.view(), offset, sha256.view(), at == 0 ? clock_.now() : at});
        sql("INSERT INTO lfs_objects (repo_id, sha256, size, file_hash, created_at)"
            " VALUES ($1, $2, $3, $4, $5)",
            {repo, sha256.view(), offset, file.view(), clock_.now()});
        add_file_row(repo, number, offset, true);
    }
    void add_small_file(RowId repo, std::int64_t number, std::int64_t size) {
        const Bytes content(static_cast<std::size_t>(size));
        sql("INSERT INTO lfs_objects (repo_id, sha256, size, content, created_at)"
            " VALUES ($1, $2, $3, $4, $5)",
            {repo, hash_of('s', number).view(), size, ByteView(content), clock_.now()});
        add_file_row(repo, number, size, false);
    }
    void log(UnixMillis at, std::string_view event, RowId repo, RowId user = 0,
             std::int64_t bytes = 0) {
        sql("INSERT INTO usage_log (id, at, event, user_id, repo_id, bytes)"
            " VALUES ($1, $2, $3, $4, $5, $6)",
            {new_row_id(at), at, event, user, repo, bytes});
    }

  private:
    void add_file_row(RowId repo, std::int64_t number, std::int64_t size, bool is_lfs) {
        const auto blob = hash_of('b', number);
        sql("INSERT INTO repo_files (repo_id, blob, sha256, size, is_lfs) VALUES ($1, $2, $3, $4, "
            "$5)",
            {repo, blob.view().first(20), hash_of('s', number).view(), size, std::int64_t{is_lfs}});
    }
    RowId owner_ = 0;
};

}  // namespace siahub::hub
