//! Names the shared library for the system's loader.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // The upper half of MHL_ABI_VERSION; ci/check-ffi compares the two.
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libmhl.so.0");
    }
}
