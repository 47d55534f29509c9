#pragma once
// GET /health: the process is alive. GET /ready: it should be sent requests; every dependency by
// name with its state and how long it took to answer. A required one that is down makes 503, an
// optional one makes "degraded", and a server that is about to end is "draining" and 503 from that
// moment on. A dependency that does not answer in time is down, and is not asked again before it
// has answered.
//
// Anybody may ask: one question at a time goes out and its answers are reused for a moment, so that
// asking often costs nothing; why something is down is said only where whoever asks is trusted.
// Thread-safe; dependencies are added before serving starts. What checks use lives until wait().

#include "core/async_mutex.hpp"
#include "core/task_group.hpp"
#include "http/router.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>

namespace siahub::http {

struct Finding {
    enum class State { ok, degraded, down };
    State state = State::ok;
    std::string cause;  // for the operator
    // Else the time that the check took.
    std::optional<std::chrono::microseconds> latency;
};

class Readiness {
  public:
    using Check = std::function<Task<Finding>()>;
    enum class Need { required, optional };
    enum class Causes { hidden, shown };

    explicit Readiness(std::chrono::milliseconds patience = std::chrono::seconds(1),
                       std::chrono::milliseconds reuse = std::chrono::milliseconds(200))
        : patience_(patience), reuse_(reuse), asking_([](const std::exception_ptr&) {}) {}

    void add(std::string name, Need need, Check check);
    void add_routes(Router& router, Causes causes);
    void drain() { draining_ = true; }
    // For checks that are still out, once no server serves these routes any more.
    void wait() { asking_.wait(); }

  private:
    using Time = std::chrono::steady_clock::time_point;
    struct Dependency {
        std::string name;
        Need need;
        Check check;
        std::atomic<bool> out = false;  // its check has not ended yet
    };
    struct Answer;

    Task<std::vector<Finding>> ask();
    Task<Finding> ask_one(Dependency& dependency);
    static Task<void> run(Dependency& dependency, std::shared_ptr<Answer> answer);
    Task<Response> ready(Causes causes);
    [[nodiscard]] Response render(const std::vector<Finding>& findings, Causes causes) const;

    const std::chrono::milliseconds patience_, reuse_;
    std::vector<std::unique_ptr<Dependency>> dependencies_;
    std::atomic<bool> draining_ = false;
    AsyncMutex turn_;  // guards the next two
    std::vector<Finding> last_;
    std::optional<Time> asked_;
    TaskGroup asking_;
};

}  // namespace siahub::http
