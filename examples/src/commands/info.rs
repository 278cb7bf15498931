//! `mhl info`

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
};

use mhl_core::{
    Finding, FindingKind, Limits, Manifest, asc, escape_for_display, is_litter, read_manifest,
};
use serde_json::{Value, json};

use crate::{
    args::Info,
    exit::Code,
    failure::Failure,
    output::{Terminal, bytes, line},
};

pub(crate) fn run(args: &Info, terminal: &Terminal) -> Result<Code, Failure> {
    let path = &args.path;
    let mut shelf = Shelf::default();
    if path.is_file() {
        shelf.add_file(path)?;
    } else if path.file_name().is_some_and(|name| name == asc::FOLDER) {
        shelf.add_history(path.parent().unwrap_or(path))?;
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
    lists: Vec<(PathBuf, Manifest)>,
    findings: Vec<Finding>,
}

impl Shelf {
    /// Everything that stands at a roll's root. One list that cannot be read hides no other.
    fn add_roll(&mut self, root: &Path) -> Result<(), Failure> {
        let files = lists_in(root)?;
        let history = self.add_history(root);
        let read: Vec<_> = files.iter().map(|file| self.add_file(file)).collect();
        for failure in std::iter::once(history).chain(read).filter_map(Result::err) {
            self.findings.extend(failure.finding());
        }
        Ok(())
    }

    fn add_file(&mut self, path: &Path) -> Result<(), Failure> {
        let file = File::open(path).map_err(|error| Failure::io(path, error))?;
        let manifest = read_manifest(BufReader::new(file), &Limits::default())
            .map_err(|error| Failure::invalid(path, error))?;
        self.add(path.to_owned(), manifest);
        Ok(())
    }

    fn add_history(&mut self, root: &Path) -> Result<(), Failure> {
        let folder = root.join(asc::FOLDER);
        let history = asc::History::load(root, &Limits::default())
            .map_err(|error| Failure::io(&folder, error))?;
        if let Some(history) = history {
            self.findings.extend(history.findings);
            for generation in history.generations {
                self.add(folder.join(generation.file_name), generation.manifest);
            }
        }
        Ok(())
    }

    fn add(&mut self, path: PathBuf, manifest: Manifest) {
        self.findings.extend(manifest.findings.iter().cloned());
        self.lists.push((path, manifest));
    }

    fn tell(&self, terminal: &Terminal) -> Code {
        let (texts, lists): (Vec<String>, Vec<Value>) =
            self.lists.iter().map(|(path, manifest)| describe(path, manifest)).unzip();
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

/// A list in words and in JSON.
fn describe(path: &Path, manifest: &Manifest) -> (String, Value) {
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
    let text = format!(
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
    let value = json!({
        "path": path.to_string_lossy(), "format": manifest.format().name(),
        "version": header.version, "made": made, "tool": creator.tool,
        "host": creator.hostname, "files": files, "bytes": size,
        "hashes": algorithms, "content": content,
        "process": header.process.as_ref().map(|process| process.as_str().to_owned()),
    });
    (text, value)
}
