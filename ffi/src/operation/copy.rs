//! What a report says of one copy.

use crate::{
    Error, Format, Outcome, Report, Status,
    boundary::{
        arguments::{StructSize, item, to_fill},
        guard::guard,
        handle::lent,
        text::Text,
    },
};

/// How strong evidence is, weakest first; the numbers are the grades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[non_exhaustive]
pub enum Grade {
    /// None, or one that this header does not name.
    None = 0,
    /// Names and sizes alone.
    SizeOnly = 1,
    /// Taken over from another tool's list.
    Inherited = 2,
    /// Hashed in flight: the medium was not read back.
    InFlight = 3,
    /// A checksum of the whole object that an object store returned.
    ObjectStore = 4,
    /// Read back, but perhaps from the system's cache.
    ThroughTheCache = 5,
    /// Read back past the cache, proven.
    PastTheCache = 6,
    /// Read back by another host later.
    AnotherHost = 7,
}

impl From<Option<mhl_core::Grade>> for Grade {
    fn from(grade: Option<mhl_core::Grade>) -> Self {
        use mhl_core::Grade as Core;
        match grade {
            Some(Core::SizeOnly) => Grade::SizeOnly,
            Some(Core::Inherited) => Grade::Inherited,
            Some(Core::InFlight) => Grade::InFlight,
            Some(Core::ObjectStore) => Grade::ObjectStore,
            Some(Core::ThroughTheCache) => Grade::ThroughTheCache,
            Some(Core::PastTheCache) => Grade::PastTheCache,
            Some(Core::AnotherHost) => Grade::AnotherHost,
            _ => Grade::None,
        }
    }
}

/// One copy of a roll: made by an offload, or read by a verification. Set `struct_size` before it is
/// filled. Its texts belong to the report.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ReportCopy {
    /// `sizeof(mhl_copy)`.
    pub struct_size: usize,
    /// Its root folder, absolute. Bytes that are no UTF-8 are escaped as `\xHH`.
    pub root: Text,
    /// The file system that it stands on: `fs:UUID` where the system tells one, otherwise
    /// `dev:MAJOR:MINOR`, which only tells two places of one report apart; or absent.
    pub device: Text,
    /// The copy in one word.
    pub outcome: Outcome,
    /// How strong the evidence is.
    pub grade: Grade,
    /// 1 when every listed file is there, was read and held, and nothing was left out; else 0.
    pub complete: u32,
    /// How it is known: what was done past the cache, or why it could not be.
    pub proof: Text,
    /// The digests that were compared, each for every file: their names with a space between; absent
    /// where none was.
    pub algorithms: Text,
    /// The list at its root, relative to it; absent when none was written.
    pub manifest: Text,
    /// The list's format.
    pub manifest_format: Format,
    /// Media Hash Lists at its root; a history counts as one.
    pub manifests_at_root: u32,
    /// C4 of the list's bytes; absent without a list.
    pub manifest_c4: Text,
    /// The state of the history with this generation, as `GENERATIONS:C4`: keep it elsewhere and
    /// give it to a later verification. Absent for a list by itself.
    pub pin: Text,
    /// Files whose every comparable digest held.
    pub verified: u64,
    /// Files with a wrong size or digest.
    pub mismatched: u64,
    /// Files listed and absent.
    pub missing: u64,
    /// Files present and not listed.
    pub unlisted: u64,
    /// Files that could not be read, written or represented.
    pub unreadable: u64,
    /// Files with nothing to compare.
    pub unproven: u64,
    /// Files that stand there with their sizes and were not read.
    pub unread: u64,
    /// Findings that are warnings.
    pub warnings: u64,
    /// Every other finding that is a fault.
    pub faults: u64,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are absent texts, nothing, and what is unknown. C
// never fills it.
unsafe impl StructSize for ReportCopy {
    const NAME: &'static str = "mhl_copy";
}

/// What is said of a copy and stands in the report in another form.
#[derive(Debug)]
pub(super) struct CopySayings {
    algorithms: Option<String>,
    pin: Option<String>,
}

impl CopySayings {
    pub(super) fn of(copy: &mhl_core::CopyReport) -> Self {
        let pin = copy.manifest.as_ref().and_then(|list| list.pin);
        CopySayings {
            algorithms: (!copy.algorithms.is_empty()).then(|| copy.algorithms.join(" ")),
            pin: pin.map(|pin| pin.to_string()),
        }
    }
}

fn format_named(name: &str) -> Format {
    let known = [mhl_core::Format::Classic, mhl_core::Format::Asc];
    known.into_iter().find(|format| format.name() == name).map_or(Format::Unknown, Format::from)
}

impl ReportCopy {
    fn of(copy: &mhl_core::CopyReport, sayings: &CopySayings) -> Self {
        let (list, counts) = (copy.manifest.as_ref(), &copy.counts);
        ReportCopy {
            struct_size: size_of::<ReportCopy>(),
            root: Text::of(&copy.place.path),
            device: Text::of_optional(copy.place.device.as_deref()),
            outcome: copy.status.into(),
            grade: copy.grade.into(),
            complete: u32::from(copy.complete),
            proof: Text::of(&copy.proof),
            algorithms: Text::of_optional(sayings.algorithms.as_deref()),
            manifest: Text::of_optional(list.map(|list| list.path.as_str())),
            manifest_format: list.map_or(Format::Unknown, |list| format_named(&list.format)),
            manifests_at_root: list.map_or(0, |list| list.at_root),
            manifest_c4: Text::of_optional(list.map(|list| list.c4.as_str())),
            pin: Text::of_optional(sayings.pin.as_deref()),
            verified: counts.verified,
            mismatched: counts.mismatched,
            missing: counts.missing,
            unlisted: counts.new,
            unreadable: counts.unreadable,
            unproven: counts.unproven,
            unread: counts.unread,
            warnings: counts.warnings,
            faults: counts.faults,
        }
    }
}

/// Writes the copy at an index, from 0: those of an offload in the order of its destinations, of a
/// seal or verification the one roll. Set `copy->struct_size` before. Its texts are gone with the
/// report.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_summary.copies`;
/// `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `report` is NULL or a report that was not freed; `copy` is NULL or a struct whose `struct_size`
/// is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_report_copy(
    report: *const Report,
    index: u64,
    copy: *mut ReportCopy,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (report, output) = (lent(report, "report")?, to_fill(copy)?);
            let found = item(&report.engines().copies, index, "copy")?;
            output.write(ReportCopy::of(found, item(&report.sayings, index, "copy")?));
            Ok(())
        })
    }
}
