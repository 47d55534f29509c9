#include "core/log.hpp"

#include "core/log_line.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <thread>
#include <vector>

#include <boost/json.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace siahub {
namespace {

// Standard error of this process, while it lives.
class Captured {
  public:
    Captured() : before_(::dup(STDERR_FILENO)) {
        EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0);
        ::dup2(ends_[1], STDERR_FILENO);
    }
    ~Captured() {
        ::dup2(before_, STDERR_FILENO);
        for (const int fd : {before_, ends_[0], ends_[1]})
            if (fd >= 0) ::close(fd);
    }
    Captured(const Captured&) = delete;
    Captured& operator=(const Captured&) = delete;

    // What is in the pipe, which must be less than fits.
    std::string read() {
        std::string text(1 << 16, '\0');
        ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
        const auto count = ::read(ends_[0], text.data(), text.size());
        text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        return text;
    }
    // Nobody reads until then.
    void fill() const {
        ::fcntl(ends_[1], F_SETFL, O_NONBLOCK);
        const std::string block(4096, 'x');
        while (::write(ends_[1], block.data(), block.size()) > 0) {
        }
        ::fcntl(ends_[1], F_SETFL, 0);
    }
    // Takes what waits to be written, and sends what follows nowhere.
    void drain() {
        const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
        ::dup2(nowhere, STDERR_FILENO);
        ::close(nowhere);
        ::close(std::exchange(ends_[1], -1));
        std::string text(1 << 16, '\0');
        while (::read(ends_[0], text.data(), text.size()) > 0) {
        }
    }

  private:
    std::array<int, 2> ends_{};
    const int before_;
};

std::vector<boost::json::object> parsed(std::string_view text) {
    std::vector<boost::json::object> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.push_back(boost::json::parse(text.substr(0, end)).as_object());
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

std::string line(Log::Format format, std::initializer_list<LogField> fields) {
    std::string out;
    append_log_line(out, format, Log::Level::info, "e", {fields.begin(), fields.size()});
    return out;
}

TEST(LogLine, IsJsonThatCanBeReadBackWhateverIsInIt) {
    std::string every;
    for (int c = 1; c < 256; ++c)
        every += static_cast<char>(c);
    const auto text = line(Log::Format::json, {{"path", every}, {"n", -3}, {"ms", 1.5}});
    const auto object = boost::json::parse("{\"time\":0" + text).as_object();
    const auto path = std::string(object.at("path").as_string());
    EXPECT_TRUE(path.starts_with(every.substr(0, 127)));
    EXPECT_EQ(path.substr(127, 3), "\xEF\xBF\xBD");
    EXPECT_EQ(object.at("n"), -3);
    EXPECT_EQ(object.at("ms"), 1.5);
    EXPECT_EQ(std::ranges::count(text, '\n'), 1);
}

TEST(LogLine, KeepsWhatIsUtf8AndReplacesWhatIsNot) {
    const auto shown = [](std::string_view value) {
        const auto text = "{\"time\":0" + line(Log::Format::json, {{"v", value}});
        return std::string(boost::json::parse(text).at("v").as_string());
    };
    for (const std::string_view good : {"é", "…", "\xF0\x9F\xA6\x8A", "\xED\x9F\xBF"})
        EXPECT_EQ(shown(good), good);
    // Overlong, a surrogate, beyond Unicode, cut short.
    EXPECT_EQ(shown("\xC0\xAF"), "\uFFFD\uFFFD");
    EXPECT_EQ(shown("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");
    EXPECT_EQ(shown("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD");
    EXPECT_EQ(shown("a\xE2\x80"), "a\uFFFD\uFFFD");
}

TEST(LogLine, IsLogfmtWithQuotesWhereTheyAreNeeded) {
    EXPECT_EQ(line(Log::Format::logfmt,
                   {{"path", "/a/b"}, {"why", "no \"x\""}, {"none", ""}, {"eq", "a=b"}, {"n", 7}}),
              " level=info event=e path=/a/b why=\"no \\\"x\\\"\" none=\"\" eq=\"a=b\" n=7\n");
}

TEST(Log, KeepsEventsAndRecordsInOrder) {
    Captured out;
    {
        const Log log(Log::Level::info);
        const std::array<LogField, 1> first{{{"n", 1}}};
        log.record(Log::Level::info, "r", first);
        log.record(Log::Level::debug, "hidden", {});
        log.warn("w", {{"n", 2}});
        const auto now = parsed(out.read());
        ASSERT_EQ(now.size(), 2U) << "an event takes with it what was waiting";
        EXPECT_EQ(now[0].at("event"), "r");
        EXPECT_EQ(now[1].at("n"), 2);
        EXPECT_EQ(now[1].at("time").as_string().size(), 24U);
        log.record(Log::Level::info, "last", {});
    }
    const auto rest = parsed(out.read());
    ASSERT_EQ(rest.size(), 1U) << "the end of a log writes what is left";
    EXPECT_EQ(rest[0].at("event"), "last");
}

TEST(Log, WritesRecordsOfManyThreadsWhole) {
    Captured out;
    {
        const Log log(Log::Level::info);
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&log] {
                const std::array<LogField, 1> fields{{{"v", "x"}}};
                for (int i = 0; i < 100; ++i)
                    log.record(Log::Level::info, "r", fields);
            });
    }
    EXPECT_EQ(parsed(out.read()).size(), 400U);
}

TEST(Log, DropsRecordsWhenNobodyReadsThem) {
    Captured out;
    out.fill();
    const Log log(Log::Level::info);
    const std::string large(1 << 20, 'x');
    const std::array<LogField, 1> fields{{{"v", large}}};
    for (int i = 0; i < 64 && log.dropped() == 0; ++i)
        log.record(Log::Level::info, "r", fields);
    EXPECT_GT(log.dropped(), 0U);
    out.drain();
}

}  // namespace
}  // namespace siahub
