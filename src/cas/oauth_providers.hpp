#pragma once
// The other providers by which somebody may sign in, as the configuration names them.

#include <boost/json/array.hpp>

namespace siahub::cas {

class OauthProviders {
  public:
    // As GET /api/session lists them.
    [[nodiscard]] boost::json::array list() const { return {}; }
};

}  // namespace siahub::cas
