#pragma once
// The .gitattributes of a new repository: which names git-lfs handles. Models and spaces share one
// list, datasets have theirs.

#include <string>

namespace siahub::git {

std::string default_model_attributes();
std::string default_dataset_attributes();

}  // namespace siahub::git
