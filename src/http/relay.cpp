#include "http/relay.hpp"

#include "http/response_head.hpp"

#include <boost/asio/as_tuple.hpp>

namespace siahub::http {

namespace {

constexpr std::size_t kStep = 64 * 1024;

// Knows whether a lent body has been given back, and lets one task wait for it. One thread.
class Loan {
  public:
    void give_back() {
        returned_ = true;
        if (waiting_) waiting_->cancel();
    }
    static Task<void> returned(std::shared_ptr<Loan> loan) {
        loan->waiting_.emplace(co_await asio::this_coro::executor);
        while (!loan->returned_) {
            loan->waiting_->expires_at(asio::steady_timer::time_point::max());
            co_await loan->waiting_->async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }

  private:
    bool returned_ = false;
    std::optional<asio::steady_timer> waiting_;
};

class BorrowedBody final : public BodySource {
  public:
    BorrowedBody(RequestBody& body, std::shared_ptr<Loan> loan)
        : body_(body), loan_(std::move(loan)) {}
    ~BorrowedBody() override { loan_->give_back(); }
    BorrowedBody(const BorrowedBody&) = delete;
    BorrowedBody& operator=(const BorrowedBody&) = delete;

    Task<Result<ByteView>> next() override {
        if (!buffer_) buffer_ = std::make_unique_for_overwrite<std::byte[]>(kStep);
        const std::span<std::byte> room(buffer_.get(), kStep);
        co_return room.first(CO_TRY(co_await body_.read(room)));
    }

  private:
    RequestBody& body_;
    std::shared_ptr<Loan> loan_;
    std::unique_ptr<std::byte[]> buffer_;
};

}  // namespace

std::optional<StreamBody> lend_body(Request& request) {
    const auto length = request.body->content_length();
    if (length == 0) return std::nullopt;
    auto loan = std::make_shared<Loan>();
    request.cleanup = [loan] { return Loan::returned(loan); };
    return StreamBody{std::make_unique<BorrowedBody>(*request.body, std::move(loan)), length};
}

void remove_hop_by_hop(Headers& headers) {
    std::string named;
    for (const auto& [name, value] : headers.all())
        if (equals_ignoring_case(name, "connection")) named.append(value).append(",");
    for (std::string_view rest = named; !rest.empty();) {
        const auto end = rest.find(',');
        auto name = rest.substr(0, end);
        rest.remove_prefix(end + 1);
        while (name.starts_with(' '))
            name.remove_prefix(1);
        while (name.ends_with(' '))
            name.remove_suffix(1);
        headers.remove(name);
    }
    for (const auto* name :
         {"Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate",
          "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade"})
        headers.remove(name);
}

Response relay_response(ClientResponse answer, Method method) {
    Response response;
    response.status = answer.status;
    response.headers = std::move(answer.headers);
    remove_hop_by_hop(response.headers);
    if (method == Method::head) {
        response.announced_length = answer.content_length;
        // Without a body, so that a length which is not known is not announced as 0.
        response.body = StreamBody{nullptr, std::nullopt};
    } else if (answer.has_body) {
        response.body = StreamBody{std::move(answer.body), answer.content_length};
    }
    return response;
}

}  // namespace siahub::http
