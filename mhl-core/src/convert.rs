//! A manifest of one format said in the other, and what cannot be said there.

use std::fmt;

use serde::Serialize;

use crate::{
    Action, Author, Creator, Entry, FileEntry, Format, Header, Manifest, RecordedHash, Timestamp,
    escape_for_display,
};

/// A manifest in another format.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conversion {
    /// All that the format can hold.
    pub manifest: Manifest,
    /// What it cannot hold, and what it asks for and was not there; in the order of the document.
    pub losses: Vec<Loss>,
}

/// Something that a conversion could not carry over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Loss {
    /// Whether it went, came out otherwise, or is not there.
    pub kind: LossKind,
    /// The entry's path; empty for the manifest itself.
    pub path: String,
    /// What: the name of an element or attribute, and its value where that is short.
    pub what: String,
}

/// How something was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LossKind {
    /// The format has no place for it.
    Dropped,
    /// It was carried over, and says less or something else there.
    Altered,
    /// The format asks for it, and it was not known: it is left out, not invented.
    Absent,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            LossKind::Dropped => "dropped",
            LossKind::Altered => "altered",
            LossKind::Absent => "absent",
        };
        let what = escape_for_display(&self.what);
        match self.path.as_str() {
            "" => write!(f, "{kind}: {what}"),
            path => write!(f, "{kind}: {what} of {}", escape_for_display(path)),
        }
    }
}

impl Manifest {
    /// The same manifest in a format, and what that format cannot hold. In its own format it is
    /// the same, and nothing is lost.
    ///
    /// Into ASC every digest is `original`, for it is the first that the new history knows, with
    /// the entry's date; a classic log becomes the comment. Into classic a file whose digests all
    /// go keeps `null`, existence and size; what is labelled `failed` goes, for a classic list
    /// would vouch for it; a name with a backslash goes with its entry, for a classic list would
    /// make a folder of it. What neither format defines is kept in neither.
    ///
    /// ```
    /// use mhl_core::{Entry, FileEntry, Format, Header, LossKind, Manifest, RecordedHash, RelativePath};
    /// use mhl_hash::{Algorithm, Hasher};
    ///
    /// let mut list = Manifest::new(Header::new(Format::Classic));
    /// let mut clip = FileEntry::new(RelativePath::new("a.mov")?, Some(0));
    /// for algorithm in [Algorithm::Xxh32, Algorithm::Md5] {
    ///     clip.hashes.push(RecordedHash::new(Format::Classic, Hasher::new(algorithm).finish()));
    /// }
    /// list.entries.push(Entry::File(clip));
    /// let converted = list.converted_to(Format::Asc);
    /// assert_eq!(converted.manifest.files().next().unwrap().hashes.len(), 1);
    /// assert!(converted.losses.iter().any(|l| l.kind == LossKind::Dropped && l.path == "a.mov"));
    /// # Ok::<(), mhl_core::PathError>(())
    /// ```
    #[must_use]
    pub fn converted_to(&self, format: Format) -> Conversion {
        if self.format() == format {
            return Conversion { manifest: self.clone(), losses: Vec::new() };
        }
        let mut losses = Losses(Vec::new());
        let header = match format {
            Format::Classic => classic_header(&self.header, &mut losses),
            Format::Asc => asc_header(&self.header, &mut losses),
        };
        losses.extra("", &self.header.extra);
        let mut manifest = Manifest::new(header);
        for entry in &self.entries {
            let path = entry.path().as_str();
            match entry {
                Entry::Directory(_) => losses.dropped(path, "directoryhash"),
                Entry::File(_) if format == Format::Classic && path.contains('\\') => {
                    losses.dropped(path, "the entry, for the backslash in its name");
                }
                Entry::File(file) => {
                    manifest.entries.push(Entry::File(convert(file, format, &mut losses)));
                }
            }
        }
        for reference in &self.references {
            losses.dropped(reference.path.as_str(), "hashlistreference");
        }
        losses.extra("", &self.extra);
        Conversion { manifest, losses: losses.0 }
    }
}

struct Losses(Vec<Loss>);

impl Losses {
    fn add(&mut self, kind: LossKind, path: &str, what: impl Into<String>) {
        self.0.push(Loss { kind, path: path.to_owned(), what: what.into() });
    }

    fn dropped(&mut self, path: &str, what: impl Into<String>) {
        self.add(LossKind::Dropped, path, what);
    }

    /// Each of these that is there.
    fn dropped_if(&mut self, path: &str, parts: &[(&str, bool)]) {
        for (what, there) in parts {
            if *there {
                self.dropped(path, *what);
            }
        }
    }

    fn absent_if(&mut self, path: &str, parts: &[(&str, bool)]) {
        for (what, absent) in parts {
            if *absent {
                self.add(LossKind::Absent, path, *what);
            }
        }
    }

    fn extra(&mut self, path: &str, extra: &crate::Extra) {
        for attribute in extra.attributes() {
            let what = format!("the attribute {} of <{}>", attribute.name(), attribute.element());
            self.dropped(path, what);
        }
        for fragment in extra.fragments() {
            let begin: String = fragment.xml().chars().take(60).collect();
            self.dropped(path, format!("{begin} in <{}>", fragment.element()));
        }
    }
}

fn asc_header(old: &Header, losses: &mut Losses) -> Header {
    let from = &old.creator;
    let mut header = Header::new(Format::Asc);
    // When the list was made: what it says itself, or else when the work ended.
    header.created = old.created.clone().or_else(|| from.finished.clone());
    header.creator = Creator {
        hostname: from.hostname.clone(),
        tool: from.tool.clone(),
        comment: from.log.clone(),
        authors: from.name.iter().chain(&from.username).take(1).map(Author::new).collect(),
        ..Creator::default()
    };
    losses.dropped_if(
        "",
        &[
            ("username", from.name.is_some() && from.username.is_some()),
            ("source", from.source.is_some()),
            ("startdate", from.started.is_some()),
            ("finishdate", old.created.is_some() && from.finished.is_some()),
        ],
    );
    losses.absent_if(
        "",
        &[
            ("creationdate", header.created.is_none()),
            ("hostname", from.hostname.is_none()),
            ("tool", from.tool.is_none()),
            ("process", true),
        ],
    );
    header
}

fn classic_header(old: &Header, losses: &mut Losses) -> Header {
    let from = &old.creator;
    let mut header = Header::new(Format::Classic);
    header.created = old.created.clone();
    let version = from.tool_version.iter().map(|version| format!(" {version}")).collect::<String>();
    header.creator = Creator {
        name: from.authors.first().map(|author| author.name.clone()),
        hostname: from.hostname.clone(),
        tool: from.tool.as_ref().map(|tool| format!("{tool}{version}")),
        log: from.comment.clone(),
        ..Creator::default()
    };
    for (at, author) in from.authors.iter().enumerate() {
        if at > 0 {
            losses.dropped("", format!("author {}", author.name));
        }
        for (what, value) in
            [("email", &author.email), ("phone", &author.phone), ("role", &author.role)]
        {
            if value.is_some() {
                losses.dropped("", format!("{what} of author {}", author.name));
            }
        }
        losses.extra("", &author.extra);
    }
    losses.dropped_if(
        "",
        &[
            ("version of tool", from.tool.is_none() && from.tool_version.is_some()),
            ("location", from.location.is_some()),
            ("process", old.process.is_some()),
            ("roothash", old.root_hash.is_some()),
            ("ignore", !old.ignore.is_empty()),
        ],
    );
    losses.absent_if(
        "",
        &[
            ("username", true),
            ("hostname", from.hostname.is_none()),
            ("tool", from.tool.is_none()),
            ("startdate", true),
            ("finishdate", true),
        ],
    );
    header
}

fn convert(old: &FileEntry, format: Format, losses: &mut Losses) -> FileEntry {
    let path = old.path.as_str();
    let mut new = FileEntry::new(old.path.clone(), old.size);
    new.created = old.created.clone();
    new.modified = old.modified.clone();
    new.size_spelling = old.size_spelling.clone();
    for hash in &old.hashes {
        match convert_digest(hash, format, path, losses) {
            Some(mut hash) => {
                hash.date = old.hash_date.clone().filter(|_| format == Format::Asc);
                new.hashes.push(hash);
            }
            None => losses.dropped(path, format!("{} {}", hash.element(), hash.text())),
        }
    }
    new.hashes.sort_by_key(RecordedHash::rank);
    losses.dropped_if(
        path,
        &[
            ("referencehhashlist", old.reference),
            ("previousPath", old.previous_path.is_some()),
            ("hashdate", format == Format::Asc && old.hash_date.is_some() && new.hashes.is_empty()),
        ],
    );
    if format == Format::Classic {
        new.hash_date = latest(&old.hashes, path, losses);
        if new.hashes.is_empty() {
            new.hashes.push(RecordedHash::null());
        }
        losses.absent_if(
            path,
            &[
                ("size", old.size.is_none()),
                ("lastmodificationdate", old.modified.is_none()),
                ("hashdate", new.hash_date.is_none()),
            ],
        );
    } else {
        losses.absent_if(path, &[("digest", new.hashes.is_empty())]);
    }
    losses.extra(path, &old.extra);
    new
}

/// A digest as the format records it; `None` when it cannot.
fn convert_digest(
    old: &RecordedHash,
    format: Format,
    path: &str,
    losses: &mut Losses,
) -> Option<RecordedHash> {
    if old.is_failed() || old.element_in(format).is_none() {
        return None;
    }
    let mut new = match old.value() {
        Some(value) => RecordedHash::new(format, value),
        None => RecordedHash::unknown(format, old.element(), &old.text()),
    };
    match format {
        Format::Asc => {
            new.action = Some(Action::Original);
            if old.element() == "xxhash64" {
                // A classic reader takes either order, an ASC reader the one that we assume here.
                losses.add(
                    LossKind::Altered,
                    path,
                    format!("byte order of xxhash64 {}", old.text()),
                );
            }
        }
        Format::Classic => {
            let action = old.action.as_ref().filter(|action| **action != Action::Original);
            if let Some(action) = action {
                losses.dropped(path, format!("action {} of {}", action.as_str(), old.element()));
            }
        }
    }
    for (name, _) in &old.attributes {
        losses.dropped(path, format!("the attribute {name} of <{}>", old.element()));
    }
    Some(new)
}

/// The latest date of an entry's digests, of which a classic list has one.
fn latest(hashes: &[RecordedHash], path: &str, losses: &mut Losses) -> Option<Timestamp> {
    let dates = || hashes.iter().filter(|hash| !hash.is_failed()).filter_map(|h| h.date.as_ref());
    let latest = dates().max_by_key(|date| (date.unix_seconds(), date.nanoseconds()))?;
    for date in dates().filter(|date| *date != latest) {
        losses.add(LossKind::Altered, path, format!("hashdate {date}, now {latest}"));
    }
    Some(latest.clone())
}
