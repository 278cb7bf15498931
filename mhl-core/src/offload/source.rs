//! What everybody who works on an offload shares: the card, and what it gave so far.

use std::sync::{Mutex, MutexGuard, PoisonError};

use mhl_hash::{Algorithm, HashValue};

use super::card::Card;
use crate::{digests::Digests, tree::FoundFile};

/// A card, and the digests of what was read of it.
pub(super) struct Source {
    pub(super) card: Card,
    algorithms: Vec<Algorithm>,
    digests: Mutex<Digests>,
}

impl Source {
    /// Nothing was read yet.
    pub(super) fn new(card: Card, algorithms: &[Algorithm]) -> Self {
        let digests = Digests::new(algorithms, card.tree.files.len());
        Source { card, algorithms: digests.algorithms().to_vec(), digests: Mutex::new(digests) }
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
}
