#include "cas/commit_api.hpp"

#include "cas/addresses.hpp"
#include "cas/body_reader.hpp"
#include "cas/commit_lines.hpp"
#include "cas/json_body.hpp"
#include "cas/revision.hpp"
#include "core/encoding.hpp"
#include "hub/commits.hpp"
#include "hub/preupload.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace siahub::cas {
namespace json = boost::json;
namespace {

constexpr std::size_t kMaxOperations = 100'000;
constexpr std::size_t kMaxPreuploadFiles = 10'000;
constexpr std::string_view kNoPullRequests =
    "This hub has no pull requests yet. Upload to a branch instead: --revision NAME creates it";

Result<hub::PreuploadFile> preupload_file(const json::value& value) {
    if (!value.is_object()) return fail(Code::invalid_argument, "\"files\" must hold objects");
    const auto& fields = value.get_object();
    hub::PreuploadFile file;
    file.path = TRY(required_string(fields, "path"));
    const auto size = TRY(optional_size(fields, "size"));
    if (!size) return fail(Code::invalid_argument, "\"size\" is missing");
    file.size = *size;
    file.sample = TRY(from_base64(TRY(optional_string(fields, "sample")).value_or("")));
    return file;
}

Result<std::vector<hub::PreuploadFile>> preupload_files(const json::object& body) {
    const auto list = TRY(optional_array(body, "files"));
    if (list.size() > kMaxPreuploadFiles)
        return fail(Code::payload_too_large,
                    fmt::format("at most {} files can be asked about at once", kMaxPreuploadFiles));
    std::vector<hub::PreuploadFile> files;
    files.reserve(list.size());
    for (const auto& item : list)
        files.push_back(TRY(preupload_file(item)));
    return files;
}

json::object verdict_json(const hub::PreuploadFile& file, const hub::PreuploadVerdict& verdict) {
    json::object shown{{"path", file.path},
                       {"uploadMode", verdict.lfs ? "lfs" : "regular"},
                       {"shouldIgnore", verdict.should_ignore}};
    if (!verdict.oid.empty()) shown["oid"] = verdict.oid;
    return shown;
}

// Turns lines into operations; contents go to the store as they arrive, so that a commit of many
// files does not have to fit into memory.
class CommitAssembler {
  public:
    CommitAssembler(hub::Files& files, RowId repo) : stager_(files, repo) {}

    Task<Result<void>> add(std::string_view text) {
        ++line_;
        auto line = parse_commit_line(text);
        if (!line) co_return at_line(std::move(line).error());
        if (request_.operations.size() >= kMaxOperations)
            co_return fail(Code::payload_too_large,
                           fmt::format("a commit has at most {} operations; send several commits",
                                       kMaxOperations));
        if (has_header_ == std::holds_alternative<CommitHeader>(*line))
            co_return fail(Code::invalid_argument,
                           "the first line of a commit, and no other, is its header");
        co_return co_await apply(*std::move(line));
    }

    Task<Result<hub::CommitRequest>> finish() {
        if (!has_header_) co_return fail(Code::invalid_argument, "the commit has no header line");
        CO_TRY(co_await stager_.flush());
        co_return std::move(request_);
    }

  private:
    Task<Result<void>> apply(CommitLine line) {
        if (auto* header = std::get_if<CommitHeader>(&line)) {
            has_header_ = true;
            request_.summary = std::move(header->summary);
            request_.description = std::move(header->description);
            request_.parent_commit = std::move(header->parent_commit);
        } else if (auto* file = std::get_if<FileLine>(&line)) {
            const auto blob = CO_TRY(co_await stager_.add(file->path, file->content));
            request_.operations.emplace_back(
                hub::AddFile{std::move(file->path), blob, file->old_path.value_or("")});
        } else if (auto* lfs = std::get_if<LfsFileLine>(&line)) {
            request_.operations.emplace_back(hub::AddLfs{std::move(lfs->path), lfs->sha256,
                                                         lfs->size, lfs->old_path.value_or("")});
        } else if (auto* gone = std::get_if<DeletedFileLine>(&line)) {
            request_.operations.emplace_back(hub::DeleteFile{std::move(gone->path)});
        } else if (auto* folder = std::get_if<DeletedFolderLine>(&line)) {
            request_.operations.emplace_back(hub::DeleteFolder{std::move(folder->path)});
        }
        co_return Result<void>();
    }

    [[nodiscard]] Failure at_line(Error error) const {
        return fail(error.code, fmt::format("line {} of the commit: {}", line_, error.message));
    }

    hub::BlobStager stager_;
    hub::CommitRequest request_;
    std::size_t line_ = 0;
    bool has_header_ = false;
};

Task<Result<hub::CommitRequest>> read_commit(RepoCall& call) {
    CommitAssembler assembler(call.services.files, call.repo.id);
    LineSplitter lines(kMaxCommitLine);
    BodyReader reader(*call.http.body, call.services.memory, call.caller->user_id);
    for (;;) {
        const auto piece = CO_TRY(co_await reader.next());
        if (piece.empty()) break;
        CO_TRY(lines.feed(as_chars(piece)));
        while (const auto line = lines.next())
            CO_TRY(co_await assembler.add(*line));
    }
    if (const auto line = lines.last()) CO_TRY(co_await assembler.add(*line));
    co_return co_await assembler.finish();
}

}  // namespace

Result<void> refuse_pull_request(const http::Request& request) {
    const auto wanted = request.query_value("create_pr");
    if (!wanted || *wanted == "0" || *wanted == "false") return {};
    return fail(Code::invalid_argument, std::string(kNoPullRequests));
}

Answer list_discussions(RepoCall&) {
    co_return json_response(R"({"discussions":[],"count":0,"start":0,"numClosedDiscussions":0})");
}

Answer open_discussion(RepoCall&) {
    co_return fail(Code::invalid_argument, std::string(kNoPullRequests));
}

Answer preupload(RepoCall& call) {
    CO_TRY(refuse_pull_request(call.http));
    const auto branch = CO_TRY(decoded_rest(call));
    const auto head = CO_TRY(co_await call.services.refs.resolve_branch(call.repo, branch));
    const auto body = CO_TRY(co_await read_json_object(call.http));
    const auto files = CO_TRY(preupload_files(body));
    const auto ignore = CO_TRY(optional_string(body, "gitIgnore"));
    const auto attributes = CO_TRY(optional_string(body, "gitAttributes"));
    hub::PreuploadRules rules;
    if (ignore) rules.gitignore = *ignore;
    if (attributes) rules.gitattributes = *attributes;
    const auto verdicts =
        CO_TRY(co_await call.services.preupload.classify(call.repo.id, head, files, rules));
    json::array list;
    for (std::size_t i = 0; i < files.size(); ++i)
        list.push_back(verdict_json(files[i], verdicts[i]));
    co_return json_response(json::serialize(
        json::object{{"files", std::move(list)}, {"commitOid", head.commit.hex()}}));
}

Answer create_commit(RepoCall& call) {
    CO_TRY(refuse_pull_request(call.http));
    const auto branch = CO_TRY(decoded_rest(call));
    // An unknown branch is refused before anything is stored for it.
    CO_TRY(co_await call.services.refs.resolve_branch(call.repo, branch));
    const auto request = CO_TRY(co_await read_commit(call));
    const auto result = CO_TRY(
        co_await call.services.commits.commit(call.repo, branch, request, call.caller->author()));
    const auto oid = result.oid.hex();
    co_return json_response(json::serialize(
        json::object{{"success", true},
                     {"commitOid", oid},
                     {"commitUrl", repo_url(call.http, call.repo) + "/commit/" + oid},
                     {"hookOutput", ""}}));
}

}  // namespace siahub::cas
