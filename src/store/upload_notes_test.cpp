#include "store/test_store.hpp"

namespace siahub::store {
namespace {

constexpr RowId kMine = 1;
constexpr RowId kOther = 2;

class UploadNotesTest : public StoreTest {
  protected:
    bool holds(RowId repo, const xet::Hash& xorb) {
        return run_task(store_->upload_notes.holds(repo, xorb)).value();
    }
    void send(RowId repo, const BuiltXorb& xorb) {
        ASSERT_TRUE(
            run_task(upload_xorb(*store_, xorb.index.xorb, xorb.body, 1 << 18, repo)).has_value());
    }

    const Bytes plain_ = xet::test::noise(500'000, 7);
    const BuiltXorb xorb_ = build_xorb(cut_chunks(plain_));
    const xet::Hash& hash_ = xorb_.index.xorb;
};

TEST_F(UploadNotesTest, OnlyTheRepositoryThatSentAXorbIsSparedTheSecondTime) {
    EXPECT_FALSE(holds(kMine, hash_));
    send(kMine, xorb_);
    EXPECT_TRUE(holds(kMine, hash_));
    EXPECT_FALSE(holds(kOther, hash_));
    reopen();
    EXPECT_TRUE(holds(kMine, hash_));
}

TEST_F(UploadNotesTest, SendingWhatIsThereAlreadyCountsAsSending) {
    send(kMine, xorb_);
    send(kOther, xorb_);
    EXPECT_TRUE(holds(kOther, hash_));
}

TEST_F(UploadNotesTest, AFileOfTheRepositoryIsProofEnough) {
    const auto file = make_client_file(xet::test::noise(300'000, 8));
    upload(kOther, file);
    clock_.advance(kUploadNoteLife + 1);
    EXPECT_TRUE(holds(kOther, file.xorbs.at(0).index.xorb));
    EXPECT_FALSE(holds(kMine + 10, file.xorbs.at(0).index.xorb));
}

TEST_F(UploadNotesTest, NotesEnd) {
    send(kMine, xorb_);
    clock_.advance(kUploadNoteLife - 1);
    run_task(store_->upload_notes.forget_old()).value();
    EXPECT_TRUE(holds(kMine, hash_));
    clock_.advance(1);
    EXPECT_FALSE(holds(kMine, hash_));
    EXPECT_EQ(count("xorb_uploads"), 1);
    run_task(store_->upload_notes.forget_old()).value();
    EXPECT_EQ(count("xorb_uploads"), 0);
    send(kMine, xorb_);
    EXPECT_TRUE(holds(kMine, hash_));
}

TEST_F(UploadNotesTest, ALostBodyMustBeSentAgain) {
    send(kMine, xorb_);
    std::filesystem::resize_file(body_path(hash_), 100);
    EXPECT_FALSE(holds(kMine, hash_));
}

TEST_F(UploadNotesTest, ABadUploadIsNotNoted) {
    auto flipped = xorb_.body;
    flipped[5000] ^= std::byte{1};
    EXPECT_FALSE(run_task(upload_xorb(*store_, hash_, flipped)).has_value());
    EXPECT_FALSE(holds(kMine, hash_));
    send(kOther, xorb_);
    EXPECT_FALSE(run_task(upload_xorb(*store_, hash_, flipped)).has_value());
    EXPECT_FALSE(holds(kMine, hash_));
}

}  // namespace
}  // namespace siahub::store
