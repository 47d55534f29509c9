#include "auth/key_ring.hpp"

#include "core/encoding.hpp"
#include "core/file_io.hpp"
#include "core/random.hpp"
#include "crypto/digest.hpp"

#include <cerrno>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <unistd.h>

namespace siahub::auth {
namespace {

SigningKey new_key() {
    SigningKey key;
    std::array<std::byte, 4> id{};
    fill_random(id);
    key.id = to_hex(id);
    fill_random(key.secret);
    return key;
}

std::string render(std::span<const SigningKey> keys) {
    std::string text;
    for (const SigningKey& key : keys)
        text += key.id + " " + to_hex(key.secret) + "\n";
    return text;
}

Result<std::vector<SigningKey>> parse(const std::string& text) {
    std::vector<SigningKey> keys;
    std::istringstream words(text);
    std::string id;
    std::string secret;
    while (words >> id >> secret) {
        SigningKey key{.id = id};
        std::array<std::byte, 4> id_bytes{};
        if (!from_hex(id, id_bytes) || !from_hex(secret, key.secret))
            return fail(Code::internal, "The key file of the data directory is damaged.");
        keys.push_back(std::move(key));
    }
    if (keys.empty()) return fail(Code::internal, "The key file of the data directory is empty.");
    return keys;
}

Result<std::string> read_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in.is_open() || in.bad()) return Failure(io_error(EIO, "read its key file"));
    return text;
}

// A durable file with this text beside `file`, mode 0600; the caller moves or links it in place.
Result<std::filesystem::path> write_beside(const std::filesystem::path& file,
                                           const std::string& text) {
    auto draft = file;
    draft += "." + random_id();
    const int fd = ::open(draft.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0) return Failure(io_error(errno, "create its key file"));
    const FileHandle closer(fd);
    TRY(write_all(fd, as_bytes(text)));
    if (::fsync(fd) != 0) return Failure(io_error(errno, "sync its key file"));
    return draft;
}

// link() refuses to replace: of several processes that start at once, one makes the keys.
Result<void> create_first(const std::filesystem::path& file) {
    const std::array first{new_key()};
    const auto draft = TRY(write_beside(file, render(first)));
    const int linked = ::link(draft.c_str(), file.c_str());
    const int error = errno;
    ::unlink(draft.c_str());
    if (linked != 0 && error != EEXIST) return Failure(io_error(error, "create its key file"));
    return sync_directory(file.parent_path());
}

}  // namespace

Result<KeyRing> KeyRing::open(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file)) TRY(create_first(file));
    const auto text = TRY(read_file(file));
    return KeyRing(TRY(parse(text)));
}

Result<void> KeyRing::rotate(const std::filesystem::path& file) {
    const KeyRing current = TRY(open(file));
    const std::array keys{new_key(), current.keys_.front()};
    const auto draft = TRY(write_beside(file, render(keys)));
    if (::rename(draft.c_str(), file.c_str()) != 0)
        return Failure(io_error(errno, "replace its key file"));
    return sync_directory(file.parent_path());
}

std::vector<SigningKey> KeyRing::derive(std::string_view purpose) const {
    std::vector<SigningKey> derived;
    derived.reserve(keys_.size());
    for (const SigningKey& key : keys_)
        derived.push_back({.id = key.id, .secret = hmac_sha256(key.secret, as_bytes(purpose))});
    return derived;
}

}  // namespace siahub::auth
