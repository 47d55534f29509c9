#include "backup/body_folder.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

namespace siahub::backup {
namespace {

constexpr std::size_t kPieceBytes = 1024UL * 1024;

}  // namespace

BodyFolder::BodyFolder(std::filesystem::path root, std::filesystem::path tmp)
    : root_(std::move(root)),
      tmp_(std::move(tmp)),
      directories_(root_, {root_}),
      buffer_(kPieceBytes) {}

std::filesystem::path BodyFolder::path(const xet::Hash& hash) const {
    const auto hex = hash.hex();
    return root_ / hex.substr(0, 2) / hex.substr(2, 2) / hex;
}

bool BodyFolder::has(const Body& body) const {
    struct stat status{};
    return ::stat(path(body.hash).c_str(), &status) == 0 &&
           static_cast<std::uint64_t>(status.st_size) == body.size;
}

template <class Take>
Result<void> BodyFolder::read_verified(const Body& body, Take take) const {
    const auto file = path(body.hash);
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return Failure(io_error(errno, "open " + file.string()));
    const FileHandle closer(fd);
    const auto damaged = [&](std::string_view why) {
        return fail(Code::unprocessable, fmt::format("{} is damaged: {}", file.string(), why));
    };
    struct stat status{};
    if (::fstat(fd, &status) != 0) return Failure(io_error(errno, "read " + file.string()));
    if (static_cast<std::uint64_t>(status.st_size) != body.size)
        return damaged(fmt::format("it has {} bytes instead of {}", status.st_size, body.size));
    verifier_.reset();
    for (std::uint64_t at = 0; at < body.size;) {
        const auto piece =
            std::span(buffer_).first(std::min<std::uint64_t>(buffer_.size(), body.size - at));
        TRY(read_exactly(fd, at, piece));
        if (const auto fed = verifier_.feed(piece); !fed) return damaged(fed.error().message);
        TRY(take(ByteView(piece)));
        at += piece.size();
    }
    const auto index = verifier_.finish(body.hash);
    if (!index) return damaged(index.error().message);
    if (index->records_size() != body.size) return damaged("it holds more than chunks");
    return {};
}

Result<void> BodyFolder::copy_from(const BodyFolder& source, const Body& body) {
    auto file = TRY(store::TempFile::create(tmp_));
    TRY(source.read_verified(body, [&file](ByteView piece) { return file.append(piece); }));
    TRY(file.sync());
    const auto target = path(body.hash);
    TRY(directories_.ensure(target.parent_path()));
    return file.move_to(target);
}

Result<void> BodyFolder::verify(const Body& body) const {
    return read_verified(body, [](ByteView) -> Result<void> { return {}; });
}

Result<void> BodyFolder::remove(const xet::Hash& hash) {
    std::error_code error;
    std::filesystem::remove(path(hash), error);
    if (error) return Failure(io_error(error.value(), "remove a file"));
    return {};
}

Result<std::vector<xet::Hash>> BodyFolder::list() const {
    std::vector<xet::Hash> hashes;
    std::error_code error;
    for (auto at = std::filesystem::recursive_directory_iterator(root_, error);
         !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error))
        if (const auto hash = xet::parse_hash(at->path().filename().string());
            hash && at->is_regular_file())
            hashes.push_back(*hash);
    if (error) return Failure(io_error(error.value(), "read " + root_.string()));
    std::ranges::sort(hashes);
    return hashes;
}

}  // namespace siahub::backup
