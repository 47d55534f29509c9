#include "cas/operation_api.hpp"

#include "cas/operator.hpp"

#include <boost/json.hpp>

namespace siahub::cas {
namespace {

Answer answer(Call& call, Operation::Json (Operation::*ask)()) {
    CO_TRY(require_admin(*call.caller));
    const auto value = CO_TRY(co_await (call.services.operation->*ask)());
    co_return json_response(boost::json::serialize(value));
}

}  // namespace

Answer operation_status(Call& call) {
    return answer(call, &Operation::status);
}

Answer operation_doctor(Call& call) {
    return answer(call, &Operation::doctor);
}

}  // namespace siahub::cas
