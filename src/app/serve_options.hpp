#pragma once
// The command line of `siahub serve`.

#include "app/command.hpp"
#include "app/serve.hpp"

namespace siahub::app {

CommandSpec serve_spec();
Result<ServeOptions> parse_serve_options(const Arguments& arguments);

}  // namespace siahub::app
