#pragma once
// A redis-server of a test's own, on a Unix socket, to be killed, stopped and started again.

#include "core/temp_dir.hpp"

#include <string>
#include <vector>

#include <sys/types.h>

namespace siahub::kv {

class RedisServer {
  public:
    explicit RedisServer(std::vector<std::string> more_arguments = {});
    ~RedisServer();
    RedisServer(const RedisServer&) = delete;
    RedisServer& operator=(const RedisServer&) = delete;

    void start();   // returns when it answers
    void kill();    // SIGKILL
    void pause();   // SIGSTOP: connections stay, nothing is answered
    void resume();  // SIGCONT
    [[nodiscard]] std::string url() const;
    // By redis-cli.
    std::string cli(const std::string& command) const;

  private:
    TempDir home_;
    std::vector<std::string> more_arguments_;
    pid_t process_ = -1;
};

}  // namespace siahub::kv
