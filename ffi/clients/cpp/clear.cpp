// May this card be wiped? From reports to a permit, in C++17: it says what ../c/clear.c says.
//
//     clear begin LEDGER                        makes a ledger: an example's roll, places and media
//     clear record LEDGER REPORT WHERE...       records a report; WHERE is COPY=MEDIUM[@PLACE], of
//                                               which COPY is a number or `card`
//     clear ask LEDGER ROLL NOW                 asks; prints why not, and what to do
//     clear permit LEDGER ROLL NOW END KEY      the same; prints a permit, signed, where it is cleared
//     clear check LEDGER NOW PUBLIC PERMIT      whether a permit holds
//
// NOW and END are seconds since 1970. Exits with 0 when it is cleared, or done, 40 when it is withheld,
// 41 when it cannot be told, 1 when a permit does not hold, 2 when it could not be done.
#include "mhl.hpp"

#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

namespace {

mhl::profile rules() { return mhl::profile::named("netflix-production-assets-2026"); }

mhl::recorder dit(std::int64_t time) { return {"DIT", time, "", "clear.cpp", ""}; }

std::string contents(const char *path)
{
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file)
        throw std::runtime_error(std::string(path) + " cannot be read");
    return text;
}

// What an application knows from its own forms, as fields and without a line of JSON.
int begin(const char *path)
{
    using fields = std::vector<std::pair<std::string, std::string>>;
    const std::vector<std::pair<std::string, fields>> events = {
        {"roll", {{"id", "A001"}, {"kind", "camera"}, {"genre", "nonfiction"}, {"links", ""}}},
        {"place", {{"id", "cart"}, {"site", "Stage 5"}}},
        {"place", {{"id", "vault"}, {"site", "Lab"}}},
        {"medium", {{"id", "serial:CARD"}, {"kind", "capture-device"}}},
        {"medium", {{"id", "serial:SET"}, {"kind", "raid"}, {"level", "5"}}},
        {"medium", {{"id", "serial:LAB"}, {"kind", "raid"}, {"level", "6"}}},
        {"medium",
         {{"id", "lto:A00001L8"}, {"kind", "lto"}, {"generation", "8"}, {"file-system", "ltfs"}}},
        {"inspection",
         {{"rolls", "A001"},
          {"files", "all"},
          {"by", "dit"},
          {"result", "passed"},
          {"covers", "recording"},
          {"covers", "transfer"},
          {"against", "camera-reports"}}},
    };
    mhl::ledger ledger = mhl::ledger::open(path, MHL_LEDGER_MODE_CREATE);
    for (const auto &[kind, typed] : events)
        ledger.append(kind, typed, dit(1772740000));
    return 0;
}

mhl::placement place(const std::string &where)
{
    const std::size_t equals = where.find('='), at = where.find('@');
    if (equals == std::string::npos)
        throw std::runtime_error(where + ": COPY=MEDIUM[@PLACE] expected");
    const std::string copy = where.substr(0, equals);
    return {copy == "card" ? MHL_NO_COPY : std::stoull(copy),
            where.substr(equals + 1, at == std::string::npos ? at : at - equals - 1),
            at == std::string::npos ? "" : where.substr(at + 1)};
}

int record(const char *path, const char *report_path, const std::vector<std::string> &where)
{
    std::vector<mhl::placement> placements;
    for (const std::string &one : where)
        placements.push_back(place(one));
    const mhl::report report = mhl::report::parse(contents(report_path));
    mhl::ledger ledger = mhl::ledger::open(path, MHL_LEDGER_MODE_APPEND);
    const std::string pin = ledger.head();
    std::cout << "event " << ledger.record(report, "A001", placements, dit(1772741000)) << '\n';
    ledger.check_pin(pin);
    for (const std::string &remark : ledger.remarks())
        std::cerr << "clear: " << remark << '\n';
    return 0;
}

// Why it is not cleared, and what would have it cleared.
void explain(const mhl::verdict &verdict)
{
    for (const mhl_proof_reason &reason : verdict.reasons()) {
        const mhl_proof_node node = verdict.node(reason.node);
        if (reason.decides)
            std::cout << mhl::view(node.rule) << (node.holds == MHL_TRUTH_NO ? " no: " : " unknown: ")
                      << mhl::view(node.sentence) << '\n';
    }
    for (const mhl_next_action &action : verdict.actions())
        std::cout << "-> " << mhl::view(action.sentence) << '\n';
}

// Asks; with a key, prints a permit in the answer's place.
int ask(const char *path, const std::string &roll, std::int64_t now, std::int64_t end,
        const char *key)
{
    const mhl::ledger ledger = mhl::ledger::open(path, MHL_LEDGER_MODE_READ);
    const mhl::profile profile = rules();
    const mhl::question question{roll, "", ""};
    const mhl::verdict verdict = mhl::clear(ledger, profile, question, now);
    const mhl_answer answer = verdict.answer();
    if (!verdict.is_cleared())
        explain(verdict);
    else if (key != nullptr)
        std::cout << mhl::permit::issue(ledger, profile, question, now, end).sign(contents(key))
                  << '\n';
    else
        std::cout << "cleared: " << mhl::view(answer.question) << '\n';
    std::uint64_t leads_to = 0;
    for (std::uint64_t node = 0; node < answer.nodes; ++node)
        leads_to += verdict.references(node).size();
    std::cerr << "clear: a proof of " << verdict.proof().size() << " steps, resting on " << leads_to
              << " references, about " << verdict.copies().size() << " copies\n";
    switch (answer.decision) {
    case MHL_DECISION_CLEARED:
        return 0;
    case MHL_DECISION_WITHHELD:
        return 40;
    default: // also a word that this program does not know
        return 41;
    }
}

int check(const char *path, std::int64_t now, const char *key, const char *envelope)
{
    const mhl::statement statement = mhl::statement::verify(contents(envelope), contents(key));
    const mhl::permit permit =
        statement.check(mhl::ledger::open(path, MHL_LEDGER_MODE_READ), rules(), now);
    for (const std::string &medium : statement.media())
        std::cout << "may be wiped: " << medium << '\n';
    std::cerr << "clear: until " << permit.terms().expires << ", " << statement.rolls().size()
              << " rolls, " << statement.copies().size() << " copies\n";
    return 0;
}

} // namespace

int main(int argc, char **argv)
try {
    if (!mhl::is_compatible()) {
        std::cerr << "clear: libmhl " << mhl_version_string() << " is not the one of this header\n";
        return 2;
    }
    const std::string verb = argc > 1 ? argv[1] : "";
    if (argc == 3 && verb == "begin")
        return begin(argv[2]);
    if (argc > 3 && verb == "record")
        return record(argv[2], argv[3], {argv + 4, argv + argc});
    if (argc == 5 && verb == "ask")
        return ask(argv[2], argv[3], std::stoll(argv[4]), 0, nullptr);
    if (argc == 7 && verb == "permit")
        return ask(argv[2], argv[3], std::stoll(argv[4]), std::stoll(argv[5]), argv[6]);
    if (argc == 6 && verb == "check")
        return check(argv[2], std::stoll(argv[3]), argv[4], argv[5]);
    std::cerr << "usage: clear begin LEDGER | record LEDGER REPORT WHERE... | ask LEDGER ROLL NOW\n"
                 "       clear permit LEDGER ROLL NOW END KEY | check LEDGER NOW PUBLIC PERMIT\n";
    return 2;
} catch (const mhl::error &error) {
    std::cerr << "clear: " << error.what() << '\n';
    for (const mhl_cause &cause : error.causes())
        std::cerr << "clear: cause " << mhl::view(cause.kind) << '\n';
    return error.kind() == MHL_STATUS_PERMIT_BROKEN ? 1 : 2;
} catch (const std::exception &error) {
    std::cerr << "clear: " << error.what() << '\n';
    return 2;
}
