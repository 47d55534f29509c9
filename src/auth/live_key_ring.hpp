#pragma once
// The key ring as it is now: whoever signs or checks asks for it each time, so that a rotation by
// an administrator takes effect in every process within kKeyPoll, without a restart. The file is
// looked at (one stat) at most once per interval, by whoever asks first; a file that cannot be read
// leaves the keys as they were. A cheap handle, copied freely; thread-safe.

#include "auth/key_ring.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <span>

namespace siahub::auth {

inline constexpr std::chrono::milliseconds kKeyPoll{1000};

// What a key may sign. A signature for one is never good for another.
enum class Purpose { url, xet_token, internal, session, csrf };

class LiveKeyRing {
  public:
    // Keys derived for one purpose, newest first; never empty.
    using Keys = std::shared_ptr<const std::vector<SigningKey>>;

    static Result<LiveKeyRing> open(const std::filesystem::path& file,
                                    std::chrono::milliseconds poll = kKeyPoll);

    [[nodiscard]] Keys keys(Purpose purpose) const;

  private:
    struct State;
    explicit LiveKeyRing(std::shared_ptr<State> state) : state_(std::move(state)) {}

    std::shared_ptr<State> state_;
};

}  // namespace siahub::auth
