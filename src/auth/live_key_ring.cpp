#include "auth/live_key_ring.hpp"

#include <array>
#include <atomic>
#include <mutex>

#include <sys/stat.h>

namespace siahub::auth {
namespace {

using std::chrono::steady_clock;

constexpr std::array<std::string_view, 5> kPurposes = {"url", "xet-token", "internal", "session",
                                                       "csrf"};

// Rotation replaces the file, so that at least the inode changes.
struct Stamp {
    ino_t inode = 0;
    off_t size = 0;
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;
    friend bool operator==(const Stamp&, const Stamp&) = default;
};

std::optional<Stamp> stamp_of(const std::filesystem::path& file) {
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0) return std::nullopt;
    return Stamp{status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

using AllKeys = std::array<LiveKeyRing::Keys, kPurposes.size()>;

AllKeys derive_all(const KeyRing& ring) {
    AllKeys all;
    for (std::size_t i = 0; i < all.size(); ++i)
        all.at(i) = std::make_shared<const std::vector<SigningKey>>(ring.derive(kPurposes.at(i)));
    return all;
}

}  // namespace

struct LiveKeyRing::State {
    State(std::filesystem::path file_in, std::chrono::milliseconds poll_in)
        : file(std::move(file_in)), poll(poll_in) {}

    void look() {
        const auto now = steady_clock::now().time_since_epoch().count();
        auto due = next_look.load(std::memory_order_relaxed);
        if (now < due) return;
        const auto next = now + steady_clock::duration(poll).count();
        if (!next_look.compare_exchange_strong(due, next)) return;  // another thread looks
        const auto found = stamp_of(file);
        const std::lock_guard lock(mutex);
        if (!found || found == stamp) return;
        if (const auto ring = KeyRing::open(file)) {
            all = derive_all(*ring);
            stamp = *found;
        }
    }

    const std::filesystem::path file;
    const std::chrono::milliseconds poll;
    std::atomic<steady_clock::rep> next_look = 0;
    std::mutex mutex;
    Stamp stamp;
    AllKeys all;
};

Result<LiveKeyRing> LiveKeyRing::open(const std::filesystem::path& file,
                                      std::chrono::milliseconds poll) {
    const auto ring = TRY(KeyRing::open(file));
    auto state = std::make_shared<State>(file, poll);
    state->all = derive_all(ring);
    return LiveKeyRing(std::move(state));
}

LiveKeyRing::Keys LiveKeyRing::keys(Purpose purpose) const {
    state_->look();
    const std::lock_guard lock(state_->mutex);
    return state_->all.at(static_cast<std::size_t>(purpose));
}

}  // namespace siahub::auth
