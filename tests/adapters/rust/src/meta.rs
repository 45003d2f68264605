//! `meta.*`

use countermark::facade;
use serde_json::{Value, json};

pub(crate) fn errors() -> Value {
    let rows: Vec<Value> = facade::list_errors()
        .iter()
        .map(|row| {
            json!({
                "number": row.number, "name": row.name, "class": row.class.name(),
                "retryable": row.retryable, "http_status": row.http_status,
            })
        })
        .collect();
    json!({ "errors": rows })
}

pub(crate) fn version() -> Value {
    json!({"version": facade::VERSION, "abi": facade::ABI_VERSION})
}

pub(crate) fn states() -> Value {
    let rows: Vec<Value> = facade::list_states()
        .iter()
        .map(|state| json!({"number": state.number(), "name": state.name(), "terminal": state.is_terminal()}))
        .collect();
    json!({ "states": rows })
}
