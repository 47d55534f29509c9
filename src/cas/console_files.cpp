#include "cas/console_files.hpp"

#include "cas/console_pages.hpp"
#include "core/encoding.hpp"
#include "http/accept.hpp"
#include "http/file_response.hpp"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

namespace siahub::cas {
namespace {

constexpr std::string_view kHtml = "text/html";

struct Kind {
    std::string_view extension, type;
};
constexpr auto kKinds = std::to_array<Kind>({
    {"html", "text/html; charset=utf-8"},
    {"js", "text/javascript; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"css", "text/css; charset=utf-8"},
    {"json", "application/json"},
    {"map", "application/json"},
    {"geojson", "application/json"},
    {"webmanifest", "application/manifest+json"},
    {"svg", "image/svg+xml"},
    {"png", "image/png"},
    {"webp", "image/webp"},
    {"ico", "image/x-icon"},
    {"woff2", "font/woff2"},
    {"woff", "font/woff"},
    {"wasm", "application/wasm"},
    {"txt", "text/plain; charset=utf-8"},
});

struct Coding {
    std::string_view name, suffix;
};
// The smaller one first; the last is the file itself.
constexpr std::array kCodings = {Coding{"br", ".br"}, Coding{"gzip", ".gz"}, Coding{"", ""}};

std::string_view type_of(std::string_view name) {
    const auto extension = name.substr(name.rfind('.') + 1);
    const auto* known = std::ranges::find(kKinds, extension, &Kind::extension);
    return known == kKinds.end() ? "application/octet-stream" : known->type;
}

// Chunks are cut and hashed in WebAssembly, by workers that are made from strings.
std::string policy_for(std::string_view gateway, std::string_view pictures) {
    const auto space = gateway.empty() ? "" : " ";
    return fmt::format(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; "
        "style-src 'self'; img-src 'self' data: blob:{0}{1}{2}; font-src 'self'; "
        "media-src 'self' blob:{0}{1}; connect-src 'self'{0}{1}; object-src 'none'; "
        "frame-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
        space, gateway, pictures);
}

// Relative segments, hidden files and what no file is called.
bool is_safe(std::string_view name) {
    for (;;) {
        const auto end = std::min(name.find('/'), name.size());
        const auto segment = name.substr(0, end);
        if (segment.empty() || segment.starts_with('.')) return false;
        if (end == name.size()) return true;
        name.remove_prefix(end + 1);
    }
}

struct Opened {
    std::shared_ptr<const FileHandle> file;
    std::uint64_t size = 0;
    std::int64_t changed_ns = 0;
};

std::optional<Opened> open_file(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) return std::nullopt;
    auto file = std::make_shared<const FileHandle>(fd);
    struct stat status{};
    if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
    constexpr std::int64_t ns_per_s = 1'000'000'000;
    return Opened{std::move(file), static_cast<std::uint64_t>(status.st_size),
                  status.st_mtim.tv_sec * ns_per_s + status.st_mtim.tv_nsec};
}

bool is_navigation(const http::Request& request) {
    const bool reads = request.method == http::Method::get || request.method == http::Method::head;
    return reads && http::names_type(request.header("accept"), kHtml);
}

void add_protection(http::Response& response) {
    response.headers.set("X-Content-Type-Options", "nosniff");
    response.headers.set("Referrer-Policy", "same-origin");
    response.headers.set("Cross-Origin-Opener-Policy", "same-origin");
}

}  // namespace

Result<ConsoleFiles> ConsoleFiles::open(std::filesystem::path directory, std::string_view gateway) {
    if (!open_file(directory / "index.html"))
        return fail(Code::not_found, "There is no console in " + directory.string() +
                                         ": it has no index.html. `make console` builds one");
    return ConsoleFiles(std::move(directory), policy_for(gateway, ""),
                        policy_for(gateway, " https:"));
}

std::optional<http::Response> ConsoleFiles::file(const http::Request& request,
                                                 std::string_view name) const {
    if (!is_safe(name)) return std::nullopt;
    for (const auto& [coding, suffix] : kCodings) {
        if (!coding.empty() && !http::accepts_encoding(request.header("accept-encoding"), coding))
            continue;
        auto opened = open_file(directory_ / (std::string(name) + std::string(suffix)));
        if (!opened) continue;
        auto response = http::file_response(
            {.file = std::move(opened->file),
             .size = opened->size,
             .content_type = std::string(type_of(name)),
             .etag = fmt::format("\"{:x}-{:x}{}\"", opened->changed_ns, opened->size, suffix)},
            request);
        if (!coding.empty()) response.headers.set("Content-Encoding", coding);
        response.headers.set("Vary", "Accept-Encoding");
        response.headers.set("Cache-Control", name.starts_with("assets/")
                                                  ? "public, max-age=31536000, immutable"
                                                  : "no-cache");
        add_protection(response);
        return response;
    }
    return std::nullopt;
}

std::optional<http::Response> ConsoleFiles::page(const http::Request& request, bool known) const {
    auto response = file(request, "index.html");
    if (!response) return std::nullopt;
    const bool pictures = request.query_value("pictures") == "elsewhere";
    response->headers.set("Content-Security-Policy", pictures ? policy_of_pictures_ : policy_);
    // The same address is a page for some and an answer of the API for others.
    response->headers.set("Vary", "Accept, Accept-Encoding");
    if (!known && response->status == 200) response->status = 404;
    return response;
}

std::optional<http::Response> ConsoleFiles::answer(const http::Request& request) const {
    if (request.method != http::Method::get && request.method != http::Method::head)
        return std::nullopt;
    const auto path = percent_decode(request.path);
    if (!path || path->contains('\0')) return std::nullopt;
    const std::string_view name = std::string_view(*path).substr(1);
    if (name.starts_with("assets/") || (!name.contains('/') && name.contains('.')))
        if (auto found = name == "index.html" ? std::nullopt : file(request, name)) return found;
    if (path == "/") return page(request, true);
    const auto kind = page_at(request.path);
    if (kind == Page::none || !is_navigation(request)) return std::nullopt;
    return page(request, kind == Page::known);
}

std::optional<http::Response> ConsoleFiles::page_instead(const http::Request& request) const {
    if (!request.path.starts_with("/admin/") || !is_navigation(request)) return std::nullopt;
    return page(request, true);
}

}  // namespace siahub::cas
