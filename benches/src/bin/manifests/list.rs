//! The lists that are read and written.

use std::fmt::Write as _;

/// A classic list as this crate writes it: paths of 40 characters, and XXH64.
pub(crate) fn classic(entries: usize) -> String {
    let mut list = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<hashlist version=\"1.1\">\n  <creatorinfo>\n    \
         <username>dit</username>\n    <hostname>cart</hostname>\n    <tool>mhl</tool>\n    \
         <startdate>2026-11-22T14:30:00Z</startdate>\n    \
         <finishdate>2026-11-22T14:31:00Z</finishdate>\n  </creatorinfo>\n",
    );
    for at in 0..entries {
        write!(
            list,
            "  <hash>\n    <file>{}</file>\n    \
             <size>{}</size>\n    <lastmodificationdate>2026-11-22T09:00:00Z</lastmodificationdate>\n    \
             <xxhash64be>{:016x}</xxhash64be>\n    <hashdate>2026-11-22T14:30:30Z</hashdate>\n  \
             </hash>\n",
            clip(at),
            at * 4096,
            digest(at),
        )
        .unwrap();
    }
    list.push_str("</hashlist>\n");
    list
}

/// An ASC manifest of one generation over the same clips.
pub(crate) fn asc(entries: usize, action: &str) -> String {
    let mut list = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<hashlist version=\"2.0\" \
         xmlns=\"urn:ASC:MHL:v2.0\">\n  <creatorinfo>\n    \
         <creationdate>2026-11-22T14:30:00+00:00</creationdate>\n    <hostname>cart</hostname>\n    \
         <tool version=\"1\">mhl</tool>\n  </creatorinfo>\n  <processinfo>\n    \
         <process>in-place</process>\n  </processinfo>\n  <hashes>\n",
    );
    for at in 0..entries {
        write!(
            list,
            "    <hash>\n      <path size=\"{}\" \
             lastmodificationdate=\"2026-11-22T09:00:00+00:00\">{}</path>\n      \
             <xxh64 action=\"{action}\" hashdate=\"2026-11-22T14:30:30+00:00\">{:016x}</xxh64>\n    \
             </hash>\n",
            at * 4096,
            clip(at),
            digest(at),
        )
        .unwrap();
    }
    list.push_str("  </hashes>\n</hashlist>\n");
    list
}

fn clip(at: usize) -> String {
    let roll = at / 1000;
    format!("Clips/A{roll:03}R1AB/A{roll:03}C{at:08}_261122_R1AB.mxf")
}

fn digest(at: usize) -> u64 {
    (at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
