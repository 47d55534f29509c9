#include "hub/access.hpp"

#include "hub/test_hub.hpp"

#include <map>

namespace siahub::hub {
namespace {

constexpr std::array kNeeds = {Need::read, Need::content, Need::write, Need::admin};

char letter(std::optional<Code> code) {
    if (!code) return '+';
    switch (*code) {
        case Code::repo_not_found:
            return 'n';
        case Code::unauthorized:
            return 'u';
        case Code::forbidden:
            return 'f';
        case Code::gated:
            return 'g';
        default:
            return '?';
    }
}

class AccessTest : public HubTest {
  protected:
    void SetUp() override {
        owner_ = add_user("Owner");
        for (const auto* name : {"reader", "contributor", "writer", "boss", "stranger"})
            users_[name] = add_user(name);
        org_ = add_org("Acme", {{"reader", OrgRole::read},
                                {"contributor", OrgRole::contributor},
                                {"writer", OrgRole::write},
                                {"boss", OrgRole::admin}});
        users_["owner"] = owner_;
        for (const auto& [ns, id] : {std::pair("Owner", owner_), std::pair("Acme", org_)}) {
            add(id, ns, "Public", false, "");
            add(id, ns, "Private", true, "");
            add(id, ns, "Gated", false, "manual");
            add(id, ns, "Private-Gated", true, "auto");
        }
        add(org_, "Acme", "Own", false, "", users_["contributor"]);
        add(org_, "Acme", "Own-Private", true, "", users_["contributor"]);
    }
    void add(RowId owner, std::string_view ns, std::string_view name, bool is_private,
             std::string gated, RowId creator = 1) {
        Repo repo;
        repo.id = next_id_++;
        repo.owner_id = owner;
        repo.ns = ns;
        repo.name = name;
        repo.is_private = is_private;
        repo.gated = std::move(gated);
        add_repo(repo, creator);
    }
    // One letter per Need.
    std::string outcome(std::string_view id, const Caller& who) {
        std::string letters;
        for (const auto need : kNeeds)
            letters += letter(code_of(access_.open_repo(RepoKind::model, id, who, need)));
        return letters;
    }

    RowId owner_ = 0, org_ = 0, next_id_ = 100;
    std::map<std::string, RowId> users_;
    Access access_{*database_};
};

struct Line {
    std::string who;                 // "name scope"
    std::array<std::string, 5> own;  // Owner/: Public, Private, Gated, Private-Gated, missing
    std::array<std::string, 7> org;  // Acme/: the same, Own, Own-Private
};

// The whole table, letter by letter: read, content, write, admin.
const std::array<Line, 19> kTable = {{
    {"anonymous",
     {"++uu", "nnnn", "+guu", "nnnn", "nnnn"},
     {"++uu", "nnnn", "+guu", "nnnn", "nnnn", "++uu", "nnnn"}},
    {"stranger read",
     {"++ff", "nnnn", "+gff", "nnnn", "nnnn"},
     {"++ff", "nnnn", "+gff", "nnnn", "nnnn", "++ff", "nnnn"}},
    {"stranger write",
     {"++ff", "nnnn", "+gff", "nnnn", "nnnn"},
     {"++ff", "nnnn", "+gff", "nnnn", "nnnn", "++ff", "nnnn"}},
    {"stranger admin",
     {"++ff", "nnnn", "+gff", "nnnn", "nnnn"},
     {"++ff", "nnnn", "+gff", "nnnn", "nnnn", "++ff", "nnnn"}},
    {"owner read",
     {"++ff", "++ff", "++ff", "++ff", "nnnn"},
     {"++ff", "nnnn", "+gff", "nnnn", "nnnn", "++ff", "nnnn"}},
    {"owner write",
     {"++++", "++++", "++++", "++++", "nnnn"},
     {"++ff", "nnnn", "+gff", "nnnn", "nnnn", "++ff", "nnnn"}},
    {"owner admin",
     {"++++", "++++", "++++", "++++", "nnnn"},
     {"++ff", "nnnn", "+gff", "nnnn", "nnnn", "++ff", "nnnn"}},
    {"reader read",
     {"++ff", "nnnn", "+gff", "nnnn", "nnnn"},
     {"++ff", "++ff", "++ff", "++ff", "nnnn", "++ff", "++ff"}},
    {"reader write",
     {"++ff", "nnnn", "+gff", "nnnn", "nnnn"},
     {"++ff", "++ff", "++ff", "++ff", "nnnn", "++ff", "++ff"}},
    {"reader admin",
     {"++ff", "nnnn", "+gff", "nnnn", "nnnn"},
     {"++ff", "++ff", "++ff", "++ff", "nnnn", "++ff", "++ff"}},
    {"contributor read",
     {"++ff", "nnnn", "+gff", "nnnn", "nnnn"},
     {"++ff", "++ff", "++ff", "++ff", "nnnn", "++ff", "++ff"}},
    {"contributor write",
     {"++ff", "nnnn", "+gff", "nnnn", "nnnn"},
     {"++ff", "++ff", "++ff", "++ff", "nnnn", "++++", "++++"}},
    {"contributor admin",
     {"++ff", "nnnn", "+gff", "nnnn", "nnnn"},
     {"++ff", "++ff", "++ff", "++ff", "nnnn", "++++", "++++"}},
    {"writer read",
     {"++ff", "nnnn", "+gff", "nnnn", "nnnn"},
     {"++ff", "++ff", "++ff", "++ff", "nnnn", "++ff", "++ff"}},
    {"writer write",
     {"++ff", "nnnn", "+gff", "nnnn", "nnnn"},
     {"++++", "++++", "++++", "++++", "nnnn", "++++", "++++"}},
    {"writer admin",
     {"++ff", "nnnn", "+gff", "nnnn", "nnnn"},
     {"++++", "++++", "++++", "++++", "nnnn", "++++", "++++"}},
    {"boss read",
     {"++ff", "nnnn", "+gff", "nnnn", "nnnn"},
     {"++ff", "++ff", "++ff", "++ff", "nnnn", "++ff", "++ff"}},
    {"boss write",
     {"++ff", "nnnn", "+gff", "nnnn", "nnnn"},
     {"++++", "++++", "++++", "++++", "nnnn", "++++", "++++"}},
    {"boss admin",
     {"++ff", "nnnn", "+gff", "nnnn", "nnnn"},
     {"++++", "++++", "++++", "++++", "nnnn", "++++", "++++"}},
}};

TEST_F(AccessTest, TheWholeMaskingTable) {
    const std::array names = {"Public",  "Private", "Gated",      "Private-Gated",
                              "Nothing", "Own",     "Own-Private"};
    for (const auto& line : kTable) {
        const auto blank = line.who.find(' ');
        const auto who = blank == std::string::npos
                             ? std::make_shared<const Caller>()
                             : caller(users_.at(line.who.substr(0, blank)),
                                      parse_key_scope(line.who.substr(blank + 1)).value());
        for (std::size_t i = 0; i < line.own.size(); ++i)
            EXPECT_EQ(outcome(std::string("owner/") + names[i], *who), line.own[i])
                << line.who << " Owner/" << names[i];
        for (std::size_t i = 0; i < line.org.size(); ++i)
            EXPECT_EQ(outcome(std::string("ACME/") + names[i], *who), line.org[i])
                << line.who << " Acme/" << names[i];
    }
}

TEST_F(AccessTest, HiddenAndMissingLookTheSame) {
    const auto who = caller(users_["stranger"]);
    for (const auto need : kNeeds) {
        const auto hidden =
            run_task(access_.open_repo(RepoKind::model, "Owner/Private", *who, need));
        const auto missing =
            run_task(access_.open_repo(RepoKind::model, "Owner/Nothing", *who, need));
        EXPECT_EQ(hidden.error().message, missing.error().message);
        EXPECT_EQ(hidden.error().message, "Repository not found");
    }
}

TEST_F(AccessTest, KindsAreApartAndSingleSegmentsAreNoRepositories) {
    const Caller nobody;
    EXPECT_EQ(code_of(access_.open_repo(RepoKind::dataset, "Owner/Public", nobody, Need::read)),
              Code::repo_not_found);
    EXPECT_EQ(code_of(access_.open_repo(RepoKind::model, "gpt2", nobody, Need::read)),
              Code::repo_not_found);
}

TEST_F(AccessTest, FindsWithoutCaseAndKeepsTheSpelling) {
    const auto opened =
        get(access_.open_repo(RepoKind::model, "OWNER", "pUBLIC", Caller(), Need::read));
    EXPECT_EQ(opened.repo.full_name(), "Owner/Public");
    EXPECT_FALSE(opened.renamed);
    EXPECT_EQ(get(access_.open_repo(opened.repo.id, Caller(), Need::read)).repo.id, opened.repo.id);
    EXPECT_EQ(code_of(access_.open_repo(RowId{5}, Caller(), Need::read)), Code::repo_not_found);
}

TEST_F(AccessTest, FormerNamesLeadToTheRepositoryUnderTheSameRules) {
    const auto hidden =
        get(access_.open_repo(RepoKind::model, "Owner/Private", *caller(owner_), Need::read)).repo;
    sql("INSERT INTO repo_redirects (kind, full_key, repo_id) VALUES ('model', 'owner/old', $1)",
        {hidden.id});
    const auto opened =
        get(access_.open_repo(RepoKind::model, "Owner/OLD", *caller(owner_), Need::write));
    EXPECT_TRUE(opened.renamed);
    EXPECT_EQ(opened.repo.name, "Private");
    EXPECT_EQ(code_of(access_.open_repo(RepoKind::model, "Owner/old", Caller(), Need::read)),
              Code::repo_not_found);
}

TEST_F(AccessTest, AReadKeySaysWhatIsWrongWithIt) {
    const auto denied = run_task(access_.open_repo(RepoKind::model, "Owner/Public",
                                                   *caller(owner_, KeyScope::read), Need::write));
    EXPECT_TRUE(denied.error().message.contains("read scope")) << denied.error().message;
}

TEST_F(AccessTest, NamespacesForNewRepositories) {
    const auto open = [this](std::string_view name, const Caller& who) {
        return run_task(access_.open_namespace(name, who));
    };
    EXPECT_EQ(open("", *caller(owner_))->owner_id, owner_);
    EXPECT_EQ(open("OWNER", *caller(owner_))->name, "Owner");
    EXPECT_EQ(open("acme", *caller(users_["contributor"]))->owner_id, org_);
    EXPECT_EQ(open("acme", *caller(users_["writer"]))->name, "Acme");
    EXPECT_EQ(open("acme", *caller(users_["reader"])).error().code, Code::forbidden);
    EXPECT_EQ(open("Owner", *caller(users_["boss"])).error().code, Code::forbidden);
    EXPECT_EQ(open("nobody", *caller(owner_)).error().code, Code::forbidden);
    EXPECT_EQ(open("", *caller(owner_, KeyScope::read)).error().code, Code::forbidden);
    EXPECT_EQ(open("Owner", Caller()).error().code, Code::unauthorized);
}

}  // namespace
}  // namespace siahub::hub
