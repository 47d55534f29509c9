#pragma once
// /admin/status and /admin/doctor: the state of the process and of what it stands on, as JSON, for
// the operator. What is shown comes from whoever wired the process, behind an interface, because
// handlers know nothing of configuration and doctors.

#include "cas/endpoint.hpp"

#include <boost/json/value.hpp>

namespace siahub::cas {

class Operation {
  public:
    virtual ~Operation() = default;
    using Json = Task<Result<boost::json::value>>;

    virtual Json status() = 0;
    // What the doctor says; up to a minute old, because it looks at much.
    virtual Json doctor() = 0;
};

Answer operation_status(Call& call);  // GET /admin/status
Answer operation_doctor(Call& call);  // GET /admin/doctor

}  // namespace siahub::cas
