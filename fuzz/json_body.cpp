// JSON request bodies and the accessors that handlers read them with.

#include "cas/json_body.hpp"

#include <cstdlib>

using namespace siahub;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto object =
        cas::parse_json_object(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!object) {
        if (object.error().code != Code::invalid_argument) std::abort();
        return 0;
    }
    for (const auto& field : *object) {
        const std::string_view name = field.key();
        const int readings = int(cas::optional_string(*object, name).has_value()) +
                             int(cas::optional_bool(*object, name).has_value()) +
                             int(cas::optional_size(*object, name).has_value()) +
                             int(cas::optional_array(*object, name).has_value());
        // null reads as "absent" in every type, anything else in one type at most.
        if (readings > 1 && !field.value().is_null()) std::abort();
    }
    return 0;
}
