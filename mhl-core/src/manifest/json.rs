//! A manifest as JSON, for programs that do not link the library's types.

use serde::Serialize;

use super::{Author, Entry, Manifest, Reference};
use crate::{RecordedHash, Timestamp};

/// Everything but the entries.
#[derive(Serialize)]
struct Head<'a> {
    schema: &'static str,
    format: &'static str,
    version: &'a str,
    #[serde(flatten)]
    said: Said<'a>,
    authors: Vec<Person<'a>>,
    ignore: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    root_hash: Option<Pair<'a>>,
    references: Vec<Referred<'a>>,
    findings: &'a [crate::Finding],
}

/// What may be said of who made it, and when.
#[derive(Serialize)]
struct Said<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    process: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    started: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a str>,
}

#[derive(Serialize)]
struct Person<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'a str>,
}

#[derive(Serialize)]
struct Referred<'a> {
    path: &'a str,
    c4: String,
}

/// A file or folder.
#[derive(Serialize)]
struct Listed<'a> {
    kind: &'static str,
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hashed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hashes: Option<Vec<Digest<'a>>>,
    #[serde(flatten)]
    pair: Option<Pair<'a>>,
}

#[derive(Serialize)]
struct Pair<'a> {
    content: Vec<Digest<'a>>,
    structure: Vec<Digest<'a>>,
}

#[derive(Serialize)]
struct Digest<'a> {
    element: &'a str,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hashed: Option<String>,
}

fn time(time: Option<&Timestamp>) -> Option<String> {
    time.map(Timestamp::to_utc_z)
}

fn digest(hash: &RecordedHash) -> Digest<'_> {
    Digest {
        element: hash.element(),
        text: hash.text(),
        action: hash.action.as_ref().map(|action| action.as_str()),
        hashed: time(hash.date.as_ref()),
    }
}

fn digests(hashes: &[RecordedHash]) -> Vec<Digest<'_>> {
    hashes.iter().map(digest).collect()
}

fn person(author: &Author) -> Person<'_> {
    let Author { name, email, phone, role, .. } = author;
    let [email, phone, role] = [email, phone, role].map(|text| text.as_deref());
    Person { name, email, phone, role }
}

fn listed(entry: &Entry) -> Listed<'_> {
    match entry {
        Entry::File(file) => Listed {
            kind: "file",
            path: file.path.as_str(),
            size: file.size,
            created: time(file.created.as_ref()),
            modified: time(file.modified.as_ref()),
            hashed: time(file.hash_date.as_ref()),
            previous_path: file.previous_path.as_ref().map(|path| path.as_str()),
            hashes: Some(digests(&file.hashes)),
            pair: None,
        },
        Entry::Directory(folder) => Listed {
            kind: "directory",
            path: folder.path.as_str(),
            size: None,
            created: time(folder.created.as_ref()),
            modified: time(folder.modified.as_ref()),
            hashed: None,
            previous_path: folder.previous_path.as_ref().map(|path| path.as_str()),
            hashes: None,
            pair: Some(Pair {
                content: digests(&folder.content),
                structure: digests(&folder.structure),
            }),
        },
    }
}

impl Manifest {
    /// The whole manifest as one line of JSON: `"schema": "mhl.manifest/1"`, the header, then
    /// `"entries"` in the order of the document. Times are in UTC; what is absent is left out. What
    /// the formats do not define is not in it.
    ///
    /// ```
    /// use mhl_core::{Format, Header, Manifest};
    ///
    /// let json = Manifest::new(Header::new(Format::Classic)).to_json();
    /// assert!(json.starts_with(r#"{"schema":"mhl.manifest/1","format":"classic""#));
    /// assert!(json.ends_with(r#","entries":[]}"#));
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        let Manifest { header, entries, references, findings, .. } = self;
        let creator = &header.creator;
        let only_name = |name| Person { name, email: None, phone: None, role: None };
        let head = Head {
            schema: "mhl.manifest/1",
            format: header.format.name(),
            version: &header.version,
            said: Said {
                process: header.process.as_ref().map(|process| process.as_str()),
                created: time(header.created.as_ref()),
                started: time(creator.started.as_ref()),
                finished: time(creator.finished.as_ref()),
                tool: creator.tool.as_deref(),
                tool_version: creator.tool_version.as_deref(),
                host: creator.hostname.as_deref(),
                user: creator.username.as_deref(),
                source: creator.source.as_deref(),
                location: creator.location.as_deref(),
                comment: creator.comment.as_deref(),
            },
            authors: creator
                .name
                .as_deref()
                .map(only_name)
                .into_iter()
                .chain(creator.authors.iter().map(person))
                .collect(),
            ignore: &header.ignore,
            root_hash: header.root_hash.as_ref().map(|root| Pair {
                content: digests(&root.content),
                structure: digests(&root.structure),
            }),
            references: references
                .iter()
                .map(|Reference { path, c4, .. }| Referred {
                    path: path.as_str(),
                    c4: c4.to_string(),
                })
                .collect(),
            findings,
        };
        // Texts and numbers alone: nothing of it can fail.
        let mut json = serde_json::to_string(&head).unwrap_or_default();
        json.pop();
        json.push_str(",\"entries\":[");
        for (place, entry) in entries.iter().enumerate() {
            if place > 0 {
                json.push(',');
            }
            json.push_str(&serde_json::to_string(&listed(entry)).unwrap_or_default());
        }
        json.push_str("]}");
        json
    }
}

#[cfg(test)]
mod tests {
    use crate::{Limits, read_manifest};

    #[test]
    fn everything_that_the_formats_define_is_in_it() {
        let list = br#"<?xml version="1.0" encoding="UTF-8"?>
<hashlist version="2.0" xmlns="urn:ASC:MHL:v2.0">
  <creatorinfo><creationdate>2026-11-22T14:30:00+01:00</creationdate><hostname>cart</hostname>
    <tool version="1.0">mhl</tool><author role="DIT">N. N.</author></creatorinfo>
  <processinfo><process>transfer</process><ignore><pattern>*.tmp</pattern></ignore></processinfo>
  <hashes>
    <hash><path size="5">Clips/a "b".mov</path>
      <md5 action="verified" hashdate="2026-11-22T14:30:00Z">5D41402ABC4B2A76B9719D911017C592</md5>
      <previousPath>Clips/b.mov</previousPath></hash>
    <directoryhash><path>Clips</path><content><xxh64>0ea03b369a463d9d</xxh64></content>
      <structure><xxh64>0ea03b369a463d9d</xxh64></structure></directoryhash>
  </hashes>
</hashlist>"#;
        let json = read_manifest(&list[..], &Limits::default()).unwrap().to_json();
        assert!(!json.contains('\n'));
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["created"], "2026-11-22T13:30:00Z");
        assert_eq!(json["authors"][0]["role"], "DIT");
        assert_eq!(json["ignore"][0], "*.tmp");
        let [file, folder] = json["entries"].as_array().unwrap().as_slice() else { panic!() };
        assert_eq!((&file["path"], &file["size"]), (&"Clips/a \"b\".mov".into(), &5.into()));
        assert_eq!(file["hashes"][0]["text"], "5D41402ABC4B2A76B9719D911017C592");
        assert_eq!(file["hashes"][0]["action"], "verified");
        assert_eq!(file["previous_path"], "Clips/b.mov");
        assert_eq!((&folder["kind"], folder.get("hashes")), (&"directory".into(), None));
        assert_eq!(folder["content"][0]["element"], "xxh64");
    }
}
