//! Two digests of a file while your own code copies it: every byte is read once.
//!
//! `cargo run --example hash_while_copying -- SOURCE DESTINATION`

use std::{
    error::Error,
    fs::File,
    io::{Read, Write},
};

use mhl_hash::{Algorithm, BUFFER_LEN, HasherSet};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(source), Some(destination)) = (arguments.next(), arguments.next()) else {
        return Err("SOURCE DESTINATION expected".into());
    };
    let mut reader = File::open(source)?;
    let mut writer = File::create_new(destination)?;
    let mut hashers = HasherSet::new(&[Algorithm::Xxh64, Algorithm::Md5]);
    let mut buffer = vec![0; BUFFER_LEN];
    loop {
        let count = reader.read(&mut buffer)?;
        let Some(bytes) = buffer.get(..count).filter(|bytes| !bytes.is_empty()) else { break };
        hashers.update(bytes);
        writer.write_all(bytes)?;
    }
    writer.sync_all()?;
    for value in hashers.finish() {
        println!("{} {value}", value.algorithm());
    }
    Ok(())
}
