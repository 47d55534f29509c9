#pragma once
// Small files that are copied as they are, mode 0600: the signing keys of a hub, without which the
// links and tokens that it has given out end.

#include "backup/manifest.hpp"

namespace siahub::backup {

inline constexpr std::string_view kKeys = "keys";

// A durable copy under a name that does not exist yet.
Result<Digested> copy_secret(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace siahub::backup
