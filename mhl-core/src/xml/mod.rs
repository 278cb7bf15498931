//! XML as both formats need it: decoding, limits, positions, escaping.

mod decode;
mod error;
mod instruction;
mod lexeme;
mod limits;
mod name;
mod output;
mod parser;
mod place;
mod tag;
mod text;
mod window;

#[cfg(test)]
mod tests;

pub(crate) use error::cut;
pub use error::{Position, ReadError, ReadErrorKind, WriteError};
pub use limits::Limits;
pub(crate) use output::Output;
pub(crate) use parser::{Child, Parser, Step};
pub(crate) use tag::prefix;
pub(crate) use text::{SPACE, trim_space};
