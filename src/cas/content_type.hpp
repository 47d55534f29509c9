#pragma once
// The media type of a file by its name. Nothing that a browser would run: pages of a repository
// must not act in the name of the hub.

#include <string_view>

namespace siahub::cas {

std::string_view content_type_of(std::string_view path);

}  // namespace siahub::cas
