//! Links to the phone app, and the check of addresses to return to.

use crate::{error::Answer, input::Foreign};
use countermark::facade;
use pyo3::prelude::*;

/// Makes links that open the phone app on a login, for a page that is read on the phone itself.
///
/// ``id_server``: ``host[:port]`` of the server that the phone talks to. ``scheme``: that of a branded app.
#[pyclass(module = "countermark", frozen)]
pub(crate) struct AppLink(facade::AppLink);

#[pymethods]
impl AppLink {
    #[new]
    #[pyo3(signature = (id_server, *, scheme=None))]
    fn new(id_server: &str, scheme: Option<&str>) -> Answer<Self> {
        Ok(Self(facade::AppLink::new(scheme, id_server)?))
    }

    /// The link that opens a session in the app and returns to ``return_url`` afterwards.
    fn authenticate(
        &self,
        secsign_id: &str,
        auth_session_id: &str,
        return_url: &str,
    ) -> Answer<String> {
        Ok(self
            .0
            .authenticate(secsign_id, auth_session_id, return_url)?)
    }

    fn __repr__(&self) -> &'static str {
        "<AppLink>"
    }
}

/// Where to go after a login: ``candidate``, if it stays on the site ``base``, else ``default``.
#[pyfunction]
pub(crate) fn safe_return_url(base: &str, candidate: Foreign<'_>, default: &str) -> Answer<String> {
    Ok(facade::safe_return_url(base, candidate.0, default)?)
}
