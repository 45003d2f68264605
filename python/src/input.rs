//! What Python hands in: text, bytes and headers, without a copy where nobody can change them.

use countermark::facade::WebhookHeader;
use pyo3::{
    prelude::*,
    types::{PyBytes, PyDict, PyList, PyMemoryView, PyString, PyTuple},
};
use std::borrow::Cow;

/// Bytes as they are; anything else that has a buffer is copied once, so that what was verified cannot change afterwards.
/// Text is refused by `memoryview`: a body that was decoded is another body.
pub(crate) fn bytes<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(bytes.clone());
    }
    // `bytes(number)` would be that many zeros, so the way leads over a view.
    let copy = PyMemoryView::from(value)?.call_method0("tobytes")?;
    Ok(copy.cast_into::<PyBytes>()?)
}

/// Text as UTF-8, or bytes as they are.
pub(crate) fn octets<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, [u8]>> {
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(text.to_str()?.as_bytes().into());
    }
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(bytes.as_bytes().into());
    }
    Ok(bytes(value)?.as_bytes().to_vec().into())
}

/// The headers of a request: a mapping, anything with `items()`, or pairs. Names and values are text or bytes.
pub(crate) struct Headers<'py>(Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>);

impl<'py> Headers<'py> {
    pub(crate) fn of(headers: &Bound<'py, PyAny>) -> PyResult<Self> {
        if let Ok(dict) = headers.cast_exact::<PyDict>() {
            return Ok(Self(dict.iter().collect()));
        }
        if let Ok(list) = headers.cast_exact::<PyList>() {
            return list
                .iter()
                .map(|item| pair(&item))
                .collect::<PyResult<_>>()
                .map(Self);
        }
        // Header classes of frameworks are mappings whose `items()` gives every duplicate.
        let items = match headers.getattr_opt("items")? {
            Some(items) => items.call0()?,
            None => headers.clone(),
        };
        items
            .try_iter()?
            .map(|item| pair(&item?))
            .collect::<PyResult<_>>()
            .map(Self)
    }

    pub(crate) fn optional(headers: Option<&Bound<'py, PyAny>>) -> PyResult<Self> {
        headers.map_or(Ok(Self(Vec::new())), Self::of)
    }

    /// Lends the headers to `work` in the form of the facade.
    pub(crate) fn lend<T>(&self, work: impl FnOnce(&[WebhookHeader<'_>]) -> T) -> PyResult<T> {
        let mut headers = Vec::with_capacity(self.0.len());
        for (name, value) in &self.0 {
            let (Some(name), Some(value)) = (ascii(name)?, ascii(value)?) else {
                return self.lend_decoded(work);
            };
            let value = value.as_bytes();
            headers.push(WebhookHeader { name, value });
        }
        Ok(work(&headers))
    }

    /// The same for headers that hold more than ASCII, as few do.
    #[cold]
    fn lend_decoded<T>(&self, work: impl FnOnce(&[WebhookHeader<'_>]) -> T) -> PyResult<T> {
        let mut pairs = Vec::with_capacity(self.0.len());
        for (name, value) in &self.0 {
            pairs.push((wire(name)?, wire(value)?));
        }
        let mut headers = Vec::with_capacity(pairs.len());
        for (name, value) in &pairs {
            // No header of a scheme has a name that is not UTF-8.
            if let Ok(name) = std::str::from_utf8(name) {
                headers.push(WebhookHeader { name, value });
            }
        }
        Ok(work(&headers))
    }
}

/// ASCII as text, from text or bytes.
fn ascii<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<Option<&'a str>> {
    let text = match value.cast::<PyString>() {
        Ok(text) => text.to_str()?,
        Err(_) => match value.cast::<PyBytes>() {
            Ok(bytes) => std::str::from_utf8(bytes.as_bytes()).unwrap_or("\u{fffd}"),
            Err(_) => return Ok(None),
        },
    };
    Ok(Some(text).filter(|text| text.is_ascii()))
}

fn pair<'py>(item: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    if let Ok(pair) = item.cast_exact::<PyTuple>() {
        // Its own error says what is wrong with another length.
        return pair.extract();
    }
    if item.len()? == 2 {
        return Ok((item.get_item(0)?, item.get_item(1)?));
    }
    item.extract()
}

/// The bytes as they came: servers hand out header text decoded as Latin-1 (PEP 3333). Text beyond it came from no server,
/// and is taken as UTF-8.
fn wire<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, [u8]>> {
    let bytes = octets(value)?;
    if bytes.is_ascii() || !value.is_instance_of::<PyString>() {
        return Ok(bytes);
    }
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    let latin: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
    Ok(latin.map_or(bytes, Cow::Owned))
}
