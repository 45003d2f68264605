//! Reading the fields of a request: an absent field is the binding's default, one of another type a bad request.

use crate::Refusal;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

#[derive(Clone, Copy)]
pub(crate) struct Fields<'a>(pub(crate) &'a Map<String, Value>);

impl<'a> Fields<'a> {
    fn get<T>(
        self,
        name: &str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(value).map(Some).ok_or(Refusal::BadRequest),
        }
    }

    pub(crate) fn text(self, name: &str) -> Result<&'a str, Refusal> {
        self.text_opt(name)?.ok_or(Refusal::BadRequest)
    }

    pub(crate) fn text_opt(self, name: &str) -> Result<Option<&'a str>, Refusal> {
        self.get(name, Value::as_str)
    }

    pub(crate) fn int(self, name: &str) -> Result<i64, Refusal> {
        self.int_opt(name)?.ok_or(Refusal::BadRequest)
    }

    pub(crate) fn int_opt(self, name: &str) -> Result<Option<i64>, Refusal> {
        self.get(name, Value::as_i64)
    }

    pub(crate) fn flag_opt(self, name: &str) -> Result<Option<bool>, Refusal> {
        self.get(name, Value::as_bool)
    }

    pub(crate) fn list(self, name: &str) -> Result<&'a [Value], Refusal> {
        Ok(self.get(name, Value::as_array)?.map_or(&[], Vec::as_slice))
    }

    pub(crate) fn texts_opt(self, name: &str) -> Result<Option<Vec<&'a str>>, Refusal> {
        self.get(name, |list| {
            list.as_array()?.iter().map(Value::as_str).collect()
        })
    }

    /// Each element of a list of objects.
    pub(crate) fn objects(self, name: &str) -> Result<Vec<Fields<'a>>, Refusal> {
        self.list(name)?
            .iter()
            .map(|item| item.as_object().map(Fields).ok_or(Refusal::BadRequest))
            .collect()
    }

    pub(crate) fn object_opt(self, name: &str) -> Result<Option<Fields<'a>>, Refusal> {
        Ok(self.get(name, Value::as_object)?.map(Fields))
    }

    /// Bytes in standard base64.
    pub(crate) fn bytes(self, name: &str) -> Result<Vec<u8>, Refusal> {
        STANDARD
            .decode(self.text(name)?)
            .map_err(|_| Refusal::BadRequest)
    }
}

/// Bytes as standard base64.
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}
