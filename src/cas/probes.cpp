#include "cas/probes.hpp"

namespace siahub::cas {

Answer swallow_telemetry(const Services&, http::Request&) {
    co_return json_response(R"({"status":"ok"})");
}

Answer agent_harnesses(const Services&, http::Request&) {
    co_return json_response(R"({"standardEnvVars":[],"harnesses":{}})");
}

Answer single_segment_repo(Call&) {
    co_return std::unexpected(hub::repo_not_found());
}

}  // namespace siahub::cas
