//! How much of everything a document may hold.

/// Limits of a document, so that a hostile one fails early and in bounded memory.
///
/// The defaults lie far above what any card or facility produces. Build on them:
///
/// ```
/// use mhl_core::Limits;
///
/// let limits = Limits { bytes: 64 << 20, ..Limits::default() };
/// assert_eq!(limits.depth, 64);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Bytes of the document as stored. Default: 16 GiB.
    pub bytes: u64,
    /// Bytes of one tag, comment, or run of text. Default: 4 MiB.
    pub text_len: usize,
    /// Bytes of one element that is kept because the format does not define it. Default: 64 MiB.
    pub fragment_len: usize,
    /// Bytes of the name of an element or attribute. Default: 1 KiB.
    pub name_len: usize,
    /// Attributes of one element, namespace declarations included; and namespace declarations in
    /// scope. Default: 64.
    pub attributes: usize,
    /// Elements within elements. Default: 64.
    pub depth: usize,
    /// Entries, references and generations. Default: 50 million.
    pub entries: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            bytes: 16 << 30,
            text_len: 4 << 20,
            fragment_len: 64 << 20,
            name_len: 1 << 10,
            attributes: 64,
            depth: 64,
            entries: 50_000_000,
        }
    }
}
