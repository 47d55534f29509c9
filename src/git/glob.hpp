#pragma once
// The wildcards of gitignore and gitattributes: `*`, `?`, `[…]` with ranges, negation and named
// classes, `\` as escape, and, where slashes matter, `**`. Same answers as git's own matcher, but
// the states of all possibilities advance together, so that no pattern takes exponential time.
// A pattern that ends in the middle of a class or an escape matches nothing. Pure.

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace siahub::git {

// What a caller still grants to matching, in steps; at none left, nothing matches any more.
struct Fuel {
    std::size_t steps = 1'000'000;
};

class Glob {
  public:
    // With `slashes_matter`, only `**` between slashes matches a slash.
    Glob(std::string_view pattern, bool slashes_matter);

    [[nodiscard]] bool matches(std::string_view text, Fuel& fuel) const;

  private:
    using Class = std::bitset<256>;
    enum class Kind : std::uint8_t { literal, one, set, star, deep_star, maybe_two };
    struct Token {
        Kind kind;
        unsigned char literal = 0;
        std::uint16_t set = 0;  // index into sets_
    };

    class Compiler;
    void activate(std::vector<std::uint8_t>& states, std::size_t state) const;
    [[nodiscard]] bool accepts(const Token& token, unsigned char c) const;

    bool slashes_matter_;
    bool valid_ = true;
    std::size_t shortest_ = 0;  // text that can match
    std::vector<Token> tokens_;
    std::vector<Class> sets_;
};

}  // namespace siahub::git
