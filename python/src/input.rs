//! What Python hands in: text, bytes and headers, without a copy where nobody can change them.

use countermark::facade::WebhookHeader;
use pyo3::{
    exceptions::PyUnicodeError,
    prelude::*,
    sync::critical_section::with_critical_section,
    types::{PyBytes, PyDict, PyList, PyMemoryView, PyString, PyTuple},
};
use smallvec::SmallVec;
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

/// Text of a visitor's. JSON can hold what is no Unicode: it becomes text that nothing accepts, for Python's own error is none of the table.
#[derive(Clone, Copy)]
pub(crate) struct Foreign<'a>(pub(crate) &'a str);

impl<'a> FromPyObject<'a, '_> for Foreign<'a> {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, '_, PyAny>) -> PyResult<Self> {
        match value.extract::<&str>() {
            Err(refused) if refused.is_instance_of::<PyUnicodeError>(value.py()) => {
                Ok(Self("\u{fffd}"))
            }
            extracted => Ok(Self(extracted?)),
        }
    }
}

/// `octets` for the same: bytes that are no UTF-8, of no other text.
pub(crate) fn foreign_octets<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, [u8]>> {
    match octets(value) {
        Err(refused) if refused.is_instance_of::<PyUnicodeError>(value.py()) => {
            let encoded = value.call_method1("encode", ("utf-8", "surrogatepass"))?;
            Ok(bytes(&encoded)?.as_bytes().to_vec().into())
        }
        octets => octets,
    }
}

/// So many headers need no allocation.
const FEW: usize = 16;

type Pair<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);
type Pairs<'py> = SmallVec<[Pair<'py>; FEW]>;

/// Lends the headers of a request to `work` in the form of the facade. They are a mapping, anything with `items()`, or pairs; names and
/// values are text or bytes. Those that `wanted` leaves out need only be of a right type.
#[inline]
pub(crate) fn lend_headers<T>(
    headers: &Bound<'_, PyAny>,
    wanted: Wanted,
    work: impl FnOnce(&[WebhookHeader<'_>]) -> T,
) -> PyResult<T> {
    let mut pairs = Pairs::new();
    collect(headers, &mut pairs)?;
    let mut lent = SmallVec::<[WebhookHeader<'_>; FEW]>::new();
    for (name, value) in &pairs {
        let name = ascii(name)?;
        if !name.is_none_or(|name| wanted.has(name)) && value.cast_exact::<PyString>().is_ok() {
            continue;
        }
        let (Some(name), Some(value)) = (name, ascii(value)?) else {
            return lend_decoded(&pairs, work);
        };
        let value = value.as_bytes();
        lent.push(WebhookHeader { name, value });
    }
    Ok(work(&lent))
}

/// The same for headers that hold more than ASCII, as few do.
#[cold]
fn lend_decoded<T>(
    pairs: &[Pair<'_>],
    work: impl FnOnce(&[WebhookHeader<'_>]) -> T,
) -> PyResult<T> {
    let mut decoded = Vec::with_capacity(pairs.len());
    for (name, value) in pairs {
        decoded.push((wire(name)?, wire(value)?));
    }
    let mut lent = Vec::with_capacity(decoded.len());
    for (name, value) in &decoded {
        // No header of a scheme has a name that is not UTF-8.
        if let Ok(name) = std::str::from_utf8(name) {
            lent.push(WebhookHeader { name, value });
        }
    }
    Ok(work(&lent))
}

/// Into the caller's own memory, which is too much to be moved.
fn collect<'py>(headers: &Bound<'py, PyAny>, pairs: &mut Pairs<'py>) -> PyResult<()> {
    if let Ok(dict) = headers.cast_exact::<PyDict>() {
        // Locked, for another thread may change it where there is no GIL.
        with_critical_section(headers, || pairs.extend(dict.iter()));
    } else if let Ok(list) = headers.cast_exact::<PyList>() {
        for item in list {
            pairs.push(pair(&item)?);
        }
    } else {
        // Header classes of frameworks are mappings whose `items()` gives every duplicate.
        let items = match headers.getattr_opt("items")? {
            Some(items) => items.call0()?,
            None => headers.clone(),
        };
        for item in items.try_iter()? {
            pairs.push(pair(&item?)?);
        }
    }
    Ok(())
}

/// Which headers anybody looks at: those of the lengths that the wanted names have, which costs less to see than the names. What is
/// too much of it, the core leaves aside.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
    /// A bit for each length; the last is for that length and all above.
    lengths: u64,
}

impl Wanted {
    pub(crate) const ALL: Self = Self { lengths: u64::MAX };

    /// The names that the facade gives for a verifier, where `#` stands for any end.
    pub(crate) fn these(names: &[String]) -> Self {
        let bits = |name: &String| match name.strip_suffix('#') {
            Some(stem) => u64::MAX << Self::bit(stem),
            None => 1 << Self::bit(name),
        };
        Self {
            lengths: names.iter().map(bits).fold(0, |all, some| all | some),
        }
    }

    #[inline]
    fn has(self, name: &str) -> bool {
        self.lengths >> Self::bit(name) & 1 == 1
    }

    #[inline]
    fn bit(name: &str) -> usize {
        name.len().min(63)
    }
}

/// ASCII as text, from text or bytes.
#[inline]
fn ascii<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<Option<&'a str>> {
    // Asking for the exact type first is one comparison.
    let text = if let Ok(text) = value.cast_exact::<PyString>() {
        text.to_str()?
    } else if let Ok(bytes) = value.cast::<PyBytes>() {
        std::str::from_utf8(bytes.as_bytes()).unwrap_or("\u{fffd}")
    } else if let Ok(text) = value.cast::<PyString>() {
        text.to_str()?
    } else {
        return Ok(None);
    };
    Ok(Some(text).filter(|text| text.is_ascii()))
}

fn pair<'py>(item: &Bound<'py, PyAny>) -> PyResult<Pair<'py>> {
    // Its own error says what is wrong with another length.
    if let Ok(pair) = item.cast_exact::<PyTuple>() {
        return pair.extract();
    }
    // Text of two characters is no pair.
    if !item.is_instance_of::<PyString>() && item.len()? == 2 {
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
