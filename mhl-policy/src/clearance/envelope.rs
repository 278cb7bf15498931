//! A permit on its way: an in-toto statement in a DSSE envelope, so that tools that know nothing of
//! lists or ledgers can tell offline who signed what.
//!
//! `docs/permit.md` lays down the format and how to check it with other tools. After the in-toto
//! Attestation Framework, Statement v1, and DSSE v1.

use super::{
    key::{SigningKey, VerifyingKey},
    statement::Statement,
};
use crate::word::escape_json;
use base64ct::{Base64, Base64Url, Encoding};
use mhl_hash::HashValue;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// What the predicate is: a URI of this project's own, with its version.
const PREDICATE_TYPE: &str = "mhl:permit/1";

/// Why a text is no permit that can be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// The text is no DSSE envelope.
    #[error("no DSSE envelope: {message}")]
    Envelope {
        /// What the reader says, with line and column.
        message: String,
    },
    /// The envelope holds something else.
    #[error("the envelope holds {found:?}; expected {PAYLOAD_TYPE:?}")]
    PayloadType {
        /// What it says that it holds.
        found: String,
    },
    /// The payload, or a signature, is not in base 64.
    #[error("the {part} is not in base 64")]
    Base64 {
        /// `payload` or `signature`.
        part: &'static str,
    },
    /// No signature is the key's. Nothing that the envelope says is to be believed.
    #[error("none of the {signatures} signatures is of key {key}")]
    Unsigned {
        /// Signatures in the envelope.
        signatures: usize,
        /// [`VerifyingKey::id`] of the key that was asked for.
        key: String,
    },
    /// The key signed something that is no permit of this version.
    #[error("what is signed is no permit: {message}")]
    Statement {
        /// What the reader says.
        message: String,
    },
}

#[derive(Serialize, Deserialize)]
struct Envelope {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    signatures: Vec<Signature>,
}

#[derive(Serialize, Deserialize)]
struct Signature {
    /// A hint for people; never trusted.
    #[serde(default)]
    keyid: String,
    sig: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct InToto {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Subject>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    predicate: Statement,
}

/// A roll. Its C4 is a SHA-512 in base 58: outside tools know it by that name.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    name: String,
    digest: BTreeMap<String, String>,
}

/// What is signed: the DSSE pre-authentication encoding of a payload.
fn pre_authentication(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes =
        format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

/// The one payload of a statement.
fn payload(statement: &Statement) -> String {
    let subject = statement.rolls.iter().map(|(roll, content)| Subject {
        name: roll.to_string(),
        // A ledger admits no content but C4.
        digest: HashValue::from_c4(content)
            .map(|content| ("sha512".to_owned(), hex(content.as_bytes())))
            .into_iter()
            .collect(),
    });
    let statement = InToto {
        kind: STATEMENT_TYPE.to_owned(),
        subject: subject.collect(),
        predicate_type: PREDICATE_TYPE.to_owned(),
        predicate: statement.clone(),
    };
    // Texts, numbers and maps by text alone: serde_json has no error for them.
    escape_json(&serde_json::to_string(&statement).unwrap_or_default())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A statement signed, as one line of JSON.
pub(super) fn seal(statement: &Statement, key: &SigningKey) -> String {
    let payload = payload(statement);
    let signature = key.sign(&pre_authentication(PAYLOAD_TYPE, payload.as_bytes()));
    let envelope = Envelope {
        payload: Base64::encode_string(payload.as_bytes()),
        payload_type: PAYLOAD_TYPE.to_owned(),
        signatures: vec![Signature {
            keyid: key.verifying_key().id(),
            sig: Base64::encode_string(&signature),
        }],
    };
    serde_json::to_string(&envelope).unwrap_or_default()
}

/// The statement of an envelope that this key signed. Nothing is read of what it did not sign.
pub(super) fn open(text: &str, key: &VerifyingKey) -> Result<Statement, EnvelopeError> {
    let envelope: Envelope = serde_json::from_str(text)
        .map_err(|error| EnvelopeError::Envelope { message: error.to_string() })?;
    if envelope.payload_type != PAYLOAD_TYPE {
        return Err(EnvelopeError::PayloadType { found: envelope.payload_type });
    }
    let bytes = decoded(&envelope.payload).ok_or(EnvelopeError::Base64 { part: "payload" })?;
    let message = pre_authentication(PAYLOAD_TYPE, &bytes);
    let mut signed = false;
    for Signature { sig, .. } in &envelope.signatures {
        let sig = decoded(sig).ok_or(EnvelopeError::Base64 { part: "signature" })?;
        signed |= key.verifies(&message, &sig);
    }
    if !signed {
        let signatures = envelope.signatures.len();
        return Err(EnvelopeError::Unsigned { signatures, key: key.id() });
    }
    let refused = |message: String| EnvelopeError::Statement { message };
    let read: InToto =
        serde_json::from_slice(&bytes).map_err(|error| refused(error.to_string()))?;
    // Its type, version and subjects besides the predicate itself: a permit has one spelling.
    if payload(&read.predicate).as_bytes() != bytes {
        return Err(refused(format!(
            "expected {STATEMENT_TYPE} of {PREDICATE_TYPE}, with the rolls as its subjects, in \
             the one spelling that permits have"
        )));
    }
    Ok(read.predicate)
}

/// Bytes from base 64, in the alphabet of files or that of addresses: the envelope's rules admit
/// either.
fn decoded(text: &str) -> Option<Vec<u8>> {
    Base64::decode_vec(text).or_else(|_| Base64Url::decode_vec(text)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn key() -> SigningKey {
        SigningKey::from_seed(&[7; 32])
    }

    fn statement() -> Statement {
        let c4 = crate::evidence::c4(b"");
        let text = json!({
            "question": {"roll": "A\u{202e}001"}, "media": ["serial:CARD"], "rolls": {"A001": c4},
            "copies": [{"roll": "A001", "medium": "serial:SET", "root": "/set/~~~???>>>ÿ"}],
            "profile": {"name": "p", "date": "2026", "c4": c4}, "ledger": format!("0:{c4}"),
            "verdict": c4, "issued": "2026-03-06T09:00:00Z", "expires": "2026-03-06T21:00:00Z",
            "simulated": false,
        });
        serde_json::from_value(text).unwrap()
    }

    /// Whatever payload, signed by the key.
    fn signed(payload: &str) -> String {
        let signature = key().sign(&pre_authentication(PAYLOAD_TYPE, payload.as_bytes()));
        json!({
            "payload": Base64::encode_string(payload.as_bytes()), "payloadType": PAYLOAD_TYPE,
            "signatures": [{"sig": Base64::encode_string(&signature)}], "more": "is passed over",
        })
        .to_string()
    }

    #[test]
    fn what_is_signed_and_not_spelled_as_a_permit_is_none() {
        let open = |payload: &str| open(&signed(payload), &key().verifying_key());
        let good = payload(&statement());
        assert!(!good.contains('\u{202e}'), "escaped, and the same value");
        assert_eq!(open(&good), Ok(statement()));
        for (from, to) in [
            (STATEMENT_TYPE, "https://in-toto.io/Statement/v0.1"),
            (PREDICATE_TYPE, "mhl:permit/2"),
            ("\"name\":\"A001\"", "\"name\":\"B001\""),
            ("\"sha512\":\"c", "\"sha512\":\"d"),
            ("\"simulated\":false", "\"simulated\": false"),
            ("\"simulated\":false", "\"simulated\":false,\"until\":\"never\""),
            ("\"simulated\":false", "\"simulated\":false,\"simulated\":false"),
            ("\"media\":[\"serial:CARD\"]", "\"media\":[\"/mnt\"]"),
            ("{\"roll\":\"A\\u202e001\"}", "{\"card\":\"serial:CARD\"}"),
        ] {
            let other = good.replacen(from, to, 1);
            assert_ne!(other, good, "{from}");
            assert!(matches!(open(&other), Err(EnvelopeError::Statement { .. })), "{to}");
        }
        assert!(matches!(open("{}"), Err(EnvelopeError::Statement { .. })));
    }

    #[test]
    fn an_envelope_may_use_either_alphabet_of_base_64() {
        let sealed = seal(&statement(), &key());
        let mut envelope: Envelope = serde_json::from_str(&sealed).unwrap();
        let bytes = Base64::decode_vec(&envelope.payload).unwrap();
        envelope.payload = Base64Url::encode_string(&bytes);
        for signature in &mut envelope.signatures {
            let bytes = Base64::decode_vec(&signature.sig).unwrap();
            signature.sig = Base64Url::encode_string(&bytes);
        }
        let url = serde_json::to_string(&envelope).unwrap();
        assert_ne!(url, sealed, "the alphabets differ somewhere in it");
        assert_eq!(open(&url, &key().verifying_key()), Ok(statement()));
    }

    #[test]
    fn what_is_signed_is_as_the_protocol_lays_it_down() {
        // The example of the protocol's own text.
        let encoded = pre_authentication("http://example.com/HelloWorld", b"hello world");
        assert_eq!(encoded, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    }
}
