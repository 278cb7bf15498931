//! Rolls in the page cache verified, beside their bytes hashed and compared with nothing.

use std::rc::Rc;

use mhl_core::{Agent, Context, SealOptions, Status, VerifyOptions, seal, verify};
use mhl_hash::{Algorithm, FilesOptions, hash_tree};

use crate::{
    Row,
    contest::Contest,
    roll::{LARGE, MIDDLE, Roll, SMALL, Shape},
};

pub(crate) const ROWS: [Row; 6] = [
    ("verify.2000x2m.md5", || row(MIDDLE, Algorithm::Md5)),
    ("verify.2000x2m.xxh64", || row(MIDDLE, Algorithm::Xxh64)),
    ("verify.16x256m.md5", || row(LARGE, Algorithm::Md5)),
    ("verify.16x256m.xxh64", || row(LARGE, Algorithm::Xxh64)),
    ("verify.100000x4k.md5", || row(SMALL, Algorithm::Md5)),
    ("verify.100000x4k.xxh64", || row(SMALL, Algorithm::Xxh64)),
];

/// A roll with a classic list: its list read, everything compared, a report made.
fn row(shape: Shape, algorithm: Algorithm) -> Result<Contest, String> {
    let roll = Roll::new(shape).map_err(|error| format!("the roll cannot be written: {error}"))?;
    let agent = Agent::new("engine", "1", "bench", "bench");
    let mut options = SealOptions::default();
    options.algorithms = vec![algorithm];
    seal(roll.root(), &options, &Context::new(&agent)).map_err(|error| error.to_string())?;
    let (roll, hashed) = {
        let roll = Rc::new(roll);
        (Rc::clone(&roll), roll)
    };
    Ok(Contest {
        bytes: roll.bytes(),
        before: Box::new(|| Ok(())),
        ours: Box::new(move || {
            let context = Context::new(&agent);
            let report = verify(roll.root(), &VerifyOptions::default(), &context);
            match report {
                Ok(report) if report.status == Status::Verified => Ok(()),
                Ok(report) => Err(format!("{:?}: {:?}", report.status, report.findings.first())),
                Err(error) => Err(error.to_string()),
            }
        }),
        other: "hash_tree",
        others: Box::new(move || {
            let files = hash_tree(hashed.root(), &FilesOptions::new(&[algorithm]), &());
            match files.iter().find_map(|file| file.result.as_ref().err()) {
                None => Ok(()),
                Some(error) => Err(error.to_string()),
            }
        }),
    })
}
