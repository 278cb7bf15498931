//! What the fuzz targets check: the same properties that the crates' own tests check on documents
//! that are known.

/// Manifests of either format.
#[path = "../../mhl-core/tests/formats/reading.rs"]
pub mod reading;

/// Scripts of calls of the C ABI.
#[path = "../../ffi/tests/abi/script.rs"]
pub mod script;
