#pragma once
// A line of the log without its time, as JSON or as logfmt. Pure.

#include "core/log.hpp"

#include <string>

namespace siahub {

// What follows the time: `,"level":"info","event":…}` or ` level=info event=…`, and a newline.
void append_log_line(std::string& out, Log::Format format, Log::Level level, std::string_view event,
                     std::span<const LogField> fields);

}  // namespace siahub
