#include "kv/redis_pipeline.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

namespace siahub::kv {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kReadBytes = 16 * 1024;
// Deadlines fire up to this late; setting a timer for each command would cost more.
constexpr std::chrono::milliseconds kTick{25};
constexpr std::size_t kShownError = 200;

constexpr auto kWait = asio::as_tuple(asio::use_awaitable);

Failure unavailable(std::string why) {
    return fail(Code::unavailable, "Redis: " + std::move(why));
}

// Redis is there but will do nothing for us until somebody or something helps it.
bool refuses_service(std::string_view error) {
    constexpr std::string_view kinds[] = {"LOADING",    "BUSY",        "OOM",       "READONLY",
                                          "MISCONF",    "NOAUTH",      "NOPERM",    "WRONGPASS",
                                          "MASTERDOWN", "CLUSTERDOWN", "NOREPLICAS"};
    const auto kind = error.substr(0, error.find(' '));
    return std::ranges::find(kinds, kind) != std::end(kinds);
}

// Evaluates a script that writes: what a user without the right, a replica, a full memory or a data
// set that is still loading would refuse to each call later.
std::vector<std::string> greeting(const RedisAddress& address) {
    std::vector<std::string> commands;
    if (!address.user.empty())
        commands.push_back(encode_command({"AUTH", address.user, address.password}));
    else if (!address.password.empty())
        commands.push_back(encode_command({"AUTH", address.password}));
    if (address.database != 0)
        commands.push_back(encode_command({"SELECT", std::to_string(address.database)}));
    commands.push_back(encode_command(
        {"EVAL", "return redis.call('SET', KEYS[1], '1', 'PX', 1000)", "1", "siahub:probe"}));
    return commands;
}

}  // namespace

RedisPipeline::RedisPipeline(const asio::any_io_executor& executor, RedisOptions options)
    : options_(std::move(options)),
      socket_(executor),
      resolver_(executor),
      ticker_(executor),
      input_(kReadBytes) {}

Task<Result<void>> RedisPipeline::open() {
    open_until_ = steady_clock::now() + options_.connect_deadline;
    tick();
    auto opened = co_await connect();
    if (opened) opened = co_await greet();
    if (!opened) {
        close(opened.error().message);
        co_return opened;
    }
    last_heard_ = steady_clock::now();
    open_until_ = SteadyTime::max();
    const std::scoped_lock guard(mutex_);
    accepting_ = true;
    co_return Result<void>{};
}

Task<Result<RedisPipeline::Endpoints>> RedisPipeline::endpoints() {
    const auto& address = options_.address;
    if (address.host.empty()) {
        if (address.socket_path.size() >= sizeof(sockaddr_un::sun_path))
            co_return unavailable("the path of the socket is too long");
        co_return Endpoints{asio::local::stream_protocol::endpoint(address.socket_path)};
    }
    boost::system::error_code not_numeric;
    const auto numeric = asio::ip::make_address(address.host, not_numeric);
    if (!not_numeric) co_return Endpoints{asio::ip::tcp::endpoint(numeric, address.port)};
    const auto [error, found] =
        co_await resolver_.async_resolve(address.host, std::to_string(address.port), kWait);
    if (error) co_return std::unexpected(ended(error));
    Endpoints endpoints;
    for (const auto& entry : found)
        endpoints.emplace_back(entry.endpoint());
    co_return endpoints;
}

Task<Result<void>> RedisPipeline::connect() {
    const auto candidates = CO_TRY(co_await endpoints());
    boost::system::error_code last = asio::error::host_not_found;
    for (const auto& endpoint : candidates) {
        if (closed_) break;
        boost::system::error_code ignored;
        socket_.close(ignored);
        last = std::get<0>(co_await socket_.async_connect(endpoint, kWait));
        if (last) continue;
        if (!options_.address.host.empty())
            socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
        co_return Result<void>{};
    }
    co_return std::unexpected(ended(last));
}

Task<Result<void>> RedisPipeline::greet() {
    const auto commands = greeting(options_.address);
    for (const auto& command : commands)
        sending_ += command;
    const auto [error, sent] = co_await asio::async_write(socket_, asio::buffer(sending_), kWait);
    if (error) co_return std::unexpected(ended(error));
    for (std::size_t answered = 0; answered < commands.size();) {
        const auto reply = CO_TRY(parser_.next());
        if (!reply) {
            CO_TRY(co_await read_some());
            continue;
        }
        if (reply->kind == Reply::Kind::error)
            co_return unavailable("refuses us: " + reply->text.substr(0, kShownError));
        ++answered;
    }
    co_return Result<void>{};
}

Task<Result<void>> RedisPipeline::read_some() {
    const auto [error, size] = co_await socket_.async_read_some(asio::buffer(input_), kWait);
    if (error) co_return std::unexpected(ended(error));
    parser_.feed({input_.data(), size});
    co_return Result<void>{};
}

Task<Error> RedisPipeline::serve() {
    const auto self = shared_from_this();
    while (true) {
        auto outcome = co_await read_some();
        if (outcome) outcome = take_replies();
        if (outcome) continue;
        close(outcome.error().message);
        fail_all(outcome.error());
        co_return std::move(outcome).error();
    }
}

Result<void> RedisPipeline::take_replies() {
    const auto now = steady_clock::now();
    std::size_t answered = 0;
    Result<void> outcome;
    while (true) {
        auto reply = parser_.next();
        if (!reply) {
            outcome = std::unexpected(std::move(reply).error());
            break;
        }
        if (!*reply) break;
        if (in_flight_.empty()) {
            outcome = unavailable("answers what nobody asked");
            break;
        }
        if ((*reply)->kind == Reply::Kind::error && refuses_service((*reply)->text)) {
            outcome = unavailable("refuses us: " + (*reply)->text.substr(0, kShownError));
            break;
        }
        const auto [call, asked] = std::move(in_flight_.front());
        in_flight_.pop_front();
        ++answered;
        latency_ = std::chrono::duration_cast<std::chrono::microseconds>(now - asked);
        if (call) call->answer(**std::move(reply));
    }
    last_heard_ = now;
    const std::scoped_lock guard(mutex_);
    unanswered_ -= answered;
    return outcome;
}

void RedisPipeline::close(std::string why) {
    if (std::exchange(closed_, true)) return;
    why_closed_ = std::move(why);
    boost::system::error_code ignored;
    socket_.close(ignored);
    resolver_.cancel();
    ticker_.cancel();
}

void RedisPipeline::fail_all(const Error& error) {
    std::vector<Waiting> queued;
    {
        const std::scoped_lock guard(mutex_);
        accepting_ = false;
        queued.swap(queue_);
        outbox_.clear();
        unanswered_ = 0;
    }
    for (const auto& waiting : in_flight_)
        if (waiting.call) waiting.call->answer(std::unexpected(error));
    for (const auto& waiting : queued)
        if (waiting.call) waiting.call->answer(std::unexpected(error));
    in_flight_.clear();
}

void RedisPipeline::tick() {
    ticker_.expires_after(kTick);
    ticker_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        if (error || self->closed_) return;
        self->check_deadlines();
        if (!self->closed_) self->tick();
    });
}

void RedisPipeline::check_deadlines() {
    const auto now = steady_clock::now();
    if (now >= open_until_)
        close(fmt::format("Redis: does not serve us within {} ms of connecting",
                          options_.connect_deadline.count()));
    else if (!in_flight_.empty() && now - in_flight_.front().asked >= options_.reply_deadline)
        close(fmt::format("Redis: does not answer within {} ms", options_.reply_deadline.count()));
    else if (in_flight_.empty() && now - last_heard_ >= options_.heartbeat)
        check();
}

void RedisPipeline::check() {
    ask(encode_command({"PING"}), nullptr);
}

void RedisPipeline::ask(std::string_view command, RedisCallPtr call) {
    std::unique_lock lock(mutex_);
    if (const auto* const refusal = why_not(command)) {
        lock.unlock();
        if (call) call->answer(unavailable(refusal));
        return;
    }
    outbox_ += command;
    queue_.push_back({std::move(call), steady_clock::now()});
    ++unanswered_;
    const bool post_flush = !std::exchange(flush_posted_, true);
    lock.unlock();
    if (post_flush)
        asio::post(socket_.get_executor(), [self = shared_from_this()] { self->flush(); });
}

const char* RedisPipeline::why_not(std::string_view command) const {
    if (!accepting_) return "is not connected";
    if (unanswered_ >= options_.max_waiting ||
        outbox_.size() + command.size() > options_.max_waiting_bytes)
        return "has too many unanswered commands";
    return nullptr;
}

void RedisPipeline::flush() {
    if (writing_ || closed_) return;  // the end of the write flushes again
    {
        const std::scoped_lock guard(mutex_);
        flush_posted_ = false;
        if (queue_.empty()) return;
        sending_.clear();
        sending_.swap(outbox_);
        std::ranges::move(queue_, std::back_inserter(in_flight_));
        queue_.clear();
    }
    writing_ = true;
    asio::async_write(
        socket_, asio::buffer(sending_),
        [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
            self->writing_ = false;
            if (error)
                self->close(self->ended(error).message);
            else
                self->flush();
        });
}

Error RedisPipeline::ended(const boost::system::error_code& error) const {
    if (closed_) return {Code::unavailable, why_closed_};
    return unavailable(error == asio::error::eof ? "closed the connection" : error.message())
        .error();
}

}  // namespace siahub::kv
