#include "store/part_uploads.hpp"

#include "core/encoding.hpp"
#include "core/random.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

namespace siahub::store {
namespace {

constexpr std::size_t kReadStep = 1024 * 1024;

Failure no_such_upload() {
    return fail(Code::not_found, "There is no such upload. It may have been idle for too long.");
}

// An id becomes a directory name: nothing but what create() makes may pass.
Result<std::filesystem::path> directory_of(const Layout& layout, const std::string& upload) {
    std::array<std::byte, 16> parsed{};
    if (!from_hex(upload, parsed)) return no_such_upload();
    auto directory = layout.uploads() / to_hex(parsed);
    if (!std::filesystem::is_directory(directory)) return no_such_upload();
    return directory;
}

// The ETag is in the name, so that a part and its hash appear together.
std::string part_name(std::uint32_t number, std::string_view etag) {
    return std::to_string(number) + "-" + std::string(etag);
}

void remove_other_versions(const std::filesystem::path& directory, std::uint32_t number,
                           const std::string& keep) {
    const auto prefix = std::to_string(number) + "-";
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
        const auto name = entry.path().filename().string();
        if (name.starts_with(prefix) && name != keep)
            std::filesystem::remove(entry.path(), ignored);
    }
}

std::string unquoted(std::string_view etag) {
    if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"')
        etag = etag.substr(1, etag.size() - 2);
    return std::string(etag);
}

Result<void> check_parts(std::span<const UploadPart> parts) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
        std::array<std::byte, 32> hash{};
        if (parts[i].number != i + 1 || !from_hex(unquoted(parts[i].etag), hash))
            return fail(Code::invalid_argument,
                        "The parts must be numbered from 1 without a gap and carry the ETags that "
                        "the server gave.");
    }
    if (parts.empty() || parts.size() > kMaxParts)
        return fail(Code::invalid_argument, "An upload has 1 to 10000 parts.");
    return {};
}

Result<SharedFile> open_part(const std::filesystem::path& directory, const UploadPart& part) {
    const auto file = directory / part_name(part.number, unquoted(part.etag));
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd >= 0) return std::make_shared<const FileHandle>(fd);
    if (errno != ENOENT) return Failure(io_error(errno, "open a part"));
    return fail(Code::invalid_argument, "Part " + std::to_string(part.number) +
                                            " has not been uploaded, or has another ETag.");
}

Result<std::size_t> read_some(int fd, std::span<std::byte> out) {
    for (;;) {
        const auto n = ::read(fd, out.data(), out.size());
        if (n >= 0) return static_cast<std::size_t>(n);
        if (errno != EINTR) return Failure(io_error(errno, "read a part"));
    }
}

Result<bool> remove_tree(const std::filesystem::path& directory) {
    std::error_code error;
    const auto removed = std::filesystem::remove_all(directory, error);
    if (error) return Failure(io_error(error.value(), "remove an upload"));
    return removed > 0;
}

Result<std::size_t> remove_stale(const std::filesystem::path& uploads, UnixMillis before) {
    std::size_t removed = 0;
    for (const auto& entry : std::filesystem::directory_iterator(uploads)) {
        struct stat status{};
        // A directory's time is that of the last part that came or went.
        if (::stat(entry.path().c_str(), &status) != 0) continue;
        if (status.st_mtim.tv_sec * 1000 >= before) continue;
        TRY(remove_tree(entry.path()));
        ++removed;
    }
    return removed;
}

}  // namespace

PartWriter::PartWriter(Pools pools, TempFile file, std::filesystem::path directory,
                       std::uint32_t number)
    : pools_(pools), file_(std::move(file)), directory_(std::move(directory)), number_(number) {}

Task<Result<void>> PartWriter::feed(ByteView piece) {
    co_return co_await pools_.compute.run([&] {
        hasher_.update(piece);
        return file_.append(piece);
    });
}

Task<Result<std::string>> PartWriter::finish() {
    co_return co_await pools_.disk.run([&] { return place(); });
}

Result<std::string> PartWriter::place() {
    auto etag = to_hex(hasher_.digest());
    const auto name = part_name(number_, etag);
    TRY(file_.sync());
    if (auto moved = file_.move_to(directory_ / name); !moved)
        return moved.error().code == Code::not_found ? no_such_upload()
                                                     : Failure(std::move(moved).error());
    remove_other_versions(directory_, number_, name);
    TRY(sync_directory(directory_));
    return etag;
}

PartUploads::PartUploads(IngestSinks sinks, Layout layout)
    : sinks_(sinks), layout_(std::move(layout)) {}

Task<Result<std::string>> PartUploads::create() {
    auto upload = random_id();
    CO_TRY(co_await sinks_.pools.disk.run([&]() -> Result<void> {
        const auto directory = layout_.uploads() / upload;
        if (::mkdir(directory.c_str(), 0755) != 0)
            return Failure(io_error(errno, "create an upload"));
        return sync_directory(layout_.uploads());
    }));
    co_return upload;
}

Task<Result<std::unique_ptr<PartWriter>>> PartUploads::begin_part(std::string upload,
                                                                  std::uint32_t number) {
    if (number == 0 || number > kMaxParts)
        co_return fail(Code::invalid_argument, "Parts are numbered from 1 to 10000.");
    auto directory = CO_TRY(directory_of(layout_, upload));
    auto file =
        CO_TRY(co_await sinks_.pools.disk.run([&] { return sinks_.bodies.new_temp_file(); }));
    co_return std::make_unique<PartWriter>(sinks_.pools, std::move(file), std::move(directory),
                                           number);
}

Task<Result<IngestedFile>> PartUploads::complete(std::string upload, RowId repo,
                                                 std::vector<UploadPart> parts,
                                                 ExpectedFile expected) {
    CO_TRY(check_parts(parts));
    const auto directory = CO_TRY(directory_of(layout_, upload));
    FileIngest ingest(sinks_, repo, expected);
    for (const UploadPart& part : parts)
        CO_TRY(co_await feed_part(ingest, directory, part));
    auto file = CO_TRY(co_await ingest.finish());
    CO_TRY(co_await abort(std::move(upload)));
    co_return file;
}

Task<Result<void>> PartUploads::feed_part(FileIngest& ingest,
                                          const std::filesystem::path& directory,
                                          const UploadPart& part) {
    const auto file =
        CO_TRY(co_await sinks_.pools.disk.run([&] { return open_part(directory, part); }));
    Bytes buffer(kReadStep);
    for (;;) {
        const auto n = CO_TRY(
            co_await sinks_.pools.compute.run([&] { return read_some(file->fd(), buffer); }));
        if (n == 0) co_return Result<void>{};
        CO_TRY(co_await ingest.feed(ByteView(buffer).first(n)));
    }
}

Task<Result<void>> PartUploads::abort(std::string upload) {
    const auto directory = CO_TRY(directory_of(layout_, upload));
    CO_TRY(co_await sinks_.pools.disk.run([&] { return remove_tree(directory); }));
    co_return Result<void>{};
}

Task<Result<std::size_t>> PartUploads::collect_stale() {
    const auto before = sinks_.clock.now() - kPartUploadLife;
    co_return co_await sinks_.pools.disk.run(
        [&] { return remove_stale(layout_.uploads(), before); });
}

}  // namespace siahub::store
