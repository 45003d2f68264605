//! An AuthSession and its access pass.

use crate::{error::OrThrow, value::Octets};
use countermark::facade;
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

/// Comes from a login or a sealed token only.
#[napi]
pub struct AuthSession(pub(crate) facade::AuthSession);

#[napi]
impl AuthSession {
    #[napi(getter, catch_unwind)]
    pub fn secsign_id(&self) -> &str {
        self.0.secsign_id()
    }

    #[napi(getter, catch_unwind)]
    pub fn auth_session_id(&self) -> &str {
        self.0.auth_session_id()
    }

    #[napi(getter, catch_unwind)]
    pub fn service_name(&self) -> &str {
        self.0.service_name()
    }

    #[napi(getter, catch_unwind)]
    pub fn service_address(&self) -> &str {
        self.0.service_address()
    }

    #[napi(getter, catch_unwind)]
    pub fn created_at_ms(&self) -> f64 {
        crate::value::number(self.0.created_at_ms())
    }
}

#[napi(object, object_from_js = false)]
pub struct AccessPass {
    pub png: Uint8Array,
    pub width: u32,
    pub height: u32,
    pub data_uri: String,
}

impl From<facade::AccessPass> for AccessPass {
    fn from(pass: facade::AccessPass) -> Self {
        Self {
            width: pass.width(),
            height: pass.height(),
            data_uri: pass.data_uri(),
            png: pass.png().to_vec().into(),
        }
    }
}

#[napi(object, object_from_js = false)]
pub struct Challenge {
    pub session: AuthSession,
    pub access_pass: Option<AccessPass>,
}

impl From<facade::Challenge> for Challenge {
    fn from(challenge: facade::Challenge) -> Self {
        Self {
            session: AuthSession(challenge.session),
            access_pass: challenge.access_pass.map(Into::into),
        }
    }
}

#[napi(catch_unwind)]
pub fn access_pass_from_png(png: Octets) -> napi::Result<AccessPass> {
    facade::AccessPass::from_png(png.0)
        .or_throw()
        .map(Into::into)
}

#[napi(catch_unwind)]
pub fn access_pass_from_base64(text: String) -> napi::Result<AccessPass> {
    facade::AccessPass::from_base64(&text)
        .or_throw()
        .map(Into::into)
}
