//! The folders that were named: how each is opened, and where they stand among each other.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{pulse::Pulse, watched::watched};
use crate::tree::{Disk, Volume, Whereabouts};

/// A folder that was named, and how it is opened.
pub(super) struct Site {
    pub(super) path: PathBuf,
    open: Box<dyn FnOnce() -> io::Result<Box<dyn Volume>> + Send>,
}

impl Site {
    /// A folder of a real disk.
    pub(super) fn at(path: &Path) -> Self {
        let path = path.to_owned();
        let own = path.clone();
        Site { path, open: Box::new(move || Ok(Box::new(Disk::open(&own)?))) }
    }

    /// One that opens in a way of its own.
    #[cfg(test)]
    pub(super) fn opening(
        path: PathBuf,
        open: impl FnOnce() -> io::Result<Box<dyn Volume>> + Send + 'static,
    ) -> Self {
        Site { path, open: Box::new(open) }
    }

    /// Opens it, watched from then on.
    pub(super) fn open(self, pulse: &Arc<Pulse>) -> io::Result<Box<dyn Volume>> {
        Ok(watched(pulse.try_call(self.open)?, pulse))
    }
}

/// Where a named folder stands, as far as that can be examined, and where the roll would in it.
#[derive(Default)]
pub(super) struct Looked {
    folder: Option<Whereabouts>,
    roll: Option<Whereabouts>,
}

impl Looked {
    pub(super) fn at(folder: &Path, roll: &str, pulse: &Pulse) -> Self {
        pulse.call(|| Looked {
            folder: Whereabouts::of(folder),
            roll: Whereabouts::of(&folder.join(roll)),
        })
    }
}

/// Which of these folders lie within the source, are it, or are named twice.
pub(super) fn contradictions(
    source: (&Path, Option<&Whereabouts>),
    destinations: &[(&Path, Looked)],
) -> Vec<String> {
    let within = |a: Option<&Whereabouts>, b: Option<&Whereabouts>| {
        a.zip(b).is_some_and(|(a, b)| a.is_within(b))
    };
    let same = |a, b| within(a, b) && within(b, a);
    let mut wrong = Vec::new();
    for (index, (path, looked)) in destinations.iter().enumerate() {
        let (shown, folder) = (path.display(), looked.folder.as_ref());
        if within(folder, source.1) {
            wrong.push(format!("the destination {shown} lies within the source"));
        } else if same(looked.roll.as_ref(), source.1) {
            let source = source.0.display();
            wrong.push(format!("the destination {shown} is where the source {source} stands"));
        }
        let mut earlier = destinations.iter().take(index);
        if earlier.any(|(_, earlier)| same(earlier.folder.as_ref(), folder)) {
            wrong.push(format!("the destination {shown} is named twice"));
        }
    }
    wrong
}
