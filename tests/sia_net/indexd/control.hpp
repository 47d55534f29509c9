#pragma once
// The control port of the test network's indexd: HTTP with JSON on the loopback interface.
//
//   GET  /status  what it holds
//   GET  /slabs   every slab, with the hosts of its sectors
//   POST /stop    nothing listens; POST /start: the same ports, the same slabs and objects
//   POST /fault   {"path", "status", "text", "delay_ms", "after", "times"} (fake_indexd.hpp)
//   POST /honest  takes all faults back
//   POST /move    {"root", "to"}: a repair has put this sector on that host
//   POST /host    {"publicKey", "usable", "good_for_upload"}: whether it has a good contract, and
//                 whether it is recommended
//   POST /limit   {"account", "maxPinnedData"}

#include "http/server.hpp"
#include "sia/test_support/fake_indexd.hpp"

#include <boost/json/value.hpp>

namespace siahub::sia::testing {

class IndexdControl {
  public:
    // `io` is not the one that indexd runs on: a stop waits for the latter.
    IndexdControl(net::IoThreads& io, FakeIndexd& indexd, std::vector<Host> hosts);
    Result<std::string> start();  // its URL
    void stop();

  private:
    using Order = Result<boost::json::value> (IndexdControl::*)(const boost::json::value&);

    void add(http::Method method, std::string_view path, Order order);
    Task<http::Response> handle(http::Request& request, Order order);
    Result<boost::json::value> status(const boost::json::value& body);
    Result<boost::json::value> slabs(const boost::json::value& body);
    Result<boost::json::value> stop_indexd(const boost::json::value& body);
    Result<boost::json::value> start_indexd(const boost::json::value& body);
    Result<boost::json::value> fault(const boost::json::value& body);
    Result<boost::json::value> honest(const boost::json::value& body);
    Result<boost::json::value> move(const boost::json::value& body);
    Result<boost::json::value> host(const boost::json::value& body);
    Result<boost::json::value> limit(const boost::json::value& body);

    FakeIndexd& indexd_;
    std::vector<Host> hosts_;
    Log log_{Log::Level::off};
    http::Router router_;
    http::Server server_;
};

}  // namespace siahub::sia::testing
