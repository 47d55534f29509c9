// An HTTP/1.1 load client that costs little itself, for comparing servers.
//   http_load requests METHOD HOST PORT TARGET COUNT CONNECTIONS [HEADER...]   keep-alive requests
//   http_load download HOST PORT TARGET BYTES STEP TIMES [HEADER...]           ranges of STEP bytes
// Prints one line of JSON: {"requests":…,"bytes":…,"seconds":…}. Any status but 200 or 206 is an
// error.

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

[[noreturn]] void die(std::string_view reason) {
    std::fprintf(stderr, "http_load: %.*s\n", static_cast<int>(reason.size()), reason.data());
    std::_Exit(1);
}

int connect_to(const char* host, const char* port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port)));
    if (::inet_pton(AF_INET, host, &address.sin_addr) != 1) die("HOST must be an IPv4 address");
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        die(std::generic_category().message(errno));
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

// Finds the end of a head that has arrived and the length of the body behind it.
struct Head {
    std::size_t size = 0;  // 0: not complete yet
    std::uint64_t body = 0;
};

Head read_head(std::string_view bytes) {
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) return {};
    const auto head = bytes.substr(0, end + 2);
    if (!head.contains(" 200 ") && !head.contains(" 206 ")) die(head);
    auto at = head.find("Content-Length: ");
    if (at == std::string_view::npos) at = head.find("content-length: ");
    if (at == std::string_view::npos) die("an answer has no Content-Length");
    return {end + 4, std::strtoull(head.data() + at + 16, nullptr, 10)};
}

std::string request_text(std::string_view method, std::string_view host, std::string_view target,
                         char** headers) {
    std::string text;
    text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: ").append(host);
    text.append("\r\n");
    for (; *headers != nullptr; ++headers)
        text.append(*headers).append("\r\n");
    return text.append("\r\n");
}

void send_all(int fd, std::string_view text) {
    if (::send(fd, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
        die("send failed");
}

struct Line {
    int fd = -1;
    std::size_t used = 0;
    std::array<char, 16 * 1024> buffer;
};

// One answer per request; small enough for the buffer.
bool answered(Line& line, bool head_only) {
    const auto count =
        ::recv(line.fd, line.buffer.data() + line.used, line.buffer.size() - line.used, 0);
    if (count <= 0) die("the server closed a connection");
    line.used += static_cast<std::size_t>(count);
    const Head head = read_head({line.buffer.data(), line.used});
    if (head.size == 0 || line.used < head.size + (head_only ? 0 : head.body)) return false;
    line.used = 0;
    return true;
}

std::uint64_t run_requests(char** argv) {
    const bool head_only = std::string_view(argv[0]) == "HEAD";
    const auto text = request_text(argv[0], argv[1], argv[3], argv + 6);
    const auto wanted = std::strtoull(argv[4], nullptr, 10);
    const auto width = std::strtoull(argv[5], nullptr, 10);
    const int poll = ::epoll_create1(EPOLL_CLOEXEC);
    std::vector<std::unique_ptr<Line>> lines;
    std::uint64_t sent = 0;
    for (std::uint64_t i = 0; i < width; ++i) {
        lines.push_back(std::make_unique<Line>());
        lines.back()->fd = connect_to(argv[1], argv[2]);
        epoll_event event{.events = EPOLLIN, .data = {.ptr = lines.back().get()}};
        ::epoll_ctl(poll, EPOLL_CTL_ADD, lines.back()->fd, &event);
        send_all(lines.back()->fd, text);
        ++sent;
    }
    std::vector<epoll_event> events(width);
    for (std::uint64_t done = 0; done < wanted;) {
        // Never sleeps: on one machine the kernel charges the server for waking its client, and
        // the more often, the slower the server is. Clients elsewhere cost it no such thing.
        const int ready = ::epoll_wait(poll, events.data(), static_cast<int>(width), 0);
        for (int i = 0; i < ready; ++i) {
            auto& line = *static_cast<Line*>(events[static_cast<std::size_t>(i)].data.ptr);
            if (!answered(line, head_only)) continue;
            ++done;
            if (sent < wanted) {
                send_all(line.fd, text);
                ++sent;
            }
        }
    }
    return 0;
}

// Reads one answer to the end and returns the size of its body.
std::uint64_t read_answer(int fd, std::vector<char>& buffer) {
    std::size_t used = 0;
    Head head;
    while (head.size == 0) {
        const auto count = ::recv(fd, buffer.data() + used, buffer.size() - used, 0);
        if (count <= 0) die("the server closed the connection");
        used += static_cast<std::size_t>(count);
        head = read_head({buffer.data(), used});
    }
    for (std::uint64_t have = used - head.size; have < head.body;) {
        const auto count = ::recv(fd, buffer.data(), buffer.size(), 0);
        if (count <= 0) die("the server closed the connection");
        have += static_cast<std::uint64_t>(count);
    }
    return head.body;
}

std::uint64_t run_download(char** argv) {
    const auto size = std::strtoull(argv[3], nullptr, 10);
    const auto step = std::strtoull(argv[4], nullptr, 10);
    const auto times = std::strtoull(argv[5], nullptr, 10);
    const int fd = connect_to(argv[0], argv[1]);
    std::vector<char> buffer(1024 * 1024);
    std::uint64_t total = 0;
    for (std::uint64_t asked = 0; asked < size * times;
         asked += std::min(step, size - asked % size)) {
        const auto at = asked % size;
        const auto last = std::min(at + step, size) - 1;
        std::string range = "Range: bytes=" + std::to_string(at) + "-" + std::to_string(last);
        std::vector<char*> headers{range.data()};
        for (char** header = argv + 6; *header != nullptr; ++header)
            headers.push_back(*header);
        headers.push_back(nullptr);
        send_all(fd, request_text("GET", argv[0], argv[2], headers.data()));
        total += read_answer(fd, buffer);
    }
    if (total != size * times) die("received another number of bytes than asked for");
    return total;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view mode = argc > 1 ? argv[1] : "";
    const auto start = std::chrono::steady_clock::now();
    std::uint64_t requests = 0;
    std::uint64_t bytes = 0;
    if (mode == "requests" && argc >= 8) {
        run_requests(argv + 2);
        requests = std::strtoull(argv[6], nullptr, 10);
    } else if (mode == "download" && argc >= 8) {
        bytes = run_download(argv + 2);
    } else {
        die("usage: see the first lines of http_load.cpp");
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::printf("{\"requests\":%llu,\"bytes\":%llu,\"seconds\":%.6f}\n",
                static_cast<unsigned long long>(requests), static_cast<unsigned long long>(bytes),
                seconds.count());
    return 0;
}
