#pragma once
// Tells a person how far long work is: a line at most every two seconds. One thread.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace siahub::backup {

class Progress {
  public:
    // Nothing is said to a null file.
    explicit Progress(std::FILE* out) : out_(out) {}
    virtual ~Progress() = default;
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    // The next piece of work: "copying bodies", of so many items and bytes (0: not known).
    virtual void begin(std::string_view what, std::uint64_t items, std::uint64_t bytes);
    void advance(std::uint64_t items, std::uint64_t bytes);

  private:
    static constexpr std::chrono::seconds kInterval{2};

    std::FILE* out_;
    std::string what_;
    std::uint64_t items_ = 0, bytes_ = 0;
    std::uint64_t done_items_ = 0, done_bytes_ = 0;
    std::chrono::steady_clock::time_point next_;
};

// "12.3 GB"
std::string show_bytes(std::uint64_t bytes);

}  // namespace siahub::backup
