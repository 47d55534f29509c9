#include "cas/sia_admin.hpp"

#include "cas/operator.hpp"
#include "core/encoding.hpp"
#include "store/columns.hpp"
#include "store/store.hpp"

#include <boost/json.hpp>

namespace siahub::cas {
namespace {

Result<SiaAdmin*> open(const Call& call) {
    TRY(require_admin(*call.caller));
    if (call.services.sia == nullptr)
        return fail(Code::not_found, "This hub keeps nothing on Sia: sia.indexd is not set");
    return call.services.sia;
}

Answer answer(Call& call, SiaAdmin::Json (SiaAdmin::*ask)()) {
    auto* sia = CO_TRY(open(call));
    const auto value = CO_TRY(co_await (sia->*ask)());
    co_return json_response(boost::json::serialize(value));
}

}  // namespace

Answer sia_overview(Call& call) {
    return answer(call, &SiaAdmin::overview);
}
Answer sia_queue(Call& call) {
    return answer(call, &SiaAdmin::queue);
}
Answer sia_hosts(Call& call) {
    return answer(call, &SiaAdmin::hosts);
}
Answer sia_wallet(Call& call) {
    return answer(call, &SiaAdmin::wallet);
}
Answer sia_contracts(Call& call) {
    return answer(call, &SiaAdmin::contracts);
}

Answer sia_xorb(Call& call) {
    auto* sia = CO_TRY(open(call));
    const auto xorb = CO_TRY(xet::parse_hash(call.http.captures[0]));
    const auto value = CO_TRY(co_await sia->xorb(xorb));
    co_return json_response(boost::json::serialize(value));
}

Answer sia_file(Call& call) {
    auto* sia = CO_TRY(open(call));
    const auto file = CO_TRY(xet::parse_hash(call.http.captures[0]));
    auto& database = call.services.database;
    auto rows = CO_TRY(co_await database.query(
        "SELECT DISTINCT xorb_hash FROM reconstruction_terms WHERE file_hash = $1", {file.view()},
        db::Weight::scan));
    // What the Hub API calls a file by, and what people have at hand.
    Sha256 sha256{};
    if (rows.empty() && from_hex(call.http.captures[0], sha256))
        rows = CO_TRY(co_await database.query(
            "SELECT DISTINCT t.xorb_hash FROM lfs_objects o JOIN reconstruction_terms t "
            "ON t.file_hash = o.file_hash WHERE o.sha256 = $1",
            {ByteView(sha256)}, db::Weight::scan));
    if (rows.empty()) co_return fail(Code::not_found, "There is no such file");
    std::vector<xet::Hash> xorbs;
    xorbs.reserve(rows.size());
    for (const auto& row : rows)
        xorbs.push_back(store::hash_column(row, 0));
    const auto value = CO_TRY(co_await sia->shares(std::move(xorbs)));
    co_return json_response(boost::json::serialize(value));
}

Answer sia_retry(Call& call) {
    CO_TRY(open(call));
    const auto xorb = CO_TRY(xet::parse_hash(call.http.captures[0]));
    auto& pins = call.services.store.pins;
    if (!CO_TRY(co_await pins.retry_now(xorb))) {
        const auto info = CO_TRY(co_await pins.find(xorb));
        if (!info) co_return fail(Code::not_found, "This xorb does not wait for Sia");
        co_return fail(Code::conflict, "This xorb is " + info->state + " already");
    }
    http::Response response;
    response.status = 204;
    co_return response;
}

}  // namespace siahub::cas
