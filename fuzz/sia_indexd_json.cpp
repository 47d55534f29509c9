// Answers of an indexd that may be anything: every parser takes every text, and what one of them
// reads is written and read again as the same.
#include "sia/indexd/admin_types.hpp"
#include "sia/indexd/app_types.hpp"

#include <cstdlib>

#include <boost/json/serialize.hpp>

using namespace siahub;
using namespace siahub::sia::indexd;
namespace json = boost::json;

namespace {

void read_as_everything(const json::value& value) {
    std::ignore = parse_account(value);
    std::ignore = parse_pinned_slab(value);
    std::ignore = parse_hash(value);
    std::ignore = parse_node_state(value);
    std::ignore = parse_quota(value);
    std::ignore = parse_connect_key(value);
    std::ignore = parse_admin_account(value);
    std::ignore = parse_admin_host(value);
    std::ignore = parse_contract(value);
    std::ignore = parse_wallet(value);
    std::ignore = parse_alert(value);
    std::ignore = parse_contract_stats(value);
    std::ignore = parse_sector_stats(value);
    std::ignore = parse_host_stats(value);
    std::ignore = parse_account_stats(value);
    std::ignore = parse_event(value);
}

template <class T>
void check_round_trip(const json::value& value, Result<T> (*parse)(const json::value&)) {
    const auto read = parse(value);
    if (!read) return;
    const auto again = parse(json::parse(json::serialize(to_json(*read))));
    if (!again || json::serialize(to_json(*again)) != json::serialize(to_json(*read))) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto time = parse_rfc3339(text); time && parse_rfc3339(to_rfc3339(*time)) != *time)
        std::abort();
    if (const auto amount = parse_currency(text);
        amount && parse_currency(to_decimal(*amount)) != *amount)
        std::abort();
    const auto value = parse_json(text);
    if (!value) return 0;
    read_as_everything(*value);
    check_round_trip(*value, parse_slab);
    check_round_trip(*value, parse_sealed_object);
    check_round_trip(*value, parse_host);
    return 0;
}
