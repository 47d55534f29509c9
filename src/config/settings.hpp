#pragma once
// The table of everything that can be set. An entry's `set` checks and stores a text, its `show`
// writes the present value the way a file would have it. Immutable.

#include "config/config.hpp"

#include <span>
#include <string>
#include <string_view>

namespace siahub::config {

// Who reads a setting, as bits.
enum Role : unsigned {
    kServe = 1,
    kCas = 2,
    kGateway = 4,
    kHfProxy = 8,
    kAdmin = 16,  // commands that work on a hub's data
    kSia = 32,    // commands that work on what it keeps on Sia
};

struct Setting {
    std::string_view key;    // "database.url", as in the file
    std::string_view flag;   // "--database-url"
    std::string_view value;  // "URL", for help texts
    std::string_view help;   // one line
    std::string_view more;   // for the reference page; may be empty
    unsigned roles;
    bool secret;
    Result<void> (*set)(Config& config, std::string_view text);
    std::string (*show)(const Config& config);
};

std::span<const Setting> all_settings();
const Setting* find_setting(std::string_view key);
// "SIAHUB_DATABASE_URL"
std::string environment_name(const Setting& setting);
// What was probably meant; null when nothing is near.
const Setting* nearest_setting(std::string_view key);

}  // namespace siahub::config
