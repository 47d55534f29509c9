#pragma once
// The database of a hub, opened by a command beside a hub that may be running.

#include "app/command.hpp"
#include "core/clock.hpp"
#include "core/log.hpp"
#include "db/database.hpp"
#include "hub/accounts.hpp"
#include "hub/keys.hpp"
#include "store/nodes.hpp"

#include <memory>

namespace siahub::app {

class AdminHub {
  public:
    // As the settings of the command line say.
    static Result<std::unique_ptr<AdminHub>> open(const Arguments& arguments);

    hub::Accounts& accounts() { return accounts_; }
    hub::Keys& keys() { return keys_; }
    db::Database& database() { return *database_; }
    store::Nodes& nodes() { return nodes_; }
    [[nodiscard]] const Clock& clock() const { return clock_; }

  private:
    AdminHub(std::unique_ptr<Log> log, std::unique_ptr<db::Database> database)
        : log_(std::move(log)),
          database_(std::move(database)),
          accounts_(*database_, clock_),
          keys_(*database_, clock_),
          nodes_(*database_, clock_, "") {}

    SystemClock clock_;
    std::unique_ptr<Log> log_;
    std::unique_ptr<db::Database> database_;
    hub::Accounts accounts_;
    hub::Keys keys_;
    store::Nodes nodes_;
};

// A command's own flags and those that say which hub it is for.
std::vector<FlagSpec> admin_flags(std::vector<FlagSpec> own);

std::vector<Command> account_commands();
std::vector<Command> removal_commands();
std::vector<Command> key_commands();
std::vector<Command> node_commands();
std::vector<Command> signing_commands();

}  // namespace siahub::app
