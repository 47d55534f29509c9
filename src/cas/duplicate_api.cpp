#include "cas/duplicate_api.hpp"

#include "cas/json_body.hpp"
#include "cas/repo_api.hpp"
#include "core/encoding.hpp"
#include "hub/duplicates.hpp"
#include "hub/names.hpp"

#include <algorithm>
#include <array>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace siahub::cas {
namespace json = boost::json;
namespace {

// Clients send 500 at once.
constexpr std::size_t kMostFiles = 1000;

hub::Duplicates duplicates_of(const Services& services) {
    return {services.database, services.access,       services.refs,
            services.files,    services.tree_listing, services.clock};
}

// What a hub that runs no spaces cannot promise.
Result<void> refuse_hosting(const json::object& body) {
    for (const auto* field :
         {"hardware", "storageTier", "sleepTimeSeconds", "secrets", "variables", "volumes"})
        if (const auto* value = body.if_contains(field); value != nullptr && !value->is_null())
            return fail(Code::invalid_argument,
                        fmt::format("\"{}\": this hub keeps spaces and does not run them", field));
    return {};
}

Result<hub::NewDuplicate> wanted_duplicate(const json::object& body) {
    TRY(refuse_hosting(body));
    auto id = hub::parse_repo_id(TRY(required_string(body, "repository")));
    if (!id) return fail(Code::invalid_argument, "\"repository\" must be \"namespace/name\"");
    return hub::NewDuplicate{std::move(id->ns), std::move(id->name), TRY(wanted_privacy(body))};
}

struct WantedFile {
    hub::SharedObject object;
    std::string sha256;  // as it was written
};

Result<WantedFile> wanted_file(const json::value& item) {
    if (!item.is_object()) return fail(Code::invalid_argument, "\"files\" must hold objects");
    WantedFile file;
    file.sha256 = TRY(required_string(item.get_object(), "sha256"));
    if (!from_hex(file.sha256, file.object.sha256))
        return fail(Code::invalid_argument, "\"sha256\" must be 64 hex digits");
    file.object.file_hash =
        TRY(xet::parse_hash(TRY(required_string(item.get_object(), "xetHash"))));
    return file;
}

Result<std::vector<WantedFile>> wanted_files(const json::object& body) {
    const auto list = TRY(optional_array(body, "files"));
    if (list.size() > kMostFiles)
        return fail(Code::invalid_argument,
                    fmt::format("\"files\" may hold {} at once", kMostFiles));
    std::vector<WantedFile> files;
    for (const auto& item : list)
        files.push_back(TRY(wanted_file(item)));
    return files;
}

Task<Result<hub::Repo>> open_target(RepoCall& call, const json::object& body) {
    const auto* target = body.if_contains("target");
    if (target == nullptr || !target->is_object())
        co_return fail(Code::invalid_argument, "\"target\" must say {\"type\", \"name\"}");
    const auto& fields = target->get_object();
    const auto kind = CO_TRY(repo_kind(fields, "type"));
    const auto name = CO_TRY(required_string(fields, "name"));
    const auto opened =
        CO_TRY(co_await call.services.access.open_repo(kind, name, *call.caller, hub::Need::write));
    co_return opened.repo;
}

}  // namespace

Answer duplicate_repo(RepoCall& call) {
    const auto body = CO_TRY(co_await read_json_object(call.http));
    auto wanted = CO_TRY(wanted_duplicate(body));
    const auto outcome = CO_TRY(co_await duplicates_of(call.services)
                                    .duplicate(*call.caller, call.repo, std::move(wanted)));
    co_return created_answer(call.http, outcome);
}

Answer duplicate_lfs_files(RepoCall& call) {
    const auto body = CO_TRY(co_await read_json_object(call.http));
    const auto files = CO_TRY(wanted_files(body));
    const auto target = CO_TRY(co_await open_target(call, body));
    std::vector<hub::SharedObject> objects;
    objects.reserve(files.size());
    for (const auto& file : files)
        objects.push_back(file.object);
    const auto missing =
        CO_TRY(co_await duplicates_of(call.services).share(call.repo.id, target.id, objects));
    json::array failed;
    for (const auto& file : files)
        if (std::ranges::find(missing, file.object.sha256, &hub::SharedObject::sha256) !=
            missing.end())
            failed.push_back(json::object{
                {"sha256", file.sha256},
                {"error", call.repo.full_name() + " has no such file with this xetHash"}});
    co_return json_response(json::serialize(json::object{{"failed", std::move(failed)}}));
}

}  // namespace siahub::cas
