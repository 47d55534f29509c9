#pragma once
// HTTP/1.1 messages as handlers see them. A Request lives as long as its handler and the sending of
// the response. Sources: RFC 9110, RFC 9112.

#include "core/bytes.hpp"
#include "core/file_handle.hpp"
#include "core/task.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace siahub::http {

enum class Method { get, head, post, put, patch, del, options, other };
// "GET"; "" for other.
[[nodiscard]] std::string_view method_name(Method method);

// Field names compare without case. Order is kept; a name may repeat. Kept in wire form, so that
// neither reading a request nor writing a response allocates per field. What is added can never
// break out of its line: control characters in values become spaces, a name that is not a token is
// dropped with its value. The views are valid until the next change.
class Headers {
  public:
    struct Field {
        std::string_view name;
        std::string_view value;
    };

    void add(std::string_view name, std::string_view value);
    void set(std::string_view name, std::string_view value);  // replaces
    void remove(std::string_view name);
    void clear();  // keeps the memory
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;  // the first
    [[nodiscard]] std::size_t size() const { return slots_.size(); }
    [[nodiscard]] Field operator[](std::size_t index) const;
    [[nodiscard]] std::vector<Field> all() const;

  private:
    struct Slot {
        std::uint32_t begin;
        std::uint32_t name_size;
        std::uint32_t value_size;
    };
    std::string wire_;  // "Name: value\r\n" for every slot
    std::vector<Slot> slots_;
};

[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);

// The bytes of a request's body, read as they arrive. Errors: connection_closed, timeout (a client
// slower than the server's floor), payload_too_large, invalid_argument (broken chunked coding).
class RequestBody {
  public:
    virtual ~RequestBody() = default;
    [[nodiscard]] virtual std::optional<std::uint64_t> content_length() const = 0;
    // At least one byte unless the body has ended (0). Reads straight into `into`.
    virtual Task<Result<std::size_t>> read(std::span<std::byte> into) = 0;
    // The whole body; payload_too_large beyond `limit`.
    Task<Result<std::string>> read_all(std::size_t limit);
};

// What handlers find out about a request, for the log. Nothing secret.
struct Notes {
    std::string user;  // a name
    std::int64_t user_id = 0, key_id = 0, repo_id = 0;
    std::string_view cache;  // how it answered: a literal

    void clear();  // keeps the memory
};

struct Request {
    Method method = Method::get;
    std::string_view path;   // raw (still percent-encoded), without query
    std::string_view query;  // raw, without '?'
    const Headers* headers = nullptr;
    RequestBody* body = nullptr;
    std::string peer_address;  // "127.0.0.1"
    std::string request_id;  // see hf_hub_api.md 0.3: echoes x-request-id or contains the trace id
    std::string base_url;    // "http://host:port" as the client addressed us, no trailing slash
    std::vector<std::string_view> captures;  // raw path parts the route matched, in order
    Notes notes;
    // Awaited once the response has been sent or given up, before this object goes away: for a
    // handler that lends `body` to something that may use it until then (http/relay).
    std::function<Task<void>()> cleanup;

    [[nodiscard]] std::string_view header(std::string_view name) const;  // "" when absent
    // Decoded value of the first `name=` in the query ('+' is a space there); nullopt when absent.
    [[nodiscard]] std::optional<std::string> query_value(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> query_values(std::string_view name) const;
};

// A body produced while it is sent. next() returns an empty view at the end; the view is valid
// until the next call. An error in the middle cuts the connection, which is how HTTP/1.1 says
// "incomplete". The source is destroyed when the client goes away; that is its cancellation.
class BodySource {
  public:
    virtual ~BodySource() = default;
    virtual Task<Result<ByteView>> next() = 0;
};

// A file whose bytes may have to be fetched before they can be sent, kPartStep at a time.
class FileParts {
  public:
    static constexpr std::uint64_t kPartStep = 8UL * 1024 * 1024;
    virtual ~FileParts() = default;
    // A descriptor in which these bytes are there, at their own offsets.
    virtual Task<Result<std::shared_ptr<const FileHandle>>> open(std::uint64_t offset,
                                                                 std::uint64_t length) = 0;
};

// A byte range of a file, sent with sendfile(2); `prefix` goes out just before it (the part head of
// a multipart/byteranges answer). Without `file`, `parts` is asked.
struct FileSlice {
    std::string prefix;
    std::shared_ptr<const FileHandle> file;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::shared_ptr<FileParts> parts = nullptr;
};

struct FileBody {
    std::vector<FileSlice> slices;
    std::string suffix;
};

struct StreamBody {
    std::unique_ptr<BodySource> source;
    std::optional<std::uint64_t> length;  // chunked coding when unknown
};

struct Response {
    unsigned status = 200;
    Headers headers;
    std::variant<std::string, FileBody, StreamBody> body;
    // For HEAD: the Content-Length to announce when it is not the size of `body`.
    std::optional<std::uint64_t> announced_length;
};

}  // namespace siahub::http
