#pragma once
// The secrets under which URLs and tokens are signed. The newest signs, the one before it is still
// accepted, so that rotation breaks no link in flight. The file holds one key a line, newest first,
// as "<8 hex id> <64 hex secret>", mode 0600; it is created with one key. Immutable once opened.

#include "core/bytes.hpp"
#include "core/result.hpp"

#include <array>
#include <filesystem>
#include <string>
#include <vector>

namespace siahub::auth {

struct SigningKey {
    std::string id;
    std::array<std::byte, 32> secret{};
};

class KeyRing {
  public:
    static Result<KeyRing> open(const std::filesystem::path& file);
    // Puts a new key in front and drops all but the previous one. Takes effect when reopened.
    static Result<void> rotate(const std::filesystem::path& file);

    // Keys for one purpose, derived so that a signature for one is never good for another.
    [[nodiscard]] std::vector<SigningKey> derive(std::string_view purpose) const;

  private:
    explicit KeyRing(std::vector<SigningKey> keys) : keys_(std::move(keys)) {}

    std::vector<SigningKey> keys_;
};

}  // namespace siahub::auth
