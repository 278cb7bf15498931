//! `mhl info`

use std::{
    collections::{BTreeSet, HashMap, HashSet, hash_map::Entry},
    fmt::Write as _,
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
};

use mhl_core::{
    Finding, FindingKind, Limits, Manifest, asc,
    conformance::{self, Rule, Violation},
    escape_for_display, is_litter, read_manifest,
};
use serde_json::{Value, json};

use super::folder_of;
use crate::{
    args::Info,
    exit::Code,
    failure::Failure,
    output::{Terminal, bytes, line},
};

pub(crate) fn run(args: &Info, terminal: &Terminal) -> Result<Code, Failure> {
    let path = &args.path;
    let mut shelf = Shelf::default();
    if path.file_name().is_some_and(|name| name == asc::COLLECTION_FILE) {
        shelf.add_collection(folder_of(path))?;
    } else if path.is_file() {
        shelf.add_file(path)?;
    } else if path.file_name().is_some_and(|name| name == asc::FOLDER) {
        shelf.add_history(folder_of(path))?;
    } else {
        shelf.add_roll(path)?;
    }
    if shelf.lists.is_empty() && shelf.findings.is_empty() {
        let message = format!("{}: no Media Hash List stands there", path.display());
        return Err(Failure::new(Code::NoHistory, message).at(FindingKind::ManifestMissing, path));
    }
    Ok(shelf.tell(terminal))
}

/// The lists that were read, and what is unusual or wrong about them.
#[derive(Default)]
struct Shelf {
    lists: Vec<List>,
    /// Where they stand.
    paths: HashSet<PathBuf>,
    findings: Vec<Finding>,
}

/// A list, and where its document departs from schema and specification.
struct List {
    path: PathBuf,
    manifest: Manifest,
    departures: Vec<Departure>,
    /// How many more departures there are, of kinds that are not told.
    untold: u64,
}

/// The most departures of one list that are told; those of any further kind are counted.
const MOST_DEPARTURES: usize = 100;

/// A departure, and how many others of its kind follow.
struct Departure {
    first: Violation,
    more: u64,
}

impl Shelf {
    /// Everything that stands at a roll's root. One list that cannot be read hides no other.
    fn add_roll(&mut self, root: &Path) -> Result<(), Failure> {
        let files = lists_in(root)?;
        let whole = [self.add_history(root), self.add_collection(root)];
        let read: Vec<_> = files.iter().map(|file| self.add_file(file)).collect();
        for failure in whole.into_iter().chain(read).filter_map(Result::err) {
            self.findings.extend(failure.finding());
        }
        Ok(())
    }

    fn add_file(&mut self, path: &Path) -> Result<(), Failure> {
        let file = File::open(path).map_err(|error| Failure::io(path, error))?;
        let manifest = read_manifest(BufReader::new(file), &Limits::default())
            .map_err(|error| Failure::invalid(path, error))?;
        self.add(path.to_owned(), Path::new(""), manifest);
        Ok(())
    }

    fn add_history(&mut self, root: &Path) -> Result<(), Failure> {
        let history = asc::History::load(root, &Limits::default())
            .map_err(|error| Failure::io(&root.join(asc::FOLDER), error))?;
        if let Some(history) = history {
            self.take_history(root, Path::new(""), history);
        }
        Ok(())
    }

    /// A history and those within it; `below` is where it stands among them.
    fn take_history(&mut self, root: &Path, below: &Path, history: asc::History) {
        self.findings.extend(history.findings.into_iter().map(|finding| within(below, finding)));
        let folder = root.join(below).join(asc::FOLDER);
        for generation in history.generations {
            self.add(folder.join(generation.file_name), below, generation.manifest);
        }
        for nested in history.nested {
            self.take_history(root, &below.join(nested.root.as_str()), nested.history);
        }
    }

    fn add_collection(&mut self, folder: &Path) -> Result<(), Failure> {
        let collection = asc::Collection::load(folder, &Limits::default())
            .map_err(|error| Failure::io(&folder.join(asc::COLLECTION_FILE), error))?;
        let Some(collection) = collection else { return Ok(()) };
        self.findings.extend(collection.findings);
        for (place, manifest) in collection.manifests {
            if let Some(link) = collection.chain.links.get(place) {
                self.add(folder.join(link.path.as_str()), Path::new(""), manifest);
            }
        }
        Ok(())
    }

    fn add(&mut self, path: PathBuf, below: &Path, manifest: Manifest) {
        if !self.paths.insert(path.clone()) {
            // A packing list stands beside the collection that bundles it.
            return;
        }
        self.findings.extend(manifest.findings.iter().map(|f| within(below, f.clone())));
        let (departures, untold) = departures(&path);
        self.lists.push(List { path, manifest, departures, untold });
    }

    fn tell(&self, terminal: &Terminal) -> Code {
        let (texts, lists): (Vec<String>, Vec<Value>) = self.lists.iter().map(describe).unzip();
        let mut text = texts.concat();
        for finding in &self.findings {
            let _ = writeln!(text, "{}", line(finding));
        }
        let code = Code::first(self.findings.iter());
        let status = if code == Code::Good { "read" } else { "failed" };
        terminal.result(
            &text,
            &json!({"schema": "mhl.info/1", "status": status, "counts": {"lists": lists.len()},
                    "findings": self.findings, "lists": lists}),
        );
        code
    }
}

/// The `.mhl` files at a root, sorted; what an operating system left beside them is none.
fn lists_in(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut lists = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| Failure::io(folder, error))? {
        let path = entry.map_err(|error| Failure::io(folder, error))?.path();
        let litter = path.file_name().and_then(|name| name.to_str()).is_some_and(is_litter);
        let named = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("mhl"));
        if named && !litter && path.is_file() {
            lists.push(path);
        }
    }
    lists.sort();
    Ok(lists)
}

/// A finding of a history that stands within another, as one of the outermost.
fn within(below: &Path, mut finding: Finding) -> Finding {
    finding.path = below.join(&finding.path).to_string_lossy().into_owned();
    finding
}

/// Where a document departs from its schema and specification, once for each kind, element and
/// sentence; and how many more there are. One that cannot be read was told to be so.
fn departures(path: &Path) -> (Vec<Departure>, u64) {
    let (mut departures, mut untold) = (Vec::<Departure>::new(), 0);
    let Ok(file) = File::open(path) else { return (departures, untold) };
    let mut places = HashMap::<_, usize>::new();
    let found = |violation: Violation| {
        let told = departures.len();
        match places.entry((violation.rule, violation.kind, violation.element.clone())) {
            Entry::Occupied(known) => {
                if let Some(known) = departures.get_mut(*known.get()) {
                    known.more += 1;
                }
            }
            Entry::Vacant(new) if told < MOST_DEPARTURES => {
                new.insert(told);
                departures.push(Departure { first: violation, more: 0 });
            }
            Entry::Vacant(_) => untold += 1,
        }
    };
    let _ = conformance::check(BufReader::new(file), &Limits::default(), found);
    (departures, untold)
}

/// Who asks for what a document departs from.
fn rule(rule: Rule) -> &'static str {
    match rule {
        Rule::Schema => "schema",
        _ => "specification",
    }
}

/// A list in words and in JSON.
fn describe(list: &List) -> (String, Value) {
    let List { path, manifest, departures, untold } = list;
    let header = &manifest.header;
    let creator = &header.creator;
    let files = manifest.files().count();
    let size: u64 = manifest.files().filter_map(|file| file.size).sum();
    let algorithms: BTreeSet<&str> =
        manifest.files().flat_map(|file| &file.hashes).map(|hash| hash.element()).collect();
    let algorithms: Vec<&str> = algorithms.into_iter().collect();
    let made = header.created.as_ref().or(creator.finished.as_ref()).map(ToString::to_string);
    let content = manifest.roll_content().to_string();
    let or_unknown =
        |text: &Option<String>| escape_for_display(text.as_deref().unwrap_or("unknown"));
    let mut text = format!(
        "{}\n  format    {} {}\n  made      {} by {} on {}\n  \
         lists     {files} files, {}, {}\n  content   {content}\n",
        escape_for_display(&path.to_string_lossy()),
        manifest.format(),
        escape_for_display(&header.version),
        or_unknown(&made),
        or_unknown(&creator.tool),
        or_unknown(&creator.hostname),
        bytes(size),
        algorithms.join(" "),
    );
    for Departure { first, more } in departures {
        let more = if *more > 0 { format!(" (and {more} more)") } else { String::new() };
        let _ = writeln!(text, "  departs   {}: {first}{more}", rule(first.rule));
    }
    if *untold > 0 {
        let _ = writeln!(text, "  departs   in {untold} more places, of other kinds");
    }
    let departures: Vec<Value> = departures
        .iter()
        .map(|Departure { first, more }| {
            json!({"rule": rule(first.rule), "line": first.position.line,
                   "column": first.position.column, "element": first.element,
                   "note": first.note, "more": more})
        })
        .collect();
    let value = json!({
        "path": path.to_string_lossy(), "format": manifest.format().name(),
        "version": header.version, "made": made, "tool": creator.tool,
        "host": creator.hostname, "files": files, "bytes": size,
        "hashes": algorithms, "content": content,
        "departures": departures, "departures_untold": untold,
        "process": header.process.as_ref().map(|process| process.as_str().to_owned()),
    });
    (text, value)
}
