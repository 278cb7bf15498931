//! The keys of permits: Ed25519 (RFC 8032), in the files that `openssl` reads and writes.

use ed25519_dalek::{
    Signature, Signer,
    pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePublicKey, spki::der::pem::LineEnding},
};
use std::fmt;

/// A key that signs permits. Its bytes are wiped from memory when it is dropped, and never shown.
///
/// Keys are made elsewhere, where there is randomness: `openssl genpkey -algorithm ed25519`.
pub struct SigningKey(ed25519_dalek::SigningKey);

/// The public half of a [`SigningKey`]: it tells whose permit one is.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey(ed25519_dalek::VerifyingKey);

/// Why a text is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no Ed25519 key: {message}; expected {expected} in PEM")]
#[non_exhaustive]
pub struct KeyError {
    /// What the reader says.
    pub message: String,
    /// The form that was expected.
    pub expected: &'static str,
}

impl SigningKey {
    /// The key of a seed of 32 bytes, the private key of RFC 8032. The same seed is the same key:
    /// it has to come from a random source.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        SigningKey(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// Reads a private key: PKCS #8 in PEM, not encrypted (RFC 8410).
    ///
    /// # Errors
    /// [`KeyError`] when the text is none, or the key of another algorithm.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        ed25519_dalek::SigningKey::from_pkcs8_pem(pem).map(SigningKey).map_err(|error| KeyError {
            message: error.to_string(),
            expected: "a private key (PKCS #8, BEGIN PRIVATE KEY)",
        })
    }

    /// The public half.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key())
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, private)", self.verifying_key().id())
    }
}

impl VerifyingKey {
    /// Reads a public key: SubjectPublicKeyInfo in PEM (RFC 8410), as `openssl pkey -pubout`
    /// writes it.
    ///
    /// # Errors
    /// [`KeyError`] when the text is none, or the key of another algorithm.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let key = ed25519_dalek::VerifyingKey::from_public_key_pem(pem);
        key.map(VerifyingKey).map_err(no_public_key)
    }

    /// The key in PEM, for outside tools.
    ///
    /// # Errors
    /// [`KeyError`] when it cannot be encoded, which no Ed25519 key is known to do.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        self.0.to_public_key_pem(LineEnding::LF).map_err(no_public_key)
    }

    /// The key's 32 bytes as 64 hexadecimal digits: the `keyid` of an envelope.
    #[must_use]
    pub fn id(&self) -> String {
        self.0.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether the signature is this key's, by the strict rules that admit one spelling alone.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.0.verify_strict(message, &signature).is_ok())
    }
}

fn no_public_key(error: impl fmt::Display) -> KeyError {
    KeyError { message: error.to_string(), expected: "a public key (BEGIN PUBLIC KEY)" }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({})", self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032, section 7.1, test 1.
    const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    const PUBLIC: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    const SIGNATURE_OF_NOTHING: &str = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
            .collect()
    }

    fn key() -> SigningKey {
        SigningKey::from_seed(&bytes(SEED).try_into().unwrap())
    }

    #[test]
    fn the_vector_of_the_rfc_holds() {
        let key = key();
        assert_eq!(key.verifying_key().id(), PUBLIC);
        assert_eq!(key.sign(b"").to_vec(), bytes(SIGNATURE_OF_NOTHING));
        assert!(key.verifying_key().verifies(b"", &bytes(SIGNATURE_OF_NOTHING)));
        assert!(!key.verifying_key().verifies(b"x", &bytes(SIGNATURE_OF_NOTHING)));
        assert!(!key.verifying_key().verifies(b"", b"short"));
    }

    #[test]
    fn keys_are_read_as_openssl_writes_them() {
        let private = "-----BEGIN PRIVATE KEY-----\n\
            MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
            -----END PRIVATE KEY-----\n";
        let key = SigningKey::from_pem(private).unwrap();
        assert_eq!(key.verifying_key().id(), PUBLIC);
        let public = key.verifying_key().to_pem().unwrap();
        assert_eq!(VerifyingKey::from_pem(&public).unwrap(), key.verifying_key());
        assert!(SigningKey::from_pem(&public).unwrap_err().to_string().contains("PKCS #8"));
        assert!(VerifyingKey::from_pem(private).is_err());
        assert!(SigningKey::from_pem("").is_err());
    }

    #[test]
    fn a_private_key_is_never_shown() {
        let shown = format!("{:?}", key());
        assert!(!shown.contains(&SEED[..16]) && shown.contains(PUBLIC), "{shown}");
        assert_eq!(format!("{:?}", key().verifying_key()), format!("VerifyingKey({PUBLIC})"));
    }
}
