#pragma once
// Answers GET and HEAD from an open file: 200, 206 with one range, 206 multipart/byteranges, 304,
// 416. Bytes leave by sendfile(2).

#include "http/message.hpp"
#include "http/range.hpp"

namespace siahub::http {

struct FileContent {
    std::shared_ptr<const FileHandle> file;  // or null, and `parts`
    std::uint64_t size = 0;
    std::string content_type = "application/octet-stream";
    std::string etag;  // with its quotes; empty for none
    std::shared_ptr<FileParts> parts = nullptr;
};

// Honours Range (GET only), If-Range and If-None-Match of `request`. The caller may add headers.
Response file_response(const FileContent& content, const Request& request);
// The same for a Range header value alone ("" for none).
Response file_response(const FileContent& content, std::string_view range_header);

// The frame of multipart/byteranges (RFC 9110 §14.6), for bodies that are not files.
class ByteRangesFrame {
  public:
    ByteRangesFrame(std::string content_type, std::uint64_t size);
    [[nodiscard]] std::string content_type() const;  // of the whole answer
    [[nodiscard]] std::string part_head(ByteSpan span) const;
    [[nodiscard]] std::string tail() const;

  private:
    std::string boundary_;
    std::string part_type_;
    std::uint64_t size_;
};

}  // namespace siahub::http
