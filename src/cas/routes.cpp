#include "cas/routes.hpp"

#include "cas/account_api.hpp"
#include "cas/addresses.hpp"
#include "cas/api_document.hpp"
#include "cas/changes_api.hpp"
#include "cas/commit_api.hpp"
#include "cas/device_api.hpp"
#include "cas/duplicate_api.hpp"
#include "cas/endpoint.hpp"
#include "cas/entry_endpoint.hpp"
#include "cas/figures_api.hpp"
#include "cas/git_api.hpp"
#include "cas/internal_api.hpp"
#include "cas/internal_bodies.hpp"
#include "cas/key_api.hpp"
#include "cas/lfs_api.hpp"
#include "cas/lfs_transfer_api.hpp"
#include "cas/oauth_api.hpp"
#include "cas/operation_api.hpp"
#include "cas/organization_api.hpp"
#include "cas/owned_repos_api.hpp"
#include "cas/probes.hpp"
#include "cas/refs_api.hpp"
#include "cas/removal_api.hpp"
#include "cas/repo_api.hpp"
#include "cas/resolve.hpp"
#include "cas/session_api.hpp"
#include "cas/sia_admin.hpp"
#include "cas/storage_api.hpp"
#include "cas/tree_api.hpp"
#include "cas/usage_api.hpp"
#include "cas/user_admin.hpp"
#include "cas/xet_read.hpp"
#include "cas/xet_token_api.hpp"
#include "cas/xet_upload.hpp"

namespace siahub::cas {
namespace {

using enum http::Method;
using auth::TokenScope;
using hub::Need;
using hub::RepoKind;

struct RepoRoute {
    http::Method method;
    std::string_view pattern;  // after the repository
    Need need;
    Answer (*handler)(RepoCall&);
};

// Under /api/{models,datasets,spaces}/{ns}/{name}.
constexpr std::array kRepoApi = {
    RepoRoute{get, "", Need::read, repo_info},
    RepoRoute{get, "/revision/{rest*}", Need::read, repo_info_at},
    RepoRoute{put, "/settings", Need::admin, change_settings},
    RepoRoute{get, "/auth-check", Need::content, confirm_access},
    RepoRoute{get, "/auth-check/write", Need::write, confirm_access},
    RepoRoute{get, "/tree/{rest*}", Need::read, list_tree},
    RepoRoute{post, "/paths-info/{rest*}", Need::read, paths_info},
    RepoRoute{get, "/refs", Need::read, list_refs},
    RepoRoute{get, "/commits/{rest*}", Need::read, list_commits},
    RepoRoute{get, "/changes/{rest*}", Need::content, commit_changes},
    RepoRoute{get, "/usage", Need::read, repo_usage},
    RepoRoute{get, "/storage", Need::read, repo_storage},
    RepoRoute{get, "/storage/{rest*}", Need::read, file_storage},
    RepoRoute{get, "/deletion", Need::admin, deletion_preview},
    RepoRoute{post, "/branch/{rest*}", Need::write, create_branch},
    RepoRoute{del, "/branch/{rest*}", Need::write, delete_branch},
    RepoRoute{post, "/tag/{rest*}", Need::write, create_tag},
    RepoRoute{del, "/tag/{rest*}", Need::write, delete_tag},
    RepoRoute{post, "/super-squash/{rest*}", Need::write, super_squash},
    RepoRoute{post, "/preupload/{rest*}", Need::write, preupload},
    RepoRoute{post, "/commit/{rest*}", Need::write, create_commit},
    RepoRoute{get, "/discussions", Need::read, list_discussions},
    RepoRoute{post, "/discussions", Need::read, open_discussion},
    RepoRoute{post, "/duplicate", Need::content, duplicate_repo},
    RepoRoute{post, "/lfs-files/duplicate", Need::content, duplicate_lfs_files},
    RepoRoute{get, "/xet-read-token/{rest*}", Need::content, xet_read_token},
    RepoRoute{get, "/xet-write-token/{rest*}", Need::write, xet_write_token},
};

// Under /{ns}/{name}, /datasets/{ns}/{name} and /spaces/{ns}/{name}.
constexpr std::array kRepoPages = {
    RepoRoute{get, "/resolve/{rest*}", Need::content, resolve_file},
    RepoRoute{get, "/raw/{rest*}", Need::content, raw_file},
    RepoRoute{post, "/info/lfs/objects/batch", Need::read, lfs_batch},
    RepoRoute{post, "/info/lfs/verify", Need::write, lfs_verify},
};

template <std::size_t n>
void add_repo_routes(http::Router& router, const Services& services, RepoKind kind,
                     const std::string& prefix, const std::array<RepoRoute, n>& routes) {
    for (const auto& route : routes)
        router.add(route.method, prefix + "/{ns}/{name}" + std::string(route.pattern),
                   repo_endpoint(services, kind, route.need, route.handler));
}

void add_repositories(http::Router& router, const Services& services) {
    for (const auto kind : {RepoKind::model, RepoKind::dataset, RepoKind::space}) {
        const auto plural = std::string(api_plural(kind));
        add_repo_routes(router, services, kind, "/api/" + plural, kRepoApi);
        router.add(get, "/api/" + plural + "/{name}", endpoint(services, single_segment_repo));
        const auto page = kind == RepoKind::model ? "" : "/" + plural;
        add_repo_routes(router, services, kind, page, kRepoPages);
        router.add(get, page + "/{ns}/{name}/info/refs",
                   git_endpoint(services, kind, Need::content, git_begin));
        router.add(post, page + "/{ns}/{name}/git-upload-pack",
                   git_endpoint(services, kind, Need::content, git_upload_pack));
    }
    router.add(get, "/api/models", endpoint(services, list_repos<RepoKind::model>));
    router.add(get, "/api/datasets", endpoint(services, list_repos<RepoKind::dataset>));
    router.add(get, "/api/spaces", endpoint(services, list_repos<RepoKind::space>));
    router.add(get, "/api/stats", endpoint(services, hub_stats));
    router.add(get, "/api/usage", endpoint(services, own_usage));
    router.add(get, "/api/models-tags-by-type", endpoint(services, tags_by_type<RepoKind::model>));
    router.add(get, "/api/datasets-tags-by-type",
               endpoint(services, tags_by_type<RepoKind::dataset>));
    router.add(get, "/api/spaces-tags-by-type", endpoint(services, tags_by_type<RepoKind::space>));
    router.add(post, "/api/repos/create", endpoint(services, create_repo));
    router.add(del, "/api/repos/delete", endpoint(services, delete_repo));
    router.add(post, "/api/repos/move", endpoint(services, move_repo));
    router.add(post, "/api/validate-yaml", endpoint(services, validate_yaml));
}

void add_accounts(http::Router& router, const Services& services) {
    router.add(get, "/api/whoami-v2", endpoint(services, whoami));
    router.add(get, "/api/users/{name}/overview", endpoint(services, user_overview));
    router.add(get, "/api/organizations/{name}/overview",
               endpoint(services, organization_overview));
    router.add(get, "/api/organizations/{name}/members", endpoint(services, organization_members));
    router.add(get, "/api/settings/repositories", endpoint(services, list_own_repos));
    router.add(get, "/api/organizations/{name}/settings/repositories",
               endpoint(services, list_organization_repos));
}

void add_sign_in(http::Router& router, const Services& services) {
    router.add(get, "/api/session", endpoint(services, get_session));
    router.add(post, "/api/session", entry_endpoint(services, sign_in));
    router.add(del, "/api/session", endpoint(services, sign_out));
    router.add(get, "/api/sessions", endpoint(services, list_sessions));
    router.add(del, "/api/sessions", endpoint(services, end_other_sessions));
    router.add(del, "/api/sessions/{id}", endpoint(services, end_session));
    router.add(post, "/api/setup", entry_endpoint(services, set_up));
    router.add(post, "/api/register", entry_endpoint(services, register_account));
    router.add(get, "/api/invitations/{token}", endpoint(services, show_invitation));
    router.add(post, "/api/password", endpoint(services, change_password));
    router.add(post, "/api/password/reset", entry_endpoint(services, reset_password));
    router.add(get, "/oauth/start/{provider}", endpoint(services, start_oauth));
    router.add(get, "/oauth/callback/{provider}", endpoint(services, finish_oauth));
    router.add(get, "/api/identities", endpoint(services, list_identities));
    router.add(del, "/api/identities/{provider}", endpoint(services, unlink_identity));
    router.add(post, "/oauth/device", endpoint(services, start_device));
    router.add(post, "/oauth/token", endpoint(services, poll_device));
    router.add(get, "/api/device/{code}", endpoint(services, show_device));
    router.add(post, "/api/device/{code}", endpoint(services, answer_device));
    router.add(get, "/api/keys", endpoint(services, list_keys));
    router.add(post, "/api/keys", endpoint(services, create_key));
    router.add(del, "/api/keys/{id}", endpoint(services, revoke_key));
    router.add(post, "/api/organizations", endpoint(services, create_organization));
    router.add(get, "/api/organizations/{org}/deletion", endpoint(services, preview_org_removal));
    router.add(del, "/api/organizations/{org}", endpoint(services, remove_organization));
    router.add(put, "/api/organizations/{org}/members/{user}", endpoint(services, set_member));
    router.add(del, "/api/organizations/{org}/members/{user}", endpoint(services, remove_member));
}

void add_user_admin(http::Router& router, const Services& services) {
    router.add(get, "/admin/users", endpoint(services, list_users));
    router.add(get, "/admin/orgs", endpoint(services, list_orgs));
    router.add(patch, "/admin/users/{name}", endpoint(services, change_user));
    router.add(del, "/admin/users/{name}", endpoint(services, remove_user));
    router.add(get, "/admin/users/{name}/deletion", endpoint(services, preview_user_removal));
    router.add(post, "/admin/users/{name}/reset", endpoint(services, make_reset_link));
    router.add(get, "/admin/invitations", endpoint(services, list_invitations));
    router.add(post, "/admin/invitations", endpoint(services, invite));
    router.add(del, "/admin/invitations/{id}", endpoint(services, withdraw_invitation));
    router.add(get, "/admin/events", endpoint(services, list_events));
}

void add_xet(http::Router& router, const Services& services) {
    const auto read = [&](http::Method method, std::string_view path, Answer (*handler)(XetCall&)) {
        router.add(method, path, xet_endpoint(services, TokenScope::read, handler));
    };
    const auto write = [&](std::string_view path, Answer (*handler)(XetCall&)) {
        router.add(post, path, xet_endpoint(services, TokenScope::write, handler));
    };
    read(get, "/v1/chunks/{prefix}/{chunk}", query_chunk);
    write("/v1/xorbs/{prefix}/{xorb}", upload_xorb);
    write("/v1/xorb-grants/{prefix}/{xorb}", request_grant);
    write("/v1/shards", register_shard_v1);
    write("/v2/shards", register_shard_v2);
    read(get, "/v1/reconstructions/{file}", reconstruct_v1);
    read(get, "/v2/reconstructions/{file}", reconstruct_v2);
    read(get, "/v1/reconstructions", reconstruct_batch_v1);
    read(post, "/v1/telemetry", take_telemetry);
}

void add_lfs_transfers(http::Router& router, const Services& services) {
    router.add(put, "/api/lfs/objects/{sha256}", signed_endpoint(services, lfs_put));
    router.add(get, "/api/lfs/objects/{sha256}", signed_endpoint(services, lfs_get));
    router.add(put, "/api/lfs/uploads/{id}/{part}", signed_endpoint(services, lfs_put_part));
    router.add(post, "/api/lfs/uploads/{id}", signed_endpoint(services, lfs_complete));
}

void add_internal(http::Router& router, const Services& services) {
    router.add(get, "/internal/xorbs/{xorb}", signed_endpoint(services, internal_xorb));
    router.add(post, kXetTokenRoute, signed_endpoint(services, internal_xet_token));
    router.add(post, kMirrorFilesRoute, signed_endpoint(services, internal_mirror_files));
}

void add_operation(http::Router& router, const Services& services) {
    router.add(get, "/admin/assets", endpoint(services, list_assets));
    router.add(get, "/admin/usage", endpoint(services, hub_usage));
    router.add(get, "/admin/status", endpoint(services, operation_status));
    router.add(get, "/admin/doctor", endpoint(services, operation_doctor));
}

void add_sia(http::Router& router, const Services& services) {
    router.add(get, "/admin/sia", endpoint(services, sia_overview));
    router.add(get, "/admin/sia/queue", endpoint(services, sia_queue));
    router.add(post, "/admin/sia/queue/{xorb}/retry", endpoint(services, sia_retry));
    router.add(get, "/admin/sia/hosts", endpoint(services, sia_hosts));
    router.add(get, "/admin/sia/wallet", endpoint(services, sia_wallet));
    router.add(get, "/admin/sia/contracts", endpoint(services, sia_contracts));
    router.add(get, "/admin/sia/xorbs/{xorb}", endpoint(services, sia_xorb));
    router.add(get, "/admin/sia/files/{file}", endpoint(services, sia_file));
}

void add_probes(http::Router& router, const Services& services) {
    router.add(get, "/api/openapi.yaml", signed_endpoint(services, api_document));
    router.add(get, "/api/agent-harnesses", signed_endpoint(services, agent_harnesses));
    router.add(head, "/api/telemetry/{rest*}", signed_endpoint(services, swallow_telemetry));
    router.add(get, "/api/telemetry/{rest*}", signed_endpoint(services, swallow_telemetry));
}

}  // namespace

void add_routes(http::Router& router, const Services& services) {
    add_probes(router, services);
    add_accounts(router, services);
    add_sign_in(router, services);
    add_user_admin(router, services);
    add_repositories(router, services);
    add_xet(router, services);
    add_lfs_transfers(router, services);
    add_internal(router, services);
    add_operation(router, services);
    add_sia(router, services);
}

void add_common_headers(const http::Request& request, http::Response& response) {
    response.headers.set("X-Request-Id", request.request_id);
    // Files of repositories come from the address at which people are signed in.
    response.headers.set("X-Content-Type-Options", "nosniff");
    if (request.header("origin").empty()) return;
    response.headers.set("Access-Control-Allow-Origin", "*");
    response.headers.set(
        "Access-Control-Expose-Headers",
        "X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,X-Total-Count,ETag,Link,"
        "Accept-Ranges,Content-Range,Content-Length,X-Linked-Size,X-Linked-ETag,X-Xet-Hash,"
        "X-Xet-Refresh-Route,X-Xet-Cas-Url,X-Xet-Access-Token,X-Xet-Token-Expiration,"
        "Retry-After,RateLimit,RateLimit-Policy");
}

}  // namespace siahub::cas
