#pragma once
// Git's clients compress their longer requests.

#include "core/bytes.hpp"
#include "core/result.hpp"

#include <string>

namespace siahub::git {

// invalid_argument when it is no gzip stream or is cut off; payload_too_large beyond `most`.
Result<std::string> gunzip(ByteView compressed, std::size_t most);

}  // namespace siahub::git
