#include "indexd/control.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace siahub::sia::testing {
namespace {

namespace json = boost::json;
using http::Method;

constexpr std::size_t kMaxBody = std::size_t{1} << 20;

http::Response answer(unsigned status, const json::value& value) {
    http::Response response;
    response.status = status;
    response.headers.set("Content-Type", "application/json");
    response.body = json::serialize(value) + "\n";
    return response;
}

http::Response no_order(const http::Request&, unsigned status) {
    return answer(status, json::object{{"error", "There is no such order."}});
}

json::value slab_json(const Slab& slab) {
    auto out = indexd::to_json(slab).as_object();
    out["id"] = slab_id(slab).hex();
    return out;
}

}  // namespace

IndexdControl::IndexdControl(net::IoThreads& io, FakeIndexd& indexd, std::vector<Host> hosts)
    : indexd_(indexd),
      hosts_(std::move(hosts)),
      server_(io, log_, router_, no_order, [](const http::Request&, http::Response&) {}, {}) {
    add(Method::get, "/status", &IndexdControl::status);
    add(Method::get, "/slabs", &IndexdControl::slabs);
    add(Method::post, "/stop", &IndexdControl::stop_indexd);
    add(Method::post, "/start", &IndexdControl::start_indexd);
    add(Method::post, "/fault", &IndexdControl::fault);
    add(Method::post, "/honest", &IndexdControl::honest);
    add(Method::post, "/move", &IndexdControl::move);
    add(Method::post, "/host", &IndexdControl::host);
    add(Method::post, "/limit", &IndexdControl::limit);
}

Result<std::string> IndexdControl::start() {
    return "http://127.0.0.1:" + std::to_string(TRY(server_.start()));
}

void IndexdControl::stop() {
    server_.stop(std::chrono::milliseconds(0));
}

void IndexdControl::add(Method method, std::string_view path, Order order) {
    router_.add(method, path,
                [this, order](http::Request& request) { return handle(request, order); });
}

Task<http::Response> IndexdControl::handle(http::Request& request, Order order) {
    const auto text = co_await request.body->read_all(kMaxBody);
    const auto body = indexd::parse_json(text && !text->empty() ? *text : "{}");
    const auto done = body ? (this->*order)(*body) : Result<json::value>(Failure(body.error()));
    if (!done) co_return answer(400, json::object{{"error", done.error().message}});
    co_return answer(200, *done);
}

Result<json::value> IndexdControl::status(const json::value&) {
    return indexd_.with_model([](const IndexdModel& model) {
        return json::object{{"slabs", model.slab_count()},
                            {"pinnedSize", model.pinned_size()},
                            {"accounts", model.accounts().size()},
                            {"hosts", model.hosts.size()}};
    });
}

Result<json::value> IndexdControl::slabs(const json::value&) {
    return indexd_.with_model([](const IndexdModel& model) {
        json::array all;
        for (const auto& slab : model.slabs())
            all.push_back(slab_json(slab));
        return all;
    });
}

Result<json::value> IndexdControl::stop_indexd(const json::value&) {
    indexd_.stop();
    return json::object{};
}

Result<json::value> IndexdControl::start_indexd(const json::value&) {
    TRY(indexd_.start());
    return json::object{};
}

Result<json::value> IndexdControl::fault(const json::value& body) {
    indexd::JsonObject in(body, "an order");
    IndexdFault fault{.path = in.required("path").text("path"),
                      .delay = std::chrono::milliseconds(in.number("delay_ms")),
                      .status = static_cast<unsigned>(in.number("status")),
                      .text = in.text("text"),
                      .after = in.flag("after"),
                      .times = in.number("times")};
    TRY(in.status());
    indexd_.set_fault(std::move(fault));
    return json::object{};
}

Result<json::value> IndexdControl::honest(const json::value&) {
    indexd_.clear_faults();
    return json::object{};
}

Result<json::value> IndexdControl::move(const json::value& body) {
    indexd::JsonObject in(body, "an order");
    const auto root = in.required("root").hex<Hash256>("root");
    const auto to = in.required("to").public_key("to");
    TRY(in.status());
    const auto moved =
        indexd_.with_model([&](IndexdModel& model) { return model.move_sector(root, to); });
    return json::object{{"slabs", moved}};
}

Result<json::value> IndexdControl::host(const json::value& body) {
    indexd::JsonObject in(body, "an order");
    const auto key = in.required("publicKey").public_key("publicKey");
    const bool usable = in.required("usable").flag("usable");
    const bool good = in.has("good_for_upload") ? in.flag("good_for_upload") : usable;
    TRY(in.status());
    const auto known = std::ranges::find(hosts_, key, &Host::key);
    if (known == hosts_.end()) return fail(Code::not_found, "This network has no such host.");
    indexd_.with_model([&](IndexdModel& model) {
        std::erase_if(model.hosts, [&](const Host& host) { return host.key == key; });
        model.unusable_hosts.erase(key);
        if (!usable) {
            model.unusable_hosts.insert(key);
            return;
        }
        model.hosts.push_back(*known);
        model.hosts.back().good_for_upload = good;
    });
    return json::object{};
}

Result<json::value> IndexdControl::limit(const json::value& body) {
    indexd::JsonObject in(body, "an order");
    const auto account = in.required("account").public_key("account");
    const auto limit = in.required("maxPinnedData").number("maxPinnedData");
    TRY(in.status());
    const auto done =
        indexd_.with_model([&](IndexdModel& model) { return model.set_limit(account, limit); });
    if (!done) return fail(Code::not_found, done.error().text);
    return json::object{};
}

}  // namespace siahub::sia::testing
