#include "config/load.hpp"
#include "config/reference.hpp"
#include "config/toml_file.hpp"
#include "config/values.hpp"
#include "core/temp_dir.hpp"

#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace siahub::config {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

struct Desk {
    TempDir dir;
    std::map<std::string, std::string, std::less<>> environment;
    Given given{.file = {},
                .environment = [this](const std::string& name) -> std::optional<std::string> {
                    const auto found = environment.find(name);
                    if (found == environment.end()) return std::nullopt;
                    return found->second;
                },
                .flags = {},
                .default_data = "/default"};

    std::string write(const std::string& name, const std::string& text) {
        const auto path = dir.path() / name;
        std::ofstream(path) << text;
        return path.string();
    }
    Loaded load_file(const std::string& text, Role role = kServe) {
        given.file = write("siahub.toml", text);
        return load(given, role);
    }
};

TEST(Config, DefaultsNeedNothing) {
    Desk desk;
    const auto loaded = load(desk.given, kServe);
    EXPECT_THAT(loaded.problems, ElementsAre());
    EXPECT_EQ(loaded.config.data, "/default");
    EXPECT_EQ(loaded.config.keys_file(), "/default/keys");
    EXPECT_EQ(loaded.config.server.listen.text(), "127.0.0.1:8470");
}

TEST(Config, FlagsWinOverEnvironmentOverFileOverDefaults) {
    Desk desk;
    desk.environment["SIAHUB_LISTEN"] = "127.0.0.1:2";
    desk.environment["SIAHUB_THREADS"] = "3";
    desk.given.flags["--listen"] = "[::1]:3";
    const auto loaded = desk.load_file("listen = '127.0.0.1:1'\nthreads = 2\ndrain = '1m'\n");
    EXPECT_THAT(loaded.problems, ElementsAre());
    EXPECT_EQ(loaded.config.server.listen.text(), "[::1]:3");
    EXPECT_EQ(loaded.config.server.threads, 3U);
    EXPECT_EQ(loaded.config.server.drain, seconds(60));
    EXPECT_EQ(loaded.origins.at("listen"), "--listen");
    EXPECT_EQ(loaded.origins.at("threads"), "SIAHUB_THREADS");
    EXPECT_THAT(loaded.origins.at("drain"), HasSubstr("siahub.toml line 3"));
}

TEST(Config, ProvidersToSignInThrough) {
    Desk desk;
    const auto secret = desk.write("secret", "s3cret\n");
    const auto file =
        "[[oauth]]\nid = 'company'\nissuer = 'https://id.example.org/'\n"
        "client_id = 'hub'\nclient_secret_file = '" +
        secret +
        "'\nsign_up = true\n"
        "[[oauth]]\nid = 'github'\nkind = 'github'\nclient_id = 'x'\n"
        "client_secret = 'y'\n";
    const auto loaded = desk.load_file(file);
    EXPECT_THAT(loaded.problems, ElementsAre());
    ASSERT_EQ(loaded.config.oauth.size(), 2U);
    EXPECT_EQ(loaded.config.oauth[0].issuer, "https://id.example.org");
    EXPECT_EQ(loaded.config.oauth[0].client_secret, "s3cret");
    EXPECT_EQ(loaded.config.oauth[0].name, "company");
    EXPECT_TRUE(loaded.config.oauth[0].sign_up);
    EXPECT_EQ(loaded.config.oauth[1].issuer, "https://github.com");
    EXPECT_EQ(loaded.config.oauth[1].api_url, "https://api.github.com");
    EXPECT_EQ(loaded.config.oauth[1].name, "GitHub");
    EXPECT_FALSE(loaded.config.oauth[1].sign_up);
    const auto elsewhere = desk.load_file(file, kHfProxy);
    EXPECT_EQ(elsewhere.config.oauth.at(0).client_secret, "") << "not for this role to read";
}

TEST(Config, GithubOfOnesOwn) {
    const auto api_url = [](const std::string& where) {
        Desk desk;
        const auto loaded = desk.load_file(
            "[[oauth]]\nid = 'g'\nkind = 'github'\nclient_id = 'c'\n"
            "client_secret = 's'\n" +
            where);
        EXPECT_THAT(loaded.problems, ElementsAre());
        return loaded.config.oauth.at(0).api_url;
    };
    EXPECT_EQ(api_url("issuer = 'https://github.example.org/'"),
              "https://github.example.org/api/v3");
    EXPECT_EQ(api_url("issuer = 'https://us.ghe.com'\napi_url = 'https://api.us.ghe.com/'"),
              "https://api.us.ghe.com");
}

TEST(Config, ProvidersThatMakeNoSense) {
    const auto problems = [](const std::string& text) {
        Desk desk;
        const auto all = desk.load_file("[[oauth]]\n" + text).problems;
        return all.empty() ? std::string() : all.front();
    };
    const std::string rest = "\nclient_id = 'c'\nclient_secret = 's'\n";
    EXPECT_EQ(problems("id = 'a'\nissuer = 'https://i'" + rest), "");
    EXPECT_THAT(problems("id = 'A B'\nissuer = 'https://i'" + rest), HasSubstr("id must be"));
    EXPECT_THAT(problems("id = 'a'" + rest), HasSubstr("issuer is not set"));
    EXPECT_THAT(problems("id = 'a'\nissuer = 'id.example.org'" + rest), HasSubstr("must be a URL"));
    EXPECT_THAT(problems("id = 'a'\nissuer = 'https://i'\nclient_id = 'c'\n"),
                HasSubstr("client_secret_file is not set"));
    EXPECT_THAT(problems("id = 'a'\nkind = 'magic'\nissuer = 'https://i'" + rest),
                HasSubstr("kind must be"));
    EXPECT_THAT(problems("id = 'a'\napi_url = 'https://a'\nissuer = 'https://i'" + rest),
                HasSubstr("api_url is for GitHub"));
    EXPECT_THAT(problems("id = 'a'\nscope = 'x'\nissuer = 'https://i'" + rest),
                HasSubstr("not a setting of a provider"));
    EXPECT_THAT(problems("id = 'a'\nissuer = 'https://i'" + rest +
                         "[[oauth]]\nid = 'a'\n"
                         "issuer = 'https://j'" +
                         rest),
                HasSubstr("two of this id"));
    EXPECT_THAT(problems("id = 'a'\nissuer = 'https://i'\nclient_id = 'c'\n"
                         "client_secret_file = '/no/such'\n"),
                HasSubstr("cannot be read"));
}

TEST(Config, EveryProblemIsNamedWithItsPlace) {
    Desk desk;
    desk.environment["SIAHUB_CACHE_SIZE"] = "12 apples";
    desk.given.flags["--log-level"] = "loud";
    const auto loaded =
        desk.load_file("listen = 8470\n[databse]\nurl = 'x'\n[nothing]\nlike = 1\n");
    ASSERT_EQ(loaded.problems.size(), 5U);
    EXPECT_THAT(loaded.problems[0],
                HasSubstr("line 3: databse.url is not a setting; did you mean"));
    EXPECT_THAT(loaded.problems[1], HasSubstr("line 1: listen must be HOST:PORT"));
    EXPECT_THAT(loaded.problems[2], HasSubstr("line 5: nothing.like is not a setting"));
    EXPECT_THAT(loaded.problems[3], HasSubstr("SIAHUB_CACHE_SIZE: cache.size must be a size"));
    EXPECT_THAT(loaded.problems[4], HasSubstr("--log-level: log.level must be one of"));
}

TEST(Config, SecretsComeFromFilesAndAreNeverShown) {
    Desk desk;
    const auto secret = desk.write("secret", "postgresql://u:hunter2@db/siahub\n");
    desk.environment["SIAHUB_REDIS_URL_FILE"] = desk.write("redis", "redis://:swordfish@cache");
    const auto loaded = desk.load_file("[database]\nurl_file = '" + secret + "'\n", kCas);
    EXPECT_EQ(loaded.config.database.url, "postgresql://u:hunter2@db/siahub");
    EXPECT_EQ(loaded.config.redis.url, "redis://:swordfish@cache");
    const auto shown = effective_values(loaded, kCas);
    EXPECT_THAT(shown, HasSubstr("# url is set ("));
    EXPECT_EQ(shown.find("hunter2"), std::string::npos);
    EXPECT_EQ(shown.find("swordfish"), std::string::npos);
    desk.environment["SIAHUB_REDIS_URL_FILE"] = "/no/such/file";
    EXPECT_THAT(load(desk.given, kCas).problems.at(0), HasSubstr("cannot be read"));
}

TEST(Config, ASecretThatARoleDoesNotReadIsNotOpened) {
    Desk desk;
    const auto text =
        "signing_keys = 'k'\n[proxy]\nupstream = 'https://h'\ncas = 'https://c'\n"
        "[gateway]\nurl = 'https://g'\n[cluster]\nurl = 'http://10.0.0.1:1'\n"
        "[redis]\nurl_file = '/no/such/file'\n"
        "[database]\nurl_file = '" +
        desk.write("database", "postgresql://u@db/siahub") + "'\n";
    EXPECT_THAT(desk.load_file(text, kGateway).problems, testing::IsEmpty());
    EXPECT_THAT(desk.load_file(text, kAdmin).problems, testing::IsEmpty());
    EXPECT_EQ(desk.load_file(text, kHfProxy).config.database.url, "");
    EXPECT_THAT(desk.load_file(text, kCas).problems,
                testing::ElementsAre(HasSubstr("/no/such/file, which cannot be read")));
    desk.environment["SIAHUB_REDIS_URL_FILE"] = "/nor/this";
    EXPECT_THAT(load(desk.given, kGateway).problems, testing::IsEmpty());
    EXPECT_THAT(load(desk.given, kServe).problems.size(), 2);
}

TEST(Config, OnlyThoseThatStoreBodiesNeedTheKeyOfSia) {
    Config config;
    config.sia.indexd = "http://127.0.0.1:9982";
    EXPECT_THAT(missing_for(config, kServe), testing::ElementsAre(HasSubstr("sia.app_key")));
    EXPECT_THAT(missing_for(config, kAdmin), testing::IsEmpty());
}

TEST(Config, BrokenTomlIsRefusedWithItsLine) {
    Desk desk;
    EXPECT_THAT(desk.load_file("a = 1\nb = = 2\n").problems.at(0), HasSubstr("line 2:"));
    desk.given.file = "/no/such/file.toml";
    EXPECT_THAT(load(desk.given, kServe).problems.at(0), HasSubstr("cannot read"));
    EXPECT_FALSE(parse_toml("x = 1979-05-27", "t"));
    EXPECT_FALSE(parse_toml("x = [[1]]", "t"));
}

TEST(Config, RolesSayWhatTheyNeed) {
    EXPECT_EQ(missing_for({}, kServe).size(), 0U);
    EXPECT_EQ(missing_for({}, kGateway).size(), 2U);
    EXPECT_EQ(missing_for({}, kHfProxy).size(), 3U);
    Config cas;
    cas.keys = "/keys";
    cas.database.url = "postgresql://db/siahub";
    cas.gateway.url = "https://data.example.org";
    EXPECT_THAT(missing_for(cas, kCas), ElementsAre(HasSubstr("cluster.url is not set")));
}

TEST(Config, EverySettingTakesWhatItShows) {
    std::set<std::string_view> flags;
    Config config;
    config.data = "/somewhere";
    for (const auto& setting : all_settings()) {
        const auto shown = setting.show(config);
        EXPECT_TRUE(flags.insert(setting.flag).second) << setting.flag;
        EXPECT_EQ(find_setting(setting.key), &setting);
        if (shown.empty()) continue;
        EXPECT_TRUE(setting.set(config, shown)) << setting.key;
        EXPECT_EQ(setting.show(config), shown) << setting.key;
        EXPECT_FALSE(setting.help.empty());
        EXPECT_THAT(reference_page(), HasSubstr(environment_name(setting)));
    }
}

TEST(Network, HoldsBothFamilies) {
    const auto ten = Network::parse("10.0.0.0/8");
    const auto one = Network::parse("192.0.2.7");
    const auto six = Network::parse("2001:db8::/33");
    ASSERT_TRUE(ten && one && six);
    EXPECT_TRUE(ten->contains("10.255.0.1"));
    EXPECT_TRUE(ten->contains("::ffff:10.0.0.1"));
    EXPECT_FALSE(ten->contains("11.0.0.1"));
    EXPECT_FALSE(ten->contains("fe80::1"));
    EXPECT_TRUE(one->contains("192.0.2.7"));
    EXPECT_FALSE(one->contains("192.0.2.6"));
    EXPECT_TRUE(six->contains("2001:db8:7fff::1"));
    EXPECT_FALSE(six->contains("2001:db8:8000::1"));
    EXPECT_FALSE(six->contains("nonsense"));
    for (const auto* wrong : {"", "10.0.0.0/33", "10.0.0/8", "host", "10.0.0.0/", "::/129"})
        EXPECT_FALSE(Network::parse(wrong)) << wrong;
}

TEST(Values, AreReadAsPeopleWriteThem) {
    EXPECT_EQ(parse_size("0"), 0U);
    EXPECT_EQ(parse_size("512MiB"), 512U << 20);
    EXPECT_EQ(parse_size("2 TB"), 2'000'000'000'000U);
    EXPECT_FALSE(parse_size("99999999999 TiB"));
    EXPECT_FALSE(parse_size("-1"));
    EXPECT_FALSE(parse_size("MiB"));
    EXPECT_EQ(show_size(std::uint64_t{10} << 30), "10 GiB");
    EXPECT_EQ(parse_duration("15m", seconds(1), seconds(1000)), seconds(900));
    EXPECT_EQ(parse_duration("90", seconds(1), seconds(1000)), seconds(90));
    EXPECT_FALSE(parse_duration("1d", seconds(1), seconds(1000)));
    EXPECT_EQ(show_duration(seconds(90)), "90s");
    EXPECT_EQ(parse_rate("0.5"), 0.5);
    EXPECT_FALSE(parse_rate("-1"));
    EXPECT_FALSE(parse_rate("inf"));
    EXPECT_THAT(parse_list(" a, b ,,c"), ElementsAre("a", "b", "c"));
}

TEST(Origins, AreUrlsWithoutAPath) {
    EXPECT_EQ(parse_origin("https://hub.example.org/"), "https://hub.example.org");
    EXPECT_EQ(parse_origin("http://[::1]:80"), "http://[::1]:80");
    for (const auto* wrong :
         {"", "hub.example.org", "ftp://x", "http://", "http://a/b", "http://a?b", "http://u:p@a"})
        EXPECT_FALSE(parse_origin(wrong)) << wrong;
}

TEST(Urls, LoseTheirPassword) {
    EXPECT_EQ(without_password("postgresql://u:p@ss@h/db"), "postgresql://u@h/db");
    EXPECT_EQ(without_password("redis://h:6379/0"), "redis://h:6379/0");
    EXPECT_EQ(without_password("http://h/a:b@c"), "http://h/a:b@c");
}

}  // namespace
}  // namespace siahub::config
