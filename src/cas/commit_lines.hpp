#pragma once
// The body of a commit request: one JSON object {"key":…,"value":…} per line (hf_hub_api.md 1.8).
// Pure: LineSplitter cuts the stream, parse_commit_line() reads one line.

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "crypto/digest.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace siahub::cas {

// Clients send files of up to about 10 MiB inline, as base64; larger ones go through Xet or LFS.
inline constexpr std::size_t kMaxCommitLine = 48 * 1024 * 1024;

struct CommitHeader {
    std::string summary, description;
    std::string parent_commit;  // 5 to 40 hex digits, or empty
};

struct FileLine {
    std::string path;
    Bytes content;
    std::optional<std::string> old_path;
};

struct LfsFileLine {
    std::string path;
    Sha256 sha256{};
    std::optional<std::uint64_t> size;
    std::optional<std::string> old_path;
};

struct DeletedFileLine {
    std::string path;
};

struct DeletedFolderLine {
    std::string path;
};

using CommitLine =
    std::variant<CommitHeader, FileLine, LfsFileLine, DeletedFileLine, DeletedFolderLine>;

// Errors are invalid_argument and name the field; the caller adds the line number.
Result<CommitLine> parse_commit_line(std::string_view line);

// Cuts a stream into lines. Blank lines are skipped; the last line needs no newline.
class LineSplitter {
  public:
    explicit LineSplitter(std::size_t max_line) : max_line_(max_line) {}

    // payload_too_large when a line grows beyond the limit.
    Result<void> feed(std::string_view bytes);
    // The next complete line, valid until the next feed() or next(); nullopt when more is needed.
    std::optional<std::string_view> next();
    // What is left after the last newline, once the stream has ended.
    std::optional<std::string_view> last();

  private:
    std::size_t max_line_;
    std::string pending_;
    std::size_t line_start_ = 0;
    std::size_t searched_ = 0;
};

}  // namespace siahub::cas
