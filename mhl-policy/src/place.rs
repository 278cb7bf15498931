//! Where media stand.

use crate::word::identifier;
use serde::{Deserialize, Serialize};

identifier! {
    /// A place by the name that the production gave it.
    PlaceId
}

/// A place: a room at a site, perhaps in a threat zone that other sites share (one flood plain,
/// one building, one city).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Place {
    /// Its identifier.
    pub id: PlaceId,
    /// Name of the site. Two names that differ in case or white space alone are one site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// The threat zone. Once any site has one, a site without one is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

impl Place {
    /// A place of which nothing more is known.
    #[must_use]
    pub fn new(id: impl Into<PlaceId>) -> Self {
        Place { id: id.into(), site: None, zone: None }
    }

    /// A place at a site.
    #[must_use]
    pub fn at(id: impl Into<PlaceId>, site: impl Into<String>) -> Self {
        Place { id: id.into(), site: Some(site.into()), zone: None }
    }
}

/// The name as it is compared: case and runs of white space tell no two sites apart.
pub(crate) fn comparable(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
