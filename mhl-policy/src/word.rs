//! The three shapes that recorded values take: words of an open list, identifiers, and "all or
//! only these".

use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt};

/// Defines an enumeration of the words that this version knows. A word outside the list survives
/// as `Other`: it is kept, shown, and judged as unknown.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(from = "String", into = "String")]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$word_doc])* $word,)*
            /// A word that this version does not know. It is kept, and judged as unknown.
            Other(String),
        }

        impl $name {
            /// The word as the ledger spells it.
            #[must_use]
            pub fn name(&self) -> &str {
                match self { $($name::$word => $text,)* $name::Other(word) => word }
            }

            /// The words that this version knows.
            pub const WORDS: &'static [&'static str] = &[$($text,)*];
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word { $($text => $name::$word,)* other => $name::Other(other.to_owned()) }
            }
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                $name::from(word.as_str())
            }
        }

        impl From<$name> for String {
            fn from(word: $name) -> Self {
                word.name().to_owned()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }
    };
}

/// Defines an identifier that people chose: any text that is not empty.
macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The identifier's text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<T: Into<String>> From<T> for $name {
            fn from(text: T) -> Self {
                $name(text.into())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

pub(crate) use {identifier, words};

words! {
    /// The word "all".
    AllWord {
        /// Every one.
        All "all",
    }
}

/// Everything, or only what is named. In JSON: the text `"all"`, or an array.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scope<T: Ord> {
    /// Only these. An empty set covers nothing.
    Only(BTreeSet<T>),
    /// A word: `all`, or one that this version does not know.
    Word(AllWord),
}

impl<T: Ord> Scope<T> {
    /// Everything.
    #[must_use]
    pub const fn all() -> Self {
        Scope::Word(AllWord::All)
    }

    /// Only these.
    #[must_use]
    pub fn only<U: Into<T>>(items: impl IntoIterator<Item = U>) -> Self {
        Scope::Only(items.into_iter().map(Into::into).collect())
    }

    /// Whether an item is covered; unknown where the word is unknown.
    #[must_use]
    pub fn covers(&self, item: &T) -> crate::Truth {
        match self {
            Scope::Only(items) => items.contains(item).into(),
            Scope::Word(AllWord::All) => crate::Truth::Yes,
            Scope::Word(AllWord::Other(_)) => crate::Truth::Unknown,
        }
    }
}

/// The text with control characters and bidirectional overrides escaped as `\u{…}`, so that a
/// name can neither move the cursor nor turn a sentence round.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if is_unprintable(character) {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}

/// Compact JSON with the same characters as JSON's own escapes: the same value to whoever reads it.
pub(crate) fn escape_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        // They stand inside strings alone, and all of them lie in the basic plane.
        if is_unprintable(character) {
            out.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            out.push(character);
        }
    }
    out
}

/// Control characters, line and paragraph separators, and the marks that change the direction of
/// text or cannot be seen.
pub(crate) fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}

/// Words joined for a sentence: `a, b and c`.
pub(crate) fn joined<T: fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    match items.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Truth;

    #[test]
    fn row_104_a_word_of_no_list_is_kept_and_unknown() {
        let scope: Scope<String> = serde_json::from_str("\"most\"").unwrap();
        assert_eq!(scope.covers(&"x".to_owned()), Truth::Unknown);
        assert_eq!(serde_json::to_string(&scope).unwrap(), "\"most\"");
        let scope: Scope<String> = serde_json::from_str("\"all\"").unwrap();
        assert_eq!(scope, Scope::all());
        let scope: Scope<String> = serde_json::from_str("[]").unwrap();
        assert_eq!(scope.covers(&"x".to_owned()), Truth::No);
    }

    #[test]
    fn nothing_unprintable_reaches_a_terminal() {
        assert_eq!(escaped("A\u{202e}B\n\u{1b}[2J"), "A\\u{202e}B\\u{a}\\u{1b}[2J");
        assert_eq!(escaped("Größe 上"), "Größe 上");
    }

    #[test]
    fn lists_read_as_sentences() {
        assert_eq!(joined::<&str>([]), "");
        assert_eq!(joined(["a"]), "a");
        assert_eq!(joined(["a", "b", "c"]), "a, b and c");
    }
}
