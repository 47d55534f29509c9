#include "git/git_program.hpp"
#include "git/object_id.hpp"
#include "hub/commits.hpp"
#include "hub/test_repo.hpp"

#include <random>

namespace siahub::hub {
namespace {

class CommitIdsTest : public RepoTest {};

// What git makes of the same files, path -> blob id.
class GitTwin {
  public:
    Oid commit(const std::map<std::string, std::string>& blobs, std::optional<Oid> parent,
               const CommitInfo& like) {
        std::string index;
        for (const auto& [path, blob] : blobs)
            index += "100644 " + blob + "\t" + path + '\0';
        git_.run("read-tree --empty");
        git_.run("update-index -z --index-info", index);
        const auto tree = git_.run("write-tree --missing-ok").substr(0, 40);
        EXPECT_EQ(tree, like.tree.hex());
        const auto date = std::to_string(like.committed_at / 1000) + " +0000";
        ::setenv("GIT_AUTHOR_DATE", date.c_str(), 1);
        ::setenv("GIT_COMMITTER_DATE", date.c_str(), 1);
        return *Oid::parse(git_.run("-c user.name=Alice -c user.email=alice@example.org"
                                    " commit-tree " +
                                        tree + (parent ? " -p " + parent->hex() : ""),
                                    like.message)
                               .substr(0, 40));
    }

  private:
    git::GitProgram git_;
};

// Paths of few letters, so that files and folders meet and sort in every way.
std::string random_path(std::mt19937& random) {
    std::string path;
    for (auto parts = 1 + random() % 3; parts > 0; --parts)
        path += (path.empty() ? "" : "/") + std::string("x") + "ab.-0"[random() % 5];
    return path;
}

TEST_F(CommitIdsTest, IdsAreThoseOfGitForRandomCommits) {
    GitTwin twin;
    std::mt19937 random(3);
    std::map<std::string, std::string> model{
        {".gitattributes", entry(".gitattributes")->oid.hex()}};
    auto head = twin.commit(model, std::nullopt, get(history_.commit(repo_.id, root_)));
    EXPECT_EQ(head, root_);
    int created = 0;
    for (int round = 0; round < 60; ++round) {
        std::vector<Operation> operations;
        for (auto count = 1 + random() % 6; count > 0; --count) {
            const auto path = random_path(random);
            const auto is_below = [&](const auto& item) {
                return item.first.starts_with(path + "/");
            };
            const bool is_folder = std::ranges::any_of(model, is_below);
            const bool in_file = std::ranges::any_of(
                model, [&](const auto& item) { return path.starts_with(item.first + "/"); });
            if (random() % 3 == 0 && (is_folder || model.contains(path))) {
                operations.push_back(is_folder ? Operation(DeleteFolder{path})
                                               : Operation(DeleteFile{path}));
                model.erase(path);
                std::erase_if(model, is_below);
            } else if (!is_folder && !in_file) {
                const auto file = add(path, "content " + std::to_string(random() % 20));
                model[path] = file.blob->blob.hex();
                operations.push_back(file);
            }
        }
        clock_.advance(1500);
        const auto made = get(commit(operations, "main", "round " + std::to_string(round)));
        if (!made.created) continue;
        head = twin.commit(model, head, get(history_.commit(repo_.id, made.oid)));
        ASSERT_EQ(made.oid, head);
        ++created;
    }
    EXPECT_GT(created, 40);
}

}  // namespace
}  // namespace siahub::hub
