//! The files of a card by name: what a list of a part names is found without a look at the rest.

use std::{cell::OnceCell, collections::HashMap};

use crate::{
    Finding, FindingKind, RelativePath,
    diff::folded,
    expected::{Expected, ExpectedFile},
    tree::FoundFile,
};

/// The files of a card, to be asked for by many lists.
pub(super) struct Names<'a> {
    /// Sorted by path.
    files: &'a [FoundFile],
    /// The places of those whose names are the same but for their spelling; asked for when a name
    /// does not stand as it is listed.
    alike: OnceCell<HashMap<String, Vec<usize>>>,
}

/// What a list says of a card's files.
pub(super) struct Named<'e> {
    /// The place of each file that it stands for, in the order of the files.
    pub(super) files: Vec<(usize, &'e ExpectedFile)>,
    /// What differs in names and sizes.
    pub(super) findings: Vec<Finding>,
}

impl<'a> Names<'a> {
    pub(super) fn among(files: &'a [FoundFile]) -> Self {
        Names { files, alike: OnceCell::new() }
    }

    /// What a list or history says: only a history is asked what is new to it.
    pub(super) fn of<'e>(&self, expected: &'e Expected) -> Named<'e> {
        match expected.histories.as_slice() {
            [] => self.of_part(expected),
            _ => self.of_whole(expected),
        }
    }

    /// What a history says of all files.
    fn of_whole<'e>(&self, history: &'e Expected) -> Named<'e> {
        let (stands_for, findings) = history.stand_for(self.files);
        let files = stands_for.into_iter().enumerate();
        Named { files: files.filter_map(|(place, file)| Some((place, file?))).collect(), findings }
    }

    /// What a list says of the files that it may mean: a file that it does not name is nothing
    /// amiss, and costs nothing.
    fn of_part<'e>(&self, list: &'e Expected) -> Named<'e> {
        let places = self.meant(list);
        let files: Vec<FoundFile> =
            places.iter().filter_map(|place| self.files.get(*place)).cloned().collect();
        let (stands_for, mut findings) = list.stand_for(&files);
        findings.retain(|finding| finding.kind != FindingKind::NewFile);
        let files = places.into_iter().zip(stands_for);
        Named { files: files.filter_map(|(place, file)| Some((place, file?))).collect(), findings }
    }

    /// The places of the files that a list names, and of all that an absent name may mean by
    /// another spelling, so that none of them is taken where two could be meant.
    fn meant(&self, list: &Expected) -> Vec<usize> {
        let mut places = Vec::new();
        for ExpectedFile { path, .. } in &list.files {
            match self.place(path) {
                Some(place) => places.push(place),
                None => places.extend(self.alike(path)),
            }
        }
        places.sort_unstable();
        places.dedup();
        places
    }

    fn place(&self, path: &RelativePath) -> Option<usize> {
        self.files.binary_search_by(|file| file.path.cmp(path)).ok()
    }

    fn alike(&self, path: &RelativePath) -> &[usize] {
        let alike = self.alike.get_or_init(|| {
            let mut alike: HashMap<String, Vec<usize>> = HashMap::new();
            for (place, file) in self.files.iter().enumerate() {
                alike.entry(folded(file.path.as_str())).or_default().push(place);
            }
            alike
        });
        alike.get(&folded(path.as_str())).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        Format, ManifestRecord,
        expected::content_of,
        tree::{Kind, Modified, Stat},
    };

    fn found(names: &[String]) -> Vec<FoundFile> {
        let stat = Stat {
            kind: Kind::File,
            size: 1,
            modified: Modified { seconds: 0, nanoseconds: 0 },
            changed: 0,
            mode: 0o644,
            identity: (0, 0),
        };
        let paths = names.iter().map(|name| RelativePath::new(name).unwrap());
        let mut files: Vec<FoundFile> = paths.map(|path| FoundFile { path, stat }).collect();
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        files
    }

    fn list(names: &[String]) -> Expected {
        let files = found(names).into_iter().map(|file| ExpectedFile {
            path: file.path,
            size: Some(1),
            hashes: Default::default(),
        });
        Expected {
            record: ManifestRecord::new("a.mhl", Format::Classic.name(), ""),
            format: Format::Classic,
            files: files.collect(),
            content: content_of([].iter()),
            ignore: Vec::new(),
            findings: Vec::new(),
            histories: Vec::new(),
            doubt: None,
        }
    }

    fn numbered(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("Clips/{number}.mxf")).collect()
    }

    #[test]
    fn a_list_of_one_clip_looks_at_one_file_however_many_there_are() {
        let files = found(&numbered(500));
        let names = Names::among(&files);
        let own = list(&["Clips/77.mxf".to_owned()]);
        assert_eq!(names.meant(&own).len(), 1);
        let Named { files, findings } = names.of_part(&own);
        assert_eq!((files.len(), findings.len()), (1, 0));
        assert!(names.alike.get().is_none(), "no other spelling was asked for");
        let other = list(&["clips/77.MXF".to_owned()]);
        assert_eq!(names.meant(&other), names.meant(&own));
        assert_eq!(names.meant(&list(&["absent".to_owned()])), [0; 0]);
    }

    proptest! {
        /// The same as pairing the list with every file, but for what it does not name.
        #[test]
        fn a_part_is_paired_as_it_is_among_all(
            listed in prop::collection::vec("[aAbé]/[aAé]{1,2}|[ab]|e\u{301}/a|a\\\\a", 0..6),
            there in prop::collection::vec("[aAbé]/[aAé]{1,2}|[ab]|e\u{301}/a|a\\\\a", 0..12),
        ) {
            let (list, files) = (list(&listed), found(&there));
            let names = Names::among(&files);
            let (part, mut whole) = (names.of_part(&list), names.of_whole(&list));
            whole.findings.retain(|finding| finding.kind != FindingKind::NewFile);
            let places = |named: &Named<'_>| -> Vec<(usize, RelativePath)> {
                named.files.iter().map(|(at, file)| (*at, file.path.clone())).collect()
            };
            prop_assert_eq!(places(&part), places(&whole));
            prop_assert_eq!(part.findings, whole.findings);
        }
    }
}
