#pragma once
// The framing of git's wire protocol: lines that begin with their length, four hex digits that
// count themselves, and two lengths that mean something else. Pure.
// Source: gitprotocol-common(5), gitprotocol-v2(5).

#include "core/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace siahub::git {

inline constexpr std::size_t kMostPktData = 65516;

struct Pkt {
    enum class Kind { data, flush, delimiter };
    Kind kind = Kind::data;
    std::string_view data;  // into what is read
};

void append_pkt(std::string& out, std::string_view data);  // at most kMostPktData
void append_flush(std::string& out);
void append_delimiter(std::string& out);

class PktReader {
  public:
    explicit PktReader(std::string_view text) : rest_(text) {}

    // Nothing at the end; invalid_argument for what is no such line.
    Result<std::optional<Pkt>> next();

  private:
    std::string_view rest_;
};

}  // namespace siahub::git
