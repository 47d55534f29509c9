#pragma once
// What accounts and repositories may be called (hf_hub_api 0.1). Names keep their case and compare
// without it. Pure functions. Errors: invalid_argument with the rule that was broken.

#include "core/result.hpp"

#include <string>
#include <string_view>

namespace siahub::hub {

// `any` is for the operator's command line: it takes every name that leaves the URLs unambiguous.
enum class Naming { strict, any };

inline constexpr std::size_t kMaxNameLength = 96;  // of "namespace/name" in strict naming

Result<void> check_account_name(std::string_view name, Naming naming);
Result<void> check_repo_name(std::string_view ns, std::string_view name, Naming naming);

// The form in which names are compared: ASCII letters in lower case.
std::string name_key(std::string_view name);
std::string full_key(std::string_view ns, std::string_view name);

struct RepoId {
    std::string ns, name;
};
// Splits "namespace/name". A single segment ("gpt2") is repo_not_found: this hub has no
// repositories outside a namespace. So is anything with more than one slash or an empty part.
Result<RepoId> parse_repo_id(std::string_view id);

}  // namespace siahub::hub
