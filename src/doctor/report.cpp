#include "doctor/report.hpp"

#include <algorithm>
#include <array>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace siahub::doctor {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"ok", "warning", "error"};

std::string_view name_of(Verdict verdict) {
    return kNames.at(static_cast<std::size_t>(verdict));
}

}  // namespace

void Report::ok(std::string check, std::string what) {
    findings_.push_back({std::move(check), Verdict::ok, std::move(what), {}});
}

void Report::warning(std::string check, std::string what, std::string remedy) {
    findings_.push_back({std::move(check), Verdict::warning, std::move(what), std::move(remedy)});
}

void Report::error(std::string check, std::string what, std::string remedy) {
    findings_.push_back({std::move(check), Verdict::error, std::move(what), std::move(remedy)});
}

void Report::append(const Report& other) {
    findings_.insert(findings_.end(), other.findings_.begin(), other.findings_.end());
}

std::size_t Report::count(Verdict verdict) const {
    return static_cast<std::size_t>(std::ranges::count(findings_, verdict, &Finding::verdict));
}

int Report::exit_code() const {
    if (count(Verdict::error) != 0) return 2;
    return count(Verdict::warning) != 0 ? 1 : 0;
}

std::string Report::text() const {
    std::string text;
    for (const auto& finding : findings_) {
        text +=
            fmt::format("{:<8} {:<20} {}\n", name_of(finding.verdict), finding.check, finding.what);
        if (!finding.remedy.empty()) text += fmt::format("{:<29} → {}\n", "", finding.remedy);
    }
    return text + fmt::format("{} errors, {} warnings, {} checks in order\n", count(Verdict::error),
                              count(Verdict::warning), count(Verdict::ok));
}

std::string Report::json() const {
    namespace json = boost::json;
    json::array findings;
    for (const auto& finding : findings_)
        findings.push_back(json::object{{"check", finding.check},
                                        {"verdict", name_of(finding.verdict)},
                                        {"what", finding.what},
                                        {"remedy", finding.remedy}});
    return json::serialize(json::object{{"errors", count(Verdict::error)},
                                        {"warnings", count(Verdict::warning)},
                                        {"findings", std::move(findings)}}) +
           "\n";
}

}  // namespace siahub::doctor
