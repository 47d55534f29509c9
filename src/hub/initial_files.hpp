#pragma once
// What the commit "initial commit" of a new repository holds (hf_hub_api 1.2, 2). Pure. Errors:
// invalid_argument.

#include "hub/repos.hpp"

namespace siahub::hub {

// .gitattributes, README.md of a space or one with a licence, and the given files, which replace
// these. No path twice.
Result<std::vector<InitialFile>> initial_files(NewRepo repo);

}  // namespace siahub::hub
