// The bare HTTP layer for measurements: a small JSON answer, a file by ranges, an upload that is
// counted and dropped. Prints the port and its process id; ends on SIGTERM or SIGINT.
//   http_bench_server [--threads N] [--file PATH]

#include "core/log.hpp"
#include "http/file_response.hpp"
#include "http/server.hpp"

#include <charconv>
#include <cstdio>
#include <map>

#include <boost/asio/signal_set.hpp>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace siahub;

Task<http::Response> small(http::Request&) {
    http::Response response;
    response.headers.add("Content-Type", "application/json");
    response.body = std::string(200, 'x');
    co_return response;
}

Task<http::Response> serve_file(const http::FileContent& content, http::Request& request) {
    co_return http::file_response(content, request);
}

Task<http::Response> swallow(http::Request& request) {
    const auto buffer = std::make_unique_for_overwrite<std::byte[]>(256 * 1024);
    std::uint64_t total = 0;
    for (;;) {
        const auto count = co_await request.body->read({buffer.get(), 256 * 1024});
        if (!count || *count == 0) break;
        total += *count;
    }
    http::Response response;
    response.body = std::to_string(total);
    co_return response;
}

http::FileContent open_content(const std::string& path) {
    http::FileContent content;
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat info{};
    if (fd < 0 || ::fstat(fd, &info) != 0) {
        std::perror(path.c_str());
        std::_Exit(1);
    }
    content.file = std::make_shared<const FileHandle>(fd);
    content.size = static_cast<std::uint64_t>(info.st_size);
    return content;
}

}  // namespace

int main(int argc, char** argv) {
    std::map<std::string_view, std::string> options{{"--threads", "1"}, {"--file", "/dev/null"}};
    for (int i = 1; i + 1 < argc; i += 2)
        options[argv[i]] = argv[i + 1];

    const auto content = open_content(options["--file"]);
    http::Router router;
    router.add(http::Method::get, "/small", small);
    router.add(http::Method::get, "/file",
               [&content](http::Request& request) { return serve_file(content, request); });
    router.add(http::Method::put, "/upload", swallow);

    const Log log(Log::Level::warn);
    net::IoThreads io(static_cast<std::size_t>(std::stoul(options["--threads"])));
    io.start();
    http::Server server(
        io, log, router,
        [](const http::Request&, unsigned status) {
            http::Response response;
            response.status = status;
            return response;
        },
        [](const http::Request& request, http::Response& response) {
            response.headers.set("X-Request-Id", request.request_id);
        },
        {});
    const auto port = server.start();
    if (!port) {
        std::fprintf(stderr, "%s\n", port.error().message.c_str());
        return 1;
    }
    std::printf("port %u pid %d\n", *port, static_cast<int>(::getpid()));
    std::fflush(stdout);

    asio::io_context main_context;
    asio::signal_set signals(main_context, SIGINT, SIGTERM);
    signals.async_wait([](auto, int) {});
    main_context.run();
    server.stop(std::chrono::seconds(5));
    io.stop();
    return 0;
}
