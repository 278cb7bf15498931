//! Names the shared library for the system's loader.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // The number is the upper half of MHL_ABI_VERSION; ci/check-ffi compares the two.
    match std::env::var("CARGO_CFG_TARGET_VENDOR").as_deref() {
        // A program's or bundle's rpath says where it lies.
        Ok("apple") => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libmhl.0.dylib");
        }
        _ if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libmhl.so.0");
        }
        _ => {}
    }
}
