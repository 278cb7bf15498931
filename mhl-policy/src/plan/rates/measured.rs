//! What a report of the engine measured of the devices it worked on.

use mhl_core::{Grade, Phase, PhaseRecord, Place, Report};
use serde::Serialize;
use std::path::Path;

/// Which way the data went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(clippy::exhaustive_enums)] // There is no third way.
pub enum Direction {
    /// From the device.
    Read,
    /// To the device.
    Write,
}

impl Direction {
    /// `read` or `write`, as a plan spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Direction::Read => "read",
            Direction::Write => "write",
        }
    }
}

/// A phase of a report, of one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Measurement {
    place: Place,
    pub(super) direction: Direction,
    pub(super) bytes: u64,
    pub(super) milliseconds: u64,
}

impl Measurement {
    pub(super) fn folder(&self) -> &str {
        &self.place.path
    }

    /// Whether it was measured on this: the device's identity, or a folder above.
    pub(super) fn is_of(&self, seen_as: &str) -> bool {
        self.place.device.as_deref() == Some(seen_as)
            || Path::new(&self.place.path).starts_with(seen_as)
    }
}

/// What a report measured: each phase in which one device was at work for a time that was told.
pub(super) fn measurements(report: &Report) -> impl Iterator<Item = Measurement> {
    report.phases.iter().filter_map(|record| {
        let (place, direction) = device(report, record)?;
        let milliseconds = record.busy_ms.filter(|busy| *busy > 0)?;
        (record.bytes > 0).then(|| Measurement {
            place: place.clone(),
            direction,
            bytes: record.bytes,
            milliseconds,
        })
    })
}

/// Which device a phase is of; none where what was read may have come from memory.
fn device<'a>(report: &'a Report, record: &PhaseRecord) -> Option<(&'a Place, Direction)> {
    let copy = match record.copy {
        Some(index) => Some(report.copies.get(index)?),
        None => None,
    };
    let past_the_cache = |grade: Option<Grade>| grade >= Some(Grade::PastTheCache);
    match (record.phase, copy) {
        (Phase::Copy, None) => Some((&report.source, Direction::Read)),
        (Phase::Copy, Some(copy)) => Some((&copy.place, Direction::Write)),
        (Phase::ReadBack, Some(copy)) if past_the_cache(copy.grade) => {
            Some((&copy.place, Direction::Read))
        }
        (Phase::Read, None) => {
            let copy = report.copies.first()?;
            past_the_cache(copy.grade).then_some((&copy.place, Direction::Read))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Basis, Rates};

    /// A report as `mhl offload --json` prints it, of a card and two drives.
    fn report(grade: &str) -> Report {
        let copy = |path: &str, device: &str| {
            format!(
                r#"{{"place":{{"path":"{path}","device":"{device}"}},"status":"verified",
                "grade":"{grade}","proof":"","complete":true,"algorithms":[],"counts":{COUNTS}}}"#
            )
        };
        let phase = |phase: &str, copy: &str, bytes: u64, busy: &str| {
            format!(
                r#"{{"phase":"{phase}",{copy}"started":"2026-03-05T10:00:00Z",
                "finished":"2026-03-05T10:00:00Z","bytes":{bytes}{busy}}}"#
            )
        };
        let phases = [
            phase("copy", "", 8_000_000, r#","busy_ms":10"#),
            phase("hash", "", 8_000_000, r#","busy_ms":1"#),
            phase("copy", r#""copy":0,"#, 8_000_000, r#","busy_ms":20"#),
            phase("copy", r#""copy":1,"#, 8_000_000, r#","busy_ms":80"#),
            phase("copy", r#""copy":7,"#, 8_000_000, r#","busy_ms":1"#),
            phase("read-back", r#""copy":0,"#, 8_000_000, r#","busy_ms":16"#),
            phase("read-back", r#""copy":1,"#, 8_000_000, ""),
        ];
        let text = format!(
            r#"{{"schema":"mhl.offload/1","operation":"offload","status":"verified","tool":"","host":"",
            "started":"","finished":"","source":{{"path":"/media/A001"}},"files":[],
            "copies":[{},{}],"phases":[{}],"counts":{COUNTS},"findings":[]}}"#,
            copy("/mnt/raid/A001", "fs:AAAA"),
            copy("/mnt/raid2/A001", "fs:BBBB"),
            phases.join(","),
        );
        Report::from_json(&text).unwrap()
    }

    const COUNTS: &str = r#"{"files":0,"bytes":0,"verified":0,"mismatched":0,"missing":0,"new":0,
        "unreadable":0,"unproven":0,"unread":0,"warnings":0,"faults":0,"litter":0}"#;

    fn told(rates: &Rates, seen_as: &str, direction: Direction) -> Option<u64> {
        rates.measured(seen_as, direction).map(|(rate, _)| rate.bytes_per_second())
    }

    #[test]
    fn each_device_has_its_rates() {
        let rates = Rates::published().measured_by(&report("past-the-cache"));
        for (seen_as, read, written) in [
            ("/media", Some(800_000_000), None),
            ("/mnt/raid", Some(500_000_000), Some(400_000_000)),
            ("fs:AAAA", Some(500_000_000), Some(400_000_000)),
            // Where nobody measured how long it took.
            ("/mnt/raid2", None, Some(100_000_000)),
            // A name's beginning is no folder above.
            ("/mnt/ra", None, None),
            ("/mnt/raid/A001/Clips", None, None),
            ("fs:CCCC", None, None),
        ] {
            assert_eq!(told(&rates, seen_as, Direction::Read), read, "{seen_as}");
            assert_eq!(told(&rates, seen_as, Direction::Write), written, "{seen_as}");
        }
    }

    #[test]
    fn what_may_have_come_from_memory_measures_nothing() {
        let rates = Rates::published().measured_by(&report("through-the-cache"));
        assert_eq!(told(&rates, "/mnt/raid", Direction::Read), None);
        assert_eq!(told(&rates, "/mnt/raid", Direction::Write), Some(400_000_000));
    }

    #[test]
    fn reports_add_up_in_any_order() {
        let mut slow = report("past-the-cache");
        assert_eq!(
            Rates::published().measured_by(&slow).unused(&["/media", "fs:AAAA"]),
            ["/mnt/raid2/A001"]
        );
        slow.phases[2].busy_ms = Some(60);
        let (first, second) = (report("past-the-cache"), slow);
        let rates = Rates::published().measured_by(&first).measured_by(&second);
        let again = Rates::published().measured_by(&second).measured_by(&first);
        let (rate, basis) = rates.measured("/mnt/raid", Direction::Write).unwrap();
        assert_eq!(rate.bytes_per_second(), 200_000_000, "16 MB in 80 ms");
        assert_eq!(basis, Basis::Measured { bytes: 16_000_000, phases: 2 });
        assert_eq!(again.measured("/mnt/raid", Direction::Write), Some((rate, basis)));
    }
}
