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
#include <string>
#include <string_view>
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

    mhl_summary summary() const
    {
        mhl_summary summary = {};
        summary.struct_size = sizeof summary;
        detail::call([&](mhl_error **error) {
            return mhl_report_summary(report_.get(), &summary, error);
        });
        return summary;
    }

    mhl_finding finding(std::uint64_t index) const
    {
        mhl_finding finding = {};
        finding.struct_size = sizeof finding;
        detail::call([&](mhl_error **error) {
            return mhl_report_finding(report_.get(), index, &finding, error);
        });
        return finding;
    }

    std::vector<mhl_finding> findings() const
    {
        std::vector<mhl_finding> findings;
        const std::uint64_t count = summary().findings;
        for (std::uint64_t index = 0; index < count; ++index)
            findings.push_back(finding(index));
        return findings;
    }

    std::string_view json() const
    {
        mhl_text json = {};
        detail::call(
            [&](mhl_error **error) { return mhl_report_json(report_.get(), &json, error); });
        return view(json);
    }

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
};

// mhl_verify_options. An empty list is the only one that stands there.
struct verify_options {
    std::string list;
    bool past_cache = false;
    bool dry_run = false;
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

inline const char *or_null(const std::string &text) noexcept
{
    return text.empty() ? nullptr : text.c_str();
}

} // namespace detail

// mhl_verify: reads a roll and compares it with its list. Throws mhl::error, with the kind
// MHL_STATUS_CANCELLED when it was stopped, or what the watching function threw.
inline report verify(const std::filesystem::path &roll, const verify_options &options = {},
                     const context &context = {})
{
    mhl_verify_options asked = {};
    asked.struct_size = sizeof asked;
    asked.list = detail::or_null(options.list);
    asked.past_cache = options.past_cache;
    asked.dry_run = options.dry_run;

    detail::watcher watcher{context.progress, nullptr};
    mhl_context given = {};
    given.struct_size = sizeof given;
    given.tool = detail::or_null(context.tool);
    given.tool_version = detail::or_null(context.tool_version);
    given.host = detail::or_null(context.host);
    given.user = detail::or_null(context.user);
    given.progress = context.progress ? detail::mhl_detail_watch : nullptr;
    given.userdata = &watcher;
    given.cancel = context.cancel == nullptr ? nullptr : context.cancel->get();

    mhl_report *made = nullptr;
    mhl_error *error = nullptr;
#ifdef _WIN32
    const auto *path = reinterpret_cast<const std::uint16_t *>(roll.c_str());
    const mhl_status status = mhl_verify_w(path, &asked, &given, &made, &error);
#else
    const std::string &bytes = roll.native();
    const auto *path = reinterpret_cast<const std::uint8_t *>(bytes.data());
    const mhl_status status =
        mhl_verify_bytes(path, bytes.size(), &asked, &given, &made, &error);
#endif
    detail::owned<mhl_error, mhl_error_free> failed(error);
    report found(made);
    if (watcher.thrown)
        std::rethrow_exception(watcher.thrown);
    if (status != MHL_STATUS_GOOD)
        throw mhl::error(failed.release());
    return found;
}

} // namespace mhl

#endif
