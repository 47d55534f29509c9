#include "core/log.hpp"

#include "core/clock.hpp"

#include <array>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace siahub {

struct Log::Sink {
    spdlog::logger logger{"siahub", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
};

namespace {

spdlog::level::level_enum to_spdlog(Log::Level level) {
    constexpr std::array table = {spdlog::level::debug, spdlog::level::info, spdlog::level::warn,
                                  spdlog::level::err, spdlog::level::off};
    return table.at(static_cast<std::size_t>(level));
}

}  // namespace

Log::Log(Level level) : sink_(std::make_unique<Sink>()) {
    sink_->logger.set_pattern("%v");
    sink_->logger.set_level(to_spdlog(level));
    sink_->logger.flush_on(spdlog::level::debug);
}

Log::~Log() = default;

bool Log::enabled(Level level) const {
    return sink_->logger.should_log(to_spdlog(level));
}

void Log::write(Level level, std::string_view event, std::initializer_list<LogField> fields) const {
    if (!enabled(level)) return;
    constexpr std::array names = {"debug", "info", "warn", "error", "off"};
    boost::json::object line;
    line["time"] = to_iso8601(SystemClock{}.now());
    line["level"] = names.at(static_cast<std::size_t>(level));
    line["event"] = event;
    for (const auto& field : fields)
        std::visit([&](auto value) { line[field.key] = value; }, field.value);
    sink_->logger.log(to_spdlog(level), "{}", boost::json::serialize(line));
}

void Log::debug(std::string_view event, std::initializer_list<LogField> fields) const {
    write(Level::debug, event, fields);
}
void Log::info(std::string_view event, std::initializer_list<LogField> fields) const {
    write(Level::info, event, fields);
}
void Log::warn(std::string_view event, std::initializer_list<LogField> fields) const {
    write(Level::warn, event, fields);
}
void Log::error(std::string_view event, std::initializer_list<LogField> fields) const {
    write(Level::error, event, fields);
}

}  // namespace siahub
