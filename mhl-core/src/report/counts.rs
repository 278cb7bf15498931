//! What a report counts, and what that amounts to.

use serde::{Deserialize, Serialize};

use super::{FindingKind, Status};

/// Findings and work, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Counts {
    /// Files listed.
    pub files: u64,
    /// Bytes read and hashed.
    pub bytes: u64,
    /// Files whose every comparable digest held.
    pub verified: u64,
    /// Files with a wrong size or digest.
    pub mismatched: u64,
    /// Files listed and absent.
    pub missing: u64,
    /// Files present and not listed.
    pub new: u64,
    /// Files that could not be read, written or represented.
    pub unreadable: u64,
    /// Files with nothing to compare.
    pub unproven: u64,
    /// Listed files that stand there with their sizes and were not read: only a portion was asked
    /// for, or the work ended before their turn.
    #[serde(default)]
    pub unread: u64,
    /// Findings that are warnings.
    pub warnings: u64,
    /// Every other finding that is a fault: of the history, the chain, the device.
    #[serde(default)]
    pub faults: u64,
    /// Files of the operating system's litter, passed over.
    #[serde(default)]
    pub litter: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, more: Self) {
        // Whoever adds a count adds it here.
        let Counts {
            files,
            bytes,
            verified,
            mismatched,
            missing,
            new,
            unreadable,
            unproven,
            unread,
            warnings,
            faults,
            litter,
        } = more;
        self.files += files;
        self.bytes += bytes;
        self.verified += verified;
        self.mismatched += mismatched;
        self.missing += missing;
        self.new += new;
        self.unreadable += unreadable;
        self.unproven += unproven;
        self.unread += unread;
        self.warnings += warnings;
        self.faults += faults;
        self.litter += litter;
    }
}

impl Counts {
    /// Counts one finding under its kind.
    pub fn add(&mut self, kind: FindingKind) {
        use FindingKind::*;
        match kind {
            HashMismatch | SizeMismatch => self.mismatched += 1,
            MissingFile => self.missing += 1,
            NewFile => self.new += 1,
            UnreadableFile | SourceChanged | WriteFailed | NameTaken => self.unreadable += 1,
            Unproven => {
                self.unproven += 1;
                self.warnings += 1;
            }
            kind if kind.is_fault() => self.faults += 1,
            _ => self.warnings += 1,
        }
    }

    /// What the counts amount to. Nothing listed, nothing verified, or anything unproven is
    /// never [`Status::Verified`].
    #[must_use]
    pub fn status(&self) -> Status {
        let faults = self.mismatched + self.missing + self.new + self.unreadable + self.faults;
        if faults > 0 {
            Status::Failed
        } else if self.unproven > 0 || self.files == 0 || self.verified < self.files {
            Status::Unproven
        } else {
            Status::Verified
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_63_nothing_is_never_verified() {
        let mut counts = Counts::default();
        assert_eq!(counts.status(), Status::Unproven);
        counts.files = 1;
        assert_eq!(counts.status(), Status::Unproven, "listed and not verified");
        counts.verified = 1;
        assert_eq!(counts.status(), Status::Verified);
        counts.add(FindingKind::Unproven);
        assert_eq!(counts.status(), Status::Unproven);
        counts.add(FindingKind::NewFile);
        assert_eq!(counts.status(), Status::Failed);
    }
}
