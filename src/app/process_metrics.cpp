#include "app/process_metrics.hpp"

#include "app/version.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>

#include <sys/resource.h>
#include <unistd.h>

namespace siahub::app {
namespace {

// Pages: 0 is virtual, 1 is resident (proc(5), statm).
double memory_bytes(int field) {
    std::ifstream in("/proc/self/statm");
    double pages = 0;
    for (int i = 0; i <= field; ++i)
        in >> pages;
    return pages * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double entries_of(const char* directory) {
    std::error_code error;
    double count = 0;
    for (auto at = std::filesystem::directory_iterator(directory, error);
         !error && at != std::filesystem::directory_iterator(); at.increment(error))
        ++count;
    return count;
}

double open_file_limit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return static_cast<double>(limit.rlim_cur);
}

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double now_seconds() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace

void add_process_metrics(Metrics& metrics, std::string_view role) {
    metrics.gauge("siahub_build_info", "Always 1; the labels say what runs", [] { return 1.0; },
                  {{"version", std::string(version())}, {"role", std::string(role)}});
    metrics.gauge("process_start_time_seconds", "When the process started, since 1970",
                  [started = now_seconds()] { return started; });
    metrics.counter("process_cpu_seconds_total", "CPU time of user and system", cpu_seconds);
    metrics.gauge("process_resident_memory_bytes", "Resident memory",
                  [] { return memory_bytes(1); });
    metrics.gauge("process_virtual_memory_bytes", "Virtual memory", [] { return memory_bytes(0); });
    metrics.gauge("process_open_fds", "Open file descriptors",
                  [] { return entries_of("/proc/self/fd"); });
    metrics.gauge("process_max_fds", "How many file descriptors may be open", open_file_limit);
    metrics.gauge("process_threads", "Threads", [] { return entries_of("/proc/self/task"); });
}

}  // namespace siahub::app
