//! The constants of an enumeration, which any value of a program's settings may be.

use pyo3::{prelude::*, types::PyType};

/// How `copy` and `pickle` get one again: by its name from its class.
pub(crate) type Constant<'py> = (Bound<'py, PyAny>, (Bound<'py, PyType>, String));

pub(crate) fn reduce<'py>(constant: &Bound<'py, PyAny>) -> PyResult<Constant<'py>> {
    let class = constant.get_type();
    // PyO3 writes a constant as `Class.NAME`.
    let written = constant.repr()?.to_string();
    let name = written.rsplit('.').next().unwrap_or(&written).to_owned();
    let getattr = constant.py().import("builtins")?.getattr("getattr")?;
    Ok((getattr, (class, name)))
}
