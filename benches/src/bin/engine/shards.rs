//! A verification divided: two shards side by side beside one alone, and reports merged beside their
//! bare parse.

use std::{num::NonZero, rc::Rc, thread};

use mhl_core::{
    Agent, Context, Portion, Report, SealOptions, Shard, Status, VerifyOptions, merge, seal, verify,
};
use mhl_hash::Algorithm;
use serde_json::{Value, json};

use crate::{
    Row,
    contest::Contest,
    roll::{LARGE, Roll, SMALL, Shape},
};

pub(crate) const ROWS: [Row; 4] = [
    ("shards.16x256m.md5", || side_by_side(LARGE, Algorithm::Md5)),
    ("shards.16x256m.xxh64", || side_by_side(LARGE, Algorithm::Xxh64)),
    ("shards.100000x4k.md5", || side_by_side(SMALL, Algorithm::Md5)),
    ("merge.1000x1000", || merged(1000)),
];

fn sealed(shape: Shape, algorithm: Algorithm, agent: &Agent) -> Result<Roll, String> {
    let roll = Roll::new(shape).map_err(|error| format!("the roll cannot be written: {error}"))?;
    let mut options = SealOptions::default();
    options.algorithms = vec![algorithm];
    seal(roll.root(), &options, &Context::new(agent)).map_err(|error| error.to_string())?;
    Ok(roll)
}

/// What one thread reads of a roll.
fn read(roll: &Roll, portion: Portion, agent: &Agent) -> Result<Report, String> {
    // As many share the machine as it has cores: one is left for each.
    let cores = thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let context = Context::new(agent).sharing(cores);
    let mut options = VerifyOptions::default();
    options.portion = portion;
    verify(roll.root(), &options, &context).map_err(|error| error.to_string())
}

fn is_verified(report: &Report) -> Result<(), String> {
    match report.status {
        Status::Verified => Ok(()),
        status => Err(format!("{status:?}: {:?}", report.findings.first())),
    }
}

/// Two shards of one thread each, and the merge, beside one thread for all of it.
fn side_by_side(shape: Shape, algorithm: Algorithm) -> Result<Contest, String> {
    let agent = Agent::new("engine", "1", "bench", "bench");
    let roll = Rc::new(sealed(shape, algorithm, &agent)?);
    let (bytes, alone, sole) = (roll.bytes(), Rc::clone(&roll), agent.clone());
    Ok(Contest {
        bytes,
        before: Box::new(|| Ok(())),
        ours: Box::new(move || {
            let roll = roll.as_ref();
            let shard = |number| {
                Shard::new(number, 2)
                    .ok_or_else(|| "no shard".to_owned())
                    .and_then(|shard| read(roll, Portion::shard(shard), &agent))
            };
            let reports = thread::scope(|scope| {
                let other = scope.spawn(|| shard(2));
                let one = shard(1);
                Ok::<_, String>([one?, other.join().map_err(|_| "a panic")??])
            })?;
            is_verified(&merge(&reports).map_err(|error| error.to_string())?)
        }),
        other: "one shard",
        others: Box::new(move || is_verified(&read(&alone, Portion::Whole, &sole)?)),
    })
}

/// The reports of so many shards with 1,000 files each, merged, beside their parse as JSON.
fn merged(shards: u32) -> Result<Contest, String> {
    let agent = Agent::new("engine", "1", "bench", "bench");
    let roll = sealed((shards as usize * 1000, 1), Algorithm::Xxh64, &agent)?;
    let all = Shard::new(1, 1).ok_or("no shard")?;
    let whole = read(&roll, Portion::shard(all), &agent)?;
    drop(roll);
    let texts: Vec<String> = (1..=shards).map(|number| part(&whole, number, shards)).collect();
    let texts = Rc::new(texts);
    let parsed = Rc::clone(&texts);
    Ok(Contest {
        bytes: texts.iter().map(|text| text.len() as u64).sum(),
        before: Box::new(|| Ok(())),
        ours: Box::new(move || {
            let reports: Result<Vec<Report>, _> =
                texts.iter().map(|text| Report::from_json(text)).collect();
            let reports = reports.map_err(|error| error.to_string())?;
            is_verified(&merge(&reports).map_err(|error| error.to_string())?)
        }),
        other: "serde_json",
        others: Box::new(move || {
            for text in parsed.iter() {
                serde_json::from_str::<Value>(text).map_err(|error| error.to_string())?;
            }
            Ok(())
        }),
    })
}

/// What one of many shards would say where one alone said all.
fn part(whole: &Report, number: u32, of: u32) -> String {
    let each = whole.files.len() / of as usize;
    let from = (number as usize - 1) * each;
    let mut report = Report::new(whole.operation, whole.source.clone());
    report.clone_from(whole);
    report.files = whole.files.get(from..from + each).unwrap_or_default().to_vec();
    (report.counts.files, report.counts.verified) = (each as u64, each as u64);
    let mut value = json!(report);
    if let Some(shard) = value.get_mut("shard").and_then(Value::as_object_mut) {
        shard.insert("shard".to_owned(), json!(format!("{number}/{of}")));
        shard.insert("last".to_owned(), json!(of));
    }
    value.to_string()
}
