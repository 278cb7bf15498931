// mhl.h for C++17: the same calls with owners and exceptions, and nothing else. Header-only.
//
// Whatever fails throws mhl::error. A function that watches an operation may throw too: the
// exception stops the operation, does not pass through the library, and is thrown again by the call
// that was watched.
#ifndef MHL_HPP
#define MHL_HPP

#include "mhl.h"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mhl {

// A lent text; one that is absent is empty.
inline std::string_view view(mhl_text text) noexcept
{
    return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.len);
}

// Why a call failed. Cheap to copy.
class error : public std::exception {
public:
    explicit error(mhl_error *taken) : error_(taken, mhl_error_free) {}

    const char *what() const noexcept override { return mhl_error_message(error_.get()); }
    mhl_status kind() const noexcept { return mhl_error_kind(error_.get()); }
    // From 1; 0 for none.
    std::uint64_t line() const noexcept { return mhl_error_line(error_.get()); }
    // From 0; MHL_NO_OFFSET for none.
    std::uint64_t offset() const noexcept { return mhl_error_offset(error_.get()); }
    // Each of several reasons; empty where what() says all. Lent by this error and its copies.
    std::vector<mhl_cause> causes() const
    {
        std::vector<mhl_cause> causes;
        const std::uint64_t count = mhl_error_causes(error_.get());
        for (std::uint64_t index = 0; index < count; ++index) {
            mhl_cause cause = {};
            cause.struct_size = sizeof cause;
            if (mhl_error_cause(error_.get(), index, &cause, nullptr) == MHL_STATUS_GOOD)
                causes.push_back(cause);
        }
        return causes;
    }
    // Empty for none.
    std::filesystem::path path() const
    {
        const mhl_bytes bytes = mhl_error_path(error_.get());
        if (bytes.data == nullptr)
            return {};
        const std::string text(reinterpret_cast<const char *>(bytes.data), bytes.len);
#ifdef _WIN32
        return std::filesystem::u8path(text);
#else
        return text;
#endif
    }

private:
    std::shared_ptr<mhl_error> error_;
};

namespace detail {

template <auto Free> struct frees {
    template <class T> void operator()(T *handle) const noexcept { Free(handle); }
};
template <class T, auto Free> using owned = std::unique_ptr<T, frees<Free>>;

// Calls with somewhere to put an error, and throws it.
template <class Function> void call(Function function)
{
    mhl_error *error = nullptr;
    if (function(&error) != MHL_STATUS_GOOD)
        throw mhl::error(error);
}

inline const char *or_null(const std::string &text) noexcept
{
    return text.empty() ? nullptr : text.c_str();
}

// A struct that the library fills.
template <class T, class Function> T filled(Function function)
{
    T to_fill = {};
    to_fill.struct_size = sizeof to_fill;
    call([&](mhl_error **error) { return function(&to_fill, error); });
    return to_fill;
}

// Each of so many structs that the library fills by index.
template <class T, class Function> std::vector<T> each(std::uint64_t count, Function function)
{
    std::vector<T> all;
    for (std::uint64_t index = 0; index < count; ++index)
        all.push_back(
            filled<T>([&](T *to, mhl_error **error) { return function(index, to, error); }));
    return all;
}

// A text that the library lends.
template <class Function> std::string_view lent(Function function)
{
    mhl_text text = {};
    call([&](mhl_error **error) { return function(&text, error); });
    return view(text);
}

// A text that the library writes into our room.
template <class Function> std::string written(Function function)
{
    std::size_t needed = 0;
    mhl_error *error = nullptr;
    const mhl_status asked = function(nullptr, std::size_t(0), &needed, &error);
    if (asked != MHL_STATUS_TOO_SMALL)
        throw mhl::error(error);
    mhl_error_free(error);
    std::string text(needed, '\0');
    call([&](mhl_error **failed) { return function(text.data(), text.size(), &needed, failed); });
    text.resize(needed - 1);
    return text;
}

// A handle that a call makes.
template <class T, class Function> T *made(Function function)
{
    T *handle = nullptr;
    call([&](mhl_error **error) { return function(&handle, error); });
    return handle;
}

// Texts as C takes them, as long as the strings live.
inline std::vector<const char *> pointers(const std::vector<std::string> &texts)
{
    std::vector<const char *> pointers;
    for (const std::string &text : texts)
        pointers.push_back(text.c_str());
    return pointers;
}

#ifdef _WIN32
using path_unit = std::uint16_t;
#else
using path_unit = std::uint8_t;
#endif

inline const path_unit *units(const std::filesystem::path &path) noexcept
{
    return reinterpret_cast<const path_unit *>(path.native().data());
}

} // namespace detail

// Whether the library that runs has all that this header describes.
inline bool is_compatible() noexcept { return MHL_ABI_IS_COMPATIBLE(); }

// As lists and reports spell it: lower-case hexadecimal, or a C4 identifier.
inline std::string text(const mhl_digest &digest)
{
    char text[MHL_DIGEST_TEXT_MAX];
    std::size_t needed = 0;
    detail::call([&](mhl_error **error) {
        return mhl_digest_text(&digest, text, sizeof text, &needed, error);
    });
    return std::string(text, needed - 1);
}

// mhl_hasher: digests of bytes as they arrive.
class hasher {
public:
    explicit hasher(const std::vector<std::uint32_t> &algorithms) : algorithms_(algorithms.size())
    {
        mhl_hasher *made = nullptr;
        detail::call([&](mhl_error **error) {
            return mhl_hasher_new(algorithms.data(), algorithms.size(), &made, error);
        });
        hasher_.reset(made);
    }

    void update(const void *bytes, std::size_t len)
    {
        detail::call([&](mhl_error **error) {
            return mhl_hasher_update(hasher_.get(), bytes, len, error);
        });
    }

    // The digests in the order of the algorithms. The hasher has ended then.
    std::vector<mhl_digest> finish()
    {
        std::vector<mhl_digest> digests(algorithms_);
        std::size_t count = 0;
        detail::call([&](mhl_error **error) {
            return mhl_hasher_finish(hasher_.get(), digests.data(), digests.size(), &count, error);
        });
        digests.resize(count);
        return digests;
    }

private:
    detail::owned<mhl_hasher, mhl_hasher_free> hasher_;
    std::size_t algorithms_;
};

// mhl_streams: digests of many files side by side.
class streams {
public:
    explicit streams(const std::vector<std::uint32_t> &algorithms) : algorithms_(algorithms.size())
    {
        mhl_streams *made = nullptr;
        detail::call([&](mhl_error **error) {
            return mhl_streams_new(algorithms.data(), algorithms.size(), &made, error);
        });
        streams_.reset(made);
    }

    std::uint64_t start()
    {
        std::uint64_t stream = 0;
        detail::call(
            [&](mhl_error **error) { return mhl_streams_start(streams_.get(), &stream, error); });
        return stream;
    }

    void push(std::uint64_t stream, const void *bytes, std::size_t len)
    {
        detail::call([&](mhl_error **error) {
            return mhl_streams_push(streams_.get(), stream, bytes, len, error);
        });
    }

    // The next bytes of many streams, hashed side by side.
    void push_each(const std::vector<mhl_piece> &pieces)
    {
        detail::call([&](mhl_error **error) {
            return mhl_streams_push_each(streams_.get(), pieces.data(), pieces.size(), error);
        });
    }

    // The digests of a stream, which has ended then.
    std::vector<mhl_digest> finish(std::uint64_t stream)
    {
        std::vector<mhl_digest> digests(algorithms_);
        std::size_t count = 0;
        detail::call([&](mhl_error **error) {
            return mhl_streams_finish(streams_.get(), stream, digests.data(), digests.size(),
                                      &count, error);
        });
        digests.resize(count);
        return digests;
    }

private:
    detail::owned<mhl_streams, mhl_streams_free> streams_;
    std::size_t algorithms_;
};

// mhl_cancel_token: stops operations from any thread.
class cancel_token {
public:
    cancel_token()
    {
        mhl_cancel_token *made = nullptr;
        detail::call([&](mhl_error **error) { return mhl_cancel_token_new(&made, error); });
        token_.reset(made);
    }

    void cancel() const noexcept { mhl_cancel_token_cancel(token_.get(), nullptr); }
    const mhl_cancel_token *get() const noexcept { return token_.get(); }

private:
    detail::owned<mhl_cancel_token, mhl_cancel_token_free> token_;
};

// mhl_report: what an operation found. What is lent by it is gone with it.
class report {
public:
    explicit report(mhl_report *taken) : report_(taken) {}

    // One that was made elsewhere, from its JSON.
    static report parse(std::string_view json)
    {
        return report(detail::made<mhl_report>([&](mhl_report **made, mhl_error **error) {
            return mhl_report_parse(json.data(), json.size(), made, error);
        }));
    }

    mhl_summary summary() const
    {
        return detail::filled<mhl_summary>([&](mhl_summary *to, mhl_error **error) {
            return mhl_report_summary(report_.get(), to, error);
        });
    }

    mhl_finding finding(std::uint64_t index) const
    {
        return detail::filled<mhl_finding>([&](mhl_finding *to, mhl_error **error) {
            return mhl_report_finding(report_.get(), index, to, error);
        });
    }

    std::vector<mhl_finding> findings() const
    {
        return detail::each<mhl_finding>(
            summary().findings, [&](std::uint64_t index, mhl_finding *to, mhl_error **error) {
                return mhl_report_finding(report_.get(), index, to, error);
            });
    }

    std::vector<mhl_copy> copies() const
    {
        return detail::each<mhl_copy>(
            summary().copies, [&](std::uint64_t index, mhl_copy *to, mhl_error **error) {
                return mhl_report_copy(report_.get(), index, to, error);
            });
    }

    std::vector<mhl_phase_record> phases() const
    {
        return detail::each<mhl_phase_record>(
            summary().phases, [&](std::uint64_t index, mhl_phase_record *to, mhl_error **error) {
                return mhl_report_phase(report_.get(), index, to, error);
            });
    }

    // What the report is of.
    mhl_roll roll() const
    {
        return detail::filled<mhl_roll>([&](mhl_roll *to, mhl_error **error) {
            return mhl_report_roll(report_.get(), to, error);
        });
    }

    std::string_view json() const
    {
        return detail::lent([&](mhl_text *to, mhl_error **error) {
            return mhl_report_json(report_.get(), to, error);
        });
    }

    // A page that stands by itself.
    std::string_view html() const
    {
        return detail::lent([&](mhl_text *to, mhl_error **error) {
            return mhl_report_html(report_.get(), to, error);
        });
    }

    const mhl_report *get() const noexcept { return report_.get(); }

private:
    detail::owned<mhl_report, mhl_report_free> report_;
};

// What a watching function answers.
enum class next { proceed, cancel };

// mhl_context: who does the work and who watches. Text that is empty is recorded as "unknown".
struct context {
    std::string tool;
    std::string tool_version;
    std::string host;
    std::string user;
    std::function<next(const mhl_progress &)> progress;
    const cancel_token *cancel = nullptr;
    // Operations that run on this machine at the same time.
    std::uint32_t sharing = 1;
};

// mhl_verify_options. An empty list is the only one that stands there.
struct verify_options {
    std::string list;
    bool past_cache = false;
    bool dry_run = false;
    std::vector<std::uint32_t> algorithms;
    std::vector<std::string> ignore;
    // The files and folders to read; empty for all.
    std::vector<std::string> only;
    // At most so many percent, in turns from 1; 0 for everything.
    std::uint32_t percent = 0;
    std::uint64_t turn = 0;
    bool stop_at_first = false;
    bool without_files = false;
    std::string pin;
};

// mhl_seal_options.
struct seal_options {
    std::vector<std::uint32_t> algorithms = {MHL_ALGORITHM_XXH64};
    std::uint32_t format = MHL_FORMAT_CLASSIC;
    std::vector<std::string> ignore;
};

// mhl_offload_options. An empty name is that of the source folder.
struct offload_options {
    std::string name;
    std::vector<std::uint32_t> algorithms = {MHL_ALGORITHM_XXH64};
    std::uint32_t format = MHL_FORMAT_CLASSIC;
    bool resume = false;
    bool second_read = false;
    // 0 for five minutes.
    std::uint64_t patience_ms = 0;
};

namespace detail {

// A watching function, and what it threw.
struct watcher {
    const std::function<next(const mhl_progress &)> &function;
    std::exception_ptr thrown;
};

extern "C" inline int mhl_detail_watch(void *userdata, const mhl_progress *progress) noexcept
{
    auto &watcher = *static_cast<struct watcher *>(userdata);
    try {
        return watcher.function(*progress) == next::cancel;
    } catch (...) {
        watcher.thrown = std::current_exception();
        return 1;
    }
}

// Runs an operation with a context: a report, mhl::error with the kind MHL_STATUS_CANCELLED when it
// was stopped, or what the watching function threw.
template <class Function> report watched(const context &context, Function function)
{
    watcher watcher{context.progress, nullptr};
    mhl_context given = {};
    given.struct_size = sizeof given;
    given.tool = or_null(context.tool);
    given.tool_version = or_null(context.tool_version);
    given.host = or_null(context.host);
    given.user = or_null(context.user);
    given.progress = context.progress ? mhl_detail_watch : nullptr;
    given.userdata = &watcher;
    given.cancel = context.cancel == nullptr ? nullptr : context.cancel->get();
    given.sharing = context.sharing;

    mhl_report *made = nullptr;
    mhl_error *error = nullptr;
    const mhl_status status = function(&given, &made, &error);
    owned<mhl_error, mhl_error_free> failed(error);
    report found(made);
    if (watcher.thrown)
        std::rethrow_exception(watcher.thrown);
    if (status != MHL_STATUS_GOOD)
        throw mhl::error(failed.release());
    return found;
}

} // namespace detail

// mhl_verify: reads a roll and compares it with its list.
inline report verify(const std::filesystem::path &roll, const verify_options &options = {},
                     const context &context = {})
{
    const std::vector<const char *> ignore = detail::pointers(options.ignore);
    const std::vector<const char *> only = detail::pointers(options.only);
    mhl_verify_options asked = {};
    asked.struct_size = sizeof asked;
    asked.list = detail::or_null(options.list);
    asked.past_cache = options.past_cache;
    asked.dry_run = options.dry_run;
    asked.algorithms = options.algorithms.data();
    asked.algorithms_len = options.algorithms.size();
    asked.ignore = ignore.data();
    asked.ignore_len = ignore.size();
    asked.only = only.data();
    asked.only_len = only.size();
    asked.percent = options.percent;
    asked.turn = options.turn;
    asked.stop_at_first = options.stop_at_first;
    asked.without_files = options.without_files;
    asked.pin = detail::or_null(options.pin);
    return detail::watched(context, [&](const mhl_context *given, mhl_report **made,
                                        mhl_error **error) {
#ifdef _WIN32
        return mhl_verify_w(detail::units(roll), &asked, given, made, error);
#else
        return mhl_verify_bytes(detail::units(roll), roll.native().size(), &asked, given, made,
                                error);
#endif
    });
}

// mhl_seal: reads every file of a folder where it stands and writes its list there.
inline report seal(const std::filesystem::path &roll, const seal_options &options = {},
                   const context &context = {})
{
    const std::vector<const char *> ignore = detail::pointers(options.ignore);
    mhl_seal_options asked = {};
    asked.struct_size = sizeof asked;
    asked.algorithms = options.algorithms.data();
    asked.algorithms_len = options.algorithms.size();
    asked.format = options.format;
    asked.ignore = ignore.data();
    asked.ignore_len = ignore.size();
    return detail::watched(context, [&](const mhl_context *given, mhl_report **made,
                                        mhl_error **error) {
#ifdef _WIN32
        return mhl_seal_w(detail::units(roll), &asked, given, made, error);
#else
        return mhl_seal_bytes(detail::units(roll), roll.native().size(), &asked, given, made,
                              error);
#endif
    });
}

// mhl_offload: copies a card to every destination, reads each copy back, and lists it.
inline report offload(const std::filesystem::path &source,
                      const std::vector<std::filesystem::path> &destinations,
                      const offload_options &options = {}, const context &context = {})
{
    mhl_offload_options asked = {};
    asked.struct_size = sizeof asked;
    asked.name = detail::or_null(options.name);
    asked.algorithms = options.algorithms.data();
    asked.algorithms_len = options.algorithms.size();
    asked.format = options.format;
    asked.resume = options.resume;
    asked.second_read = options.second_read;
    asked.patience_ms = options.patience_ms;
    return detail::watched(context, [&](const mhl_context *given, mhl_report **made,
                                        mhl_error **error) {
#ifdef _WIN32
        std::vector<const std::uint16_t *> to;
        for (const std::filesystem::path &destination : destinations)
            to.push_back(detail::units(destination));
        return mhl_offload_w(detail::units(source), to.data(), to.size(), &asked, given, made,
                             error);
#else
        std::vector<mhl_bytes> to;
        for (const std::filesystem::path &destination : destinations)
            to.push_back({detail::units(destination), destination.native().size()});
        return mhl_offload_bytes(detail::units(source), source.native().size(), to.data(),
                                 to.size(), &asked, given, made, error);
#endif
    });
}

// mhl_recorder: who records an event, and when, in seconds since 1970-01-01T00:00:00Z.
struct recorder {
    std::string name;
    std::int64_t time = 0;
    std::string role;
    std::string tool;
    std::string host;
};

// mhl_placement: where one folder of a report stands. Empty texts leave it to the report.
struct placement {
    // By its place in the report; MHL_NO_COPY for the card.
    std::uint64_t copy = MHL_NO_COPY;
    std::string medium;
    std::string place;
};

namespace detail {

inline mhl_recorder given(const recorder &by) noexcept
{
    mhl_recorder given = {};
    given.struct_size = sizeof given;
    given.name = by.name.c_str();
    given.role = or_null(by.role);
    given.tool = or_null(by.tool);
    given.host = or_null(by.host);
    given.time = by.time;
    return given;
}

} // namespace detail

// mhl_ledger: what was done with rolls, media and places. For one call at a time.
class ledger {
public:
    // In a file; mode is an mhl_ledger_mode.
    static ledger open(const std::filesystem::path &path, std::uint32_t mode)
    {
        return ledger(detail::made<mhl_ledger>([&](mhl_ledger **made, mhl_error **error) {
#ifdef _WIN32
            return mhl_ledger_open_w(detail::units(path), mode, made, error);
#else
            return mhl_ledger_open_bytes(detail::units(path), path.native().size(), mode, made,
                                         error);
#endif
        }));
    }

    // In memory.
    explicit ledger(bool simulated = false)
        : ledger(detail::made<mhl_ledger>([&](mhl_ledger **made, mhl_error **error) {
              return mhl_ledger_new(simulated, made, error);
          }))
    {
    }

    // In memory, of the lines of one.
    static ledger parse(std::string_view text)
    {
        return ledger(detail::made<mhl_ledger>([&](mhl_ledger **made, mhl_error **error) {
            return mhl_ledger_parse(text.data(), text.size(), made, error);
        }));
    }

    // Each of the next four returns the event's sequence number.
    std::uint64_t append(const std::string &kind, std::string_view json, const recorder &by)
    {
        const mhl_recorder given = detail::given(by);
        return numbered([&](std::uint64_t *number, mhl_error **error) {
            return mhl_ledger_append(ledger_.get(), kind.c_str(), json.data(), json.size(), &given,
                                     number, error);
        });
    }

    std::uint64_t append(const std::string &kind,
                         const std::vector<std::pair<std::string, std::string>> &fields,
                         const recorder &by)
    {
        const mhl_recorder given = detail::given(by);
        std::vector<mhl_field> typed;
        for (const auto &[name, value] : fields)
            typed.push_back({name.c_str(), value.c_str()});
        return numbered([&](std::uint64_t *number, mhl_error **error) {
            return mhl_ledger_append_fields(ledger_.get(), kind.c_str(), typed.data(), typed.size(),
                                            &given, number, error);
        });
    }

    std::uint64_t record(const report &report, const std::string &roll,
                         const std::vector<placement> &placements, const recorder &by)
    {
        const mhl_recorder given = detail::given(by);
        std::vector<mhl_placement> placed;
        for (const placement &one : placements)
            placed.push_back(
                {one.copy, detail::or_null(one.medium), detail::or_null(one.place)});
        return numbered([&](std::uint64_t *number, mhl_error **error) {
            return mhl_ledger_record_report(ledger_.get(), report.get(), roll.c_str(),
                                            placed.data(), placed.size(), &given, number, error);
        });
    }

    std::uint64_t import_lines(std::string_view text, const recorder &by)
    {
        const mhl_recorder given = detail::given(by);
        return numbered([&](std::uint64_t *number, mhl_error **error) {
            return mhl_ledger_import(ledger_.get(), text.data(), text.size(), &given, number,
                                     error);
        });
    }

    // What is worth saying about the event that was appended last.
    std::vector<std::string> remarks() const
    {
        std::vector<std::string> remarks;
        mhl_text text = {};
        mhl_error *error = nullptr;
        while (mhl_ledger_remark(ledger_.get(), remarks.size(), &text, &error) == MHL_STATUS_GOOD)
            remarks.emplace_back(view(text));
        detail::owned<mhl_error, mhl_error_free> ended(error);
        if (mhl_error_kind(ended.get()) != MHL_STATUS_NOT_FOUND)
            throw mhl::error(ended.release());
        return remarks;
    }

    // The lines that were appended since it was made, parsed or opened.
    std::string appended() const
    {
        return std::string(detail::lent([&](mhl_text *to, mhl_error **error) {
            return mhl_ledger_appended(ledger_.get(), to, error);
        }));
    }

    // The end: what to pin.
    std::string head() const
    {
        return detail::written(
            [&](char *text, std::size_t capacity, std::size_t *needed, mhl_error **error) {
                return mhl_ledger_head(ledger_.get(), text, capacity, needed, error);
            });
    }

    // Throws mhl::error with the kind MHL_STATUS_PIN_BROKEN where the pin is not its own.
    void check_pin(const std::string &pin) const
    {
        detail::call([&](mhl_error **error) {
            return mhl_ledger_check_pin(ledger_.get(), pin.c_str(), error);
        });
    }

    mhl_ledger *get() const noexcept { return ledger_.get(); }

private:
    explicit ledger(mhl_ledger *taken) : ledger_(taken) {}

    template <class Function> std::uint64_t numbered(Function function)
    {
        std::uint64_t number = 0;
        detail::call([&](mhl_error **error) { return function(&number, error); });
        return number;
    }

    detail::owned<mhl_ledger, mhl_ledger_free> ledger_;
};

// mhl_profile: a dated rule set. What is lent by it is gone with it.
class profile {
public:
    static profile named(const std::string &name)
    {
        return profile(detail::made<mhl_profile>([&](mhl_profile **made, mhl_error **error) {
            return mhl_profile_named(name.c_str(), made, error);
        }));
    }

    static profile parse(std::string_view toml)
    {
        return profile(detail::made<mhl_profile>([&](mhl_profile **made, mhl_error **error) {
            return mhl_profile_parse(toml.data(), toml.size(), made, error);
        }));
    }

    static profile open(const std::filesystem::path &path)
    {
        return profile(detail::made<mhl_profile>([&](mhl_profile **made, mhl_error **error) {
#ifdef _WIN32
            return mhl_profile_open_w(detail::units(path), made, error);
#else
            return mhl_profile_open_bytes(detail::units(path), path.native().size(), made, error);
#endif
        }));
    }

    mhl_profile_name identity() const
    {
        return detail::filled<mhl_profile_name>([&](mhl_profile_name *to, mhl_error **error) {
            return mhl_profile_identity(profile_.get(), to, error);
        });
    }

    const mhl_profile *get() const noexcept { return profile_.get(); }

private:
    explicit profile(mhl_profile *taken) : profile_(taken) {}

    detail::owned<mhl_profile, mhl_profile_free> profile_;
};

// mhl_question: a roll, a roll and a card, or a storage.
struct question {
    std::string roll;
    std::string card;
    std::string storage;
};

namespace detail {

inline mhl_question given(const question &asked) noexcept
{
    mhl_question given = {};
    given.struct_size = sizeof given;
    given.roll = or_null(asked.roll);
    given.card = or_null(asked.card);
    given.storage = or_null(asked.storage);
    return given;
}

} // namespace detail

// mhl_verdict: the answer to a question. What is lent by it is gone with it.
class verdict {
public:
    explicit verdict(mhl_verdict *taken) : verdict_(taken) {}

    mhl_answer answer() const
    {
        return detail::filled<mhl_answer>([&](mhl_answer *to, mhl_error **error) {
            return mhl_verdict_answer(verdict_.get(), to, error);
        });
    }

    // Whether a wipe is cleared. Nothing but MHL_DECISION_CLEARED is.
    bool is_cleared() const { return answer().decision == MHL_DECISION_CLEARED; }

    mhl_proof_node node(std::uint64_t index) const
    {
        return detail::filled<mhl_proof_node>([&](mhl_proof_node *to, mhl_error **error) {
            return mhl_verdict_node(verdict_.get(), index, to, error);
        });
    }

    // The proof, each step before those that it was made of.
    std::vector<mhl_proof_node> proof() const
    {
        return detail::each<mhl_proof_node>(
            answer().nodes, [&](std::uint64_t index, mhl_proof_node *to, mhl_error **error) {
                return mhl_verdict_node(verdict_.get(), index, to, error);
            });
    }

    // What the step at an index rests on.
    std::vector<mhl_proof_reference> references(std::uint64_t of) const
    {
        return detail::each<mhl_proof_reference>(
            node(of).references,
            [&](std::uint64_t index, mhl_proof_reference *to, mhl_error **error) {
                return mhl_verdict_reference(verdict_.get(), of, index, to, error);
            });
    }

    std::vector<mhl_proof_reason> reasons() const
    {
        return detail::each<mhl_proof_reason>(
            answer().reasons, [&](std::uint64_t index, mhl_proof_reason *to, mhl_error **error) {
                return mhl_verdict_reason(verdict_.get(), index, to, error);
            });
    }

    std::vector<mhl_judged_copy> copies() const
    {
        return detail::each<mhl_judged_copy>(
            answer().copies, [&](std::uint64_t index, mhl_judged_copy *to, mhl_error **error) {
                return mhl_verdict_copy(verdict_.get(), index, to, error);
            });
    }

    std::vector<mhl_next_action> actions() const
    {
        return detail::each<mhl_next_action>(
            answer().actions, [&](std::uint64_t index, mhl_next_action *to, mhl_error **error) {
                return mhl_verdict_action(verdict_.get(), index, to, error);
            });
    }

    std::string_view json() const { return form(mhl_verdict_json); }
    std::string_view next_json() const { return form(mhl_verdict_next_json); }
    std::string_view text() const { return form(mhl_verdict_text); }
    std::string_view html() const { return form(mhl_verdict_html); }

private:
    template <class Form> std::string_view form(Form form) const
    {
        return detail::lent(
            [&](mhl_text *to, mhl_error **error) { return form(verdict_.get(), to, error); });
    }

    detail::owned<mhl_verdict, mhl_verdict_free> verdict_;
};

// mhl_clear: asks a ledger whether a wipe is cleared, at a moment in seconds since 1970.
inline verdict clear(const ledger &ledger, const profile &profile, const question &question,
                     std::int64_t now)
{
    const mhl_question asked = detail::given(question);
    return verdict(detail::made<mhl_verdict>([&](mhl_verdict **made, mhl_error **error) {
        return mhl_clear(ledger.get(), profile.get(), &asked, now, made, error);
    }));
}

namespace detail {

// What a permit says, whoever owns it.
inline mhl_terms terms(const mhl_statement *statement)
{
    return filled<mhl_terms>([&](mhl_terms *to, mhl_error **error) {
        return mhl_statement_terms(statement, to, error);
    });
}

} // namespace detail

// mhl_permit: that a wipe is permitted. What is lent by it is gone with it.
class permit {
public:
    explicit permit(mhl_permit *taken) : permit_(taken) {}

    // Judges, and permits what is cleared until `expires`; throws mhl::error with the kind
    // MHL_STATUS_NOT_CLEARED where it is not.
    static permit issue(const ledger &ledger, const profile &profile, const question &question,
                        std::int64_t now, std::int64_t expires)
    {
        const mhl_question asked = detail::given(question);
        return permit(detail::made<mhl_permit>([&](mhl_permit **made, mhl_error **error) {
            return mhl_permit_issue(ledger.get(), profile.get(), &asked, now, expires, made, error);
        }));
    }

    mhl_terms terms() const { return detail::terms(mhl_permit_statement(permit_.get())); }

    // A DSSE envelope, signed with an Ed25519 key in PEM.
    std::string sign(std::string_view key) const
    {
        return detail::written(
            [&](char *text, std::size_t capacity, std::size_t *needed, mhl_error **error) {
                return mhl_permit_sign(permit_.get(), key.data(), key.size(), text, capacity,
                                       needed, error);
            });
    }

private:
    detail::owned<mhl_permit, mhl_permit_free> permit_;
};

// mhl_statement: what a permit says, on its way. What is lent by it is gone with it.
class statement {
public:
    // Throws mhl::error with the kind MHL_STATUS_NOT_SIGNED where the public key, in PEM, signed none
    // of it.
    static statement verify(std::string_view envelope, std::string_view key)
    {
        return statement(detail::made<mhl_statement>([&](mhl_statement **made, mhl_error **error) {
            return mhl_statement_verify(envelope.data(), envelope.size(), key.data(), key.size(),
                                        made, error);
        }));
    }

    mhl_terms terms() const { return detail::terms(statement_.get()); }

    std::vector<std::string> media() const
    {
        std::vector<std::string> media;
        const std::uint64_t count = terms().media;
        for (std::uint64_t index = 0; index < count; ++index)
            media.emplace_back(detail::lent([&](mhl_text *to, mhl_error **error) {
                return mhl_statement_medium(statement_.get(), index, to, error);
            }));
        return media;
    }

    std::vector<mhl_bound_roll> rolls() const
    {
        return detail::each<mhl_bound_roll>(
            terms().rolls, [&](std::uint64_t index, mhl_bound_roll *to, mhl_error **error) {
                return mhl_statement_roll(statement_.get(), index, to, error);
            });
    }

    std::vector<mhl_bound_copy> copies() const
    {
        return detail::each<mhl_bound_copy>(
            terms().copies, [&](std::uint64_t index, mhl_bound_copy *to, mhl_error **error) {
                return mhl_statement_copy(statement_.get(), index, to, error);
            });
    }

    // The permit, where it holds now; throws mhl::error with the kind MHL_STATUS_PERMIT_BROKEN and
    // everything that stands against it. `looks` are reports of looks at the cards since.
    permit check(const ledger &ledger, const profile &profile, std::int64_t now,
                 const std::vector<const report *> &looks = {}) const
    {
        std::vector<const mhl_report *> given;
        for (const report *look : looks)
            given.push_back(look->get());
        return permit(detail::made<mhl_permit>([&](mhl_permit **made, mhl_error **error) {
            return mhl_statement_check(statement_.get(), ledger.get(), profile.get(), now,
                                       given.data(), given.size(), made, error);
        }));
    }

private:
    explicit statement(mhl_statement *taken) : statement_(taken) {}

    detail::owned<mhl_statement, mhl_statement_free> statement_;
};

// A time that a list has; the default is none.
inline mhl_time at(std::int64_t seconds, std::uint32_t nanoseconds = 0) noexcept
{
    return mhl_time{seconds, nanoseconds, 1};
}

namespace detail {

inline mhl_text as_text(std::string_view text) noexcept
{
    return mhl_text{text.data(), text.size()};
}

// The hashes of a content, of which there are as many as of the structure.
inline std::size_t both(const std::vector<mhl_digest> &content,
                        const std::vector<mhl_digest> &structure)
{
    if (content.size() != structure.size())
        throw std::invalid_argument("as many hashes of the content as of the structure expected");
    return content.size();
}

} // namespace detail

// mhl_record_options. An empty author is nobody.
struct record_options {
    std::vector<std::uint32_t> algorithms = {MHL_ALGORITHM_XXH64};
    std::uint32_t format = MHL_FORMAT_CLASSIC;
    std::uint32_t process = MHL_PROCESS_TRANSFER;
    std::uint32_t look = MHL_LOOK_WHOLE;
    bool without_files = false;
    mhl_time started = {};
    std::vector<std::string> ignore;
    std::string author_name;
    std::string author_email;
    std::string author_phone;
    std::string author_role;
};

// mhl_hashed_file: a file as the engine that copied it tells it.
struct hashed_file {
    std::string path;
    std::uint64_t size = 0;
    std::vector<mhl_digest> digests;
    mhl_time modified = {};
    mhl_time hashed = {};
};

namespace detail {

inline mhl_hashed_file given(const hashed_file &file) noexcept
{
    mhl_hashed_file given = {};
    given.struct_size = sizeof given;
    given.path = as_text(file.path);
    given.size = file.size;
    given.modified = file.modified;
    given.hashed = file.hashed;
    given.digests = file.digests.data();
    given.digests_len = file.digests.size();
    return given;
}

} // namespace detail

// mhl_record: what a copy engine of your own did, listed at the root of every copy.
class record {
public:
    explicit record(const record_options &options = {})
    {
        const std::vector<const char *> ignore = detail::pointers(options.ignore);
        mhl_record_options asked = {};
        asked.struct_size = sizeof asked;
        asked.algorithms = options.algorithms.data();
        asked.algorithms_len = options.algorithms.size();
        asked.format = options.format;
        asked.process = options.process;
        asked.look = options.look;
        asked.without_files = options.without_files;
        asked.started = options.started;
        asked.ignore = ignore.data();
        asked.ignore_len = ignore.size();
        asked.author_name = detail::or_null(options.author_name);
        asked.author_email = detail::or_null(options.author_email);
        asked.author_phone = detail::or_null(options.author_phone);
        asked.author_role = detail::or_null(options.author_role);
        record_.reset(detail::made<mhl_record>([&](mhl_record **made, mhl_error **error) {
            return mhl_record_new(&asked, made, error);
        }));
    }

    void file(const hashed_file &file)
    {
        const mhl_hashed_file given = detail::given(file);
        detail::call([&](mhl_error **error) {
            return mhl_record_file(record_.get(), &given, error);
        });
    }

    void folder(std::string_view path, mhl_time modified = {})
    {
        detail::call([&](mhl_error **error) {
            return mhl_record_folder(record_.get(), path.data(), path.size(), &modified, error);
        });
    }

    // The list is written with MHL_OUTCOME_RECORDED; otherwise the findings say why not.
    report write(const std::filesystem::path &root, const context &context = {})
    {
        return detail::watched(context, [&](const mhl_context *given, mhl_report **made,
                                            mhl_error **error) {
#ifdef _WIN32
            return mhl_record_write_w(record_.get(), detail::units(root), given, made, error);
#else
            return mhl_record_write_bytes(record_.get(), detail::units(root),
                                          root.native().size(), given, made, error);
#endif
        });
    }

private:
    detail::owned<mhl_record, mhl_record_free> record_;
};

// mhl_manifest_reader: a list read entry by entry.
class manifest_reader {
public:
    explicit manifest_reader(const std::filesystem::path &list)
        : reader_(detail::made<mhl_manifest_reader>(
              [&](mhl_manifest_reader **made, mhl_error **error) {
#ifdef _WIN32
                  return mhl_manifest_reader_open_w(detail::units(list), made, error);
#else
                  return mhl_manifest_reader_open_bytes(detail::units(list), list.native().size(),
                                                        made, error);
#endif
              }))
    {
    }

    mhl_list_header header() const
    {
        return detail::filled<mhl_list_header>([&](mhl_list_header *to, mhl_error **error) {
            return mhl_manifest_reader_header(reader_.get(), to, error);
        });
    }

    std::string_view ignore(std::uint64_t index) const
    {
        return detail::lent([&](mhl_text *to, mhl_error **error) {
            return mhl_manifest_reader_ignore(reader_.get(), index, to, error);
        });
    }

    // Whether there was another entry; false is said at the end of a whole list alone. What is lent
    // by an entry is good until the next call.
    bool next(mhl_entry &entry)
    {
        entry = {};
        entry.struct_size = sizeof entry;
        mhl_error *error = nullptr;
        const mhl_status status = mhl_manifest_reader_next(reader_.get(), &entry, &error);
        if (status == MHL_STATUS_GOOD)
            return true;
        mhl::error failed(error);
        if (status == MHL_STATUS_END)
            return false;
        throw failed;
    }

    // The hashes of the entry that was read last.
    std::vector<mhl_recorded_hash> hashes(const mhl_entry &entry) const
    {
        return detail::each<mhl_recorded_hash>(
            entry.hash_count, [&](std::uint64_t index, mhl_recorded_hash *to, mhl_error **error) {
                return mhl_manifest_reader_hash(reader_.get(), index, to, error);
            });
    }

private:
    detail::owned<mhl_manifest_reader, mhl_manifest_reader_free> reader_;
};

// mhl_manifest: a list, read whole. What is lent by it is gone with it.
class manifest {
public:
    explicit manifest(mhl_manifest *taken) : manifest_(taken) {}

    explicit manifest(const std::filesystem::path &list)
        : manifest_(detail::made<mhl_manifest>([&](mhl_manifest **made, mhl_error **error) {
#ifdef _WIN32
              return mhl_manifest_load_w(detail::units(list), made, error);
#else
              return mhl_manifest_load_bytes(detail::units(list), list.native().size(), made,
                                             error);
#endif
          }))
    {
    }

    mhl_list_header header() const
    {
        return detail::filled<mhl_list_header>([&](mhl_list_header *to, mhl_error **error) {
            return mhl_manifest_header(manifest_.get(), to, error);
        });
    }

    std::string_view ignore(std::uint64_t index) const
    {
        return detail::lent([&](mhl_text *to, mhl_error **error) {
            return mhl_manifest_ignore(manifest_.get(), index, to, error);
        });
    }

    mhl_manifest_counts count() const
    {
        return detail::filled<mhl_manifest_counts>([&](mhl_manifest_counts *to, mhl_error **error) {
            return mhl_manifest_count(manifest_.get(), to, error);
        });
    }

    mhl_entry entry(std::uint64_t index) const
    {
        return detail::filled<mhl_entry>([&](mhl_entry *to, mhl_error **error) {
            return mhl_manifest_entry(manifest_.get(), index, to, error);
        });
    }

    std::vector<mhl_recorded_hash> hashes(std::uint64_t entry) const
    {
        return detail::each<mhl_recorded_hash>(
            this->entry(entry).hash_count,
            [&](std::uint64_t index, mhl_recorded_hash *to, mhl_error **error) {
                return mhl_manifest_hash(manifest_.get(), entry, index, to, error);
            });
    }

    // The index of the entry with this path; none where there is none.
    std::optional<std::uint64_t> find(std::string_view path) const
    {
        std::uint64_t index = 0;
        mhl_error *error = nullptr;
        const mhl_status status =
            mhl_manifest_find(manifest_.get(), path.data(), path.size(), &index, &error);
        if (status == MHL_STATUS_GOOD)
            return index;
        mhl::error failed(error);
        if (status == MHL_STATUS_NOT_FOUND)
            return std::nullopt;
        throw failed;
    }

    std::vector<mhl_finding> findings() const
    {
        return detail::each<mhl_finding>(
            count().findings, [&](std::uint64_t index, mhl_finding *to, mhl_error **error) {
                return mhl_manifest_finding(manifest_.get(), index, to, error);
            });
    }

    mhl_digest roll_content() const
    {
        mhl_digest content = {};
        detail::call([&](mhl_error **error) {
            return mhl_manifest_roll_content(manifest_.get(), &content, error);
        });
        return content;
    }

    std::string_view json() const
    {
        return detail::lent([&](mhl_text *to, mhl_error **error) {
            return mhl_manifest_json(manifest_.get(), to, error);
        });
    }

    const mhl_manifest *get() const noexcept { return manifest_.get(); }

private:
    detail::owned<mhl_manifest, mhl_manifest_free> manifest_;
};

// mhl_difference: what differs between two lists. What is lent by it is gone with it.
class difference {
public:
    difference(const manifest &before, const manifest &after)
        : difference_(detail::made<mhl_difference>([&](mhl_difference **made, mhl_error **error) {
              return mhl_difference_new(before.get(), after.get(), made, error);
          }))
    {
        detail::call([&](mhl_error **error) {
            return mhl_difference_count(difference_.get(), &same_, &changes_, error);
        });
    }

    std::uint64_t same() const noexcept { return same_; }

    std::vector<mhl_change> changes() const
    {
        return detail::each<mhl_change>(
            changes_, [&](std::uint64_t index, mhl_change *to, mhl_error **error) {
                return mhl_difference_change(difference_.get(), index, to, error);
            });
    }

    // The digests in which a change differs.
    std::vector<mhl_differing_digest> digests(std::uint64_t change) const
    {
        const auto changed = detail::filled<mhl_change>([&](mhl_change *to, mhl_error **error) {
            return mhl_difference_change(difference_.get(), change, to, error);
        });
        return detail::each<mhl_differing_digest>(
            changed.digest_count,
            [&](std::uint64_t index, mhl_differing_digest *to, mhl_error **error) {
                return mhl_difference_digest(difference_.get(), change, index, to, error);
            });
    }

    std::string_view json() const
    {
        return detail::lent([&](mhl_text *to, mhl_error **error) {
            return mhl_difference_json(difference_.get(), to, error);
        });
    }

private:
    detail::owned<mhl_difference, mhl_difference_free> difference_;
    std::uint64_t same_ = 0;
    std::uint64_t changes_ = 0;
};

// mhl_file_history: one file through the generations. What is lent by it is gone with it.
class file_history {
public:
    explicit file_history(mhl_file_history *taken) : file_(taken) {}

    mhl_known_file summary() const
    {
        return detail::filled<mhl_known_file>([&](mhl_known_file *to, mhl_error **error) {
            return mhl_file_history_summary(file_.get(), to, error);
        });
    }

    std::vector<mhl_mention> mentions() const
    {
        return detail::each<mhl_mention>(
            summary().mentions, [&](std::uint64_t index, mhl_mention *to, mhl_error **error) {
                return mhl_file_history_mention(file_.get(), index, to, error);
            });
    }

    // The digests of a mention.
    std::vector<mhl_recorded_hash> hashes(std::uint64_t mention) const
    {
        const auto told = detail::filled<mhl_mention>([&](mhl_mention *to, mhl_error **error) {
            return mhl_file_history_mention(file_.get(), mention, to, error);
        });
        return detail::each<mhl_recorded_hash>(
            told.hash_count, [&](std::uint64_t index, mhl_recorded_hash *to, mhl_error **error) {
                return mhl_file_history_hash(file_.get(), mention, index, to, error);
            });
    }

    // What the file is measured by.
    std::vector<mhl_recorded_hash> references() const
    {
        return detail::each<mhl_recorded_hash>(
            summary().references,
            [&](std::uint64_t index, mhl_recorded_hash *to, mhl_error **error) {
                return mhl_file_history_reference(file_.get(), index, to, error);
            });
    }

private:
    detail::owned<mhl_file_history, mhl_file_history_free> file_;
};

// mhl_history: the history at the root of a roll. What is lent by it is gone with it.
class history {
public:
    explicit history(mhl_history *taken) : history_(taken) {}

    explicit history(const std::filesystem::path &root)
        : history_(detail::made<mhl_history>([&](mhl_history **made, mhl_error **error) {
#ifdef _WIN32
              return mhl_history_open_w(detail::units(root), made, error);
#else
              return mhl_history_open_bytes(detail::units(root), root.native().size(), made,
                                            error);
#endif
          }))
    {
    }

    mhl_history_counts count() const
    {
        return detail::filled<mhl_history_counts>([&](mhl_history_counts *to, mhl_error **error) {
            return mhl_history_count(history_.get(), to, error);
        });
    }

    std::vector<mhl_generation> generations() const
    {
        return detail::each<mhl_generation>(
            count().generations, [&](std::uint64_t index, mhl_generation *to, mhl_error **error) {
                return mhl_history_generation(history_.get(), index, to, error);
            });
    }

    // The list of a generation; it outlives the history.
    mhl::manifest manifest(std::uint64_t generation) const
    {
        return mhl::manifest(
            detail::made<mhl_manifest>([&](mhl_manifest **made, mhl_error **error) {
                return mhl_history_manifest(history_.get(), generation, made, error);
            }));
    }

    // The history of a folder within, and the folder's path.
    std::pair<std::string, history> nested(std::uint64_t index) const
    {
        mhl_text root = {};
        history within(detail::made<mhl_history>([&](mhl_history **made, mhl_error **error) {
            return mhl_history_nested(history_.get(), index, &root, made, error);
        }));
        return {std::string(view(root)), std::move(within)};
    }

    std::vector<mhl_finding> findings() const
    {
        return detail::each<mhl_finding>(
            count().findings, [&](std::uint64_t index, mhl_finding *to, mhl_error **error) {
                return mhl_history_finding(history_.get(), index, to, error);
            });
    }

    // Throws with the kind MHL_STATUS_NOT_FOUND where no generation knows the path.
    file_history file(std::string_view path) const
    {
        return file_history(
            detail::made<mhl_file_history>([&](mhl_file_history **made, mhl_error **error) {
                return mhl_history_file(history_.get(), path.data(), path.size(), made, error);
            }));
    }

private:
    detail::owned<mhl_history, mhl_history_free> history_;
};

// mhl_new_header: what a list that is written begins with.
struct new_header {
    std::uint32_t format = MHL_FORMAT_CLASSIC;
    std::uint32_t process = 0;
    mhl_time created = {};
    mhl_time started = {};
    mhl_time finished = {};
    std::string tool;
    std::string tool_version;
    std::string host;
    std::string user;
    std::string author_name;
    std::vector<std::string> ignore;
    // As many of either.
    std::vector<mhl_digest> root_content;
    std::vector<mhl_digest> root_structure;
};

// mhl_manifest_writer: a list written by hand.
class manifest_writer {
public:
    // Takes the next bytes of a list.
    using sink = std::function<void(const void *bytes, std::size_t len)>;

    // At a path, where it stands whole once it is finished, or not at all.
    manifest_writer(const std::filesystem::path &list, const new_header &header)
    {
        begin(header, [&](const mhl_new_header *asked, mhl_manifest_writer **made,
                          mhl_error **error) {
#ifdef _WIN32
            return mhl_manifest_writer_open_w(detail::units(list), asked, made, error);
#else
            return mhl_manifest_writer_open_bytes(detail::units(list), list.native().size(), asked,
                                                  made, error);
#endif
        });
    }

    // To a function. What it throws ends the list, and is thrown by the call that wrote.
    manifest_writer(sink function, const new_header &header)
        : taker_(std::make_unique<taker>(taker{std::move(function), nullptr}))
    {
        begin(header, [&](const mhl_new_header *asked, mhl_manifest_writer **made,
                          mhl_error **error) {
            return mhl_manifest_writer_new(take, taker_.get(), asked, made, error);
        });
    }

    void file(const hashed_file &file, std::uint32_t action = MHL_ACTION_NONE)
    {
        const mhl_hashed_file given = detail::given(file);
        work([&](mhl_error **error) {
            return mhl_manifest_writer_file(writer_.get(), &given, action, error);
        });
    }

    // As many hashes of the content as of the structure.
    void directory(std::string_view path, const std::vector<mhl_digest> &content,
                   const std::vector<mhl_digest> &structure, mhl_time modified = {},
                   mhl_time hashed = {})
    {
        mhl_hashed_directory given = {};
        given.struct_size = sizeof given;
        given.path = detail::as_text(path);
        given.modified = modified;
        given.hashed = hashed;
        given.content = content.data();
        given.structure = structure.data();
        given.hashes_len = detail::both(content, structure);
        work([&](mhl_error **error) {
            return mhl_manifest_writer_directory(writer_.get(), &given, error);
        });
    }

    void reference(std::string_view path, const mhl_digest &c4)
    {
        work([&](mhl_error **error) {
            return mhl_manifest_writer_reference(writer_.get(), path.data(), path.size(), &c4,
                                                 error);
        });
    }

    // Ends the list, and tells the C4 of its bytes.
    mhl_digest finish()
    {
        mhl_digest c4 = {};
        work([&](mhl_error **error) {
            return mhl_manifest_writer_finish(writer_.get(), &c4, error);
        });
        return c4;
    }

private:
    struct taker {
        sink function;
        std::exception_ptr thrown;
    };

    static int take(void *userdata, const void *bytes, std::size_t len) noexcept
    {
        auto &own = *static_cast<taker *>(userdata);
        try {
            own.function(bytes, len);
            return 0;
        } catch (...) {
            own.thrown = std::current_exception();
            return 1;
        }
    }

    template <class Function> void begin(const new_header &header, Function function)
    {
        const std::vector<const char *> ignore = detail::pointers(header.ignore);
        mhl_new_header asked = {};
        asked.struct_size = sizeof asked;
        asked.format = header.format;
        asked.process = header.process;
        asked.created = header.created;
        asked.started = header.started;
        asked.finished = header.finished;
        asked.tool = detail::or_null(header.tool);
        asked.tool_version = detail::or_null(header.tool_version);
        asked.host = detail::or_null(header.host);
        asked.user = detail::or_null(header.user);
        asked.author_name = detail::or_null(header.author_name);
        asked.ignore = ignore.data();
        asked.ignore_len = ignore.size();
        asked.root_content = header.root_content.data();
        asked.root_structure = header.root_structure.data();
        asked.root_hashes_len = detail::both(header.root_content, header.root_structure);
        work([&](mhl_error **error) {
            mhl_manifest_writer *made = nullptr;
            const mhl_status status = function(&asked, &made, error);
            writer_.reset(made);
            return status;
        });
    }

    template <class Function> void work(Function function)
    {
        try {
            detail::call(function);
        } catch (const mhl::error &) {
            if (taker_ != nullptr && taker_->thrown)
                std::rethrow_exception(std::exchange(taker_->thrown, nullptr));
            throw;
        }
    }

    // Before the writer, which may call it until it is freed.
    std::unique_ptr<taker> taker_;
    detail::owned<mhl_manifest_writer, mhl_manifest_writer_free> writer_;
};

} // namespace mhl

#endif
