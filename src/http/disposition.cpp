#include "http/disposition.hpp"

#include "core/encoding.hpp"

#include <fmt/format.h>

namespace siahub::http {

std::string content_disposition(std::string_view file_name) {
    std::string ascii(file_name);
    for (char& c : ascii)
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e ||
            c == '"' || c == '\\')
            c = '_';
    return fmt::format("inline; filename*=UTF-8''{}; filename=\"{}\";", percent_encode(file_name),
                       ascii);
}

}  // namespace siahub::http
