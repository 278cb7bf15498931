// Copies a card, shows how far every destination is, and may be stopped, in C++17: it says what
// ../c/offload.c says.
//
//     offload copy CARD DESTINATION...      copies, proves and lists
//     offload resume CARD DESTINATION...    takes up what was stopped, or proves again
//     offload cancel CARD DESTINATION...    the same as copy, stopped while it copies
//     offload json CARD DESTINATION...      the same as copy; prints the report as JSON
//
// Exits with 0 when every copy holds, 1 when not, 2 when it could not be done, 5 when it was stopped.
#include "mhl.hpp"

#include <iostream>
#include <map>

namespace {

struct bar {
    std::uint64_t written = 0, read_back = 0;
};

int offload(const std::string &verb, const std::filesystem::path &card,
            const std::vector<std::filesystem::path> &to)
{
    std::map<std::uint64_t, bar> bars;
    const mhl::cancel_token token;
    mhl::context context;
    context.tool = "offload.cpp";
    context.cancel = &token;
    context.progress = [&](const mhl_progress &progress) {
        if (progress.copy != MHL_NO_COPY)
            bars[progress.copy] = {progress.copy_written, progress.copy_read_back};
        if (verb == "cancel" && progress.phase == MHL_PHASE_COPY)
            token.cancel();
        return mhl::next::proceed;
    };
    mhl::offload_options options;
    options.resume = verb == "resume";

    const mhl::report report = mhl::offload(card, to, options, context);
    if (verb == "json") {
        std::cout << report.json() << '\n';
    } else {
        std::uint64_t index = 0;
        for (const mhl_copy &copy : report.copies()) {
            const bar &bar = bars[index++];
            std::cout << (copy.outcome == MHL_OUTCOME_VERIFIED ? "verified:" : "not a copy:")
                      << " files=" << copy.verified << " written=" << bar.written
                      << " read-back=" << bar.read_back;
            if (copy.algorithms.data != nullptr)
                std::cout << " algorithms=" << mhl::view(copy.algorithms);
            if (copy.manifest.data != nullptr)
                std::cout << " list=" << mhl::view(copy.manifest);
            std::cout << '\n';
        }
        for (const mhl_phase_record &phase : report.phases())
            std::cerr << "offload: phase " << phase.phase << ": " << phase.bytes << " bytes\n";
        std::cerr << "offload: a page of " << report.html().size() << " bytes about "
                  << mhl::view(report.roll().name) << '\n';
    }
    return report.summary().outcome == MHL_OUTCOME_VERIFIED ? 0 : 1;
}

} // namespace

int main(int argc, char **argv)
try {
    if (!mhl::is_compatible()) {
        std::cerr << "offload: libmhl " << mhl_version_string() << " is not the one of this header\n";
        return 2;
    }
    const std::string verb = argc > 3 ? argv[1] : "";
    if (verb == "copy" || verb == "resume" || verb == "cancel" || verb == "json")
        return offload(verb, argv[2], {argv + 3, argv + argc});
    std::cerr << "usage: offload copy|resume|cancel|json CARD DESTINATION...\n";
    return 2;
} catch (const mhl::error &error) {
    std::cerr << "offload: " << error.what() << '\n';
    return error.kind() == MHL_STATUS_CANCELLED ? 5 : 2;
} catch (const std::exception &error) {
    std::cerr << "offload: " << error.what() << '\n';
    return 2;
}
