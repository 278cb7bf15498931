//! `ledger.schema.json`: the one list of kinds and fields. What people type takes its shape here.

use super::event::EventError;
use serde_json::{Map, Value};

/// The JSON Schema of a ledger line, draft 2020-12.
pub const SCHEMA: &str = include_str!("../../ledger.schema.json");

/// The shapes of fields that can be typed, by their names under `$defs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Text,
    Count,
    Flag,
    List,
    Scope,
}

impl Shape {
    fn of(property: &Value) -> Self {
        match property.get("$ref").and_then(Value::as_str) {
            Some("#/$defs/count") => Shape::Count,
            Some("#/$defs/flag") => Shape::Flag,
            Some("#/$defs/list") => Shape::List,
            Some("#/$defs/scope") => Shape::Scope,
            _ => Shape::Text,
        }
    }

    const fn expected(self) -> &'static str {
        match self {
            Shape::Text => "one text",
            Shape::Count => "a whole number",
            Shape::Flag => "true or false",
            Shape::List => "each item by itself, or an empty value for the empty list",
            Shape::Scope => "all, or each item by itself, or an empty value for the empty list",
        }
    }

    /// The JSON value of all that was typed for one field.
    fn value(self, typed: &[&str]) -> Option<Value> {
        match (self, typed) {
            (Shape::Text, [text]) => Some(Value::from(*text)),
            (Shape::Count, [text]) => text.parse::<u64>().ok().map(Value::from),
            (Shape::Flag, [text]) => text.parse::<bool>().ok().map(Value::from),
            (Shape::Scope, ["all"]) => Some(Value::from("all")),
            (Shape::List | Shape::Scope, [""]) => Some(Value::Array(Vec::new())),
            // JSON in the place of an item would become an item of that name.
            (Shape::List | Shape::Scope, items) if items.iter().any(|i| i.starts_with('[')) => None,
            (Shape::List | Shape::Scope, items) => Some(Value::from(items.to_vec())),
            _ => None,
        }
    }
}

/// The data of an event from fields as they were typed.
pub(super) fn data_of_fields(kind: &str, fields: &[(&str, &str)]) -> Result<Value, EventError> {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap_or_default();
    let properties = schema
        .pointer(&format!("/$defs/events/{kind}/properties"))
        .and_then(Value::as_object)
        .ok_or_else(|| EventError::UnknownKind { kind: kind.to_owned() })?;
    let mut data = Map::new();
    for (typed, _) in fields {
        let name = typed.replace('-', "_");
        let property = properties.get(&name).ok_or_else(|| EventError::UnknownField {
            kind: kind.to_owned(),
            field: (*typed).to_owned(),
            expected: properties.keys().cloned().collect(),
        })?;
        let values: Vec<&str> = fields
            .iter()
            .filter(|(field, _)| field.replace('-', "_") == name)
            .map(|(_, value)| *value)
            .collect();
        let shape = Shape::of(property);
        let value = shape.value(&values).ok_or_else(|| EventError::Value {
            kind: kind.to_owned(),
            field: (*typed).to_owned(),
            value: values.join(" "),
            expected: shape.expected(),
        })?;
        data.insert(name, value);
    }
    Ok(Value::Object(data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_no_item_of_a_list() {
        for wrong in ["[]", "[\"S001\"]"] {
            assert!(data_of_fields("roll", &[("id", "A001"), ("links", wrong)]).is_err());
        }
        let none = data_of_fields("roll", &[("id", "A001"), ("links", "")]).unwrap();
        assert_eq!(none["links"], serde_json::json!([]));
    }
}
