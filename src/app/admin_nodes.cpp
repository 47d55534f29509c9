#include "app/admin_hub.hpp"
#include "core/run_task.hpp"

#include <fmt/format.h>

namespace siahub::app {
namespace {

Result<void> list(const Arguments& arguments) {
    const auto hub = TRY(AdminHub::open(arguments));
    for (const auto& node : TRY(run_task(hub->nodes().list())))
        fmt::print("{}\t{}\theard of {}\t{} bodies, {} of them nowhere else\n", node.id, node.url,
                   to_iso8601(node.seen_at), node.bodies, node.bodies_only_here);
    return {};
}

int run_list(const CommandSpec&, const Arguments& arguments) {
    return finish(list(arguments));
}

Result<void> forget(const Arguments& arguments) {
    const auto hub = TRY(AdminHub::open(arguments));
    TRY(run_task(hub->nodes().forget(arguments.argument(0))));
    fmt::print(
        "Forgotten. Gateways still know some of its xorbs until they start again; what lay there "
        "alone is stored again when it is uploaded again.\n");
    return {};
}

int run_forget(const CommandSpec&, const Arguments& arguments) {
    return finish(forget(arguments));
}

}  // namespace

std::vector<Command> node_commands() {
    return {{{.name = "admin node list",
              .arguments = {},
              .summary = "The cas processes that hold bodies, and how many",
              .flags = admin_flags({})},
             run_list},
            {{.name = "admin node forget",
              .arguments = {"ID"},
              .summary = "Takes the bodies of a cas whose disk is lost for lost",
              .flags = admin_flags({})},
             run_forget}};
}

}  // namespace siahub::app
