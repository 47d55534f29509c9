#pragma once
// A map from strings to small values that forgets what was used longest ago, in stripes with a lock
// each. Thread-safe.

#include <array>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace siahub::kv {

template <class V>
class LruMap {
  public:
    explicit LruMap(std::size_t max_entries)
        : stripe_entries_(std::max<std::size_t>(max_entries / kStripes, 1)) {}

    // change(value) on the value of `key`, made by make() when there is none, under the lock.
    template <class Make, class Change>
    auto update(std::string_view key, Make make, Change change) {
        const auto hash = std::hash<std::string_view>{}(key);
        // High bits, so that keys of one stripe still differ in the bits that pick a bucket.
        Stripe& stripe = stripes_[(hash >> 57) % kStripes];
        const std::scoped_lock guard(stripe.mutex);
        return change(entry(stripe, key, make));
    }

  private:
    struct Entry {
        std::string key;
        V value;
    };
    struct Stripe {
        std::mutex mutex;
        std::list<Entry> recent;  // newest first; keys of the map view into it
        std::unordered_map<std::string_view, typename std::list<Entry>::iterator> entries;
    };
    static constexpr std::size_t kStripes = 8;

    template <class Make>
    V& entry(Stripe& stripe, std::string_view key, Make make) {
        if (const auto known = stripe.entries.find(key); known != stripe.entries.end()) {
            stripe.recent.splice(stripe.recent.begin(), stripe.recent, known->second);
            return stripe.recent.front().value;
        }
        if (stripe.entries.size() >= stripe_entries_) {
            stripe.entries.erase(stripe.recent.back().key);
            stripe.recent.pop_back();
        }
        stripe.recent.push_front({std::string(key), make()});
        stripe.entries.emplace(stripe.recent.front().key, stripe.recent.begin());
        return stripe.recent.front().value;
    }

    std::size_t stripe_entries_;
    std::array<Stripe, kStripes> stripes_;
};

}  // namespace siahub::kv
