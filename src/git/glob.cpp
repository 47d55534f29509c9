#include "git/glob.hpp"

#include <cctype>
#include <cstring>
#include <optional>
#include <string>

namespace siahub::git {
namespace {

constexpr int kNoChar = -1;

// Characters of a named class, in the C locale whatever the process has set.
bool in_named_class(std::string_view name, unsigned char c, bool& known) {
    known = true;
    const bool digit = c >= '0' && c <= '9';
    const bool upper = c >= 'A' && c <= 'Z';
    const bool lower = c >= 'a' && c <= 'z';
    const bool graph = c > 32 && c < 127;
    if (name == "alnum") return digit || upper || lower;
    if (name == "alpha") return upper || lower;
    if (name == "blank") return c == ' ' || c == '\t';
    if (name == "cntrl") return c < 32 || c == 127;
    if (name == "digit") return digit;
    if (name == "graph") return graph;
    if (name == "lower") return lower;
    if (name == "print") return graph || c == ' ';
    if (name == "punct") return graph && !digit && !upper && !lower;
    if (name == "space") return c == ' ' || (c >= 9 && c <= 13);
    if (name == "upper") return upper;
    if (name == "xdigit") return digit || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
    known = false;
    return false;
}

}  // namespace

class Glob::Compiler {
  public:
    Compiler(Glob& glob, std::string_view pattern) : glob_(glob), pattern_(pattern) {}

    bool run() {
        while (at_ < pattern_.size()) {
            switch (const char c = pattern_[at_]; c) {
                case '?':
                    add({Kind::one});
                    ++at_;
                    break;
                case '*':
                    stars();
                    break;
                case '[':
                    if (!bracket()) return false;
                    break;
                case '\\':
                    if (++at_ == pattern_.size()) return false;
                    [[fallthrough]];
                default:
                    add({Kind::literal, byte_at(at_++)});
                    break;
            }
        }
        return true;
    }

  private:
    void add(Token token) {
        glob_.tokens_.push_back(token);
        if (token.kind == Kind::literal || token.kind == Kind::one || token.kind == Kind::set)
            ++glob_.shortest_;
    }
    [[nodiscard]] unsigned char byte_at(std::size_t i) const {
        return static_cast<unsigned char>(pattern_[i]);
    }

    void stars() {
        const auto start = at_;
        while (at_ < pattern_.size() && pattern_[at_] == '*')
            ++at_;
        if (!glob_.slashes_matter_) return add({Kind::deep_star});
        const auto rest = pattern_.substr(at_);
        const bool after_slash = start == 0 || pattern_[start - 1] == '/';
        const bool before_slash = rest.empty() || rest[0] == '/' || rest.starts_with("\\/");
        if (at_ - start < 2 || !after_slash || !before_slash) return add({Kind::star});
        if (rest.starts_with('/')) {  // "**/" is also nothing at all
            add({Kind::maybe_two});
            add({Kind::deep_star});
            glob_.tokens_.push_back({Kind::literal, '/'});  // not needed by the shortest text
            ++at_;
            return;
        }
        add({Kind::deep_star});
    }

    bool bracket() {
        Class set;
        ++at_;
        bool negated = false;
        if (at_ < pattern_.size() && (pattern_[at_] == '!' || pattern_[at_] == '^')) {
            negated = true;
            ++at_;
        }
        int previous = kNoChar;  // that may begin a range
        do {
            if (at_ >= pattern_.size() || !bracket_item(set, previous)) return false;
        } while (at_ >= pattern_.size() || pattern_[at_] != ']');
        ++at_;
        if (negated) set.flip();
        if (glob_.slashes_matter_) set.reset('/');
        add({Kind::set, 0, static_cast<std::uint16_t>(glob_.sets_.size())});
        glob_.sets_.push_back(set);
        return glob_.sets_.size() <= UINT16_MAX;
    }

    // One character, range or named class. Git forgets `previous` after the latter two.
    bool bracket_item(Class& set, int& previous) {
        const auto next = [this](std::size_t ahead) -> char {
            return at_ + ahead < pattern_.size() ? pattern_[at_ + ahead] : '\0';
        };
        if (pattern_[at_] == '-' && previous > 0 && next(1) != '\0' && next(1) != ']') {
            at_ += next(1) == '\\' ? 2 : 1;
            if (at_ >= pattern_.size()) return false;
            for (int c = previous; c <= byte_at(at_); ++c)
                set.set(static_cast<std::size_t>(c));
            ++at_;
            previous = kNoChar;
            return true;
        }
        if (pattern_[at_] == '[' && next(1) == ':') {
            const auto end = pattern_.find(']', at_ + 2);
            if (end == std::string_view::npos) return false;
            if (end > at_ + 2 && pattern_[end - 1] == ':') {
                previous = kNoChar;
                return named_class(set, end);
            }
        }
        if (pattern_[at_] == '\\') ++at_;
        if (at_ == pattern_.size()) return false;
        previous = byte_at(at_++);
        set.set(static_cast<std::size_t>(previous));
        return true;
    }

    bool named_class(Class& set, std::size_t end) {
        const auto name = pattern_.substr(at_ + 2, end - 1 - (at_ + 2));
        bool known = false;
        for (unsigned c = 0; c < 256; ++c)
            if (in_named_class(name, static_cast<unsigned char>(c), known)) set.set(c);
        at_ = end + 1;
        return known;
    }

    Glob& glob_;
    std::string_view pattern_;
    std::size_t at_ = 0;
};

Glob::Glob(std::string_view pattern, bool slashes_matter) : slashes_matter_(slashes_matter) {
    valid_ = Compiler(*this, pattern).run();
}

// States reachable without a character are reached together with this one.
void Glob::activate(std::vector<std::uint8_t>& states, std::size_t state) const {
    for (;;) {
        if (states[state] != 0) return;
        states[state] = 1;
        if (state == tokens_.size()) return;
        switch (tokens_[state].kind) {
            case Kind::maybe_two:
                activate(states, state + 3);
                [[fallthrough]];
            case Kind::star:
            case Kind::deep_star:
                ++state;
                break;
            default:
                return;
        }
    }
}

bool Glob::accepts(const Token& token, unsigned char c) const {
    switch (token.kind) {
        case Kind::literal:
            return c == token.literal;
        case Kind::one:
        case Kind::star:
            return !slashes_matter_ || c != '/';
        case Kind::set:
            return sets_[token.set].test(c);
        case Kind::deep_star:
            return true;
        case Kind::maybe_two:
            return false;
    }
    return false;
}

bool Glob::matches(std::string_view text, Fuel& fuel) const {
    if (!valid_ || text.size() < shortest_) return false;
    const auto end = tokens_.size();
    std::vector<std::uint8_t> now(end + 1);
    std::vector<std::uint8_t> next(end + 1);
    activate(now, 0);
    std::size_t first = 0;  // no state before it is active
    for (const char c : text) {
        std::fill(next.begin() + static_cast<std::ptrdiff_t>(first), next.end(), 0);
        std::size_t lowest = end + 1;
        for (std::size_t state = first; state < end; ++state) {
            if (fuel.steps == 0) return false;
            --fuel.steps;
            if (now[state] == 0 || !accepts(tokens_[state], static_cast<unsigned char>(c)))
                continue;
            const auto kind = tokens_[state].kind;
            const bool stays = kind == Kind::star || kind == Kind::deep_star;
            const auto target = stays ? state : state + 1;
            activate(next, target);
            lowest = std::min(lowest, target);
        }
        if (lowest > end) return false;
        now.swap(next);
        first = lowest;
    }
    return now[end] != 0;
}

}  // namespace siahub::git
