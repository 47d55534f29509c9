#pragma once
// The console's files, as `npm run build` left them in a directory: pages for people beside the API
// for clients. Never in the way of the API: files are served under /assets/ and by their names in
// the root, and index.html stands for every page address when a browser opens it (a GET that names
// text/html), after no route was found.
//
// Names under /assets/ change with their content, so those may be kept for ever. Everything else is
// asked for again and answered 304. Beside FILE may lie FILE.br and FILE.gz, served to those who
// take them. Nothing outside of the directory can be named: a path with a segment that begins with
// a dot is not looked for, and a symbolic link is not followed as the last step.
//
// Pages carry a Content-Security-Policy that admits this hub and its gateways alone (the whole of
// it is in docs/console.md); with ?pictures=elsewhere, which a page asks for when its reader wants
// a card's pictures of other hosts, https: pictures too. Threads: any. Opening a file is a few
// system calls, made on the thread of the connection.

#include "core/result.hpp"
#include "http/message.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace siahub::cas {

class ConsoleFiles {
  public:
    // `gateway`: the origin that signed links lead to; empty: this hub's own.
    // not_found: the directory holds no index.html.
    static Result<ConsoleFiles> open(std::filesystem::path directory, std::string_view gateway);

    // Nothing: the address is none of the console's, or nobody who looks at pages asks.
    [[nodiscard]] std::optional<http::Response> answer(const http::Request& request) const;
    // The page for a browser that opens an address which is also one of the API, as /admin/… are.
    [[nodiscard]] std::optional<http::Response> page_instead(const http::Request& request) const;

  private:
    ConsoleFiles(std::filesystem::path directory, std::string policy,
                 std::string policy_of_pictures)
        : directory_(std::move(directory)),
          policy_(std::move(policy)),
          policy_of_pictures_(std::move(policy_of_pictures)) {}

    [[nodiscard]] std::optional<http::Response> file(const http::Request& request,
                                                     std::string_view name) const;
    [[nodiscard]] std::optional<http::Response> page(const http::Request& request,
                                                     bool known) const;

    std::filesystem::path directory_;
    std::string policy_, policy_of_pictures_;
};

}  // namespace siahub::cas
