//! `mhl info`

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
};

use mhl_core::{Finding, Limits, Manifest, asc, escape_for_display, read_manifest};
use serde_json::{Value, json};

use crate::{
    args::Info,
    exit::Code,
    output::{Failure, Terminal, bytes, line},
};

pub(crate) fn run(args: &Info, terminal: &Terminal) -> Result<Code, Failure> {
    let path = &args.path;
    if path.is_file() {
        let manifest = read(path)?;
        return Ok(tell(terminal, &[(path.clone(), &manifest)], &manifest.findings));
    }
    let root = match path.file_name() {
        Some(name) if name == asc::FOLDER => path.parent().unwrap_or(path),
        _ => path,
    };
    let history =
        asc::History::load(root, &Limits::default()).map_err(|error| Failure::io(root, error))?;
    if let Some(history) = history {
        let generations: Vec<_> = history
            .generations
            .iter()
            .map(|g| (root.join(asc::FOLDER).join(&g.file_name), &g.manifest))
            .collect();
        return Ok(tell(terminal, &generations, &history.findings));
    }
    let lists = lists_in(root)?;
    let manifests: Vec<(PathBuf, Manifest)> =
        lists.into_iter().map(|list| Ok((list.clone(), read(&list)?))).collect::<Result<_, _>>()?;
    if manifests.is_empty() {
        let message = format!("{}: no Media Hash List stands there", path.display());
        return Err(Failure::new(Code::NoHistory, message));
    }
    let findings: Vec<Finding> =
        manifests.iter().flat_map(|(_, manifest)| manifest.findings.clone()).collect();
    let shown: Vec<_> = manifests.iter().map(|(list, manifest)| (list.clone(), manifest)).collect();
    Ok(tell(terminal, &shown, &findings))
}

fn read(path: &Path) -> Result<Manifest, Failure> {
    let file = File::open(path).map_err(|error| Failure::io(path, error))?;
    read_manifest(BufReader::new(file), &Limits::default()).map_err(|error| {
        Failure::new(Code::InvalidManifest, format!("{}: {error}", path.display()))
    })
}

fn lists_in(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut lists = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| Failure::io(folder, error))? {
        let path = entry.map_err(|error| Failure::io(folder, error))?.path();
        if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("mhl")) && path.is_file() {
            lists.push(path);
        }
    }
    lists.sort();
    Ok(lists)
}

fn tell(terminal: &Terminal, manifests: &[(PathBuf, &Manifest)], findings: &[Finding]) -> Code {
    let (mut text, mut lists) = (String::new(), Vec::new());
    for (path, manifest) in manifests {
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
        let _ = writeln!(text, "{}", escape_for_display(&path.to_string_lossy()));
        let _ = writeln!(
            text,
            "  format    {} {}",
            manifest.format(),
            escape_for_display(&header.version)
        );
        let _ = writeln!(
            text,
            "  made      {} by {} on {}",
            or_unknown(&made),
            or_unknown(&creator.tool),
            or_unknown(&creator.hostname)
        );
        let _ =
            writeln!(text, "  lists     {files} files, {}, {}", bytes(size), algorithms.join(" "));
        let _ = writeln!(text, "  content   {content}");
        lists.push(json!({
            "path": path.to_string_lossy(), "format": manifest.format().name(),
            "version": header.version, "made": made, "tool": creator.tool,
            "host": creator.hostname, "files": files, "bytes": size,
            "hashes": algorithms, "content": content,
            "process": header.process.as_ref().map(|process| process.as_str().to_owned()),
        }));
    }
    for finding in findings {
        let _ = writeln!(text, "{}", line(finding));
    }
    let code = Code::first(findings.iter());
    let status = if code == Code::Good { "read" } else { "failed" };
    terminal.result(
        &text,
        &json!({"schema": "mhl.info/1", "status": status, "counts": {"lists": lists.len()},
                "findings": findings.iter().map(json_of).collect::<Vec<_>>(), "lists": lists}),
    );
    code
}

fn json_of(finding: &Finding) -> Value {
    json!({"kind": finding.kind.name(), "path": finding.path, "expected": finding.expected,
           "found": finding.found, "note": finding.note})
}
