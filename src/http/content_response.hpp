#pragma once
// Answers GET and HEAD from content that is not a file: bytes in memory, or bytes that are made
// while they are sent. Range, If-Range and If-None-Match as in file_response.hpp.

#include "http/message.hpp"
#include "http/range.hpp"

#include <memory>
#include <string>

namespace siahub::http {

struct ContentFacts {
    std::uint64_t size = 0;
    std::string content_type = "application/octet-stream";
    std::string etag;  // with its quotes; empty for none
};

Response bytes_response(std::string content, const ContentFacts& facts, const Request& request);

// Opens any part of some content. Opened parts are read one after the other.
class ContentOpener {
  public:
    virtual ~ContentOpener() = default;
    virtual Task<Result<std::unique_ptr<BodySource>>> open(ByteSpan span) = 0;
};

Response stream_response(std::unique_ptr<ContentOpener> content, const ContentFacts& facts,
                         const Request& request);

// Reads the first bytes of a body that is made while it is sent, before the head goes out: as long
// as an error can still be told.
Task<Result<void>> prime(Response& response);

}  // namespace siahub::http
