//! What stands before the entries of a list.

use std::ffi::c_char;

use mhl_core::{Author, Creator, Header, RecordedHash, RootHash};

use crate::{
    Digest, Error, Format, Process, Text, Time,
    boundary::arguments::{StructSize, elements, item, optional_text, texts},
    manifest::word,
};

/// What stands before the entries of a list. Its texts belong to what it was read from; each is
/// absent where the list does not say.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ListHeader {
    /// `sizeof(mhl_list_header)`. Set it before it is filled.
    pub struct_size: usize,
    /// Which format.
    pub format: Format,
    /// In which process it was made (ASC MHL).
    pub process: Process,
    /// The word for that, known or not.
    pub process_word: Text,
    /// The version of the format.
    pub version: Text,
    /// When the list was made.
    pub created: Time,
    /// When the work began (classic).
    pub started: Time,
    /// When the work ended (classic).
    pub finished: Time,
    /// Name of the program; in classic lists with its version.
    pub tool: Text,
    /// Version of the program (ASC MHL).
    pub tool_version: Text,
    /// Name of the computer.
    pub host: Text,
    /// Name of the account (classic).
    pub user: Text,
    /// What was read (classic).
    pub source: Text,
    /// The people who are named: one at most in a classic list.
    pub author_count: u64,
    /// The first of them.
    pub author_name: Text,
    /// Address for mail (ASC MHL).
    pub author_email: Text,
    /// Telephone number (ASC MHL).
    pub author_phone: Text,
    /// What the person does (ASC MHL).
    pub author_role: Text,
    /// Where it happened (ASC MHL).
    pub location: Text,
    /// A comment (ASC MHL).
    pub comment: Text,
    /// Ignore patterns (ASC MHL).
    pub ignore_count: u64,
    /// Hashes of the root of what the list is of (ASC MHL).
    pub root_hash_count: u64,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are nothing known and absent texts. C never fills it.
unsafe impl StructSize for ListHeader {
    const NAME: &'static str = "mhl_list_header";
}

impl From<&Header> for ListHeader {
    fn from(header: &Header) -> Self {
        let text = |text: &Option<String>| Text::of_optional(text.as_deref());
        let Creator { authors, .. } = &header.creator;
        let creator = &header.creator;
        let first = authors.first();
        let of_author = |part: fn(&Author) -> Option<&str>| Text::of_optional(first.and_then(part));
        let (author_count, author_name) = match (&creator.name, first) {
            (Some(name), None) => (1, Text::of(name)),
            (_, first) => {
                (authors.len() as u64, Text::of_optional(first.map(|author| &*author.name)))
            }
        };
        let pairs = |root: &RootHash| root.content.len() + root.structure.len();
        ListHeader {
            struct_size: size_of::<ListHeader>(),
            format: header.format.into(),
            process: header.process.as_ref().into(),
            process_word: Text::of_optional(
                header.process.as_ref().map(|process| process.as_str()),
            ),
            version: Text::of(&header.version),
            created: Time::of(header.created.as_ref()),
            started: Time::of(creator.started.as_ref()),
            finished: Time::of(creator.finished.as_ref()),
            tool: text(&creator.tool),
            tool_version: text(&creator.tool_version),
            host: text(&creator.hostname),
            user: text(&creator.username),
            source: text(&creator.source),
            author_count,
            author_name,
            author_email: of_author(|author| author.email.as_deref()),
            author_phone: of_author(|author| author.phone.as_deref()),
            author_role: of_author(|author| author.role.as_deref()),
            location: text(&creator.location),
            comment: text(&creator.comment),
            ignore_count: header.ignore.len() as u64,
            root_hash_count: header.root_hash.as_ref().map_or(0, pairs) as u64,
        }
    }
}

/// The ignore pattern at an index.
pub(crate) fn ignored(header: &Header, index: u64) -> Result<Text, Error> {
    Ok(Text::of(item(&header.ignore, index, "pattern")?))
}

/// What a list that is written begins with. Zero it, set `struct_size` and `format`, then what is to
/// be said: what is NULL or zero is left out, though the schema of the format may ask for it.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct NewHeader {
    /// `sizeof(mhl_new_header)`.
    pub struct_size: usize,
    /// An `mhl_format`.
    pub format: u32,
    /// An `mhl_process`, for ASC MHL; 0 for none.
    pub process: u32,
    /// When the list is made.
    pub created: Time,
    /// When the work began (classic).
    pub started: Time,
    /// When the work ended (classic).
    pub finished: Time,
    /// Name of the program, in a classic list with its version: NUL-terminated UTF-8, as every text
    /// here.
    pub tool: *const c_char,
    /// Version of the program (ASC MHL).
    pub tool_version: *const c_char,
    /// Name of the computer.
    pub host: *const c_char,
    /// Name of the account (classic).
    pub user: *const c_char,
    /// The person whom the list names.
    pub author_name: *const c_char,
    /// Ignore patterns (ASC MHL).
    pub ignore: *const *const c_char,
    /// How many.
    pub ignore_len: usize,
    /// The hash of the root's content in each algorithm (ASC MHL).
    pub root_content: *const Digest,
    /// That of its structure in each, as many.
    pub root_structure: *const Digest,
    /// How many algorithms.
    pub root_hashes_len: usize,
}

// SAFETY: `repr(C)`, `struct_size` first; numbers, and pointers that may be anything until they are
// used.
unsafe impl StructSize for NewHeader {
    const NAME: &'static str = "mhl_new_header";
}

impl NewHeader {
    /// # Safety
    /// The texts are NULL or NUL-terminated, the array as long as is said.
    pub(crate) unsafe fn read(&self) -> Result<Header, Error> {
        let mut header = Header::new(word::format(self.format, "mhl_new_header.format")?);
        if self.process != 0 {
            header.process = Some(word::process(self.process, "mhl_new_header.process")?);
        }
        header.created = self.created.read("mhl_new_header.created")?;
        header.creator.started = self.started.read("mhl_new_header.started")?;
        header.creator.finished = self.finished.read("mhl_new_header.finished")?;
        let creator = &mut header.creator;
        let mut author = None;
        let said = [
            (&mut creator.tool, self.tool, "mhl_new_header.tool"),
            (&mut creator.tool_version, self.tool_version, "mhl_new_header.tool_version"),
            (&mut creator.hostname, self.host, "mhl_new_header.host"),
            (&mut creator.username, self.user, "mhl_new_header.user"),
            (&mut author, self.author_name, "mhl_new_header.author_name"),
        ];
        for (to, text, name) in said {
            // SAFETY: NULL or NUL-terminated, as the caller promises.
            *to = unsafe { optional_text(text, name) }?.map(str::to_owned);
        }
        match header.format {
            mhl_core::Format::Classic => creator.name = author,
            _ => creator.authors.extend(author.map(Author::new)),
        }
        let name = "mhl_new_header.ignore";
        // SAFETY: as the caller promises.
        let patterns = unsafe { texts(self.ignore, self.ignore_len, name) }?;
        header.ignore = patterns.into_iter().map(str::to_owned).collect();
        if self.root_hashes_len > 0 {
            let hashes = |digests, name| {
                // SAFETY: as the caller promises.
                unsafe { recorded(header.format, digests, self.root_hashes_len, name) }
            };
            let content = hashes(self.root_content, "mhl_new_header.root_content")?;
            let structure = hashes(self.root_structure, "mhl_new_header.root_structure")?;
            header.root_hash = Some(RootHash::new(content, structure));
        }
        Ok(header)
    }
}

/// Digests of an array, as a list of a format records them.
///
/// # Safety
/// `digests` is NULL or points to `count` digests.
pub(crate) unsafe fn recorded(
    format: mhl_core::Format,
    digests: *const Digest,
    count: usize,
    name: &str,
) -> Result<Vec<RecordedHash>, Error> {
    // SAFETY: as the caller promises.
    let digests = unsafe { elements(digests, count, name) }?;
    digests.iter().map(|digest| Ok(RecordedHash::new(format, digest.value()?))).collect()
}
