// The body of a commit request: the lines must come out the same however the stream is cut, and no
// line may do more than fail.

#include "cas/commit_lines.hpp"

#include <cstdlib>

using namespace siahub;

namespace {

std::vector<std::string> lines_of(std::string_view stream, std::size_t piece) {
    cas::LineSplitter splitter(1U << 16);
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
        if (!splitter.feed(stream.substr(at, piece))) return lines;
        while (const auto line = splitter.next())
            lines.emplace_back(*line);
    }
    if (const auto line = splitter.last()) lines.emplace_back(*line);
    return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view stream(reinterpret_cast<const char*>(data), size);
    const auto lines = lines_of(stream, stream.size() + 1);
    if (lines_of(stream, 7) != lines) std::abort();
    for (const auto& line : lines) {
        const auto parsed = cas::parse_commit_line(line);
        if (!parsed && parsed.error().message.empty()) std::abort();
    }
    return 0;
}
