#include "http/readiness.hpp"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

namespace siahub::http {

namespace {

using std::chrono::steady_clock;
using State = Finding::State;

std::string_view name_of(State state) {
    constexpr std::array<std::string_view, 3> names = {"ok", "degraded", "down"};
    return names.at(static_cast<std::size_t>(state));
}

Finding down(std::string cause) {
    return {.state = State::down, .cause = std::move(cause), .latency = {}};
}

Task<Finding> guarded(const Readiness::Check& check) {
    try {
        co_return co_await check();
    } catch (const std::exception& error) {
        co_return down(error.what());
    }
}

double millis(std::chrono::microseconds time) {
    return static_cast<double>(time.count()) / 1000;
}

Response json_answer(unsigned status, const boost::json::object& body) {
    Response response;
    response.status = status;
    response.headers.set("Content-Type", "application/json; charset=utf-8");
    response.headers.set("Cache-Control", "no-store");
    response.body = boost::json::serialize(body);
    return response;
}

Task<Response> health() {
    co_return json_answer(200, {{"status", "ok"}});
}

}  // namespace

// Of a check, for the task that waits for it on the same thread.
struct Readiness::Answer {
    explicit Answer(const asio::any_io_executor& executor) : arrived(executor) {}
    std::optional<Finding> finding;
    asio::steady_timer arrived;
};

void Readiness::add(std::string name, Need need, Check check) {
    dependencies_.push_back(
        std::make_unique<Dependency>(std::move(name), need, std::move(check), false));
}

void Readiness::add_routes(Router& router, Causes causes) {
    router.add(Method::get, "/health", [](Request&) { return health(); });
    router.add(Method::get, "/ready", [this, causes](Request&) { return ready(causes); });
}

Task<void> Readiness::run(Dependency& dependency, std::shared_ptr<Answer> answer) {
    answer->finding = co_await guarded(dependency.check);
    answer->arrived.cancel();
    dependency.out = false;
}

Task<Finding> Readiness::ask_one(Dependency& dependency) {
    if (dependency.out.exchange(true)) co_return down("no answer to an earlier question yet");
    const auto began = steady_clock::now();
    const auto executor = co_await asio::this_coro::executor;
    const auto answer = std::make_shared<Answer>(executor);
    answer->arrived.expires_after(patience_);
    asking_.spawn(executor, run(dependency, answer));
    if (!answer->finding) co_await answer->arrived.async_wait(asio::as_tuple(asio::use_awaitable));
    auto finding =
        answer->finding.value_or(down(fmt::format("no answer within {} ms", patience_.count())));
    if (!finding.latency)
        finding.latency =
            std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - began);
    co_return finding;
}

Task<std::vector<Finding>> Readiness::ask() {
    const auto turn = co_await turn_.lock();
    if (!asked_ || steady_clock::now() - *asked_ >= reuse_) {
        std::vector<Finding> findings;
        findings.reserve(dependencies_.size());
        for (const auto& dependency : dependencies_)
            findings.push_back(co_await ask_one(*dependency));
        last_ = std::move(findings);
        asked_ = steady_clock::now();
    }
    co_return last_;
}

Task<Response> Readiness::ready(Causes causes) {
    co_return render(co_await ask(), causes);
}

Response Readiness::render(const std::vector<Finding>& findings, Causes causes) const {
    boost::json::object dependencies;
    bool unready = false;
    bool degraded = false;
    for (std::size_t i = 0; i < findings.size(); ++i) {
        const auto& finding = findings[i];
        const bool bad = finding.state != State::ok;
        const bool required = dependencies_[i]->need == Need::required;
        unready = unready || (finding.state == State::down && required);
        degraded = degraded || bad;
        boost::json::object shown{
            {"status", name_of(finding.state)},
            {"required", required},
            {"latency_ms", millis(finding.latency.value_or(std::chrono::microseconds(0)))}};
        if (bad && causes == Causes::shown) shown["cause"] = finding.cause;
        dependencies[dependencies_[i]->name] = std::move(shown);
    }
    const bool draining = draining_;
    const std::string_view status = draining   ? "draining"
                                    : unready  ? "unready"
                                    : degraded ? "degraded"
                                               : "ready";
    auto response = json_answer(draining || unready ? 503 : 200,
                                {{"status", status}, {"dependencies", std::move(dependencies)}});
    if (response.status == 503) response.headers.set("Retry-After", "1");
    return response;
}

}  // namespace siahub::http
