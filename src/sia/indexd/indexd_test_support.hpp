#pragma once
// For the tests of this folder: an indexd, a client of it, and things to keep there.

#include "http/client_test_support.hpp"
#include "sia/indexd/app_api.hpp"
#include "sia/test_support/fake_indexd.hpp"

namespace siahub::sia::indexd::testing {

using sia::testing::FakeIndexd;

inline constexpr UnixMillis kNow = 1'700'000'000'000;
inline constexpr std::size_t kHosts = 15;

template <class Fixed>
Fixed filled(std::uint8_t value) {
    Fixed fixed;
    fixed.bytes.fill(std::byte{value});
    return fixed;
}

inline Host host(std::uint8_t number) {
    Host host;
    host.key = filled<PublicKey>(number);
    host.addresses = {{"siamux", "127.0.0.1:" + std::to_string(1000 + number)}};
    host.country_code = number % 2 == 0 ? "DE" : "US";
    host.latitude = number;
    host.longitude = -number;
    host.good_for_upload = true;
    return host;
}

class IndexdTest : public ::testing::Test {
  protected:
    IndexdTest() : server_io_(1) {
        server_io_.start();
        indexd.emplace(server_io_, clock);
        EXPECT_TRUE(indexd->start());
        for (std::uint8_t number = 1; number <= kHosts; ++number)
            indexd->add_host(host(number));
        indexd->add_account(public_key_of(key));
    }
    ~IndexdTest() override {
        indexd.reset();
        server_io_.stop();
    }

    template <class T>
    T run(Task<T> task) {
        return harness.run(std::move(task));
    }
    AppApi api_of(const Ed25519PrivateKey& who) {
        return AppApi::open(harness.client(), {.url = indexd->app_url()}, who, clock).value();
    }
    void fault(sia::testing::IndexdFault what) { indexd->set_fault(std::move(what)); }

    // 4 of 14, on hosts of their own; its roots begin with `number`.
    static Slab slab(std::uint8_t number) {
        Slab slab{.key = filled<SecretKey>(number), .min_shards = 4, .sectors = {}};
        for (std::uint8_t shard = 1; shard <= 14; ++shard) {
            auto root = filled<Hash256>(number);
            root.bytes[31] = std::byte{shard};
            slab.sectors.push_back({root, filled<PublicKey>(shard)});
        }
        return slab;
    }
    SealedObject object(std::initializer_list<std::uint8_t> slabs) const {
        Object object{.data_key = filled<SecretKey>(9), .slabs = {}, .metadata = Bytes(5)};
        for (const auto number : slabs)
            object.slabs.push_back({slab(number), 10, 1000});
        return seal(object, key);
    }

    ManualClock clock{kNow};
    Ed25519PrivateKey key = Ed25519PrivateKey::random();
    http::testing::ClientHarness harness;

  private:
    net::IoThreads server_io_;

  protected:
    std::optional<FakeIndexd> indexd;
};

// Whether it failed, and so.
template <class T>
::testing::AssertionResult failed(const ApiResult<T>& result, Failure how) {
    if (result) return ::testing::AssertionFailure() << "it succeeded";
    if (result.error().failure == how) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure()
           << static_cast<int>(result.error().failure) << ": " << result.error().message;
}

}  // namespace siahub::sia::indexd::testing
