#pragma once
// Part of Connection: counts a request while it is answered and tells the observers when that ends,
// whichever way: sent, given up, cut, or left by an exception.

#include "http/body_reader.hpp"
#include "http/observer.hpp"
#include "http/worker.hpp"
#include "net/timed_socket.hpp"

namespace siahub::http {

// What the connection notes on the way.
struct Progress {
    std::size_t route = Router::kNoRoute;
    Ending ending = Ending::complete;
    std::uint64_t body_begin = UINT64_MAX;  // bytes that its socket sent before the answer's body
};

class ExchangeWatch {
  public:
    ExchangeWatch(Worker& worker, const Request& request, const BodyReader& body,
                  const net::TimedSocket& socket, const Progress& progress);
    ~ExchangeWatch();
    ExchangeWatch(const ExchangeWatch&) = delete;
    ExchangeWatch& operator=(const ExchangeWatch&) = delete;

    // The answer is about to be sent.
    void answered(unsigned status);

  private:
    using Time = std::chrono::steady_clock::time_point;
    [[nodiscard]] Ending ending() const;
    [[nodiscard]] unsigned status(Ending ending) const;
    void report() const;

    Worker& worker_;
    const Request& request_;
    const BodyReader& body_;
    const net::TimedSocket& socket_;
    const Progress& progress_;
    const Time began_ = std::chrono::steady_clock::now();
    Time answered_;
    unsigned status_ = 0;
};

Ending ending_of(Code failure);

}  // namespace siahub::http
