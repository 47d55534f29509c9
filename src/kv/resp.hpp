#pragma once
// RESP2, the protocol of Redis, without I/O: commands out, replies in. The parser takes bytes as
// they come, in pieces of any size, and gives whole replies. What it holds is bounded by
// RespLimits, whatever the sizes that the bytes claim. One thread. Errors: unavailable; the stream
// is then broken for good, as nobody can say where the next reply starts.
// Source: redis.io, "Redis serialization protocol specification".

#include "core/result.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace siahub::kv {

struct Reply {
    enum class Kind { status, error, integer, text, nil, list };
    Kind kind = Kind::nil;
    std::int64_t integer = 0;
    std::string text;  // of status, error and text
    std::vector<Reply> list;

    friend bool operator==(const Reply&, const Reply&) = default;
};

// One command as Redis reads it; commands may follow each other without a break.
std::string encode_command(std::initializer_list<std::string_view> words);
std::string encode_command(std::span<const std::string_view> words);

struct RespLimits {
    std::size_t reply_bytes = std::size_t{1024} * 1024;  // in memory, lists included
    std::size_t line_bytes = 8192;
    std::size_t depth = 8;
};

class RespParser {
  public:
    explicit RespParser(RespLimits limits = {}) : limits_(limits) {}

    void feed(std::string_view bytes);
    // The next whole reply; nullopt when it takes more bytes. Call it until then after each feed().
    Result<std::optional<Reply>> next();

  private:
    enum class Step { element, list_opened, starved };
    struct OpenList {
        Reply list;
        std::size_t missing;
    };

    Result<Step> step(Reply& element);
    Result<std::optional<std::string_view>> line();
    Result<Step> take_text(std::string_view size, std::size_t header, Reply& element);
    Result<Step> take_list(std::string_view size, std::size_t header, Reply& element);
    bool close(Reply& element);
    [[nodiscard]] std::size_t room() const;
    void consume(std::size_t bytes, std::size_t memory);
    Failure broken(std::string_view why);

    RespLimits limits_;
    std::string input_;
    std::size_t position_ = 0;    // of the first byte that is not part of an element yet
    std::size_t scanned_ = 0;     // no line ends between position_ and here
    std::vector<OpenList> open_;  // outermost first
    std::size_t charged_ = 0;     // memory of the reply under way
    bool broken_ = false;
};

}  // namespace siahub::kv
