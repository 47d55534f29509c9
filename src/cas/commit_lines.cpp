#include "cas/commit_lines.hpp"

#include "cas/json_body.hpp"
#include "core/encoding.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace siahub::cas {
namespace json = boost::json;
namespace {

Result<CommitLine> parse_header(const json::object& value) {
    CommitHeader header;
    header.summary = TRY(required_string(value, "summary"));
    header.description = TRY(optional_string(value, "description")).value_or("");
    header.parent_commit = TRY(optional_string(value, "parentCommit")).value_or("");
    return header;
}

Result<Bytes> decode_content(const json::object& value) {
    const auto encoding = TRY(optional_string(value, "encoding")).value_or("utf-8");
    const auto* content = value.if_contains("content");
    if (content == nullptr || !content->is_string())
        return fail(Code::invalid_argument, "\"content\" must be a string");
    const std::string_view text = content->get_string();
    if (encoding == "base64") return from_base64(text);
    if (encoding != "utf-8" && encoding != "utf8")
        return fail(Code::invalid_argument, "\"encoding\" must be base64 or utf-8");
    const auto bytes = as_bytes(text);
    return Bytes(bytes.begin(), bytes.end());
}

Result<CommitLine> parse_file(const json::object& value) {
    FileLine file;
    file.path = TRY(required_string(value, "path"));
    file.old_path = TRY(optional_string(value, "oldPath"));
    file.content = TRY(decode_content(value));
    return file;
}

Result<CommitLine> parse_lfs_file(const json::object& value) {
    LfsFileLine file;
    file.path = TRY(required_string(value, "path"));
    file.old_path = TRY(optional_string(value, "oldPath"));
    file.size = TRY(optional_size(value, "size"));
    const auto algo = TRY(optional_string(value, "algo")).value_or("sha256");
    if (algo != "sha256") return fail(Code::invalid_argument, "\"algo\" must be sha256");
    const auto oid = TRY(required_string(value, "oid"));
    if (!from_hex(oid, file.sha256))
        return fail(Code::invalid_argument, "\"oid\" must be 64 hex digits");
    return file;
}

}  // namespace

Result<CommitLine> parse_commit_line(std::string_view line) {
    const auto object = TRY(parse_json_object(line));
    const auto key = TRY(required_string(object, "key"));
    const auto* value = object.if_contains("value");
    if (value == nullptr || !value->is_object())
        return fail(Code::invalid_argument, "\"value\" must be an object");
    const auto& fields = value->get_object();
    if (key == "header") return parse_header(fields);
    if (key == "file") return parse_file(fields);
    if (key == "lfsFile") return parse_lfs_file(fields);
    if (key == "deletedFile" || key == "deletedEntry")
        return DeletedFileLine{TRY(required_string(fields, "path"))};
    if (key == "deletedFolder") return DeletedFolderLine{TRY(required_string(fields, "path"))};
    return fail(Code::invalid_argument, fmt::format("\"{:.40}\" is no kind of commit line", key));
}

Result<void> LineSplitter::feed(std::string_view bytes) {
    pending_.erase(0, line_start_);
    searched_ -= line_start_;
    line_start_ = 0;
    // Only the part before the next newline adds to the line that is open.
    const auto open = pending_.size() + std::min(bytes.find('\n'), bytes.size());
    if (pending_.find('\n', searched_) == std::string::npos && open > max_line_)
        return fail(Code::payload_too_large,
                    fmt::format("a line of the commit is longer than {} MiB; send large files "
                                "through Xet or LFS",
                                max_line_ >> 20));
    pending_.append(bytes);
    return {};
}

std::optional<std::string_view> LineSplitter::next() {
    for (;;) {
        const auto end = pending_.find('\n', searched_);
        if (end == std::string::npos) {
            searched_ = pending_.size();
            return std::nullopt;
        }
        auto line = std::string_view(pending_).substr(line_start_, end - line_start_);
        line_start_ = searched_ = end + 1;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!line.empty()) return line;
    }
}

std::optional<std::string_view> LineSplitter::last() {
    const auto line = std::string_view(pending_).substr(line_start_);
    line_start_ = searched_ = pending_.size();
    if (line.empty()) return std::nullopt;
    return line;
}

}  // namespace siahub::cas
