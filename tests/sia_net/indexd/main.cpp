// The indexd of the local Sia network: `sia_net_indexd '[{"publicKey": …, "address": …}, …]'`.
// Prints one line of JSON when it listens, and runs until its standard input ends.
#include "indexd/control.hpp"

#include <array>

#include <boost/json/serialize.hpp>
#include <unistd.h>

using namespace siahub;
using namespace siahub::sia;
namespace json = boost::json;

namespace {

struct Place {
    std::string_view country;
    double latitude, longitude;
};
// Hosts stand all over the world, so that maps and filters have something to show.
constexpr std::array kPlaces{
    Place{"DE", 52.52, 13.40},  Place{"FR", 48.86, 2.35},    Place{"FI", 60.17, 24.94},
    Place{"US", 40.71, -74.01}, Place{"US", 37.77, -122.42}, Place{"CA", 43.65, -79.38},
    Place{"BR", -23.55, -46.6}, Place{"GB", 51.51, -0.13},   Place{"NL", 52.37, 4.90},
    Place{"PL", 52.23, 21.01},  Place{"JP", 35.68, 139.69},  Place{"SG", 1.35, 103.82},
    Place{"AU", -33.9, 151.21}, Place{"ZA", -26.2, 28.05},   Place{"IN", 19.08, 72.88},
};

Result<std::vector<Host>> hosts_of(std::string_view text) {
    std::vector<Host> hosts;
    const auto list = TRY(indexd::parse_json(text));
    if (!list.is_array()) return fail(Code::invalid_argument, "A list of hosts is needed.");
    for (const auto& value : list.as_array()) {
        indexd::JsonObject in(value, "a host");
        const auto& place = kPlaces[hosts.size() % kPlaces.size()];
        hosts.push_back({.key = in.required("publicKey").public_key("publicKey"),
                         .addresses = {{"siamux", in.required("address").text("address")}},
                         .country_code = std::string(place.country),
                         .latitude = place.latitude,
                         .longitude = place.longitude,
                         .good_for_upload = true});
        TRY(in.status());
    }
    return hosts;
}

void wait_for_end_of_input() {
    std::array<char, 256> ignored;
    while (::read(STDIN_FILENO, ignored.data(), ignored.size()) > 0) {
    }
}

Result<void> run(std::string_view host_list) {
    const auto hosts = TRY(hosts_of(host_list));
    const SystemClock clock;
    net::IoThreads io(1), control_io(1);
    io.start();
    control_io.start();
    testing::FakeIndexd indexd(io, clock);
    for (const auto& host : hosts)
        indexd.add_host(host);
    const auto key = Ed25519PrivateKey::random();
    indexd.add_account(public_key_of(key));
    TRY(indexd.start());
    testing::IndexdControl control(control_io, indexd, hosts);
    const auto control_url = TRY(control.start());
    std::puts(json::serialize(json::object{{"app_url", indexd.app_url()},
                                           {"admin_url", indexd.admin_url()},
                                           {"admin_password", testing::FakeIndexd::kPassword},
                                           {"connect_key", testing::FakeIndexd::kConnectKey},
                                           {"app_key", to_hex(key.seed())},
                                           {"account", to_text(public_key_of(key))},
                                           {"control", control_url}})
                  .c_str());
    std::fflush(stdout);
    wait_for_end_of_input();
    control.stop();
    indexd.stop();
    control_io.stop();
    io.stop();
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    const auto done = run(argc > 1 ? argv[1] : "");
    if (!done) std::fprintf(stderr, "sia_net_indexd: %s\n", done.error().message.c_str());
    return done ? 0 : 1;
}
