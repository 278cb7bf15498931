//! Hashes the files named, many at once: `cargo run --release --example many_files -- FILE...`

use mhl_hash::{Algorithm, FilesOptions, hash_files};

fn main() {
    let files: Vec<String> = std::env::args().skip(1).collect();
    for (file, hashed) in
        files.iter().zip(hash_files(&files, &FilesOptions::new(&[Algorithm::Md5]), &()))
    {
        match hashed {
            Ok(hashed) => hashed.values.iter().for_each(|value| println!("{value}  {file}")),
            Err(error) => eprintln!("{error}"),
        }
    }
}
