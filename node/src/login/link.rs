//! Links to the phone app, and the check of addresses to return to.

use crate::error::OrThrow;
use countermark::facade;
use napi_derive::napi;

#[napi]
pub struct AppLink(facade::AppLink);

#[napi]
impl AppLink {
    #[napi(constructor, catch_unwind)]
    pub fn new(id_server: String, scheme: Option<String>) -> napi::Result<Self> {
        facade::AppLink::new(scheme.as_deref(), &id_server)
            .or_throw()
            .map(Self)
    }

    #[napi(catch_unwind)]
    pub fn authenticate(
        &self,
        secsign_id: String,
        auth_session_id: String,
        return_url: String,
    ) -> napi::Result<String> {
        self.0
            .authenticate(&secsign_id, &auth_session_id, &return_url)
            .or_throw()
    }
}

#[napi(catch_unwind)]
pub fn safe_return_url(base: String, candidate: String, default: String) -> napi::Result<String> {
    facade::safe_return_url(&base, &candidate, &default).or_throw()
}
