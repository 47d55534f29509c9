#include "http/client.hpp"

#include "http/client_exchange.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

namespace siahub::http {

struct Client::Impl {
    Impl(net::IoThreads& io, ClientOptions options, std::shared_ptr<net::TlsTrust> trust)
        : shared(std::move(options), std::move(trust)) {
        for (std::size_t i = 0; i < io.count(); ++i) {
            pools.push_back(std::make_unique<ClientPool>(io.context(i), shared));
            pools.back()->start();
        }
    }

    ClientPool& pool_of(asio::any_io_executor executor) {
        auto& context = asio::query(executor, asio::execution::context);
        for (const auto& pool : pools)
            if (&context == static_cast<asio::execution_context*>(&pool->context)) return *pool;
        throw std::logic_error("an HTTP client is used on a thread that is not its own");
    }

    ClientShared shared;
    std::vector<std::unique_ptr<ClientPool>> pools;
};

namespace {

using Exchange = ClientBody::Exchange;

// Whoever stops waiting for the head gives the exchange up.
class AbortGuard {
  public:
    explicit AbortGuard(Exchange& exchange) : exchange_(&exchange) {}
    AbortGuard(const AbortGuard&) = delete;
    AbortGuard& operator=(const AbortGuard&) = delete;
    ~AbortGuard() {
        if (exchange_ != nullptr) exchange_->abort();
    }
    void disarm() { exchange_ = nullptr; }

  private:
    Exchange* exchange_;
};

}  // namespace

Result<std::unique_ptr<Client>> Client::open(net::IoThreads& io, ClientOptions options) {
    auto trust = TRY(net::TlsTrust::load(options.extra_ca));
    return std::make_unique<Client>(
        std::make_unique<Impl>(io, std::move(options), std::move(trust)));
}

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Client::~Client() {
    for (const auto& pool : impl_->pools)
        asio::post(pool->context, [&stopping = *pool] { stopping.stop(); });
    impl_->shared.gate.wait();
}

std::uint64_t Client::connections_opened() const {
    return impl_->shared.connections_opened.load(std::memory_order_relaxed);
}

Task<Result<ClientResponse>> Client::send(ClientRequest request) {
    auto& pool = impl_->pool_of(co_await asio::this_coro::executor);
    const net::Gate::Pass pass(impl_->shared.gate);
    auto lease = co_await impl_->shared.budget_of(request.origin).acquire(1);
    for (bool again = false;; again = true) {
        auto connection = again ? nullptr : pool.take(request.origin);
        const bool pooled = connection != nullptr;
        if (!pooled) connection = CO_TRY(co_await pool.connect(request.origin));
        const auto exchange = std::make_shared<Exchange>(pool, std::move(connection));
        AbortGuard guard(*exchange);
        exchange->lease = std::move(lease);
        auto response = co_await exchange->run(request);
        if (response) {
            guard.disarm();
            co_return response;
        }
        if (!pooled || !exchange->may_repeat()) co_return response;
        lease = std::move(exchange->lease);
    }
}

ClientBody::ClientBody(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}

ClientBody::~ClientBody() {
    exchange_->abort();
}

Task<Result<ByteView>> ClientBody::next() {
    return exchange_->next();
}

Task<Result<std::string>> ClientBody::read_all(std::size_t limit) {
    std::string all;
    for (;;) {
        const ByteView piece = CO_TRY(co_await exchange_->next());
        if (piece.empty()) co_return all;
        if (all.size() + piece.size() > limit)
            co_return fail(Code::payload_too_large, "the answer is too large");
        all += as_chars(piece);
    }
}

}  // namespace siahub::http
