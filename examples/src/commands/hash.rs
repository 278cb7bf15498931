//! `mhl hash`

use mhl_core::escape_for_display;
use mhl_hash::{Algorithm, hash_file};
use serde_json::json;

use crate::{
    args::Hash,
    exit::Code,
    output::{Failure, Terminal},
    progress::Bar,
};

pub(crate) fn run(args: &Hash, terminal: &Terminal) -> Result<Code, Failure> {
    let algorithms =
        if args.algorithms.is_empty() { vec![Algorithm::Xxh64] } else { args.algorithms.clone() };
    let bar = Bar::new(terminal);
    let mut code = Code::Good;
    let (mut files, mut findings, mut text) = (Vec::new(), Vec::new(), String::new());
    for path in &args.files {
        let name = path.to_string_lossy();
        match hash_file(path, &algorithms, &bar) {
            Ok(hashed) => {
                let values: Vec<String> =
                    hashed.values.iter().map(|value| format!("{value:?}")).collect();
                for value in &values {
                    text += &format!("{value}  {}\n", escape_for_display(&name));
                }
                files.push(json!({"path": name, "size": hashed.bytes, "hashes": values}));
            }
            Err(error) => {
                code = Code::Io;
                eprintln!("mhl: {}", escape_for_display(&error.to_string()));
                findings.push(
                    json!({"kind": "unreadable-file", "path": name, "note": error.to_string()}),
                );
            }
        }
    }
    drop(bar);
    let status = if code == Code::Good { "hashed" } else { "failed" };
    terminal.result(
        &text,
        &json!({"schema": "mhl.hash/1", "status": status, "findings": findings, "files": files,
                "counts": {"files": files.len(), "unreadable": findings.len()}}),
    );
    Ok(code)
}
