#pragma once
// The English word list of BIP-39, sorted. Its definition is generated from the copy that Debian's
// python3-mnemonic installs (cmake/EmbeddedFiles.cmake).

#include <array>
#include <string_view>

namespace siahub::sia {

extern const std::array<std::string_view, 2048> kBip39Words;

}  // namespace siahub::sia
