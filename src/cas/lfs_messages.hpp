#pragma once
// What Git LFS clients ask for, as JSON (hf_hub_api.md 3), and the frame of what they are answered.
// Pure. Errors: what is wrong with a request, as a sentence for its sender.

#include "core/result.hpp"
#include "crypto/digest.hpp"
#include "http/message.hpp"
#include "store/part_uploads.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

namespace siahub::cas {

// Above this a broken connection should not cost the whole upload again.
inline constexpr std::uint64_t kMultipartAbove = 128ULL * 1024 * 1024;

enum class Transfer { basic, multipart, xet };

struct WantedObject {
    Sha256 sha256{};
    std::uint64_t size = 0;
};

struct BatchRequest {
    bool upload = false;
    std::vector<std::string> transfers;
    std::vector<WantedObject> objects;
    std::string ref;

    [[nodiscard]] bool offers(std::string_view transfer) const {
        return std::ranges::find(transfers, transfer) != transfers.end();
    }
};

std::string_view name_of(Transfer transfer);
Transfer choose_transfer(const BatchRequest& request);

// One {"oid": …, "size": …}.
Result<WantedObject> wanted_object(const boost::json::object& fields);
Result<BatchRequest> batch_request(const boost::json::object& body);
// The parts that a finished multipart upload consists of.
Result<std::vector<store::UploadPart>> completed_parts(const boost::json::object& body);

http::Response lfs_response(std::string body);

}  // namespace siahub::cas
