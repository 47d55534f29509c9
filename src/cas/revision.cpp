#include "cas/revision.hpp"

#include "core/encoding.hpp"

namespace siahub::cas {
namespace {

constexpr std::size_t kMaxBranchSegments = 4;

std::string_view trim_slashes(std::string_view text) {
    while (text.starts_with('/'))
        text.remove_prefix(1);
    while (text.ends_with('/'))
        text.remove_suffix(1);
    return text;
}

// The position after `count` raw segments, or npos when there are fewer.
std::size_t end_of_segments(std::string_view text, std::size_t count) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (at > text.size()) return std::string_view::npos;
        const auto slash = text.find('/', at);
        if (i + 1 == count) return slash == std::string_view::npos ? text.size() : slash;
        if (slash == std::string_view::npos) return std::string_view::npos;
        at = slash + 1;
    }
    return std::string_view::npos;
}

Result<RevisionAndPath> read_as(std::string_view rest, std::size_t revision_end) {
    const auto path = rest.substr(std::min(revision_end + 1, rest.size()));
    RevisionAndPath reading;
    reading.revision = TRY(percent_decode(rest.substr(0, revision_end)));
    reading.path = std::string(trim_slashes(TRY(percent_decode(path))));
    return reading;
}

}  // namespace

Result<std::vector<RevisionAndPath>> readings_of(std::string_view rest) {
    rest = trim_slashes(rest);
    std::vector<RevisionAndPath> readings;
    // refs/pr/1, refs/heads/x and the like say by themselves where they end.
    const auto full_ref_end =
        rest.starts_with("refs/") ? end_of_segments(rest, 3) : std::string_view::npos;
    if (full_ref_end != std::string_view::npos)
        readings.push_back(TRY(read_as(rest, full_ref_end)));
    for (std::size_t count = 1; count <= kMaxBranchSegments; ++count) {
        const auto end = end_of_segments(rest, count);
        if (end == std::string_view::npos) break;
        readings.push_back(TRY(read_as(rest, end)));
    }
    return readings;
}

Task<Result<Located>> locate(RepoCall& call) {
    const auto readings = CO_TRY(readings_of(call.rest));
    Error first_failure{Code::revision_not_found, "Invalid rev id: "};
    for (const auto& reading : readings) {
        auto revision = co_await call.services.refs.resolve(call.repo, reading.revision);
        if (revision) co_return Located{*std::move(revision), reading.revision, reading.path};
        if (revision.error().code != Code::revision_not_found)
            co_return std::unexpected(std::move(revision).error());
        if (&reading == &readings.front()) first_failure = std::move(revision).error();
    }
    co_return std::unexpected(std::move(first_failure));
}

Result<std::string> decoded_rest(const RepoCall& call) {
    return percent_decode(trim_slashes(call.rest));
}

Task<Result<hub::Revision>> locate_revision(RepoCall& call) {
    const auto name = CO_TRY(decoded_rest(call));
    co_return co_await call.services.refs.resolve(call.repo, name);
}

}  // namespace siahub::cas
