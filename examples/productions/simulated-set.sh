# A set on one disk: each folder stands for a card or a drive. To be sourced by a production's `run`.
#
# What is simulated is which device a folder is, and the ledger says so in every line. Everything else is
# real: the cards are read, the copies written and read back, the lists made, the verdicts judged.

set -eu

# The folder that the set stands in: the first argument, or one that vanishes with the run.
if [ $# -gt 0 ]; then
    set_folder=$1
    mkdir "$set_folder"
else
    set_folder=$(mktemp -d)
    trap 'rm -rf "$set_folder"' EXIT
fi
set_folder=$(cd "$set_folder" && pwd -P)
ledger=$set_folder/set.ledger
mkdir "$set_folder/cards" "$set_folder/reports"

# The command: $MHL, or one that was built beside here, or one that is installed.
if [ -z "${MHL-}" ]; then
    MHL=mhl
    for built in "$productions"/../../target/release/mhl "$productions"/../../target/debug/mhl; do
        # The newer of both.
        if [ -x "$built" ] && { [ "$MHL" = mhl ] || [ "$built" -nt "$MHL" ]; }; then MHL=$built; fi
    done
fi
command -v "$MHL" >/dev/null || {
    echo "no command mhl: cargo install --path examples, or say where it is by MHL=…" >&2
    exit 2
}

# The same times, host and person on every run.
export MHL_HOSTNAME=cart-1 USER=dit
unset LOGNAME
profile=

# clock 2026-03-05T20:15: what the clock on the wall says from here on, in UTC.
clock() {
    SOURCE_DATE_EPOCH=$(date -u -d "$1Z" +%s 2>/dev/null || date -u -j -f %Y-%m-%dT%H:%M "$1" +%s)
    export SOURCE_DATE_EPOCH
    printf '\n%s  ' "${1#*T}"
}

say() { echo "$*"; }

# card A001 CLIP…: a card with these clips, each of some hundred kilobytes and the same on every run.
card() {
    roll=$1
    shift
    mkdir -p "$set_folder/cards/$roll"
    for clip; do shoot "$roll" "$clip"; done
}

# shoot A001 CLIP: one more clip on a card.
shoot() {
    awk -v name="$2" 'BEGIN { for (i = 0; i < 12000; i++) printf "%s frame %d\n", name, i }' \
        >"$set_folder/cards/$1/$2"
}

# drive NAME…: folders that stand for drives.
drive() { for name; do mkdir "$set_folder/$name"; done; }

# record KIND --FIELD VALUE…: an event in the ledger.
record() { "$MHL" --quiet record --simulated "$ledger" "$@" >/dev/null; }

# offload SOURCE --to … --medium … --place …: copied, proven, listed, recorded.
offload() {
    source=$1
    shift
    last_report=$set_folder/reports/$(basename "$source")-$(find "$set_folder/reports" -type f | wc -l | tr -d ' ').json
    say "mhl offload $source $*" | sed "s|$set_folder/||g"
    "$MHL" --quiet offload "$source" "$@" --ledger "$ledger" --report "$last_report" >"$set_folder/said" || {
        code=$?
        cat "$set_folder/said"
        exit "$code"
    }
    sed -e "s|$set_folder/||" -e 's/^/    /' "$set_folder/said"
    in_memory "$last_report"
}

# Where this disk is itself memory no read-back can pass the cache. The default profile then clears
# nothing, rightly. The story goes on by a profile that accepts it, and says so.
in_memory() {
    if [ -z "$profile" ] && grep -q '"grade":"through-the-cache"' "$1"; then
        profile=$productions/practice-in-memory.toml
        say "(this disk cannot prove that it was read past the cache, as a tmpfs or an overlay:"
        say " judged by practice-in-memory.toml, which accepts that and is for no real card."
        say " Where there is an ordinary disk, name a folder on it: $0 /mnt/disk/practice)"
    fi
}

# ask CODE --roll A001 | --storage MEDIUM: may it be wiped? The answer has to be this exit code.
ask() {
    wanted=$1
    shift
    code=0
    "$MHL" clear "$ledger" "$@" ${profile:+--profile "$profile"} >"$set_folder/said" || code=$?
    say "mhl clear set.ledger $*"
    # The answer, what stands against it, and what to do next; what held is for whoever asks.
    awk '/^Held$/ { held = 1 } /^$/ { held = 0 } !held' "$set_folder/said" |
        sed -e "s|$set_folder/||g" -e 's/^./    &/'
    say "    exit code $code"
    if [ "$code" != "$wanted" ]; then
        echo "exit code $wanted was expected" >&2
        exit 1
    fi
}

# plan: what the chain takes and how many cards it needs, with a picture beside the ledger.
plan() {
    "$MHL" plan "$here/plan.toml" --svg "$set_folder/chain.svg"
}
