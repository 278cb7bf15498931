//! A text as a path: what is accepted cannot lead out of the roll, is spelled in one way, and is
//! read back the same from either format.
#![no_main]
// A panic is how a property fails.
#![allow(clippy::expect_used)]

use libfuzzer_sys::fuzz_target;
use mhl_core::{RelativePath, escape_for_display};

fuzz_target!(|text: &str| {
    for read in [RelativePath::from_classic(text), RelativePath::from_asc(text)] {
        let Ok((path, _)) = read else { continue };
        let name = path.as_str();
        assert!(path.segments().all(|segment| !matches!(segment, "" | "." | "..")), "{name:?}");
        assert!(!name.contains('\0') && name.len() <= 4096, "{name:?}");
        assert!(std::path::Path::new(name).is_relative(), "{name:?}");
        assert_eq!(RelativePath::new(name).as_ref(), Ok(&path));
        let (again, _) = RelativePath::from_asc(name).expect("a canonical path is read");
        assert_eq!(again, path);
        if let Some(parent) = path.parent() {
            assert_eq!(parent.join(path.file_name()).as_ref(), Ok(&path));
        }
        let _ = path.windows_hazard();
        assert!(!escape_for_display(name).to_string().contains(char::is_control), "{name:?}");
    }
});
