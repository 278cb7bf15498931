//! What a name is (XML 1.0, fifth edition, productions 4 and 4a; Namespaces, production 4).

/// Whether this is a name without a colon: of an element or attribute the prefix or the local
/// part, of a processing instruction the whole.
pub(super) fn is_unprefixed(name: &str) -> bool {
    name.starts_with(begins) && name.chars().all(continues)
}

const fn begins(character: char) -> bool {
    matches!(
        character,
        'A'..='Z'
            | '_'
            | 'a'..='z'
            | '\u{c0}'..='\u{d6}'
            | '\u{d8}'..='\u{f6}'
            | '\u{f8}'..='\u{2ff}'
            | '\u{370}'..='\u{37d}'
            | '\u{37f}'..='\u{1fff}'
            | '\u{200c}'..='\u{200d}'
            | '\u{2070}'..='\u{218f}'
            | '\u{2c00}'..='\u{2fef}'
            | '\u{3001}'..='\u{d7ff}'
            | '\u{f900}'..='\u{fdcf}'
            | '\u{fdf0}'..='\u{fffd}'
            | '\u{10000}'..='\u{effff}'
    )
}

const fn continues(character: char) -> bool {
    begins(character)
        || matches!(
            character,
            '-' | '.'
                | '0'..='9'
                | '\u{b7}'
                | '\u{300}'..='\u{36f}'
                | '\u{203f}'..='\u{2040}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_19_names_begin_and_go_on_as_the_productions_say() {
        for name in ["a", "_", "Größe", "한국", "ab-1.2", "a\u{b7}", "e\u{301}", "\u{10000}"] {
            assert!(is_unprefixed(name), "{name:?}");
        }
        for name in [
            "",
            "1a",
            "-a",
            ".a",
            "a:b",
            "a b",
            "a<b",
            "x\u{d7}",
            "\u{f7}x",
            "\u{b7}a",
            "\u{301}e",
            "a\u{37e}",
            "a\u{2028}",
            "a\u{3000}",
            "a\u{e000}",
            "a\u{f0000}",
        ] {
            assert!(!is_unprefixed(name), "{name:?}");
        }
    }
}
