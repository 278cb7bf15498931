//! The programs that people check copies with, on real files. Those that are not installed are named.

use std::{path::PathBuf, process::Command};

use mhl_hash::{Algorithm, FilesOptions, hash_files};

use crate::{backends, cycle};

/// A program, what it is told, and the algorithm that it computes.
const PROGRAMS: [(&str, &[&str], Algorithm); 6] = [
    ("md5sum", &[], Algorithm::Md5),
    ("sha1sum", &[], Algorithm::Sha1),
    ("sha512sum", &[], Algorithm::C4),
    ("xxhsum", &["-H32"], Algorithm::Xxh32),
    ("xxhsum", &["-H64"], Algorithm::Xxh64),
    ("xxhsum", &["-H128"], Algorithm::Xxh128),
];

#[test]
fn files_hashed_side_by_side_have_the_digests_that_programs_give_them() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = cycle(3 << 20);
    let files: Vec<PathBuf> = (0..70usize)
        .map(|n| {
            let path = folder.path().join(format!("A001C{n:03}_261122_R1AB.mxf"));
            std::fs::write(&path, &bytes[n..n + [0, 55, 64, 111, 4096, 300_000, 3_000_000][n % 7]])
                .unwrap();
            path
        })
        .collect();
    for (program, arguments, algorithm) in PROGRAMS {
        let Ok(output) = Command::new(program).args(arguments).args(&files).output() else {
            println!("skipped: {program} is not installed");
            continue;
        };
        assert!(output.status.success(), "{program}: {output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        let told: Vec<&str> =
            text.lines().filter_map(|line| line.split_whitespace().next()).collect();
        for backend in backends() {
            let mut options = FilesOptions::new(&[algorithm]);
            options.backend = backend;
            let ours: Vec<String> = hash_files(&files, &options, &())
                .into_iter()
                .map(|hashed| hashed.unwrap().values[0].to_hex())
                .collect();
            assert_eq!(ours, told, "{program} {arguments:?}, {backend:?}");
        }
    }
}
