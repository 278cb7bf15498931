//! Camera, sound and script reports as far as they name clips.

use crate::{
    attestation::{Paper, Party},
    roll::RollId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The clips that a camera, sound or script report names. Each has to stand in the list of one of the
/// rolls that the report is about: what was shot and is in no list was not copied.
///
/// A clip stands in a list where a file or folder has its name, alone or with more behind it that does
/// not begin with a letter or digit: `A001C001` is `A001C001_260305_R1AB.mxf`, and not
/// `A001C0010.mxf`. Upper and lower case are the same. A clip that is named with a `/` is the path of a
/// file. Where a sidecar bears the clip's name, naming the clip with its extension asks for the file.
///
/// ```
/// use mhl_policy::ClipReport;
///
/// assert!(ClipReport::names("A001C001", "Clips/A001C001_260305_R1AB.mxf"));
/// assert!(ClipReport::names("a001c001", "A001C001.RDC/A001C001_001.R3D"));
/// assert!(!ClipReport::names("A001C001", "Clips/A001C0010.mxf"));
/// assert!(!ClipReport::names("A001C001.mxf", "Clips/A001C001.xml"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ClipReport {
    /// The rolls that it is about.
    pub rolls: BTreeSet<RollId>,
    /// Which report it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<Paper>,
    /// Whose report it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Party>,
    /// The clips that it names. One that is in no list is open until a
    /// [`Resolution`](crate::Resolution) names it, as a clip that was never shot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clips: Option<BTreeSet<String>>,
}

impl ClipReport {
    /// A report about these rolls that names these clips.
    #[must_use]
    pub fn new<R: Into<RollId>, C: Into<String>>(
        paper: Paper,
        rolls: impl IntoIterator<Item = R>,
        clips: impl IntoIterator<Item = C>,
    ) -> Self {
        ClipReport {
            rolls: rolls.into_iter().map(Into::into).collect(),
            paper: Some(paper),
            by: None,
            clips: Some(clips.into_iter().map(Into::into).collect()),
        }
    }

    /// Whether a clip's name is that of a file, or of a folder around it.
    #[must_use]
    pub fn names(clip: &str, path: &str) -> bool {
        if clip.contains('/') {
            return clip.eq_ignore_ascii_case(path);
        }
        path.split('/').any(|name| {
            let (head, rest) = match (name.get(..clip.len()), name.get(clip.len()..)) {
                (Some(head), Some(rest)) if !clip.is_empty() => (head, rest),
                _ => return false,
            };
            head.eq_ignore_ascii_case(clip) && !rest.starts_with(char::is_alphanumeric)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clip_is_no_clip_that_begins_like_it() {
        for (clip, path, is) in [
            ("A001C001", "A001C001.mxf", true),
            ("A001C001", "XDROOT/Clip/A001C001.MXF", true),
            ("A001C001", "A001C001_260305/frame.0000001.ari", true),
            ("A001C001", "A001C0012.mxf", false),
            ("A001C001", "A001C001A.mxf", false),
            ("A001C001", "XA001C001.mxf", false),
            ("A001C001", "A001C00", false),
            ("A001C001.mxf", "A001C001.mxf", true),
            ("A001C001.mxf", "A001C001.mxf.md5", true),
            ("Clips/A001C001.mxf", "clips/a001c001.mxf", true),
            ("Clips/A001C001", "Clips/A001C001.mxf", false),
            ("A001Ä", "A001Ä.wav", true),
            ("A001", "A001é.wav", false),
            ("", "A001C001.mxf", false),
        ] {
            assert_eq!(ClipReport::names(clip, path), is, "{clip} {path}");
        }
    }
}
