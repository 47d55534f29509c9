#include "store/test_store.hpp"
#include "xet/shard_parser.hpp"

#include <thread>

namespace siahub::store {
namespace {

using ShardRegistryTest = StoreTest;
constexpr RowId kRepo = 1;

ClientFile some_file(std::size_t size = 2'000'000, std::uint64_t seed = 1) {
    return make_client_file(xet::test::noise(size, seed));
}

TEST_F(ShardRegistryTest, RegisteredFileReadsBack) {
    const auto file = some_file();
    upload_xorbs(file);
    const auto registered = register_shard(kRepo, file.shard).value();
    EXPECT_TRUE(registered.is_new);
    EXPECT_EQ(registered.files, 1U);
    EXPECT_EQ(registered.bytes, file.plain.size());
    reopen();
    EXPECT_EQ(run_task(read_file(*store_, kRepo, file.hash())).value(), file.plain);
    const auto info = run_task(store_->files.find(kRepo, file.hash())).value();
    EXPECT_EQ(info.size, file.plain.size());
    EXPECT_EQ(info.sha256, sha256(file.plain));
    EXPECT_EQ(run_task(store_->files.find_sha256(kRepo, sha256(file.plain))).value()->file,
              file.hash());
}

TEST_F(ShardRegistryTest, RegisteringAgainIsHarmless) {
    const auto file = some_file();
    upload(kRepo, file);
    const auto again = register_shard(kRepo, file.shard).value();
    EXPECT_FALSE(again.is_new);
    EXPECT_EQ(count("reconstruction_files"), 1);
    EXPECT_EQ(count("reconstruction_terms"), std::ssize(file.xorbs));
    // The form without xorbs that a client sends for known content.
    auto bare = file.shard;
    bare.xorbs.clear();
    EXPECT_TRUE(register_shard(kRepo, bare).value().is_new);
    EXPECT_EQ(count("reconstruction_terms"), std::ssize(file.xorbs));
}

TEST_F(ShardRegistryTest, FileHashOpensNothingInAnotherRepository) {
    const auto file = some_file();
    upload(kRepo, file);
    constexpr RowId other = 2;
    EXPECT_EQ(run_task(store_->files.find(other, file.hash())).error().code, Code::not_found);
    EXPECT_EQ(run_task(read_file(*store_, other, file.hash())).error().code, Code::not_found);
    EXPECT_EQ(run_task(store_->files.plan(other, file.hash(), {})).error().code, Code::not_found);
    EXPECT_FALSE(run_task(store_->files.find_sha256(other, sha256(file.plain))).value());
    ASSERT_TRUE(register_shard(other, file.shard).value().is_new);
    EXPECT_EQ(run_task(read_file(*store_, other, file.hash())).value(), file.plain);
}

TEST_F(ShardRegistryTest, LiesAreRefusedAndChangeNothing) {
    const auto file = some_file();
    upload_xorbs(file);
    using Lie = void (*)(xet::Shard&);
    const std::vector<std::pair<std::string_view, Lie>> lies{
        {"required",
         [](xet::Shard& s) {
             s.files[0].has_verification = false;
             s.files[0].verification.clear();
         }},
        {"verification hash is wrong",
         [](xet::Shard& s) { s.files[0].verification[0].bytes[0] ^= std::byte{1}; }},
        {"segments hash to", [](xet::Shard& s) { s.files[0].file.bytes[0] ^= std::byte{1}; }},
        {"delete its directory of HF_XET_CACHE",
         [](xet::Shard& s) { s.files[0].segments[0].xorb.bytes[0] ^= std::byte{1}; }},
        {"not a range", [](xet::Shard& s) { s.files[0].segments[0].chunk_end += 1; }},
        {"bytes, not", [](xet::Shard& s) { s.files[0].segments[0].unpacked_length += 1; }},
        {"has not been uploaded", [](xet::Shard& s) { s.xorbs[0].xorb.bytes[0] ^= std::byte{1}; }},
        {"is not the one",
         [](xet::Shard& s) { s.xorbs[0].chunks[0].hash.bytes[0] ^= std::byte{1}; }},
        {"chunks, not",
         [](xet::Shard& s) {
             s.xorbs[0].unpacked_size -= s.xorbs[0].chunks.back().unpacked_length;
             s.xorbs[0].chunks.pop_back();
         }},
    };
    for (const auto& [sentence, lie] : lies) {
        auto shard = file.shard;
        lie(shard);
        const auto result = register_shard(kRepo, shard);
        ASSERT_FALSE(result.has_value()) << sentence;
        EXPECT_EQ(result.error().code, Code::invalid_argument);
        EXPECT_NE(result.error().message.find(sentence), std::string::npos)
            << result.error().message;
    }
    // The second of two files lies: the first is not registered either.
    auto two = file.shard;
    two.files.push_back(two.files[0]);
    two.files[1].verification[0].bytes[0] ^= std::byte{1};
    EXPECT_FALSE(register_shard(kRepo, two).has_value());
    EXPECT_FALSE(run_task(store_->shards.register_shard(kRepo, as_bytes("rubbish"))).has_value());
    for (const auto* table :
         {"shards", "reconstruction_files", "reconstruction_terms", "lfs_objects", "dedup_chunks"})
        EXPECT_EQ(count(table), 0) << table;
}

TEST_F(ShardRegistryTest, EmptyFileNeedsNoXorb) {
    const auto file = make_client_file({});
    ASSERT_TRUE(register_shard(kRepo, file.shard).has_value());
    EXPECT_TRUE(file.hash().is_zero());
    EXPECT_TRUE(run_task(read_file(*store_, kRepo, file.hash())).value().empty());
    const auto plan =
        run_task(store_->files.plan(kRepo, {}, xet::RequestedRange{.first = 0, .last = 99}));
    EXPECT_TRUE(plan.value().terms.empty());
    const auto batch =
        run_task(store_->files.plan_batch(kRepo, std::vector<xet::Hash>{{}})).value();
    EXPECT_EQ(batch.files.size(), 1U);
}

TEST_F(ShardRegistryTest, ProgressCountsFiles) {
    auto file = some_file(300'000);
    const auto second = some_file(200'000, 2);
    upload_xorbs(file);
    upload_xorbs(second);
    file.shard.files.push_back(second.shard.files[0]);
    std::vector<std::size_t> seen;
    const auto body = xet::build_upload_shard(file.shard);
    ASSERT_TRUE(run_task(store_->shards.register_shard(kRepo, body, [&](auto done, auto total) {
                    EXPECT_EQ(total, 2U);
                    seen.push_back(done);
                })).has_value());
    EXPECT_EQ(seen, (std::vector<std::size_t>{1, 2}));
}

TEST_F(ShardRegistryTest, AnotherCutOfOneFileKeepsTheFirstRecipe) {
    const auto plain = xet::test::noise(2'000'000);
    const auto one = make_client_file(plain, 16);
    const auto other = make_client_file(plain, 5);
    ASSERT_EQ(one.hash(), other.hash());
    upload(kRepo, one);
    upload(kRepo, other);
    EXPECT_EQ(count("reconstruction_terms"), std::ssize(one.xorbs));
    EXPECT_EQ(run_task(read_file(*store_, kRepo, one.hash())).value(), plain);
}

TEST_F(ShardRegistryTest, ClaimOfASha256ChangesOnlyWhileNoCommitUsesIt) {
    const auto truth = some_file(100'000, 1);
    auto liar = some_file(100'000, 2);
    liar.shard.files[0].sha256 = sha256(truth.plain);
    upload(kRepo, liar);
    const auto linked = [&] {
        return run_task(store_->files.find_sha256(kRepo, sha256(truth.plain))).value()->file;
    };
    EXPECT_EQ(linked(), liar.hash());
    upload(kRepo, truth);
    EXPECT_EQ(linked(), truth.hash()) << "nothing used the first claim";
    const auto digest = sha256(truth.plain);
    ASSERT_TRUE(run_task(database_->execute(
        "INSERT INTO repo_files (repo_id, blob, sha256, size, is_lfs) VALUES ($1, $2, $2, 1, 1)",
        {kRepo, ByteView(digest)})));
    upload(kRepo, liar);
    EXPECT_EQ(linked(), truth.hash()) << "a commit does";
    ASSERT_TRUE(run_task(ingest_file(*store_, kRepo, truth.plain)).has_value());
    EXPECT_EQ(linked(), truth.hash());
}

TEST_F(ShardRegistryTest, ComputedLinkReplacesAClaim) {
    const auto truth = xet::test::noise(100'000, 1);
    auto liar = some_file(100'000, 2);
    liar.shard.files[0].sha256 = sha256(truth);
    upload(kRepo, liar);
    const auto ingested = run_task(ingest_file(*store_, kRepo, truth)).value();
    EXPECT_EQ(run_task(store_->files.find_sha256(kRepo, sha256(truth))).value()->file,
              ingested.file);
}

TEST_F(ShardRegistryTest, ConcurrentRegistrationsAllSucceed) {
    const auto file = some_file();
    upload_xorbs(file);
    std::atomic<int> is_new = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                const auto result = register_shard(kRepo, file.shard);
                ASSERT_TRUE(result.has_value()) << result.error().message;
                is_new += result->is_new ? 1 : 0;
                EXPECT_EQ(run_task(read_file(*store_, kRepo, file.hash())).value(), file.plain);
            });
        }
    }
    EXPECT_EQ(is_new, 1);
}

class DedupIndexTest : public StoreTest {
  protected:
    static xet::Hash first_chunk(const ClientFile& file) {
        return file.xorbs.at(0).index.chunks.at(0).hash;
    }
    std::optional<Bytes> ask(const xet::Hash& chunk, Readable readable) {
        return run_task(store_->dedup.answer(chunk, std::move(readable))).value();
    }
};

TEST_F(DedupIndexTest, FirstChunkAnswersOnlyThoseWhoMayRead) {
    make_repo(1, 10, true);
    make_repo(2, 20, false);
    const auto secret = some_file(1'000'000, 1);
    const auto open = some_file(1'000'000, 2);
    upload(1, secret);
    upload(2, open);
    EXPECT_TRUE(ask(first_chunk(secret), {.repo = 1, .owners = {}}));
    EXPECT_TRUE(ask(first_chunk(secret), {.repo = 9, .owners = {5, 10}}));
    EXPECT_FALSE(ask(first_chunk(secret), {.repo = 2, .owners = {20}}));
    EXPECT_FALSE(ask(first_chunk(secret), {}));
    EXPECT_TRUE(ask(first_chunk(open), {}));
    EXPECT_FALSE(ask(open.xorbs[0].index.chunks[1].hash, {.repo = 2, .owners = {20}}))
        << "not eligible";
}

TEST_F(DedupIndexTest, GatedRepositoriesCountAsPrivate) {
    make_repo(1, 10, false, "auto");
    const auto file = some_file(300'000);
    upload(1, file);
    EXPECT_FALSE(ask(first_chunk(file), {.repo = 2, .owners = {20}}));
    EXPECT_TRUE(ask(first_chunk(file), {.repo = 2, .owners = {10}}));
}

TEST_F(DedupIndexTest, AnswerNamesXorbsOfTheFileUnderAFreshKey) {
    make_repo(1, 10, false);
    const auto file = make_client_file(xet::test::noise(3'000'000), 16);
    ASSERT_GE(file.xorbs.size(), 3U);
    upload(1, file);
    const auto answer = *ask(first_chunk(file), {});
    EXPECT_NE(answer, *ask(first_chunk(file), {})) << "a key of its own each time";
    const auto shard = xet::parse_shard(answer).value();
    EXPECT_TRUE(shard.files.empty());
    Blake3Key key{};
    std::ranges::copy(ByteView(answer).last(200).subspan(72, 32), key.begin());
    const auto expires = load_le<std::uint64_t>(&answer[answer.size() - 200 + 112]);
    EXPECT_EQ(static_cast<UnixMillis>(expires) * 1000, clock_.now() + kDedupPromise);
    std::size_t multi = 0;
    for (const auto& xorb : file.xorbs)
        multi += xorb.index.chunk_count() > 1 ? 1 : 0;
    ASSERT_EQ(shard.xorbs.size(), multi);
    for (std::size_t i = 0; i < shard.xorbs.size(); ++i) {
        EXPECT_EQ(shard.xorbs[i].xorb, file.xorbs[i].index.xorb);
        for (std::size_t c = 0; c < shard.xorbs[i].chunks.size(); ++c)
            EXPECT_EQ(shard.xorbs[i].chunks[c].hash,
                      xet::keyed_chunk_hash(key, file.xorbs[i].index.chunks[c].hash));
    }
}

TEST_F(DedupIndexTest, WhatIsLostIsInNoAnswer) {
    make_repo(1, 10, false);
    const auto file = make_client_file(xet::test::noise(3'000'000), 16);
    ASSERT_GE(file.xorbs.size(), 3U);
    upload(1, file);
    const auto lose = [&](std::size_t number) {
        std::filesystem::remove(body_path(file.xorbs[number].index.xorb));
        reopen();
    };
    const auto named = [](const Bytes& answer, const xet::Hash& xorb) {
        const auto shard = xet::parse_shard(answer).value();
        return std::ranges::find(shard.xorbs, xorb, &xet::ShardXorb::xorb) != shard.xorbs.end();
    };
    const auto neighbour = file.xorbs[1].index.xorb;
    ASSERT_TRUE(named(*ask(first_chunk(file), {}), neighbour));
    lose(1);
    const auto answer = ask(first_chunk(file), {});
    ASSERT_TRUE(answer);
    EXPECT_FALSE(named(*answer, neighbour)) << "what follows the chunk in its file";
    EXPECT_TRUE(named(*answer, file.xorbs[2].index.xorb));
    lose(0);
    EXPECT_FALSE(ask(first_chunk(file), {})) << "what holds the chunk itself";
}

TEST_F(DedupIndexTest, OneChunkXorbsOfOthersStayOut) {
    make_repo(1, 10, false);
    const auto file = make_client_file(xet::test::noise(2'500'000), 1);
    ASSERT_GT(file.xorbs.size(), 32U) << "more than the registry loads at once";
    upload(1, file);
    EXPECT_EQ(xet::parse_shard(*ask(first_chunk(file), {})).value().xorbs.size(), 1U);
}

TEST_F(DedupIndexTest, EligibleAndFlaggedChunksAreFound) {
    make_repo(1, 10, false);
    // Protocol reference: this text is eligible by its hash.
    auto plain = xet::test::noise(200'000);
    const auto eligible = as_bytes("xet-eligible-301");
    ClientFile file{.plain = plain, .xorbs = {}, .shard = {}};
    auto& recipe = file.shard.files.emplace_back();
    recipe.has_verification = true;
    auto chunks = cut_chunks(plain);
    ASSERT_GE(chunks.size(), 2U);
    chunks.push_back(eligible);
    std::vector<xet::SizedHash> tree;
    for (const ByteView chunk : chunks)
        tree.push_back({xet::chunk_hash(chunk), chunk.size()});
    recipe.file = xet::file_hash(tree);
    add_xorb(file, chunks);
    file.shard.xorbs[0].chunks[1].dedup_eligible = true;
    upload(1, file);
    EXPECT_TRUE(ask(xet::chunk_hash(eligible), {}));
    EXPECT_TRUE(ask(xet::chunk_hash(chunks[1]), {}));
    std::filesystem::remove(body_path(file.xorbs[0].index.xorb));
    reopen();
    EXPECT_FALSE(ask(xet::chunk_hash(eligible), {})) << "no promise about a lost body";
}

}  // namespace
}  // namespace siahub::store
