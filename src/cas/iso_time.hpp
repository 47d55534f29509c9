#pragma once
// Times as callers write them: "2030-01-31T12:00:00Z", with or without a fraction of a second.
// Pure.

#include "core/clock.hpp"

#include <optional>
#include <string_view>

namespace siahub::cas {

// nullopt: it is none, or not one of the calendar.
std::optional<UnixMillis> parse_iso8601(std::string_view text);

}  // namespace siahub::cas
