#include "cas/probes.hpp"

#include "db/database.hpp"

namespace siahub::cas {

Answer health(const Services&, http::Request&) {
    co_return json_response(R"({"status":"ok"})");
}

Answer ready(const Services& services, http::Request&) {
    const auto answer = co_await services.database.query("SELECT COUNT(*) FROM users WHERE id = 0");
    if (!answer) co_return fail(Code::unavailable, "the database does not answer");
    co_return json_response(R"({"status":"ready","database":"ok"})");
}

Answer agent_harnesses(const Services&, http::Request&) {
    co_return json_response(R"({"standardEnvVars":[],"harnesses":{}})");
}

Answer single_segment_repo(Call&) {
    co_return std::unexpected(hub::repo_not_found());
}

}  // namespace siahub::cas
