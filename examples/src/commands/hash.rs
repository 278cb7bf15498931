//! `mhl hash`

use mhl_core::{Finding, FindingKind, escape_for_display};
use mhl_hash::{FilesOptions, ReadError, hash_files};
use serde_json::json;

use crate::{
    args::Hash,
    exit::Code,
    failure::Failure,
    output::{Terminal, diagnose},
    progress::Bar,
};

pub(crate) fn run(args: &Hash, terminal: &Terminal) -> Result<Code, Failure> {
    let algorithms = args.digests.algorithms();
    let bar = Bar::new(terminal);
    let mut code = Code::Good;
    let (mut files, mut findings, mut text) = (Vec::new(), Vec::new(), String::new());
    let options = FilesOptions::new(&algorithms);
    for (path, hashed) in args.files.iter().zip(hash_files(&args.files, &options, &bar)) {
        let name = path.to_string_lossy();
        match hashed {
            Ok(hashed) => {
                let values: Vec<String> =
                    hashed.values.iter().map(|value| format!("{value:?}")).collect();
                for value in &values {
                    text += &format!("{value}  {}\n", escape_for_display(&name));
                }
                files.push(json!({"path": name, "size": hashed.bytes, "hashes": values}));
            }
            Err(ReadError::Cancelled) => {
                code = Code::Cancelled;
                diagnose(&format!("{name}: cancelled"));
            }
            Err(error) => {
                if code != Code::Cancelled {
                    code = Code::Io;
                }
                let error = error.to_string();
                diagnose(&error);
                findings.push(Finding::new(FindingKind::UnreadableFile, name).noting(error));
            }
        }
    }
    drop(bar);
    let status = match code {
        Code::Good => "hashed",
        Code::Cancelled => "cancelled",
        _ => "failed",
    };
    terminal.result(
        &text,
        &json!({"schema": "mhl.hash/1", "status": status, "findings": findings, "files": files,
                "counts": {"files": files.len(), "unreadable": findings.len()}}),
    );
    Ok(code)
}
