//! The C ABI of mhl, for offload applications in C, C++, Objective-C and Swift.
//!
//! The header `include/mhl.h` is made of this crate's documentation; `README.md` beside it tells
//! how to build, link and use the library. Every item here is one of C: Rust programs use
//! `mhl-hash` and `mhl-core`.
//!
//! # The rules of every call
//! - It returns a [`Status`], and hands out an [`Error`] where the caller asked for one. Outputs
//!   are written on success only; a needed length is written with [`Status::TooSmall`] too.
//! - It runs in one guard: a panic becomes [`Status::Panic`], and the handle it happened in
//!   answers [`Status::Poisoned`] from then on.
//! - What comes from C is checked before it is used: NULL, alignment, length, text, enumerations,
//!   sizes of structs.
//! - No logic stands here: conversions and guards alone.
//!
//! # Panics
//! None crosses the boundary. Built with `panic = "abort"` there is nothing to catch: a panic then
//! ends the process, and neither status ever appears.

mod boundary;
mod hash;
mod operation;

pub use boundary::{
    error::{
        Error, NO_OFFSET, mhl_error_free, mhl_error_kind, mhl_error_line, mhl_error_message,
        mhl_error_offset, mhl_error_path,
    },
    status::Status,
    text::{Bytes, Text},
    version::{ABI_VERSION, mhl_abi_version, mhl_struct_is_known, mhl_version_string},
};
pub use hash::{
    algorithm::{AlgorithmCode, mhl_algorithm_name},
    digest::{DIGEST_LEN_MAX, DIGEST_TEXT_MAX, Digest, mhl_digest_text},
    hasher::{Hasher, mhl_hasher_finish, mhl_hasher_free, mhl_hasher_new, mhl_hasher_update},
    streams::{
        Streams, mhl_streams_finish, mhl_streams_free, mhl_streams_new, mhl_streams_push,
        mhl_streams_start,
    },
};
pub use operation::{
    cancel::{CancelToken, mhl_cancel_token_cancel, mhl_cancel_token_free, mhl_cancel_token_new},
    context::Context,
    progress::{Phase, Progress, ProgressCallback},
    report::{
        Finding, NO_COPY, Outcome, Report, Summary, mhl_report_finding, mhl_report_free,
        mhl_report_json, mhl_report_summary,
    },
    verify::{VerifyOptions, mhl_verify, mhl_verify_bytes, mhl_verify_w},
};
