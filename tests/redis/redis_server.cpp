#include "redis_server.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace siahub::kv {
namespace {

constexpr int kStartTries = 400;
constexpr std::chrono::milliseconds kStartPause{25};

pid_t spawn(std::vector<std::string> words) {
    std::vector<char*> arguments;
    for (auto& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    pid_t process = -1;
    const int error =
        ::posix_spawnp(&process, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw std::runtime_error(words[0] + " does not start");
    return process;
}

}  // namespace

RedisServer::RedisServer(std::vector<std::string> more_arguments)
    : more_arguments_(std::move(more_arguments)) {}

RedisServer::~RedisServer() {
    if (process_ > 0) kill();
}

void RedisServer::start() {
    std::vector<std::string> words{"redis-server",
                                   "--port",
                                   "0",
                                   "--unixsocket",
                                   home_.path() / "redis.sock",
                                   "--dir",
                                   home_.path(),
                                   "--save",
                                   "",
                                   "--daemonize",
                                   "no"};
    words.insert(words.end(), more_arguments_.begin(), more_arguments_.end());
    process_ = spawn(std::move(words));
    for (int i = 0; i < kStartTries; ++i) {
        const auto answer = cli("ping");
        if (answer.contains("PONG") || answer.contains("NOAUTH")) return;
        std::this_thread::sleep_for(kStartPause);
    }
    throw std::runtime_error("redis-server does not answer");
}

void RedisServer::kill() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
}

void RedisServer::pause() {
    ::kill(process_, SIGSTOP);
    ::waitpid(process_, nullptr, WUNTRACED);  // until it has stopped
}

void RedisServer::resume() {
    ::kill(process_, SIGCONT);
}

std::string RedisServer::url() const {
    return "unix://" + (home_.path() / "redis.sock").string();
}

std::string RedisServer::cli(const std::string& command) const {
    const auto line =
        "redis-cli -s " + (home_.path() / "redis.sock").string() + " " + command + " 2>&1";
    std::FILE* pipe = ::popen(line.c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("redis-cli does not start");
    std::string output;
    char piece[4096];
    while (const auto size = std::fread(piece, 1, sizeof piece, pipe))
        output.append(piece, size);
    ::pclose(pipe);
    return output;
}

}  // namespace siahub::kv
