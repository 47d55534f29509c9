#include "cas/content_type.hpp"

#include <algorithm>
#include <array>

namespace siahub::cas {
namespace {

struct Known {
    std::string_view extension, type;
};

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::array kKnown = {
    Known{"json", "application/json"},
    Known{"jsonl", kText},
    Known{"md", kText},
    Known{"txt", kText},
    Known{"py", kText},
    Known{"yaml", kText},
    Known{"yml", kText},
    Known{"toml", kText},
    Known{"csv", kText},
    Known{"tsv", kText},
    Known{"html", kText},
    Known{"htm", kText},
    Known{"xml", kText},
    Known{"js", kText},
    Known{"css", kText},
    Known{"sh", kText},
    Known{"ipynb", "application/json"},
    Known{"gitattributes", kText},
    Known{"gitignore", kText},
    Known{"png", "image/png"},
    Known{"jpg", "image/jpeg"},
    Known{"jpeg", "image/jpeg"},
    Known{"gif", "image/gif"},
    Known{"webp", "image/webp"},
    Known{"mp3", "audio/mpeg"},
    Known{"wav", "audio/wav"},
    Known{"flac", "audio/flac"},
    Known{"mp4", "video/mp4"},
    Known{"webm", "video/webm"},
    Known{"pdf", "application/pdf"},
};

}  // namespace

std::string_view content_type_of(std::string_view path) {
    const auto name = path.substr(path.rfind('/') + 1);
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos) return "application/octet-stream";
    const auto extension = name.substr(dot + 1);
    const auto* known = std::ranges::find(kKnown, extension, &Known::extension);
    return known == kKnown.end() ? "application/octet-stream" : known->type;
}

}  // namespace siahub::cas
