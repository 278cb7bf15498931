//! The elements of an ASC manifest, read one by one.

use std::io::BufRead;

use mhl_hash::HashValue;

use crate::{
    Action, Author, DirectoryEntry, Extra, FileEntry, Finding, FindingKind, Fragment, Header,
    Process, ReadError, ReadErrorKind, RecordedHash, Reference, RelativePath, RootHash, Timestamp,
    read::{Document, keep, keep_at, once, push_hash, read_size},
    xml::{Child, cut, trim_space},
};

pub(super) fn read_creator<R: BufRead>(
    document: &mut Document<R>,
    header: &mut Header,
) -> Result<(), ReadError> {
    const CHILDREN: [&str; 6] =
        ["creationdate", "hostname", "tool", "author", "location", "comment"];
    let Header { created, creator, extra, .. } = header;
    document.keep_attributes("creatorinfo", extra)?;
    loop {
        match document.xml.child("creatorinfo")? {
            Child::End => return Ok(()),
            Child::Remark(xml) => extra.keep(Fragment { element: "creatorinfo", xml }),
            Child::Element => match document.which(&CHILDREN) {
                None => {
                    let kept = document.unknown("creatorinfo")?;
                    extra.keep(kept);
                }
                Some("creationdate") => {
                    let time = document.time("creationdate", extra)?;
                    once(created, time, "creationdate", document)?;
                }
                Some("author") => creator.authors.push(read_author(document)?),
                Some("tool") => {
                    let mut version = None;
                    let unknown = document.attributes("tool", |name, value| {
                        let known = name == "version";
                        if known {
                            version = Some(value.to_owned());
                        }
                        Ok(known)
                    })?;
                    keep("tool", unknown, extra);
                    creator.tool_version = version;
                    let tool = document.xml.text("tool")?.to_owned();
                    once(&mut creator.tool, tool, "tool", document)?;
                }
                Some(element) => {
                    let slot = match element {
                        "hostname" => &mut creator.hostname,
                        "location" => &mut creator.location,
                        _ => &mut creator.comment,
                    };
                    let value = document.value(element, extra)?;
                    once(slot, value, element, document)?;
                }
            },
        }
    }
}

fn read_author<R: BufRead>(document: &mut Document<R>) -> Result<Author, ReadError> {
    let mut author = Author::default();
    let unknown = document.attributes("author", |name, value| {
        let slot = match name {
            "email" => &mut author.email,
            "phone" => &mut author.phone,
            "role" => &mut author.role,
            _ => return Ok(false),
        };
        *slot = Some(value.to_owned());
        Ok(true)
    })?;
    keep("author", unknown, &mut author.extra);
    author.name = document.xml.text("author")?.to_owned();
    Ok(author)
}

pub(super) fn read_process<R: BufRead>(
    document: &mut Document<R>,
    header: &mut Header,
) -> Result<(), ReadError> {
    document.keep_attributes("processinfo", &mut header.extra)?;
    let mut ignore = None;
    loop {
        match document.xml.child("processinfo")? {
            Child::End => {
                header.ignore = ignore.unwrap_or_default();
                return Ok(());
            }
            Child::Remark(xml) => {
                header.extra.keep(Fragment { element: "processinfo", xml });
            }
            Child::Element => match document.which(&["process", "roothash", "ignore"]) {
                Some("process") => {
                    let word = document.value("process", &mut header.extra)?;
                    let process = Process::parse(trim_space(&word));
                    if let Process::Unknown(word) = &process {
                        let note = format!("unknown process {:?}, kept", cut(word));
                        document.note(FindingKind::Nonconforming, note);
                    }
                    once(&mut header.process, process, "process", document)?;
                }
                Some("roothash") => {
                    document.keep_attributes("roothash", &mut header.extra)?;
                    let mut root = RootHash::default();
                    let mut pair = Pair::default();
                    loop {
                        match document.xml.child("roothash")? {
                            Child::End => break,
                            Child::Remark(xml) => {
                                let remark = Fragment { element: "roothash", xml };
                                header.extra.keep(remark);
                            }
                            Child::Element => {
                                if !pair.read(document, &mut header.extra)? {
                                    let kept = document.unknown("roothash")?;
                                    header.extra.keep(kept);
                                }
                            }
                        }
                    }
                    (root.content, root.structure) = pair.finish();
                    once(&mut header.root_hash, root, "roothash", document)?;
                }
                Some(_) => {
                    document.keep_attributes("ignore", &mut header.extra)?;
                    let patterns = read_ignore(document, &mut header.extra)?;
                    once(&mut ignore, patterns, "ignore", document)?;
                }
                None => {
                    let kept = document.unknown("processinfo")?;
                    header.extra.keep(kept);
                }
            },
        }
    }
}

fn read_ignore<R: BufRead>(
    document: &mut Document<R>,
    extra: &mut Extra,
) -> Result<Vec<String>, ReadError> {
    let mut patterns = Vec::new();
    loop {
        match document.xml.child("ignore")? {
            Child::End => return Ok(patterns),
            Child::Remark(xml) => extra.keep(Fragment { element: "ignore", xml }),
            Child::Element if document.which(&["pattern"]).is_some() => {
                let unknown = document.attributes("pattern", |_, _| Ok(false))?;
                keep_at("pattern", patterns.len(), unknown, extra);
                document.count()?;
                patterns.push(document.xml.text("pattern")?.to_owned());
            }
            Child::Element => {
                let kept = document.unknown("ignore")?;
                extra.keep(kept);
            }
        }
    }
}

/// The `content` and `structure` of a directory hash.
#[derive(Default)]
struct Pair {
    content: Option<Vec<RecordedHash>>,
    structure: Option<Vec<RecordedHash>>,
}

impl Pair {
    /// Reads the element that began last if it is one of the two.
    fn read<R: BufRead>(
        &mut self,
        document: &mut Document<R>,
        extra: &mut Extra,
    ) -> Result<bool, ReadError> {
        let Some(element) = document.which(&["content", "structure"]) else { return Ok(false) };
        document.keep_attributes(element, extra)?;
        let mut hashes = Vec::new();
        loop {
            match document.xml.child(element)? {
                Child::End => break,
                Child::Remark(xml) => extra.keep(Fragment { element, xml }),
                Child::Element => {
                    let hash = read_digest(document, element, extra)?;
                    push_hash(&mut hashes, hash);
                }
            }
        }
        hashes.sort_by_key(RecordedHash::rank);
        let slot = match element {
            "content" => &mut self.content,
            _ => &mut self.structure,
        };
        once(slot, hashes, element, document)?;
        Ok(true)
    }

    fn finish(self) -> (Vec<RecordedHash>, Vec<RecordedHash>) {
        (self.content.unwrap_or_default(), self.structure.unwrap_or_default())
    }
}

fn read_digest<R: BufRead>(
    document: &mut Document<R>,
    parent: &'static str,
    extra: &mut Extra,
) -> Result<Option<RecordedHash>, ReadError> {
    let Some(element) = document.digest_element() else {
        return document.unknown_digest(parent, extra);
    };
    let (mut action, mut date, mut structure) = (None, None, None);
    let hash = document.digest(element, |name, value| {
        match name {
            "action" => action = Some(Action::parse(value)),
            "hashdate" => date = Some(Timestamp::parse(value)?),
            // The schema has it, and nothing says what it means: kept without a warning.
            "structure" => structure = Some(("structure".into(), value.into())),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    if let Some(Action::Unknown(word)) = &action {
        let note = format!("unknown action {:?}, kept and never compared against", cut(word));
        document.note(FindingKind::Nonconforming, note);
    }
    if let Some(date) = &date {
        document.note_zone(date);
    }
    Ok(hash.map(|mut hash| {
        (hash.action, hash.date) = (action, date);
        hash.attributes.extend(structure);
        hash
    }))
}

/// The attributes of the `path` element that began last, and what of them is unknown.
fn read_path_attributes<R: BufRead>(
    document: &mut Document<R>,
    entry: &mut FileEntry,
    sized: bool,
) -> Result<(), ReadError> {
    let mut plain = true;
    let unknown = document.attributes("path", |name, value| {
        match name {
            "size" if sized => plain = read_size(entry, value)?,
            "creationdate" => entry.created = Some(Timestamp::parse(value)?),
            "lastmodificationdate" => entry.modified = Some(Timestamp::parse(value)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    keep("path", unknown, &mut entry.extra);
    if !plain {
        document.note(FindingKind::Spelling, "sizes that are no plain digits".to_owned());
    }
    for time in [&entry.created, &entry.modified].into_iter().flatten() {
        document.note_zone(time);
    }
    Ok(())
}

/// Warns once of children that stand in another order than the schema's.
fn note_order<R: BufRead>(
    document: &mut Document<R>,
    parent: &str,
    place: &mut u8,
    element: Option<&str>,
) {
    let rank = match element {
        Some("path") => 1,
        Some("content") => 2,
        Some("structure") => 3,
        Some("previousPath") => 4,
        Some("metadata") => 5,
        _ if document.digest_element().is_some() => 2,
        _ => *place,
    };
    if rank < *place {
        let note = format!("the children of <{parent}> stand in another order than the schema's");
        document.note(FindingKind::Nonconforming, note);
    }
    *place = rank;
}

pub(super) fn read_file<R: BufRead>(document: &mut Document<R>) -> Result<FileEntry, ReadError> {
    let mut entry = FileEntry::new(RelativePath::unread(), None);
    document.keep_attributes("hash", &mut entry.extra)?;
    let (mut path, mut place) = (None, 0);
    loop {
        match document.xml.child("hash")? {
            Child::End => break,
            Child::Remark(xml) => {
                entry.extra.keep(Fragment { element: "hash", xml });
                continue;
            }
            Child::Element => {}
        }
        let element = document.which(&["path", "previousPath", "metadata"]);
        note_order(document, "hash", &mut place, element);
        match element {
            Some("path") => {
                read_path_attributes(document, &mut entry, true)?;
                let value = document.path_value("path")?;
                once(&mut path, value, "path", document)?;
            }
            Some("previousPath") => {
                document.keep_attributes("previousPath", &mut entry.extra)?;
                let value = document.path_value("previousPath")?;
                once(&mut entry.previous_path, value, "previousPath", document)?;
            }
            Some(_) => {
                let xml = document.xml.fragment()?.xml;
                entry.extra.keep(Fragment { element: "hash", xml });
            }
            None => {
                let hash = read_digest(document, "hash", &mut entry.extra)?;
                push_hash(&mut entry.hashes, hash);
            }
        }
    }
    entry.hashes.sort_by_key(RecordedHash::rank);
    entry.extra.settle();
    let missing = ReadErrorKind::Missing { element: "hash", missing: "<path>" };
    entry.path = path.ok_or_else(|| document.xml.at_element(missing))?;
    if entry.hashes.is_empty() {
        let note = "the entry has no digest";
        let finding = Finding::new(FindingKind::Nonconforming, entry.path.as_str());
        document.find(finding.noting(note));
    } else if entry.hashes.iter().any(|hash| hash.action.is_none()) {
        let note = "digests of files without an `action`";
        document.note(FindingKind::Nonconforming, note.to_owned());
    }
    Ok(entry)
}

pub(super) fn read_directory<R: BufRead>(
    document: &mut Document<R>,
) -> Result<DirectoryEntry, ReadError> {
    // Path and times are read as those of a file.
    let mut entry = FileEntry::new(RelativePath::unread(), None);
    document.keep_attributes("directoryhash", &mut entry.extra)?;
    let (mut path, mut place) = (None, 0);
    let mut pair = Pair::default();
    loop {
        match document.xml.child("directoryhash")? {
            Child::End => break,
            Child::Remark(xml) => {
                entry.extra.keep(Fragment { element: "directoryhash", xml });
                continue;
            }
            Child::Element => {}
        }
        let element = document.which(&["path", "content", "structure", "previousPath", "metadata"]);
        note_order(document, "directoryhash", &mut place, element);
        match element {
            Some("path") => {
                read_path_attributes(document, &mut entry, false)?;
                let value = document.path_value("path")?;
                once(&mut path, value, "path", document)?;
            }
            Some("content" | "structure") => {
                pair.read(document, &mut entry.extra)?;
            }
            Some("previousPath") => {
                document.keep_attributes("previousPath", &mut entry.extra)?;
                let value = document.path_value("previousPath")?;
                once(&mut entry.previous_path, value, "previousPath", document)?;
            }
            Some(_) => {
                let xml = document.xml.fragment()?.xml;
                entry.extra.keep(Fragment { element: "directoryhash", xml });
            }
            None => {
                let kept = document.unknown("directoryhash")?;
                entry.extra.keep(kept);
            }
        }
    }
    let missing = ReadErrorKind::Missing { element: "directoryhash", missing: "<path>" };
    let mut directory = DirectoryEntry::new(path.ok_or_else(|| document.xml.at_element(missing))?);
    directory.created = entry.created;
    directory.modified = entry.modified;
    directory.previous_path = entry.previous_path;
    directory.extra = entry.extra;
    directory.extra.settle();
    (directory.content, directory.structure) = pair.finish();
    Ok(directory)
}

pub(super) fn read_reference<R: BufRead>(
    document: &mut Document<R>,
) -> Result<Reference, ReadError> {
    let mut extra = Extra::default();
    document.keep_attributes("hashlistreference", &mut extra)?;
    let (path, c4) = read_path_and_c4(document, "hashlistreference", &mut extra)?;
    extra.settle();
    Ok(Reference { path, c4, extra })
}

/// The two children of a reference and of a chain's `hashlist`.
pub(super) fn read_path_and_c4<R: BufRead>(
    document: &mut Document<R>,
    parent: &'static str,
    extra: &mut Extra,
) -> Result<(RelativePath, HashValue), ReadError> {
    let (mut path, mut c4) = (None, None);
    loop {
        match document.xml.child(parent)? {
            Child::End => break,
            Child::Remark(xml) => extra.keep(Fragment { element: parent, xml }),
            Child::Element => match document.which(&["path", "c4"]) {
                Some("path") => {
                    document.keep_attributes("path", extra)?;
                    let value = document.path_value("path")?;
                    once(&mut path, value, "path", document)?;
                }
                Some(_) => {
                    document.keep_attributes("c4", extra)?;
                    let value = HashValue::from_c4(trim_space(document.xml.text("c4")?));
                    let value = value.map_err(|error| document.xml.at_value(error))?;
                    once(&mut c4, value, "c4", document)?;
                }
                None => {
                    let kept = document.unknown(parent)?;
                    extra.keep(kept);
                }
            },
        }
    }
    let missing =
        |missing| document.xml.at_element(ReadErrorKind::Missing { element: parent, missing });
    Ok((path.ok_or_else(|| missing("<path>"))?, c4.ok_or_else(|| missing("<c4>"))?))
}
