#include "cas/pack_stream.hpp"

#include "core/log.hpp"
#include "git/commit.hpp"
#include "git/lfs_pointer.hpp"
#include "git/pkt_line.hpp"
#include "hub/files.hpp"
#include "store/store.hpp"

namespace siahub::cas {
namespace {

constexpr std::size_t kStep = 60UL * 1024;
constexpr UnixMillis kSecond = 1000;
// The bands of git's side-band-64k.
constexpr char kPackBand = '\1';
constexpr char kErrorBand = '\3';

void append_band(std::string& out, char band, std::string_view text) {
    std::string data(1, band);
    git::append_pkt(out, data.append(text));
}

std::string raw_commit(const hub::CommitInfo& commit) {
    return git::encode_commit({.tree = commit.tree,
                               .parent = commit.parent,
                               .name = commit.author.name,
                               .email = commit.author.email,
                               .seconds = commit.committed_at / kSecond,
                               .message = commit.message});
}

}  // namespace

PackStream::PackStream(const Services& services, RowId repo, hub::PackPlan plan, std::string before)
    : services_(services),
      repo_(repo),
      plan_(std::move(plan)),
      writer_(pack_, static_cast<std::uint32_t>(plan_.size())),
      out_(std::move(before)) {
    git::append_pkt(out_, "packfile\n");
}

PackStream::~PackStream() = default;

Task<Result<ByteView>> PackStream::next() {
    if (begun_) out_.clear();
    begun_ = true;
    if (ended_) co_return ByteView();
    while (!ended_ && pack_.size() < kStep) {
        const auto done = co_await step();
        if (done) continue;
        services_.log.error("git.pack_failed",
                            {{"repo_id", repo_}, {"cause", done.error().message}});
        append_band(out_, kErrorBand, "The hub could not read all of this repository\n");
        pack_.clear();
        ended_ = true;
    }
    send_pack();
    if (ended_) git::append_flush(out_);
    co_return as_bytes(out_);
}

void PackStream::send_pack() {
    std::string_view rest = pack_;
    while (!rest.empty()) {
        const auto part = rest.substr(0, git::kMostPktData - 1);
        append_band(out_, kPackBand, part);
        rest.remove_prefix(part.size());
    }
    pack_.clear();
}

Task<Result<void>> PackStream::step() {
    if (reader_) co_return co_await continue_blob();
    if (commits_ < plan_.commits.size()) co_return co_await write_commit(plan_.commits[commits_++]);
    if (trees_ < plan_.trees.size()) co_return co_await write_tree(plan_.trees[trees_++]);
    if (blobs_ < plan_.blobs.size()) co_return co_await begin_blob(plan_.blobs[blobs_++]);
    writer_.finish();
    ended_ = true;
    co_return Result<void>{};
}

Task<Result<void>> PackStream::write_commit(const hub::Oid& oid) {
    const auto commit = CO_TRY(co_await services_.history.commit(repo_, oid));
    write_object(git::ObjectType::commit, as_bytes(raw_commit(commit)));
    co_return Result<void>{};
}

Task<Result<void>> PackStream::write_tree(const hub::Oid& oid) {
    const auto tree = CO_TRY(co_await services_.trees.load(repo_, oid));
    write_object(git::ObjectType::tree, tree->body());
    co_return Result<void>{};
}

Task<Result<void>> PackStream::begin_blob(const hub::Oid& oid) {
    const auto file = CO_TRY(co_await services_.files.find(repo_, oid));
    if (!file) co_return fail(Code::internal, "a tree names a blob that is not there");
    if (file->is_lfs) {
        write_object(git::ObjectType::blob,
                     as_bytes(git::encode_lfs_pointer({file->sha256, file->size})));
    } else if (file->file_hash) {
        reader_ = CO_TRY(co_await services_.store.read(repo_, *file->file_hash));
        writer_.begin_object(git::ObjectType::blob, file->size);
    } else {
        write_object(git::ObjectType::blob,
                     CO_TRY(co_await services_.files.inline_content(repo_, file->sha256)));
    }
    co_return Result<void>{};
}

Task<Result<void>> PackStream::continue_blob() {
    const auto piece = CO_TRY(co_await reader_->next());
    if (!piece.empty()) {
        writer_.add(piece);
    } else {
        writer_.end_object();
        reader_.reset();
    }
    co_return Result<void>{};
}

void PackStream::write_object(git::ObjectType type, ByteView body) {
    writer_.begin_object(type, body.size());
    writer_.add(body);
    writer_.end_object();
}

}  // namespace siahub::cas
