#include "http/exchange_watch.hpp"

namespace siahub::http {

using std::chrono::steady_clock;

Ending ending_of(Code failure) {
    if (failure == Code::connection_closed) return Ending::client_left;
    return failure == Code::timeout ? Ending::client_stalled : Ending::failed;
}

ExchangeWatch::ExchangeWatch(Worker& worker, const Request& request, const BodyReader& body,
                             const net::TimedSocket& socket, const Progress& progress)
    : worker_(worker), request_(request), body_(body), socket_(socket), progress_(progress) {
    worker_.requests.store(worker_.requests.load(std::memory_order_relaxed) + 1,
                           std::memory_order_relaxed);
}

ExchangeWatch::~ExchangeWatch() {
    worker_.requests.store(worker_.requests.load(std::memory_order_relaxed) - 1,
                           std::memory_order_relaxed);
    if (!worker_.shared.options.observers.empty()) report();
}

void ExchangeWatch::answered(unsigned status) {
    status_ = status;
    answered_ = steady_clock::now();
}

Ending ExchangeWatch::ending() const {
    const auto upload = body_.failure();
    if (progress_.ending != Ending::complete || !upload || *upload == Code::invalid_argument)
        return progress_.ending;
    return ending_of(*upload);
}

// A client that left while it was sending gets an answer that nobody reads; it says nothing about
// the hub.
unsigned ExchangeWatch::status(Ending ending) const {
    constexpr unsigned client_gone = 499;
    const bool gone = ending == Ending::client_left || ending == Ending::client_stalled;
    if (gone && (status_ == 0 || body_.failure())) return client_gone;
    return status_ != 0 ? status_ : 503;
}

void ExchangeWatch::report() const {
    const auto now = steady_clock::now();
    const auto how = ending();
    const auto sent = socket_.bytes_sent();
    const Exchange exchange{
        .request = request_,
        .route = progress_.route,
        .status = status(how),
        .ending = how,
        .bytes_in = body_.taken(),
        .bytes_out = sent > progress_.body_begin ? sent - progress_.body_begin : 0,
        .until_answer = (status_ != 0 ? answered_ : now) - began_,
        .duration = now - began_,
    };
    for (auto* observer : worker_.shared.options.observers)
        observer->ended(exchange);
}

}  // namespace siahub::http
