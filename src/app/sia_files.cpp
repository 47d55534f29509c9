#include "app/sia_files.hpp"

#include "app/sia_doctor.hpp"
#include "backup/progress.hpp"
#include "core/file_io.hpp"
#include "core/run_task.hpp"
#include "sia/client.hpp"

#include <charconv>
#include <thread>

#include <boost/json.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

namespace siahub::app {
namespace {

namespace json = boost::json;

constexpr std::size_t kEventsPerPage = 100;

// A client with what it stands on.
class Store {
  public:
    static Result<std::unique_ptr<Store>> open(const Arguments& arguments) {
        const auto access = TRY(sia_access(arguments));
        sia::ClientOptions options{.indexd = access.indexd, .transfer = {}, .hosts = {}};
        options.transfer.redundancy = TRY(redundancy_of(arguments));
        auto store = std::make_unique<Store>();
        store->client_ =
            TRY(sia::Client::open(std::move(options), access.key, store->work_, store->clock_));
        return store;
    }
    Store() = default;
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    ~Store() {
        if (client_) client_->stop();
        work_.stop();
        client_.reset();
    }
    sia::Client& operator*() { return *client_; }
    sia::Client* operator->() { return client_.get(); }

  private:
    SystemClock clock_;
    WorkPool work_{std::max(1U, std::thread::hardware_concurrency())};
    std::unique_ptr<sia::Client> client_;
};

class FileSource final : public sia::ByteSource {
  public:
    FileSource(const FileHandle& file, backup::Progress& progress)
        : file_(file), progress_(progress) {}
    Task<Result<std::size_t>> read(std::span<std::byte> into) override {
        const auto count = ::read(file_.fd(), into.data(), into.size());
        if (count < 0) co_return std::unexpected(io_error(errno, "read the file"));
        progress_.advance(0, static_cast<std::uint64_t>(count));
        co_return static_cast<std::size_t>(count);
    }

  private:
    const FileHandle& file_;
    backup::Progress& progress_;
};

Failure file_failure(std::string_view doing, const std::string& path) {
    return fail(Code::unavailable, fmt::format("Cannot {} {}: {}.", doing, path,
                                               std::generic_category().message(errno)));
}

Result<std::unique_ptr<FileHandle>> open_file(const std::string& path, int flags,
                                              std::string_view doing) {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
    if (fd < 0) return file_failure(doing, path);
    return std::make_unique<FileHandle>(fd);
}

std::string file_name(std::string_view path) {
    return std::string(path.substr(path.find_last_of('/') + 1));
}

std::string name_of(const sia::Object& object) {
    boost::system::error_code error;
    const auto value = json::parse(as_chars(object.metadata), error);
    if (error || !value.is_object()) return {};
    const auto* name = value.as_object().if_contains("name");
    return name != nullptr && name->is_string() ? std::string(name->as_string()) : "";
}

// Names are other people's bytes: none of them moves the cursor of a terminal.
std::string printable(std::string text) {
    std::ranges::replace_if(text, [](unsigned char c) { return c < ' ' || c == 0x7f; }, '?');
    return is_valid_utf8(text) ? text : "?";
}

Result<void> put(Store& store, const Arguments& arguments) {
    const auto& path = arguments.argument(0);
    const auto file = TRY(open_file(path, O_RDONLY, "read"));
    struct ::stat stat{};
    if (::fstat(file->fd(), &stat) != 0 || !S_ISREG(stat.st_mode))
        return fail(Code::invalid_argument, path + " is not a file.");
    if (stat.st_size == 0)
        return fail(Code::invalid_argument, path + " is empty; Sia keeps no empty objects.");
    const auto size = static_cast<std::uint64_t>(stat.st_size);
    const auto metadata =
        json::serialize(json::object{{"name", arguments.flag_or("--name", file_name(path))}});
    if (metadata.size() > sia::kMaxMetadata)
        return fail(Code::invalid_argument, "The name is too long to be kept with the object.");
    backup::Progress progress(stderr);
    progress.begin("uploading", 0, size);
    FileSource source(*file, progress);
    std::vector<sia::PutBody> bodies(1);
    bodies[0].size = size;
    bodies[0].source = &source;
    const auto bytes = as_bytes(metadata);
    bodies[0].metadata.assign(bytes.begin(), bytes.end());
    const auto stored = TRY(run_task(store->put(std::move(bodies))));
    fmt::print("{}\n", stored.front().id().hex());
    return {};
}

Task<Result<void>> copy_out(sia::ObjectReader& reader, const FileHandle& out,
                            backup::Progress& progress) {
    while (true) {
        const auto piece = CO_TRY(co_await reader.next());
        if (piece.empty()) co_return Result<void>{};
        CO_TRY(write_all(out.fd(), piece));
        progress.advance(0, piece.size());
    }
}

Result<std::uint64_t> number_flag(const Arguments& arguments, std::string_view name,
                                  std::uint64_t fallback) {
    const auto text = arguments.flag(name);
    if (!text) return fallback;
    return static_cast<std::uint64_t>(TRY(parse_number(name, *text, 0, INT64_MAX)));
}

Result<void> download(Store& store, const sia::Object& object, const Arguments& arguments,
                      const FileHandle& out) {
    const auto offset = TRY(number_flag(arguments, "--offset", 0));
    if (offset > object.size())
        return fail(Code::range_not_satisfiable,
                    "The object has only " + std::to_string(object.size()) + " bytes.");
    const auto length = TRY(number_flag(arguments, "--length", object.size() - offset));
    backup::Progress progress(stderr);
    progress.begin("downloading", 0, length);
    const auto reader = store->read(object, offset, length);
    return run_task(copy_out(*reader, out, progress));
}

Result<void> get(Store& store, const Arguments& arguments) {
    const auto id = TRY(sia::Hash256::from_hex(arguments.argument(0)));
    const auto& path = arguments.argument(1);
    const auto object = TRY(store->unseal(TRY(run_task(store->find(id)))));
    if (path == "-") {
        const FileHandle out(::dup(STDOUT_FILENO));
        return download(store, object, arguments, out);
    }
    // Under its name there is the whole file or what was there before.
    const auto part = path + ".part";
    const auto out = TRY(open_file(part, O_WRONLY | O_CREAT | O_TRUNC, "write"));
    auto done = download(store, object, arguments, *out);
    if (done && (::fsync(out->fd()) != 0 || ::rename(part.c_str(), path.c_str()) != 0))
        done = file_failure("finish", path);
    if (!done) ::unlink(part.c_str());
    return done;
}

Result<void> remove(Store& store, const Arguments& arguments) {
    const auto id = TRY(sia::Hash256::from_hex(arguments.argument(0)));
    return run_task(store->remove(id));
}

void print_object(Store& store, const sia::indexd::ObjectEvent& event) {
    if (!event.object) return;
    const auto object = store->unseal(*event.object);
    if (!object)
        return fmt::print("{}\t-\t-\tcannot be opened: {}\n", event.key.hex(),
                          object.error().message);
    fmt::print("{}\t{}\t{}\t{}\n", event.key.hex(), object->size(),
               sia::indexd::to_rfc3339(event.updated_at), printable(name_of(*object)));
}

Result<void> list(Store& store, const Arguments&) {
    fmt::print("ID\tSIZE\tCHANGED\tNAME\n");
    sia::indexd::EventCursor cursor;
    while (true) {
        const auto events = TRY(run_task(store->list(cursor, kEventsPerPage)));
        for (const auto& event : events)
            print_object(store, event);
        if (events.size() < kEventsPerPage) return {};
        cursor = events.back().cursor();
    }
}

template <Result<void> (*act)(Store&, const Arguments&)>
int with_store(const CommandSpec& spec, const Arguments& arguments) {
    const auto store = Store::open(arguments);
    if (!store) return usage_failure(spec, store.error().message);
    return finish(act(**store, arguments));
}

}  // namespace

std::vector<Command> sia_file_commands() {
    const FlagSpec name{
        .name = "--name", .value = "NAME", .help = "kept with it (default: the file's)"};
    const FlagSpec offset{.name = "--offset", .value = "BYTES", .help = "where to begin"};
    const FlagSpec length{.name = "--length", .value = "BYTES", .help = "how much (default: all)"};
    return {
        {{.name = "sia put",
          .arguments = {"FILE"},
          .summary = "Stores a file on Sia and prints the id of its object",
          .flags = sia_flags({redundancy_flag(), name})},
         with_store<put>},
        {{.name = "sia get",
          .arguments = {"ID", "FILE"},
          .summary = "Fetches an object from Sia into a file (- is standard output)",
          .flags = sia_flags({offset, length})},
         with_store<get>},
        {{.name = "sia rm",
          .arguments = {"ID"},
          .summary = "Removes an object from Sia",
          .flags = sia_flags()},
         with_store<remove>},
        {{.name = "sia ls",
          .arguments = {},
          .summary = "Lists the objects of the app key, those changed last at the end",
          .flags = sia_flags()},
         with_store<list>},
    };
}

}  // namespace siahub::app
