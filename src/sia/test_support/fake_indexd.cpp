#include "sia/test_support/fake_indexd.hpp"

#include "core/encoding.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace siahub::sia::testing {
namespace {

constexpr std::size_t kMaxBody = std::size_t{10} << 20;

http::Response text_answer(unsigned status, std::string text) {
    http::Response response;
    response.status = status;
    if (status >= 300) text += "\n";
    response.headers.set("Content-Type",
                         status >= 300 ? "text/plain; charset=utf-8" : "application/json");
    response.body = std::move(text);
    return response;
}

http::Response no_route(const http::Request&, unsigned status) {
    return text_answer(status, "404 page not found");
}

std::unique_ptr<http::Server> serve(net::IoThreads& io, const Log& log, const http::Router& router,
                                    std::uint16_t port) {
    http::ServerOptions options;
    options.port = port;
    return std::make_unique<http::Server>(
        io, log, router, no_route, [](const http::Request&, http::Response&) {}, options);
}

bool make_connect_key(IndexdModel& model, const std::string& key) {
    return model.add_connect_key({.key = key, .description = "for tests", .quota = "default"})
        .has_value();
}

}  // namespace

FakeIndexd::FakeIndexd(net::IoThreads& io, const Clock& clock)
    : io_(io), clock_(clock), model_(clock) {
    add_app_routes();
    add_admin_routes();
    if (!make_connect_key(model_, std::string(kConnectKey))) std::abort();
}

FakeIndexd::~FakeIndexd() {
    stop();
}

Result<void> FakeIndexd::start() {
    if (app_) return {};
    app_ = serve(io_, log_, app_routes_, app_port_);
    admin_ = serve(io_, log_, admin_routes_, admin_port_);
    app_port_ = TRY(app_->start());
    admin_port_ = TRY(admin_->start());
    return {};
}

void FakeIndexd::stop() {
    for (auto* server : {&app_, &admin_}) {
        if (*server) (*server)->stop(std::chrono::milliseconds(0));
        server->reset();
    }
    const std::scoped_lock lock(mutex_);
    pending_.clear();
}

std::string FakeIndexd::app_url() const {
    return "http://127.0.0.1:" + std::to_string(app_port_);
}

std::string FakeIndexd::admin_url() const {
    return "http://127.0.0.1:" + std::to_string(admin_port_) + "/api";
}

void FakeIndexd::add_host(Host host) {
    with_model([&](IndexdModel& model) { model.hosts.push_back(std::move(host)); });
}

void FakeIndexd::add_account(const PublicKey& account) {
    with_model([&](IndexdModel& model) {
        // A connect key of its own: the default quota lets one be used five times.
        const auto key = account.hex();
        if (!make_connect_key(model, key) ||
            !model.register_app(key, account, {.id = {}, .name = "test"}))
            std::abort();
    });
}

void FakeIndexd::set_fault(IndexdFault fault) {
    const std::scoped_lock lock(mutex_);
    faults_.push_back(std::move(fault));
}

void FakeIndexd::clear_faults() {
    const std::scoped_lock lock(mutex_);
    faults_.clear();
}

std::uint64_t FakeIndexd::requests(std::string_view path) const {
    const std::scoped_lock lock(mutex_);
    return static_cast<std::uint64_t>(std::ranges::count_if(
        seen_, [&](const std::string& seen) { return seen.starts_with(path); }));
}

std::optional<IndexdFault> FakeIndexd::take_fault(std::string_view path) {
    const std::scoped_lock lock(mutex_);
    seen_.emplace_back(path);
    const auto found = std::ranges::find_if(
        faults_, [&](const IndexdFault& fault) { return path.starts_with(fault.path); });
    if (found == faults_.end()) return std::nullopt;
    auto fault = *found;
    if (found->times == 1)
        faults_.erase(found);
    else if (found->times > 1)
        --found->times;
    return fault;
}

void FakeIndexd::add(http::Router& router, http::Method method, std::string_view pattern, Who who,
                     Act act) {
    router.add(method, pattern,
               [this, who, act](http::Request& request) { return handle(request, who, act); });
}

Task<http::Response> FakeIndexd::handle(http::Request& request, Who who, Act act) {
    auto body = co_await request.body->read_all(kMaxBody);
    if (!body) co_return text_answer(413, "request body too large");
    const auto fault = take_fault(request.path);
    if (fault && fault->delay.count() > 0) {
        asio::steady_timer timer(co_await asio::this_coro::executor, fault->delay);
        co_await timer.async_wait(asio::use_awaitable);
    }
    if (fault && fault->status != 0 && !fault->after)
        co_return text_answer(fault->status, fault->text);
    auto answer = act_on({request, std::move(*body), {}}, who, act);
    if (fault && fault->status != 0) co_return text_answer(fault->status, fault->text);
    co_return text_answer(answer.status, std::move(answer.text));
}

FakeIndexd::Answer FakeIndexd::act_on(const Request& request, Who who, Act act) {
    const std::scoped_lock lock(mutex_);
    auto named = request;
    if (auto refusal = refuse_stranger(named, who)) return *std::move(refusal);
    return (this->*act)(named);
}

std::optional<FakeIndexd::Answer> FakeIndexd::refuse_stranger(Request& request, Who who) const {
    if (who == Who::anyone) return std::nullopt;
    if (who == Who::admin) {
        const auto expected = "Basic " + to_base64(as_bytes(":" + std::string(kPassword)));
        if (request.http.header("Authorization") == expected) return std::nullopt;
        return Answer{401, "Unauthorized"};
    }
    const auto authority = app_url().substr(std::string_view("http://").size());
    const auto signer =
        indexd::verify_signed_query({.method = http::method_name(request.http.method),
                                     .authority = authority,
                                     .path = request.http.path,
                                     .body = request.body},
                                    request.http.query, clock_.now() / 1000);
    if (!signer) return Answer{401, signer.error().message};
    if (who == Who::account && !model_.has_account(*signer)) return Answer{401, "unknown account"};
    request.key = *signer;
    return std::nullopt;
}

std::string FakeIndexd::Request::capture(std::size_t index) const {
    return percent_decode(http.captures[index]).value_or("");
}

Ruled<std::pair<std::size_t, std::size_t>> FakeIndexd::Request::page() const {
    const auto number = [&](std::string_view name,
                            std::size_t fallback) -> std::optional<std::size_t> {
        const auto text = http.query_value(name);
        if (!text) return fallback;
        if (text->empty() || text->find_first_not_of("0123456789") != std::string::npos ||
            text->size() > 9)
            return std::nullopt;
        return std::stoul(*text);
    };
    const auto offset = number("offset", 0), limit = number("limit", 100);
    if (!offset) return refuse(400, "offset must be non-negative");
    if (!limit || *limit == 0 || *limit > 500)
        return refuse(400, "limit must be between 1 and 500");
    return std::pair{*offset, *limit};
}

FakeIndexd::Answer FakeIndexd::refused(const Refusal& refusal) {
    return {refusal.status, refusal.text};
}

}  // namespace siahub::sia::testing
