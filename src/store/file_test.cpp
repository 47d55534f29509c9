#include "store/test_store.hpp"

#include <thread>

#include <rapidcheck.h>

namespace siahub::store {
namespace {

using FileTest = StoreTest;
constexpr RowId kRepo = 1;

Bytes slice(ByteView bytes, std::uint64_t start, std::uint64_t end) {
    const auto part = bytes.subspan(start, end - start);
    return {part.begin(), part.end()};
}

// What the client library would make of a plan: whole chunks, minus the first offset.
Bytes rebuild(Store& store, const xet::Reconstruction& plan) {
    Bytes out;
    for (const auto& term : plan.terms) {
        const auto index = run_task(store.catalog.find(term.xorb)).value();
        const auto body = run_task(store.bodies.open(term.xorb, {})).value();
        const auto where = index->physical_range(term.chunk_start, term.chunk_end);
        Bytes records(where.size());
        EXPECT_TRUE(read_exactly(body->fd(), where.start, records).has_value());
        xet::ChunkDecoder decoder;
        for (ByteView rest = records; !rest.empty();) {
            const auto header = xet::parse_chunk_header(rest.first<xet::kChunkHeader>()).value();
            append(out,
                   decoder.decode(header, rest.subspan(xet::kChunkHeader, header.stored)).value());
            rest = rest.subspan(xet::kChunkHeader + header.stored);
        }
    }
    return slice(out, plan.offset_into_first_range, plan.offset_into_first_range + plan.length);
}

TEST_F(FileTest, IngestMatchesWhatAClientWouldCompute) {
    const auto plain = xet::test::noise(1'000'000, 0);
    const auto ingested = run_task(ingest_file(*store_, kRepo, plain)).value();
    // Protocol reference, vector V1.
    EXPECT_EQ(ingested.file.hex(),
              "3d17b2d7d64a0e011b6717a52d9a16bd2c3f05b743fa8adf52a7d75dafab6d89");
    EXPECT_EQ(ingested.size, plain.size());
    EXPECT_EQ(ingested.sha256, sha256(plain));
    EXPECT_EQ(ingested.new_bytes, plain.size());
    EXPECT_EQ(run_task(read_file(*store_, kRepo, ingested.file)).value(), plain);
    const auto again = run_task(ingest_file(*store_, kRepo, plain, {}, 777)).value();
    EXPECT_EQ(again.file, ingested.file);
    EXPECT_EQ(again.new_bytes, 0U);
    EXPECT_EQ(files_below("xorbs"), 1U);
}

TEST_F(FileTest, RepeatedChunksAreStoredOnce) {
    const Bytes plain(5'000'000, std::byte{59});
    const auto ingested = run_task(ingest_file(*store_, kRepo, plain)).value();
    EXPECT_LE(ingested.new_bytes, 2U * xet::kMaxChunk);
    EXPECT_EQ(run_task(read_file(*store_, kRepo, ingested.file)).value(), plain);
}

TEST_F(FileTest, EmptyFile) {
    const auto ingested = run_task(ingest_file(*store_, kRepo, {})).value();
    EXPECT_TRUE(ingested.file.is_zero());
    EXPECT_TRUE(run_task(read_file(*store_, kRepo, ingested.file)).value().empty());
}

TEST_F(FileTest, MismatchRegistersNothing) {
    const auto plain = xet::test::noise(300'000);
    const auto wrong = sha256(as_bytes("something else"));
    for (const ExpectedFile& expected :
         {ExpectedFile{.size = 299'999, .sha256 = {}}, ExpectedFile{.size = 300'001, .sha256 = {}},
          ExpectedFile{.size = {}, .sha256 = wrong}}) {
        const auto result = run_task(ingest_file(*store_, kRepo, plain, expected));
        ASSERT_FALSE(result.has_value());
        EXPECT_EQ(result.error().code, Code::invalid_argument);
    }
    for (const auto* table : {"xorbs", "reconstruction_files", "lfs_objects"})
        EXPECT_EQ(count(table), 0) << table;
    EXPECT_EQ(files_below("tmp"), 0U);
    const ExpectedFile right{.size = plain.size(), .sha256 = sha256(plain)};
    EXPECT_TRUE(run_task(ingest_file(*store_, kRepo, plain, right)).has_value());
}

TEST_F(FileTest, LargeFileFillsSeveralXorbsAndAnEditSendsLittle) {
    auto plain = xet::test::noise(150'000'000);
    const auto first = run_task(ingest_file(*store_, kRepo, plain, {}, 1 << 20)).value();
    EXPECT_EQ(files_below("xorbs"), 3U);
    for (const std::size_t at : {10'000'000U, 75'000'000U, 149'000'000U})
        plain[at] ^= std::byte{1};
    const auto second = run_task(ingest_file(*store_, 2, plain, {}, 1 << 20)).value();
    EXPECT_NE(first.file, second.file);
    EXPECT_LT(second.new_bytes, 6 * xet::kMaxChunk) << "three edits, some chunks each";
    EXPECT_EQ(run_task(read_file(*store_, 2, second.file)).value(), plain);
}

TEST_F(FileTest, RandomEditsAndRangesReadBack) {
    rc::check([this] {
        const auto size = *rc::gen::inRange<std::size_t>(1, 1'000'000);
        const auto seed = *rc::gen::arbitrary<std::uint64_t>();
        auto plain = *rc::gen::arbitrary<bool>() ? xet::test::noise(size, seed)
                                                 : xet::test::text(size, seed);
        const auto repeats = *rc::gen::inRange(1, 3);
        for (int i = 1; i < repeats; ++i)
            append(plain, Bytes(plain));
        const auto edit = *rc::gen::inRange<std::size_t>(0, plain.size());
        plain.insert(plain.begin() + static_cast<std::ptrdiff_t>(edit), std::byte{7});
        const auto step = *rc::gen::inRange<std::size_t>(1'000, 2'000'000);
        const auto file = run_task(ingest_file(*store_, kRepo, plain, {}, step)).value().file;
        for (int i = 0; i < 4; ++i) {
            const auto start = *rc::gen::inRange<std::uint64_t>(0, plain.size());
            const auto end = *rc::gen::inRange<std::uint64_t>(start + 1, plain.size() + 1);
            const xet::RequestedRange range{.first = start, .last = end - 1};
            const auto expected = slice(plain, start, end);
            RC_ASSERT(run_task(read_file(*store_, kRepo, file, range)).value() == expected);
            const auto plan = run_task(store_->files.plan(kRepo, file, range)).value();
            RC_ASSERT(rebuild(*store_, plan) == expected);
        }
    });
}

TEST_F(FileTest, RangesAsHttpStatesThem) {
    const auto resolve = [](std::optional<std::uint64_t> first, std::optional<std::uint64_t> last,
                            std::uint64_t size) {
        return resolve_range(xet::RequestedRange{.first = first, .last = last}, size);
    };
    EXPECT_EQ(resolve(0, 99, 1000).value(), (xet::ByteSpan{0, 100}));
    EXPECT_EQ(resolve(10, 5000, 1000).value(), (xet::ByteSpan{10, 1000}));
    EXPECT_EQ(resolve(10, {}, 1000).value(), (xet::ByteSpan{10, 1000}));
    EXPECT_EQ(resolve({}, 10, 1000).value(), (xet::ByteSpan{990, 1000}));
    EXPECT_EQ(resolve({}, 5000, 1000).value(), (xet::ByteSpan{0, 1000}));
    EXPECT_EQ(resolve(0, std::numeric_limits<std::uint64_t>::max(), 5).value(),
              (xet::ByteSpan{0, 5}));
    EXPECT_EQ(resolve(0, 5, 0).value(), (xet::ByteSpan{0, 0}));
    EXPECT_EQ(resolve_range({}, 7).value(), (xet::ByteSpan{0, 7}));
    for (const auto& bad : {resolve(1000, 1001, 1000), resolve(1000, {}, 1000), resolve(5, 4, 1000),
                            resolve({}, 0, 1000), resolve({}, {}, 1000), resolve(1, {}, 0)})
        EXPECT_EQ(bad.error().code, Code::range_not_satisfiable);
}

TEST_F(FileTest, BatchLeavesOutWhatTheRepositoryDoesNotHave) {
    const auto mine = run_task(ingest_file(*store_, kRepo, xet::test::noise(200'000, 1))).value();
    const auto theirs = run_task(ingest_file(*store_, 2, xet::test::noise(200'000, 2))).value();
    const std::vector<xet::Hash> asked{mine.file, theirs.file};
    const auto plan = run_task(store_->files.plan_batch(kRepo, asked)).value();
    ASSERT_EQ(plan.files.size(), 1U);
    EXPECT_EQ(plan.files[0].file, mine.file);
}

TEST_F(FileTest, FileOfVeryManyTermsIsPlannedAndRead) {
    // Alternating chunks of two xorbs: one term each.
    const auto plain = xet::test::noise(2'000'000);
    const auto chunks = cut_chunks(plain);
    ClientFile file{.plain = {}, .xorbs = {}, .shard = {}};
    auto& recipe = file.shard.files.emplace_back();
    recipe.has_verification = true;
    file.xorbs.push_back(build_xorb(chunks));
    const auto& index = file.xorbs[0].index;
    std::vector<xet::SizedHash> tree;
    for (std::uint32_t i = 0; i < 400; ++i) {
        const auto c = i * 7 % index.chunk_count();
        recipe.segments.push_back({index.xorb, c, c + 1, index.unpacked_size(c, c + 1)});
        recipe.verification.push_back(index.range_hash(c, c + 1));
        tree.push_back({index.chunks[c].hash, index.unpacked_size(c, c + 1)});
        append(file.plain, chunks[c]);
    }
    recipe.file = xet::file_hash(tree);
    upload(kRepo, file);
    const auto plan = run_task(store_->files.plan(kRepo, file.hash(), {})).value();
    EXPECT_EQ(plan.terms.size(), 400U);
    EXPECT_EQ(run_task(read_file(*store_, kRepo, file.hash())).value(), file.plain);
}

TEST_F(FileTest, DamageOnDiskEndsTheStream) {
    for (const bool compressible : {false, true}) {
        const auto plain = compressible ? xet::test::text(900'000) : xet::test::noise(900'000);
        const auto file = run_task(ingest_file(*store_, kRepo, plain)).value().file;
        const auto plan = run_task(store_->files.plan(kRepo, file, {})).value();
        const auto path = body_path(plan.terms[0].xorb);
        const auto size = std::filesystem::file_size(path);
        for (const std::uint64_t at : {std::uint64_t{1}, std::uint64_t{20'000}, size - 1}) {
            flip_byte(path, static_cast<std::streamoff>(at));
            const auto read = run_task(read_file(*store_, kRepo, file));
            ASSERT_FALSE(read.has_value()) << at;
            EXPECT_EQ(read.error().code, Code::internal);
            flip_byte(path, static_cast<std::streamoff>(at));
        }
        EXPECT_EQ(run_task(read_file(*store_, kRepo, file)).value(), plain);
        std::filesystem::resize_file(path, size / 2);
        EXPECT_FALSE(run_task(read_file(*store_, kRepo, file)).has_value());
    }
}

TEST_F(FileTest, ConcurrentIngestsAndReads) {
    const auto shared = xet::test::noise(1'500'000, 1);
    std::vector<std::jthread> threads;
    for (std::uint64_t i = 0; i < 4; ++i) {
        threads.emplace_back([this, i, &shared] {
            auto plain = shared;
            append(plain, xet::test::noise(400'000, i + 2));
            const auto repo = static_cast<RowId>(i + 1);
            const auto ingested = run_task(ingest_file(*store_, repo, plain));
            ASSERT_TRUE(ingested.has_value()) << ingested.error().message;
            EXPECT_EQ(run_task(read_file(*store_, repo, ingested->file)).value(), plain);
        });
    }
}

class PartUploadsTest : public StoreTest {
  protected:
    Result<std::string> put(const std::string& upload, std::uint32_t number, ByteView bytes) {
        auto writer = run_task(store_->parts.begin_part(upload, number));
        if (!writer) return Failure(writer.error());
        TRY(run_task((*writer)->feed(bytes)));
        return run_task((*writer)->finish());
    }
};

TEST_F(PartUploadsTest, PartsBecomeAFile) {
    const auto plain = xet::test::noise(2'500'000);
    const auto upload = run_task(store_->parts.create()).value();
    const auto two = put(upload, 2, ByteView(plain).subspan(1'000'000)).value();
    (void)put(upload, 1, as_bytes("a first try that was cut short")).value();
    const auto one = put(upload, 1, ByteView(plain).first(1'000'000)).value();
    reopen();
    const ExpectedFile expected{.size = plain.size(), .sha256 = sha256(plain)};
    const auto file = run_task(
        store_->parts.complete(upload, kRepo, {{1, one}, {2, "\"" + two + "\""}}, expected));
    ASSERT_TRUE(file.has_value()) << file.error().message;
    EXPECT_EQ(run_task(read_file(*store_, kRepo, file->file)).value(), plain);
    EXPECT_EQ(files_below("uploads"), 0U);
    EXPECT_EQ(put(upload, 1, plain).error().code, Code::not_found);
}

TEST_F(PartUploadsTest, WrongPartsAreRefusedAndTheUploadStays) {
    const auto upload = run_task(store_->parts.create()).value();
    const auto etag = put(upload, 1, as_bytes("hello")).value();
    const auto complete = [&](std::vector<UploadPart> parts, ExpectedFile expected = {}) {
        return run_task(store_->parts.complete(upload, kRepo, std::move(parts), expected));
    };
    const std::vector<std::vector<UploadPart>> wrong{{},
                                                     {{2, etag}},
                                                     {{1, etag}, {3, etag}},
                                                     {{1, std::string(64, '0')}},
                                                     {{1, "../../keys"}},
                                                     {{1, etag}, {2, etag}}};
    for (const auto& parts : wrong)
        EXPECT_EQ(complete(parts).error().code, Code::invalid_argument);
    EXPECT_FALSE(complete({{1, etag}}, {.size = 6, .sha256 = {}}).has_value());
    EXPECT_TRUE(complete({{1, etag}}, {.size = 5, .sha256 = {}}).has_value());
}

TEST_F(PartUploadsTest, IdsThatWereNeverGivenAreUnknown) {
    for (const std::string id : {"", "..", "../tmp", "00000000000000000000000000000000"}) {
        EXPECT_EQ(put(id, 1, {}).error().code, Code::not_found) << id;
        EXPECT_EQ(run_task(store_->parts.abort(id)).error().code, Code::not_found) << id;
    }
    const auto upload = run_task(store_->parts.create()).value();
    EXPECT_EQ(put(upload, 0, {}).error().code, Code::invalid_argument);
    EXPECT_EQ(put(upload, kMaxParts + 1, {}).error().code, Code::invalid_argument);
    EXPECT_TRUE(run_task(store_->parts.abort(upload)).has_value());
}

TEST_F(PartUploadsTest, OldUploadsAreCollected) {
    const auto upload = run_task(store_->parts.create()).value();
    (void)put(upload, 1, as_bytes("x")).value();
    const auto directory = dir_.path() / "uploads" / upload;
    const SystemClock real;
    clock_.advance(real.now() - clock_.now());
    reopen();
    EXPECT_TRUE(std::filesystem::exists(directory));
    clock_.advance(kPartUploadLife + 10'000);
    reopen();
    EXPECT_FALSE(std::filesystem::exists(directory));
}

}  // namespace
}  // namespace siahub::store
