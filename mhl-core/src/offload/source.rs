//! What everybody who works on an offload shares: the card, and what it gave so far.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mhl_hash::{Algorithm, HashValue};

use super::card::Card;
use crate::{Finding, digests::Digests, tree::FoundFile};

/// A card, and the digests of what was read of it.
pub(super) struct Source {
    pub(super) card: Arc<Card>,
    algorithms: Vec<Algorithm>,
    digests: Mutex<Digests>,
    findings: Mutex<Vec<Finding>>,
}

impl Source {
    /// Nothing was read yet.
    pub(super) fn new(card: Arc<Card>, algorithms: &[Algorithm]) -> Self {
        let digests = Digests::new(algorithms, card.tree.files.len());
        let algorithms = digests.algorithms().to_vec();
        Source { card, algorithms, digests: Mutex::new(digests), findings: Mutex::default() }
    }

    /// The files, sorted by path; everybody knows them by their places here.
    pub(super) fn files(&self) -> &[FoundFile] {
        &self.card.tree.files
    }

    /// The digests that are computed of each file.
    pub(super) fn algorithms(&self) -> &[Algorithm] {
        &self.algorithms
    }

    /// What was read so far. Whoever holds it calls nothing that may take long.
    pub(super) fn digests(&self) -> MutexGuard<'_, Digests> {
        // Nothing panics while it is held, and every state is sound.
        self.digests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The values of a file; none when it was not read.
    pub(super) fn values(&self, file: usize) -> Vec<HashValue> {
        self.digests().get(file)
    }

    /// Something is wrong with the card. It is told once who reads it is through, or was given up.
    pub(super) fn found(&self, finding: Finding) {
        self.findings.lock().unwrap_or_else(PoisonError::into_inner).push(finding);
    }

    /// What was found since this was asked last.
    pub(super) fn take_findings(&self) -> Vec<Finding> {
        std::mem::take(&mut *self.findings.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
