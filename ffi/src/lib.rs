//! The C ABI of mhl, for offload applications in C, C++, Objective-C and Swift.
//!
//! The header `include/mhl.h` is made of this crate's documentation; `README.md` beside it tells
//! how to build, link and use the library. Every item here is one of C: Rust programs use
//! `mhl-hash`, `mhl-core` and `mhl-policy`.
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
mod clearance;
mod hash;
mod manifest;
mod operation;

pub use boundary::{
    cause::{ErrorCause, mhl_error_cause, mhl_error_causes},
    error::{
        Error, NO_OFFSET, mhl_error_free, mhl_error_kind, mhl_error_line, mhl_error_message,
        mhl_error_offset, mhl_error_path,
    },
    status::Status,
    text::{Bytes, Text},
    version::{ABI_VERSION, mhl_abi_version, mhl_struct_is_known, mhl_version_string},
};
pub use clearance::{
    event::{
        Field, mhl_ledger_append, mhl_ledger_append_fields, mhl_ledger_import, mhl_ledger_remark,
    },
    evidence::{ReportPlacement, mhl_ledger_record_report},
    head::{HEAD_TEXT_MAX, mhl_ledger_check_pin, mhl_ledger_head},
    judged::{JudgedCopy, mhl_verdict_copy},
    ledger::{
        Ledger, LedgerMode, mhl_ledger_appended, mhl_ledger_free, mhl_ledger_new, mhl_ledger_open,
        mhl_ledger_open_bytes, mhl_ledger_open_w, mhl_ledger_parse,
    },
    next::{NextAction, mhl_verdict_action},
    permit::{Permit, mhl_permit_free, mhl_permit_issue, mhl_permit_sign, mhl_permit_statement},
    profile::{
        Profile, ProfileName, mhl_profile_free, mhl_profile_identity, mhl_profile_named,
        mhl_profile_open, mhl_profile_open_bytes, mhl_profile_open_w, mhl_profile_parse,
    },
    proof::{
        Level, ProofNode, ProofReason, ProofReference, ReferenceKind, Truth, mhl_verdict_node,
        mhl_verdict_reason, mhl_verdict_reference,
    },
    question::Question,
    recorder::Recorder,
    statement::{
        BoundCopy, BoundRoll, Statement, Terms, mhl_statement_check, mhl_statement_copy,
        mhl_statement_free, mhl_statement_medium, mhl_statement_roll, mhl_statement_terms,
        mhl_statement_verify,
    },
    verdict::{
        Answer, Decision, Verdict, mhl_clear, mhl_verdict_answer, mhl_verdict_free,
        mhl_verdict_html, mhl_verdict_json, mhl_verdict_next_json, mhl_verdict_text,
    },
};
pub use hash::{
    algorithm::{AlgorithmCode, mhl_algorithm_name},
    digest::{DIGEST_LEN_MAX, DIGEST_TEXT_MAX, Digest, mhl_digest_text},
    hasher::{Hasher, mhl_hasher_finish, mhl_hasher_free, mhl_hasher_new, mhl_hasher_update},
    streams::{
        Piece, Streams, mhl_streams_finish, mhl_streams_free, mhl_streams_new, mhl_streams_push,
        mhl_streams_push_each, mhl_streams_start,
    },
};
pub use manifest::{
    difference::{
        Change, ChangeKind, Difference, DifferingDigest, mhl_difference_change,
        mhl_difference_count, mhl_difference_digest, mhl_difference_free, mhl_difference_json,
        mhl_difference_new,
    },
    entry::{Entry, EntryKind, HashOf, NO_SIZE, RecordedHash},
    header::{ListHeader, NewHeader},
    history::{
        Generation, History, HistoryCounts, mhl_history_count, mhl_history_file,
        mhl_history_finding, mhl_history_free, mhl_history_generation, mhl_history_manifest,
        mhl_history_nested, mhl_history_open, mhl_history_open_bytes, mhl_history_open_w,
    },
    list::{
        Manifest, ManifestCounts, mhl_manifest_count, mhl_manifest_entry, mhl_manifest_find,
        mhl_manifest_finding, mhl_manifest_free, mhl_manifest_hash, mhl_manifest_header,
        mhl_manifest_ignore, mhl_manifest_json, mhl_manifest_load, mhl_manifest_load_bytes,
        mhl_manifest_load_w, mhl_manifest_reference, mhl_manifest_roll_content,
        mhl_manifest_root_hash,
    },
    lookup::{
        FileHistory, KnownFile, Mention, mhl_file_history_conflict, mhl_file_history_free,
        mhl_file_history_hash, mhl_file_history_mention, mhl_file_history_reference,
        mhl_file_history_summary,
    },
    reader::{
        ManifestReader, mhl_manifest_reader_free, mhl_manifest_reader_hash,
        mhl_manifest_reader_header, mhl_manifest_reader_ignore, mhl_manifest_reader_next,
        mhl_manifest_reader_open, mhl_manifest_reader_open_bytes, mhl_manifest_reader_open_w,
    },
    record::{
        HashedFile, Record, RecordOptions, mhl_record_file, mhl_record_folder, mhl_record_free,
        mhl_record_new, mhl_record_write, mhl_record_write_bytes, mhl_record_write_w,
    },
    time::Time,
    word::{Action, Format, Look, Process},
    writer::{
        HashedDirectory, ManifestWriter, WriteCallback, mhl_manifest_writer_directory,
        mhl_manifest_writer_file, mhl_manifest_writer_finish, mhl_manifest_writer_free,
        mhl_manifest_writer_new, mhl_manifest_writer_open, mhl_manifest_writer_open_bytes,
        mhl_manifest_writer_open_w, mhl_manifest_writer_reference,
    },
};
pub use operation::{
    cancel::{CancelToken, mhl_cancel_token_cancel, mhl_cancel_token_free, mhl_cancel_token_new},
    context::Context,
    copy::{Grade, ReportCopy, mhl_report_copy},
    offload::{OffloadOptions, mhl_offload, mhl_offload_bytes, mhl_offload_w},
    phase::{NOT_MEASURED, PhaseRecord, mhl_report_phase},
    progress::{Phase, Progress, ProgressCallback},
    report::{
        Finding, NO_COPY, Outcome, Report, Summary, mhl_report_finding, mhl_report_free,
        mhl_report_html, mhl_report_json, mhl_report_parse, mhl_report_summary,
    },
    roll::{Roll, mhl_report_roll},
    seal::{SealOptions, mhl_seal, mhl_seal_bytes, mhl_seal_w},
    verify::{VerifyOptions, mhl_verify, mhl_verify_bytes, mhl_verify_w},
};
