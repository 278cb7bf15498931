//! mhl-policy
