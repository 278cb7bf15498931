//! Why there is no plan.

/// Why a text is no plan, or no schedule follows from it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// A key is unknown, missing or of the wrong type, or the text is no TOML.
    #[error("not a {what}: {message}")]
    Toml {
        /// What it was read as: a plan, or a file of rates.
        what: &'static str,
        /// What the reader says, with line and column.
        message: String,
    },
    /// The text says something that cannot be.
    #[error("{key} is {found}; expected {expected}")]
    Inadmissible {
        /// Which key, as `chain.drives[1].name`.
        key: String,
        /// What it says.
        found: String,
        /// What it may say.
        expected: String,
    },
    /// A rate is named that the data does not have: it may be mistyped.
    #[error("{key} names the rate {name:?}; known are {}", known.join(", "))]
    NoSuchRate {
        /// Which key names it.
        key: String,
        /// The name.
        name: String,
        /// Every name in the data.
        known: Vec<String>,
    },
    /// A figure is past what a number of 64 bits holds.
    #[error("the {what} is past what a number holds; expected figures of this world")]
    TooLarge {
        /// Which figure.
        what: &'static str,
    },
}
