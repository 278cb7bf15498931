//! The arguments of the command.

use std::path::PathBuf;

use clap::{Args as Arguments, Parser, Subcommand, ValueEnum};
use mhl_core::{Format, Shard};
use mhl_hash::Algorithm;

/// Offload camera cards, verify Media Hash Lists, and ask whether a card may be wiped.
#[derive(Debug, Parser)]
#[command(name = "mhl", version, max_term_width = 100)]
pub(crate) struct Args {
    /// Print one JSON object instead of text.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// No progress, and no more text than the result.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Copy a card to every destination, prove the copies, list them.
    Offload(Offload),
    /// List a roll where it stands.
    Seal(Seal),
    /// Read a roll and compare it with its list.
    Verify(Verify),
    /// Make one report of those of all shards.
    Merge(Merge),
    /// Compare names, sizes and recorded digests; nothing is hashed.
    Diff(Diff),
    /// Give a file or folder of a history another name, and record it.
    Rename(Rename),
    /// Make one list of a history and those within it.
    Flatten(Flatten),
    /// Print digests of files.
    Hash(Hash),
    /// Tell what a list, a history or a roll holds.
    Info(Info),
    /// Append an event to a ledger.
    Record(Record),
    /// Ask whether a card or a storage may be wiped.
    Clear(Clear),
    /// Check a permit that `clear` signed.
    Permit(Permit),
    /// Tell how long a day's material takes through the chain, and how many cards that asks for.
    Plan(Plan),
    /// List the profiles, or compare two.
    Profiles(Profiles),
    /// The whole story on a small card made for the occasion.
    Demo(Demo),
}

impl Command {
    /// The subcommand's name, as it stands in the schema of its JSON.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Command::Offload(_) => "offload",
            Command::Seal(_) => "seal",
            // It tells what a verification by one machine would.
            Command::Verify(_) | Command::Merge(_) => "verify",
            Command::Diff(_) => "diff",
            Command::Rename(_) => "rename",
            Command::Flatten(_) => "flatten",
            Command::Hash(_) => "hash",
            Command::Info(_) => "info",
            Command::Record(_) => "record",
            Command::Clear(_) => "clear",
            Command::Permit(_) => "permit",
            Command::Plan(_) => "plan",
            Command::Profiles(_) => "profiles",
            Command::Demo(_) => "demo",
        }
    }

    /// Whether it asks, while it works, if it is to stop. A signal ends every other one at once.
    pub(crate) const fn can_be_stopped(&self) -> bool {
        matches!(
            self,
            Command::Offload(_)
                | Command::Seal(_)
                | Command::Verify(_)
                | Command::Rename(_)
                | Command::Hash(_)
                | Command::Demo(_)
        )
    }
}

#[derive(Debug, Arguments)]
pub(crate) struct Offload {
    /// The card.
    pub(crate) source: PathBuf,
    /// A folder that gets a copy; it has to exist. May be repeated.
    #[arg(long = "to", value_name = "DIR", required = true)]
    pub(crate) to: Vec<PathBuf>,
    /// The roll's name, if not the source folder's.
    #[arg(long, value_name = "ROLL")]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) listing: Listing,
    /// Take up an unfinished offload, or prove a finished one again and add what the card has more.
    #[arg(long)]
    pub(crate) resume: bool,
    /// Read the card a second time, past the cache, and compare it with the first.
    #[arg(long)]
    pub(crate) second_read: bool,
    /// How long the card or a destination may take for a single call before it is given up; without a
    /// destination the others go on.
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) patience: u64,
    /// Keep the report in this file, outside the roll: a page to hand on (FILE.html), or JSON
    /// (FILE.json).
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) custody: Custody,
}

#[derive(Debug, Arguments)]
pub(crate) struct Seal {
    /// The roll's folder.
    pub(crate) roll: PathBuf,
    #[command(flatten)]
    pub(crate) listing: Listing,
    /// Leave out what a .gitignore pattern matches (ASC only). May be repeated.
    #[arg(long = "ignore", value_name = "PATTERN", conflicts_with = "files")]
    pub(crate) ignore: Vec<String>,
    /// Record this file alone, or every file of this folder, in the history that stands there;
    /// relative to the roll. May be repeated.
    #[arg(long = "file", value_name = "PATH")]
    pub(crate) files: Vec<String>,
}

#[derive(Debug, Arguments)]
pub(crate) struct Verify {
    /// A roll, a history, a .mhl file, or a folder of rolls.
    pub(crate) path: PathBuf,
    /// The list, where the roll holds several.
    #[arg(long, value_name = "FILE")]
    pub(crate) manifest: Option<PathBuf>,
    /// Read from the medium, not from the system's cache, and prove it.
    #[arg(long)]
    pub(crate) past_cache: bool,
    /// Write nothing: no generation is appended to a history.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// End at the first fault: what was not read by then is counted. Appends no generation.
    #[arg(long)]
    pub(crate) stop_at_first: bool,
    /// Read at most so many percent of the bytes, those whose --turn it is. Names and sizes are
    /// compared all the same.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=100), requires = "turn")]
    pub(crate) percent: Option<u8>,
    /// Which turn it is, from 1; after the last comes the first again. At 10 percent any ten turns in
    /// a row read everything.
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(1..), requires = "percent")]
    pub(crate) turn: Option<u64>,
    /// Read only what this file names, a path on each line: listed files, or folders of such,
    /// relative to the roll.
    #[arg(long, value_name = "FILE", conflicts_with = "percent")]
    pub(crate) only: Option<PathBuf>,
    /// Read the part of shard K of N, which need not know of each other: of listed and found files,
    /// in parts of the same bytes. Writes nothing; `mhl merge` makes one report of all.
    #[arg(long, value_name = "K/N", conflicts_with_all = ["percent", "only", "stop_at_first", "ledger"])]
    pub(crate) shard: Option<Shard>,
    /// Keep the report in this file, outside the roll: a page to hand on (FILE.html), or JSON
    /// (FILE.json).
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) custody: Custody,
}

#[derive(Debug, Arguments)]
pub(crate) struct Merge {
    /// The reports of all shards, as `mhl verify --shard` tells or keeps them as JSON; in any order.
    #[arg(required = true, value_name = "REPORT")]
    pub(crate) reports: Vec<PathBuf>,
    /// Append to the history of this roll, or to those of the rolls of this folder, the one generation
    /// that says what the shards read. Nothing is read again, and nothing may have changed since.
    #[arg(long, value_name = "PATH")]
    pub(crate) append: Option<PathBuf>,
    /// Keep the report in this file: a page to hand on (FILE.html), or JSON (FILE.json).
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
}

#[derive(Debug, Arguments)]
pub(crate) struct Diff {
    /// What is expected: a list, a history or a folder.
    pub(crate) expected: PathBuf,
    /// What is there: likewise.
    pub(crate) found: PathBuf,
}

#[derive(Debug, Arguments)]
pub(crate) struct Rename {
    /// The folder that has the history.
    pub(crate) root: PathBuf,
    /// The name that the history knows, relative to it.
    pub(crate) from: String,
    /// The new name, relative to it. Where it stands there already it is recorded alone.
    pub(crate) to: String,
}

#[derive(Debug, Arguments)]
pub(crate) struct Flatten {
    /// The folder that has the history.
    pub(crate) root: PathBuf,
    /// A folder elsewhere that gets the list.
    pub(crate) dest: PathBuf,
}

#[derive(Debug, Arguments)]
pub(crate) struct Hash {
    /// The files.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) digests: Digests,
}

#[derive(Debug, Arguments)]
pub(crate) struct Info {
    /// A list, a history or a roll.
    pub(crate) path: PathBuf,
}

#[derive(Debug, Arguments)]
pub(crate) struct Record {
    /// Begin a ledger that is simulated, before LEDGER: each folder stands for the volume that it is
    /// said to be, and every verdict says SIMULATED.
    #[arg(long)]
    pub(crate) simulated: bool,
    /// The ledger's file; made if absent.
    pub(crate) ledger: PathBuf,
    /// What happened: roll medium place inspection qc evaluation report-check clip-report
    /// final-clearance approval move loss wipe resolution; evidence by `--report FILE`, and another
    /// unit's ledger as import by `--from FILE`.
    pub(crate) kind: String,
    /// `--FIELD VALUE` for each field of the event; or `--json FILE`, where `-` is standard input,
    /// for all of them, and the answer is JSON too.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) fields: Vec<String>,
}

#[derive(Debug, Arguments)]
pub(crate) struct Clear {
    /// The ledger's file.
    pub(crate) ledger: PathBuf,
    /// The roll whose cards are to be wiped.
    #[arg(
        long,
        value_name = "ID",
        conflicts_with = "storage",
        required_unless_present = "storage"
    )]
    pub(crate) roll: Option<String>,
    /// The one card to be wiped, where the roll is on several.
    #[arg(long, value_name = "MEDIUM", requires = "roll")]
    pub(crate) card: Option<String>,
    /// The onset or near-set storage to be wiped.
    #[arg(long, value_name = "MEDIUM")]
    pub(crate) storage: Option<String>,
    /// A head that was kept elsewhere: the ledger has to be the one that it was taken of, or to go on
    /// from there.
    #[arg(long, value_name = "SEQ:C4")]
    pub(crate) pin: Option<String>,
    /// The profile: a name, or a file.
    #[arg(long, value_name = "NAME|FILE")]
    pub(crate) profile: Option<String>,
    /// Tell of every roll what would be left after this wipe, and after what is named besides:
    /// wiped=MEDIUM, lost=MEDIUM, site=NAME (a site or threat zone that is gone). May be repeated.
    #[arg(long, value_name = "EVENT", num_args = 0..=1, default_missing_value = "")]
    pub(crate) what_if: Vec<String>,
    /// Write a signed permit to this file, if it is cleared; one of an earlier run is replaced.
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) permit: Option<PathBuf>,
    /// The private key that signs it: Ed25519 in PEM, as `openssl genpkey -algorithm ed25519` makes.
    #[arg(long, value_name = "FILE", requires = "permit")]
    pub(crate) key: Option<PathBuf>,
    /// How many hours it holds.
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) hours: u16,
    /// Keep the verdict in this file: a page to hand on (FILE.html), or JSON (FILE.json).
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
}

#[derive(Debug, Arguments)]
pub(crate) struct Permit {
    #[command(subcommand)]
    pub(crate) command: PermitCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PermitCommand {
    /// Whose it is, and whether it holds now.
    Check(PermitCheck),
}

#[derive(Debug, Arguments)]
pub(crate) struct PermitCheck {
    /// The permit's file.
    pub(crate) permit: PathBuf,
    /// The public key of whoever has to have signed it: Ed25519 in PEM.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// The ledger that it was judged on. Without, only the signature is checked.
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    /// The profile that it was judged by: a name, or a file.
    #[arg(long, value_name = "NAME|FILE", requires = "ledger")]
    pub(crate) profile: Option<String>,
    /// A look at the card since: what `mhl diff LIST CARD --json` printed. One for each roll on it.
    #[arg(long, value_name = "REPORT", requires = "ledger")]
    pub(crate) look: Vec<PathBuf>,
}

#[derive(Debug, Arguments)]
pub(crate) struct Plan {
    /// The plan: a TOML file.
    pub(crate) plan: PathBuf,
    /// A file of rates that goes before those that are built in. May be repeated: the later goes
    /// before the earlier.
    #[arg(long, value_name = "FILE")]
    pub(crate) rates: Vec<PathBuf>,
    /// A report of `offload` or `verify` in JSON: what it measured goes before what is stated or
    /// named, where the plan says by `seen_as` what it is of. May be repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Vec<PathBuf>,
    /// The profile that says what is a final archive: a name, or a file.
    #[arg(long, value_name = "NAME|FILE")]
    pub(crate) profile: Option<String>,
    /// Draw the chain in this file: an SVG that stands by itself; one of an earlier run is replaced.
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
}

#[derive(Debug, Arguments)]
pub(crate) struct Profiles {
    /// The first profile: a name, or a file. Without, those that are built in are listed.
    #[arg(requires = "second")]
    pub(crate) first: Option<String>,
    /// The second one.
    pub(crate) second: Option<String>,
}

#[derive(Debug, Arguments)]
pub(crate) struct Demo {
    /// Where the simulated set is made; by default a folder that vanishes afterwards.
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
}

/// Which digests are computed, all in one read.
#[derive(Debug, Arguments)]
pub(crate) struct Digests {
    /// The digest: md5 sha1 xxh32 xxh64be xxh3 xxh128 c4; default xxh64be. May be repeated.
    #[arg(long = "algorithm", short, value_name = "A")]
    algorithms: Vec<Algorithm>,
}

impl Digests {
    /// The algorithms asked for, or the default.
    pub(crate) fn algorithms(&self) -> Vec<Algorithm> {
        if self.algorithms.is_empty() { vec![Algorithm::Xxh64] } else { self.algorithms.clone() }
    }
}

/// How a list is to be made.
#[derive(Debug, Arguments)]
pub(crate) struct Listing {
    #[command(flatten)]
    pub(crate) digests: Digests,
    /// The list's format.
    #[arg(long, value_name = "FORMAT", default_value = "classic")]
    pub(crate) manifest: ListFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ListFormat {
    Classic,
    Asc,
}

impl From<ListFormat> for Format {
    fn from(format: ListFormat) -> Self {
        match format {
            ListFormat::Classic => Format::Classic,
            ListFormat::Asc => Format::Asc,
        }
    }
}

/// Where the evidence of an operation is recorded.
#[derive(Debug, Arguments)]
pub(crate) struct Custody {
    /// Record what was proven in this ledger.
    #[arg(long, value_name = "FILE", requires = "medium")]
    pub(crate) ledger: Option<PathBuf>,
    /// The medium of each copy, in the order of the copies: fs:UUID, serial:…, lto:BARCODE, hub:….
    #[arg(long, value_name = "ID", requires = "ledger")]
    pub(crate) medium: Vec<String>,
    /// The medium of the card itself, so that its wipe can be asked for.
    #[arg(long, value_name = "ID", requires = "ledger")]
    pub(crate) card: Option<String>,
    /// The place of each medium, in the same order.
    #[arg(long, value_name = "ID", requires = "ledger")]
    pub(crate) place: Vec<String>,
    /// The roll in the ledger, if not the roll's name.
    #[arg(long, value_name = "ID", requires = "ledger")]
    pub(crate) roll: Option<String>,
}
