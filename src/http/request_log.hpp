#pragma once
// One record of the log per request, when its last byte is out. It names the path but never the
// query, where signatures are, and no header but the request id. Probes are recorded at debug.

#include "core/log.hpp"
#include "http/observer.hpp"
#include "http/router.hpp"

namespace siahub::http {

class RequestLog final : public Observer {
  public:
    // Both outlive this.
    RequestLog(const Log& log, const Router& router) : log_(log), router_(router) {}

    void ended(const Exchange& exchange) override;

  private:
    const Log& log_;
    const Router& router_;
};

}  // namespace siahub::http
