//! Lines of ignore patterns, and after a NUL byte a path: an error or an answer, and what is added
//! to the patterns without a `!` ignores no less.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mhl_core::{RelativePath, asc::IgnoreList};

fuzz_target!(|text: &str| {
    let (patterns, path) = text.split_once('\0').unwrap_or((text, "Clips/A001C001.mov"));
    let Ok(path) = RelativePath::new(path) else { return };
    let patterns: Vec<&str> = patterns.lines().take(50).collect();
    let Ok(all) = IgnoreList::new(&patterns) else { return };
    let ignored = all.is_ignored(&path, false);
    let _ = all.is_ignored(&path, true);
    let Some((last, fewer)) = patterns.split_last() else { return };
    if let Ok(fewer) = IgnoreList::new(fewer)
        && fewer.is_ignored(&path, false)
        && !last.starts_with('!')
    {
        assert!(ignored, "{path} was ignored until {last:?} was added");
    }
});
