#include "app/flags.hpp"

#include "app/admin_hub.hpp"
#include "app/configure.hpp"
#include "app/serve.hpp"

#include <gtest/gtest.h>

namespace siahub::app {
namespace {

CommandSpec spec() {
    return {.name = "admin thing make",
            .arguments = {"NAME"},
            .summary = "Makes a thing",
            .flags = {{.name = "--user", .value = "USER", .help = "whose", .required = true},
                      {.name = "--tag", .value = "TAG", .help = "what", .repeats = true}}};
}

Result<Arguments> parse(const std::vector<std::string>& words) {
    return parse_arguments(spec(), words);
}

TEST(Flags, ComeInAnyOrderAndBothForms) {
    const auto parsed = parse({"--user", "a", "thing", "--tag=x=y", "--tag", "--z"});
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->argument(0), "thing");
    EXPECT_EQ(parsed->flag("--user"), "a");
    EXPECT_EQ(parsed->flags("--tag"), (std::vector<std::string>{"x=y", "--z"}));
    EXPECT_EQ(parsed->flag_or("--none", "else"), "else");
    EXPECT_EQ(parse({"--user=", "--", "--odd"})->argument(0), "--odd");
}

TEST(Flags, ErrorsSayWhatIsWrong) {
    const auto message = [](const std::vector<std::string>& words) {
        return parse(words).error().message;
    };
    EXPECT_EQ(message({"--user", "a"}), "missing NAME");
    EXPECT_EQ(message({"x"}), "missing --user");
    EXPECT_EQ(message({"x", "y", "--user=a"}), "unexpected argument \"y\"");
    EXPECT_EQ(message({"x", "--usr=a"}), "unknown flag \"--usr\"");
    EXPECT_EQ(message({"x", "--user"}), "--user needs a value");
    EXPECT_EQ(message({"x", "--user=a", "--user=b"}), "--user is given twice");
}

TEST(Flags, HelpNamesEverything) {
    const auto help = help_text(spec());
    EXPECT_TRUE(help.contains("siahub admin thing make NAME --user USER [--tag TAG]…")) << help;
    EXPECT_TRUE(help.contains("Makes a thing"));
}

TEST(Commands, ExitCodesTellUsageFromFailure) {
    const std::vector<Command> commands = {
        {spec(), [](const CommandSpec&, const Arguments& arguments) {
             return arguments.argument(0) == "bad" ? failure({Code::conflict, "no"}) : 0;
         }}};
    const auto run = [&](const std::vector<std::string>& words) {
        return run_command(commands, words, "1.2.3");
    };
    EXPECT_EQ(run({"admin", "thing", "make", "x", "--user=a"}), 0);
    EXPECT_EQ(run({"admin", "thing", "make", "bad", "--user=a"}), kExitFailure);
    EXPECT_EQ(run({"admin", "thing", "make", "x"}), kExitUsage);
    EXPECT_EQ(run({"admin", "thing"}), kExitUsage);
    EXPECT_EQ(run({}), kExitUsage);
    for (const auto& words : std::vector<std::vector<std::string>>{
             {"--version"}, {"--help"}, {"admin", "--help"}, {"admin", "thing", "make", "--help"}})
        EXPECT_EQ(run(words), 0);
}

TEST(Settings, AreReadFromTheCommandLine) {
    const auto config = [](const std::vector<std::string>& words) -> Result<config::Config> {
        return configure(TRY(parse_arguments(serve_command().spec, words)), config::kServe);
    };
    const auto all = config({"--data", "/d", "--listen=[::1]:0", "--threads=3", "--signed-url-ttl",
                             "5", "--log-level", "warn"});
    ASSERT_TRUE(all);
    EXPECT_EQ(all->data, "/d");
    EXPECT_EQ(all->server.listen.host, "::1");
    EXPECT_EQ(all->server.listen.port, 0);
    EXPECT_EQ(all->server.threads, 3U);
    EXPECT_EQ(all->gateway.link_life, std::chrono::seconds(5));
    EXPECT_EQ(all->log.level, Log::Level::warn);
    for (const auto* bad :
         {"--listen=8080", "--listen=:80", "--listen=h:65536", "--listen=h:", "--threads=x",
          "--signed-url-ttl=0", "--log-level=loud", "--data=", "--config=/no/such/file",
          "--database-url-file=/no/such/file"})
        EXPECT_EQ(config({bad}).error().code, Code::invalid_argument) << bad;
    EXPECT_FALSE(parse_arguments(serve_command().spec, std::vector<std::string>{"--data-file=x"}));
}

}  // namespace
}  // namespace siahub::app
