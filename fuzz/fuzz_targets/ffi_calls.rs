//! A random script of calls of the C ABI: in any order, with wrong numbers, sizes and pointers among
//! them. Whatever is asked, the library keeps what it promises.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use mhl_fuzz::script;
use tempfile::TempDir;

/// Made once: no script writes in them.
static ROLLS: OnceLock<Option<TempDir>> = OnceLock::new();

fuzz_target!(|bytes: &[u8]| {
    let rolls = ROLLS.get_or_init(|| {
        let rolls = tempfile::tempdir().ok()?;
        script::make_rolls(rolls.path());
        Some(rolls)
    });
    if let Some(rolls) = rolls {
        script::run(bytes, rolls.path());
    }
});
