#pragma once
// This process's way to Sia, as its settings describe it: the client and the bodies behind it. Made
// before the server starts, destroyed after it stopped, on the main thread.

#include "config/config.hpp"
#include "store/sia_bodies.hpp"

namespace siahub::app {

class SiaLink {
  public:
    // Null where no indexd is configured. invalid_argument: what indexd would refuse. Contacts
    // nobody. The pool is stopped after this.
    static Result<std::unique_ptr<SiaLink>> open(const config::Sia& config, WorkPool& work,
                                                 const Clock& clock);
    SiaLink(std::unique_ptr<sia::Client> client, sia::Redundancy redundancy);
    ~SiaLink() { client_->stop(); }
    SiaLink(const SiaLink&) = delete;
    SiaLink& operator=(const SiaLink&) = delete;

    [[nodiscard]] sia::Client& client() { return *client_; }
    [[nodiscard]] store::SiaBodies& bodies() { return bodies_; }
    [[nodiscard]] sia::Redundancy redundancy() const { return redundancy_; }

  private:
    std::unique_ptr<sia::Client> client_;
    const sia::Redundancy redundancy_;
    store::SiaBodies bodies_;
};

}  // namespace siahub::app
