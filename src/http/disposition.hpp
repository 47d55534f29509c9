#pragma once
// Content-Disposition (RFC 6266) that shows a file inline and names it, in ASCII and in UTF-8.

#include <string>
#include <string_view>

namespace siahub::http {

std::string content_disposition(std::string_view file_name);

}  // namespace siahub::http
