//! How an operation gives account of itself while it works.

use crate::{
    FileRecord, Finding, FindingKind, Format, Operation, Place, Report, Roll, Status, Timestamp,
    asc::{IgnoreError, IgnoreList},
    context::Context,
    digests::Digests,
    listing::ignore_patterns,
    roll::Content,
    tree::{Tree, Volume},
};

/// A report being written, and whoever watches.
pub(crate) struct Account<'a> {
    pub(crate) report: Report,
    pub(crate) context: &'a Context<'a>,
    pub(crate) started: Timestamp,
}

impl<'a> Account<'a> {
    /// An operation on a volume begins.
    pub(crate) fn begin(
        operation: Operation,
        volume: &dyn Volume,
        context: &'a Context<'a>,
    ) -> Self {
        let place = Place::new(volume.root().to_string_lossy(), volume.device());
        Self::begin_at(operation, place, context)
    }

    /// An operation on a place begins.
    pub(crate) fn begin_at(operation: Operation, place: Place, context: &'a Context<'a>) -> Self {
        let started = context.clock.now();
        let mut report = Report::new(operation, place);
        report.tool = format!("{} {}", context.agent.tool, context.agent.version);
        report.host = context.agent.host.clone();
        report.started = started.to_utc_z();
        Account { report, context, started }
    }

    /// Records a finding and tells it at once.
    pub(crate) fn found(&mut self, finding: Finding) {
        self.context.progress.found(&finding);
        self.report.add(finding);
    }

    /// What is to be known of a tree before it is read; `copy` says whose tree it is.
    pub(crate) fn walked(&mut self, tree: &Tree, copy: Option<usize>) {
        for finding in &tree.findings {
            self.found(Finding { copy, ..finding.clone() });
        }
        if let Some(first) = tree.litter.first() {
            self.report.counts.litter = tree.litter.len() as u64;
            let note = format!("{} left by operating systems, passed over", tree.litter.len());
            self.found(Finding::new(FindingKind::Litter, first.as_str()).noting(note));
        }
    }

    /// Warns of what a format's schema does not admit and its lists hold all the same.
    pub(crate) fn warn_of_empty_files(&mut self, tree: &Tree, format: Format) {
        if format == Format::Classic {
            for file in tree.files.iter().filter(|file| file.stat.size == 0) {
                let note = "no byte in it; it is listed, though the classic schema has no size 0";
                self.found(Finding::new(FindingKind::EmptyFile, file.path.as_str()).noting(note));
            }
        }
    }

    /// Takes out of a tree what ignore patterns match, and tells which pattern took how many files.
    /// The format's own patterns and those of litter are not worth a word.
    pub(crate) fn leave_out(
        &mut self,
        tree: &mut Tree,
        patterns: &[String],
        copy: Option<usize>,
    ) -> Result<(), IgnoreError> {
        let ignore = IgnoreList::new(patterns)?;
        self.warn_of_ignored(tree, patterns, copy)?;
        tree.leave_out(|path, folder| ignore.is_ignored(path, folder));
        Ok(())
    }

    /// Tells which ignore pattern matches how many files of a tree.
    pub(crate) fn warn_of_ignored(
        &mut self,
        tree: &Tree,
        patterns: &[String],
        copy: Option<usize>,
    ) -> Result<(), IgnoreError> {
        for finding in ignored(tree, patterns, &[])? {
            self.found(Finding { copy, ..finding });
        }
        Ok(())
    }

    /// Whether a fault was found.
    pub(crate) fn is_faulty(&self) -> bool {
        self.report.counts.status() == Status::Failed
    }

    /// Whether something is wrong with the source: a fault that is of no copy.
    pub(crate) fn source_is_faulty(&self) -> bool {
        self.faults_of_the_source().next().is_some()
    }

    /// What is wrong with the source.
    pub(crate) fn faults_of_the_source(&self) -> impl Iterator<Item = &Finding> {
        let findings = self.report.findings.iter();
        findings.filter(|finding| finding.copy.is_none() && finding.kind.is_fault())
    }

    /// Takes the files, and the roll's identity where every file was hashed.
    pub(crate) fn take_files(&mut self, name: &str, tree: &Tree, digests: &Digests) {
        self.take_roll(name, tree, digests);
        let records = tree.files.iter().enumerate().map(|(index, file)| {
            let hashes = digests.get(index).iter().map(|value| format!("{value:?}")).collect();
            FileRecord::new(file.path.as_str(), Some(file.stat.size), hashes)
        });
        self.report.files = records.collect();
    }

    /// Takes the roll's identity where every file was hashed.
    pub(crate) fn take_roll(&mut self, name: &str, tree: &Tree, digests: &Digests) {
        if digests.is_complete() {
            // The files of a tree are sorted, and so it takes a line at a time.
            let mut content = Content::default();
            for (index, file) in tree.files.iter().enumerate() {
                content.file(file.path.as_str(), Some(file.stat.size), digests.get(index));
            }
            let (files, bytes) = (tree.files.len() as u64, tree.bytes());
            self.report.roll = Some(Roll::new(name, content.finish().to_string(), files, bytes));
        }
    }

    /// The operation ends.
    pub(crate) fn end(mut self) -> Report {
        self.report.finished = self.context.clock.now().to_utc_z();
        self.report
    }
}

/// Which ignore pattern matches how many files of a tree, but for patterns that were told before.
pub(crate) fn ignored(
    tree: &Tree,
    patterns: &[String],
    told: &[String],
) -> Result<Vec<Finding>, IgnoreError> {
    let ignore = IgnoreList::new(patterns)?;
    let usual = ignore_patterns(&[]);
    let mut findings = Vec::new();
    for pattern in patterns.iter().filter(|own| !usual.contains(own) && !told.contains(own)) {
        let alone = IgnoreList::new(std::slice::from_ref(pattern))?;
        let taken = tree.files.iter().filter(|file| {
            ignore.is_ignored(&file.path, false) && alone.is_ignored(&file.path, false)
        });
        let mut taken = taken.peekable();
        let Some(first) = taken.peek().map(|file| file.path.to_string()) else { continue };
        let note = format!("{} files match the pattern and are not listed", taken.count());
        let mut finding = Finding::new(FindingKind::Ignored, first).noting(note);
        finding.expected = Some(pattern.clone());
        findings.push(finding);
    }
    Ok(findings)
}

/// The name of a volume's root folder.
pub(crate) fn root_name(volume: &dyn Volume) -> String {
    let root = volume.root();
    root.file_name().unwrap_or(root.as_os_str()).to_string_lossy().into_owned()
}
