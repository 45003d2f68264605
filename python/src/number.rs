//! Numbers. Python's have no end, so one that is out of range is a wrong value like any other, and not the `OverflowError` that PyO3 makes of it. What is
//! no whole number at all, such as a `float`, stays Python's own `TypeError`.

use countermark::{Error, ErrorCode};
use pyo3::{PyErr, exceptions::PyOverflowError, prelude::*};

use crate::error::exception;

/// `None` for a number that `T` cannot hold.
fn read<T: TryFrom<i64>>(value: Borrowed<'_, '_, PyAny>) -> PyResult<Option<T>> {
    match value.extract::<i64>() {
        Ok(number) => Ok(T::try_from(number).ok()),
        Err(refused) if refused.is_instance_of::<PyOverflowError>(value.py()) => Ok(None),
        Err(refused) => Err(refused),
    }
}

/// An argument of a call, such as a time.
pub(crate) struct Whole<T>(pub(crate) T);

pub(crate) type Time = Whole<i64>;
pub(crate) type Count = Whole<u32>;

impl<T: TryFrom<i64>> FromPyObject<'_, '_> for Whole<T> {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let out = || {
            let error = Error::with_detail(ErrorCode::InvalidInput, "a whole number of this range");
            exception(value.py(), &error)
        };
        read(value)?.map(Self).ok_or_else(out)
    }
}

/// The value of an argument that may be absent.
pub(crate) fn whole<T>(given: Option<Whole<T>>) -> Option<T> {
    given.map(|Whole(number)| number)
}

/// What was given for a number of the configuration. One that cannot be is refused by its name, with the code that the core has for one that may not be.
pub(crate) struct Setting<T>(Option<T>);

pub(crate) type Span = Setting<u32>;

impl<T: TryFrom<i64>> FromPyObject<'_, '_> for Setting<T> {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        read(value).map(Self)
    }
}

/// The value of a setting that may be absent.
pub(crate) fn setting<T>(
    given: Option<Setting<T>>,
    name: &'static str,
) -> Result<Option<T>, Error> {
    let refused = || Error::with_detail(ErrorCode::InvalidConfig, name);
    given
        .map(|Setting(number)| number.ok_or_else(refused))
        .transpose()
}

/// Seconds with a fraction, as Python's clocks and time-outs have them, in milliseconds. What has no end, such as `inf`, is the longest
/// that there is.
pub(crate) struct Seconds {
    pub(crate) ms: i64,
}

impl FromPyObject<'_, '_> for Seconds {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let seconds = match value.extract::<f64>() {
            Err(refused) if refused.is_instance_of::<PyOverflowError>(value.py()) => f64::NAN,
            seconds => seconds?,
        };
        if seconds.is_nan() {
            let error = Error::with_detail(ErrorCode::InvalidInput, "a number of seconds");
            return Err(exception(value.py(), &error));
        }
        Ok(Self {
            ms: (seconds * 1000.0).round() as i64,
        })
    }
}
