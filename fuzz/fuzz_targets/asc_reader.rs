//! An ASC manifest from anywhere, as a whole document and as the content of a root element: see
//! [`reads_as_it_writes`](mhl_fuzz::reading::reads_as_it_writes).
#![no_main]

use libfuzzer_sys::fuzz_target;
use mhl_fuzz::reading::reads_as_it_writes;

fuzz_target!(|content: &[u8]| {
    reads_as_it_writes(content);
    let root = br#"<hashlist version="2.0" xmlns="urn:ASC:MHL:v2.0">"#;
    reads_as_it_writes(&[root, content, b"</hashlist>"].concat());
});
