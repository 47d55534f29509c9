#pragma once
// A store in a temporary directory, and the acts of its clients, for the tests of this layer.

#include "core/run_task.hpp"
#include "core/temp_dir.hpp"
#include "db/test_database.hpp"
#include "store/store.hpp"
#include "xet/shard_builder.hpp"
#include "xet/test_data.hpp"
#include "xet/xorb_builder.hpp"

#include <fstream>

#include <gtest/gtest.h>

namespace siahub::store {

struct BuiltXorb {
    xet::XorbIndex index;
    Bytes body;
};

// What a client makes of a file: chunks, one or more xorbs, a recipe.
struct ClientFile {
    Bytes plain;
    std::vector<BuiltXorb> xorbs;
    xet::Shard shard;

    [[nodiscard]] xet::Hash hash() const { return shard.files.at(0).file; }
};

inline BuiltXorb build_xorb(std::span<const ByteView> chunks) {
    BuiltXorb built;
    xet::XorbBuilder builder;
    for (const ByteView chunk : chunks)
        append(built.body, builder.append(xet::chunk_hash(chunk), chunk));
    built.index = builder.finish();
    return built;
}

inline std::vector<ByteView> cut_chunks(ByteView plain) {
    std::vector<ByteView> chunks;
    xet::Chunker chunker;
    while (!plain.empty()) {
        const auto cut = chunker.next_cut(plain).value_or(plain.size());
        chunks.push_back(plain.first(cut));
        plain = plain.subspan(cut);
    }
    return chunks;
}

inline void add_xorb(ClientFile& file, std::span<const ByteView> chunks) {
    auto& built = file.xorbs.emplace_back(build_xorb(chunks));
    const auto& index = built.index;
    xet::ShardXorb listed{.xorb = index.xorb, .unpacked_size = index.unpacked_size(), .chunks = {}};
    for (std::uint32_t i = 0; i < index.chunk_count(); ++i)
        listed.chunks.push_back(
            {.hash = index.chunks[i].hash, .unpacked_length = index.unpacked_size(i, i + 1)});
    file.shard.xorbs.push_back(std::move(listed));
    auto& recipe = file.shard.files.at(0);
    recipe.segments.push_back({.xorb = index.xorb,
                               .chunk_start = 0,
                               .chunk_end = index.chunk_count(),
                               .unpacked_length = index.unpacked_size()});
    recipe.verification.push_back(index.range_hash(0, index.chunk_count()));
}

inline ClientFile make_client_file(Bytes plain, std::size_t chunks_per_xorb = 16) {
    ClientFile file{.plain = std::move(plain), .xorbs = {}, .shard = {}};
    auto& recipe = file.shard.files.emplace_back();
    recipe.has_verification = true;
    recipe.sha256 = sha256(file.plain);
    const auto chunks = cut_chunks(file.plain);
    std::vector<xet::SizedHash> tree;
    for (const ByteView chunk : chunks)
        tree.push_back({xet::chunk_hash(chunk), chunk.size()});
    recipe.file = xet::file_hash(tree);
    for (std::size_t i = 0; i < chunks.size(); i += chunks_per_xorb)
        add_xorb(file, std::span(chunks).subspan(i, std::min(chunks_per_xorb, chunks.size() - i)));
    return file;
}

inline Task<Result<StoredXorb>> upload_xorb(Store& store, xet::Hash hash, ByteView body,
                                            std::size_t step = 256 * 1024, RowId repo = 1) {
    auto upload = store.xorbs.begin(hash, repo);
    while (!body.empty()) {
        const auto piece = body.first(std::min(step, body.size()));
        CO_TRY(co_await upload->feed(piece));
        body = body.subspan(piece.size());
    }
    co_return co_await upload->finish();
}

inline Task<Result<IngestedFile>> ingest_file(Store& store, RowId repo, ByteView bytes,
                                              ExpectedFile expected = {},
                                              std::size_t step = 256 * 1024) {
    auto ingest = store.ingest(repo, expected);
    while (!bytes.empty()) {
        const auto piece = bytes.first(std::min(step, bytes.size()));
        CO_TRY(co_await ingest->feed(piece));
        bytes = bytes.subspan(piece.size());
    }
    co_return co_await ingest->finish();
}

inline Task<Result<Bytes>> read_file(Store& store, RowId repo, xet::Hash file,
                                     std::optional<xet::RequestedRange> range = {}) {
    Bytes out;
    auto reader = CO_TRY(co_await store.read(repo, file, range));
    for (;;) {
        const auto piece = CO_TRY(co_await reader->next());
        if (piece.empty()) co_return out;
        append(out, piece);
    }
}

class StoreTest : public ::testing::Test {
  protected:
    StoreTest() { reopen(); }
    ~StoreTest() override {
        store_.reset();
        database_.reset();
        compute_.stop();
        disk_.stop();
    }

    // As after a restart: nothing cached, recovery done.
    void reopen() {
        store_.reset();
        auto opened = run_task(Store::open(*database_, {compute_, disk_}, clock_, log_,
                                           {.data = dir_.path(), .wanted_on_sia = wanted_on_sia_}));
        ASSERT_TRUE(opened.has_value()) << opened.error().message;
        store_ = std::move(*opened);
    }
    void upload_xorbs(const ClientFile& file) {
        for (const auto& xorb : file.xorbs)
            ASSERT_TRUE(run_task(upload_xorb(*store_, xorb.index.xorb, xorb.body)).has_value());
    }
    Result<RegisteredShard> register_shard(RowId repo, const xet::Shard& shard) {
        const auto body = xet::build_upload_shard(shard);
        return run_task(store_->shards.register_shard(repo, body));
    }
    void upload(RowId repo, const ClientFile& file) {
        upload_xorbs(file);
        const auto registered = register_shard(repo, file.shard);
        ASSERT_TRUE(registered.has_value()) << registered.error().message;
    }
    void make_repo(RowId id, RowId owner, bool is_private, std::string_view gated = "") {
        const auto name = std::to_string(id);
        ASSERT_TRUE(run_task(database_->execute(
            "INSERT INTO repos (id, kind, owner_id, namespace, name, full_key, private, gated, "
            "default_branch, created_at, updated_at) VALUES ($1, 'model', $2, 'n', $3, $3, $4, "
            "$5, 'main', 0, 0)",
            {id, owner, std::string_view(name), std::int64_t{is_private}, gated})));
    }
    std::int64_t count(std::string_view table) {
        const auto sql = "SELECT COUNT(*) FROM " + std::string(table);
        return run_task(database_->query(sql)).value()[0].integer(0);
    }
    [[nodiscard]] std::filesystem::path body_path(const xet::Hash& xorb) const {
        return store_->bodies.layout().xorb(xorb);
    }
    [[nodiscard]] std::size_t files_below(std::string_view directory) const {
        std::size_t files = 0;
        for (const auto& e : std::filesystem::recursive_directory_iterator(dir_.path() / directory))
            files += e.is_regular_file() ? 1 : 0;
        return files;
    }
    static void flip_byte(const std::filesystem::path& file, std::streamoff at) {
        std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
        stream.seekg(at);
        const auto byte = static_cast<char>(stream.get());
        stream.seekp(at);
        stream.put(static_cast<char>(byte ^ 1));
    }

    bool wanted_on_sia_ = false;
    TempDir dir_;
    ManualClock clock_{1'700'000'000'000};
    Log log_{Log::Level::off};
    WorkPool compute_{2};
    WorkPool disk_{2};
    db::TestDatabase place_;
    std::unique_ptr<db::Database> database_ = place_.open();
    std::unique_ptr<Store> store_;
};

}  // namespace siahub::store
