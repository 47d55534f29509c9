#include "cas/lfs_messages.hpp"

#include "cas/endpoint.hpp"
#include "cas/json_body.hpp"
#include "core/encoding.hpp"

#include <fmt/format.h>

namespace siahub::cas {
namespace json = boost::json;
namespace {

constexpr std::size_t kMaxBatch = 1000;
constexpr std::uint64_t kLargestObject = 1ULL << 40;  // 1 TiB

}  // namespace

std::string_view name_of(Transfer transfer) {
    switch (transfer) {
        case Transfer::basic:
            return "basic";
        case Transfer::multipart:
            return "multipart";
        case Transfer::xet:
            return "xet";
    }
    return "basic";
}

Transfer choose_transfer(const BatchRequest& request) {
    if (!request.upload) return Transfer::basic;
    if (request.offers("xet")) return Transfer::xet;
    const bool large = std::ranges::any_of(
        request.objects, [](const auto& object) { return object.size > kMultipartAbove; });
    return large && request.offers("multipart") ? Transfer::multipart : Transfer::basic;
}

Result<WantedObject> wanted_object(const json::object& fields) {
    WantedObject object;
    const auto oid = TRY(required_string(fields, "oid"));
    if (!from_hex(oid, object.sha256))
        return fail(Code::unprocessable, "\"oid\" must be 64 hex digits");
    const auto size = TRY(optional_size(fields, "size"));
    if (!size || *size > kLargestObject)
        return fail(Code::unprocessable, "\"size\" must be a number of bytes up to 1 TiB");
    object.size = *size;
    return object;
}

Result<BatchRequest> batch_request(const json::object& body) {
    BatchRequest request;
    const auto operation = TRY(required_string(body, "operation"));
    if (operation != "upload" && operation != "download")
        return fail(Code::unprocessable, "\"operation\" must be upload or download");
    request.upload = operation == "upload";
    for (const auto& name : TRY(optional_array(body, "transfers")))
        if (name.is_string()) request.transfers.emplace_back(name.get_string());
    const auto objects = TRY(optional_array(body, "objects"));
    if (objects.size() > kMaxBatch)
        return fail(Code::payload_too_large,
                    fmt::format("at most {} objects can be asked for at once", kMaxBatch));
    for (const auto& object : objects) {
        if (!object.is_object()) return fail(Code::unprocessable, "\"objects\" must hold objects");
        request.objects.push_back(TRY(wanted_object(object.get_object())));
    }
    request.ref = "main";
    if (const auto* ref = body.if_contains("ref"); ref != nullptr && ref->is_object())
        request.ref = TRY(optional_string(ref->get_object(), "name")).value_or("main");
    return request;
}

Result<std::vector<store::UploadPart>> completed_parts(const json::object& body) {
    std::vector<store::UploadPart> parts;
    for (const auto& item : TRY(optional_array(body, "parts"))) {
        if (!item.is_object()) return fail(Code::invalid_argument, "\"parts\" must hold objects");
        const auto& fields = item.get_object();
        const auto number = TRY(optional_size(fields, "partNumber"));
        if (!number || *number == 0 || *number > store::kMaxParts)
            return fail(Code::invalid_argument, "\"partNumber\" must count from 1");
        parts.push_back(
            {static_cast<std::uint32_t>(*number), TRY(required_string(fields, "etag"))});
    }
    return parts;
}

http::Response lfs_response(std::string body) {
    auto response = json_response(std::move(body));
    response.headers.set("Content-Type", "application/vnd.git-lfs+json");
    return response;
}

}  // namespace siahub::cas
