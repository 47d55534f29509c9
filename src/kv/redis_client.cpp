#include "kv/redis_client.hpp"

#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace siahub::kv {
namespace {

void log_exception(const Log& log, std::exception_ptr failure) {
    try {
        std::rethrow_exception(std::move(failure));
    } catch (const std::exception& exception) {
        log.error("redis.threw", {{"cause", exception.what()}});
    }
}

std::string encode_eval(std::string_view verb, std::string_view script,
                        const std::vector<std::string>& words) {
    std::vector<std::string_view> all{verb, script, "1"};
    all.insert(all.end(), words.begin(), words.end());
    return encode_command(all);
}

}  // namespace

RedisClient::RedisClient(const RedisOptions& options,
                         const std::vector<asio::any_io_executor>& executors, const Log& log)
    : shown_address_(options.address.shown()),
      start_limit_(2 * options.connect_deadline),
      log_(log),
      running_([&log](std::exception_ptr failure) { log_exception(log, std::move(failure)); }),
      up_(executors.size()) {
    RedisLink::Owner& owner = *this;
    for (std::size_t i = 0; i < executors.size(); ++i)
        links_.push_back(std::make_shared<RedisLink>(executors[i], options, owner, i));
}

RedisClient::~RedisClient() {
    stop();
}

void RedisClient::start() {
    started_ = true;
    for (const auto& link : links_)
        running_.spawn(link->executor(), link->run());
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, start_limit_, [this] {
        return std::ranges::all_of(up_, [](const auto& up) { return up.has_value(); });
    });
}

void RedisClient::stop() {
    if (!std::exchange(started_, false)) return;
    usable_ = false;
    for (const auto& link : links_)
        link->stop();
    running_.wait();
}

void RedisClient::link_up(std::size_t index) {
    const std::scoped_lock guard(mutex_);
    up_[index] = true;
    changed_.notify_all();
    if (!std::ranges::all_of(up_, [](const auto& up) { return up == true; })) return;
    error_.clear();
    usable_ = true;
    if (std::exchange(reported_, true) != true)
        log_.info("redis.ok", {{"address", shown_address_}});
}

void RedisClient::link_down(std::size_t index, std::string_view why) {
    {
        const std::scoped_lock guard(mutex_);
        up_[index] = false;
        error_ = why;
        usable_ = false;
        changed_.notify_all();
        if (std::exchange(reported_, false) == false) return;
        log_.warn("redis.degraded", {{"address", shown_address_}, {"cause", why}});
    }
    // What befell one connection may have befallen the others without a word.
    for (std::size_t i = 0; i < links_.size(); ++i) {
        const auto pipeline = i == index ? nullptr : links_[i]->pipeline();
        if (pipeline) pipeline->check();
    }
}

RedisStatus RedisClient::status() const {
    RedisStatus status{.ok = usable(), .error = {}, .latency = {}};
    for (const auto& link : links_)
        if (const auto pipeline = link->pipeline())
            status.latency = std::max(status.latency, pipeline->latency());
    const std::scoped_lock guard(mutex_);
    if (!status.ok) status.error = error_.empty() ? "Redis: is not connected yet" : error_;
    return status;
}

const RedisLink& RedisClient::link_near(const asio::any_io_executor& home) const {
    const auto context_of = [](const asio::any_io_executor& executor) {
        return &asio::query(executor, asio::execution::context);
    };
    const auto* here = context_of(home);
    const auto near = std::ranges::find_if(
        links_, [&](const auto& link) { return context_of(link->executor()) == here; });
    return near == links_.end() ? *links_.front() : **near;
}

Task<Result<Reply>> RedisClient::ask_raw(std::string command) {
    const asio::any_io_executor home =
        asio::prefer(co_await asio::this_coro::executor, asio::execution::outstanding_work.tracked);
    const auto pipeline = usable() ? link_near(home).pipeline() : nullptr;
    if (!pipeline) co_return fail(Code::unavailable, "Redis: is not connected");
    auto start = [](RedisCall::Handler handler, asio::any_io_executor executor,
                    const std::shared_ptr<RedisPipeline>& connection, const std::string& text) {
        connection->ask(text, RedisCall::make(std::move(handler), std::move(executor)));
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, RedisCall::Signature>(
        start, asio::use_awaitable, home, pipeline, command);
}

Task<Result<Reply>> RedisClient::ask(std::string command) {
    auto reply = co_await ask_raw(std::move(command));
    if (reply && reply->kind == Reply::Kind::error)
        co_return fail(Code::unavailable, "Redis: " + reply->text);
    co_return reply;
}

Task<Result<Reply>> RedisClient::eval(const RedisScript& script, std::vector<std::string> words) {
    auto reply = co_await ask_raw(encode_eval("EVALSHA", script.sha1, words));
    // After a restart of Redis, or SCRIPT FLUSH. EVAL keeps the script for the next time.
    if (reply && reply->kind == Reply::Kind::error && reply->text.starts_with("NOSCRIPT"))
        co_return co_await ask(encode_eval("EVAL", script.text, words));
    if (reply && reply->kind == Reply::Kind::error)
        co_return fail(Code::unavailable, "Redis: " + reply->text);
    co_return reply;
}

}  // namespace siahub::kv
