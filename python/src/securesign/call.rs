//! One exchange with the API, in the steps of a login.

use super::{SecureSignPending, SecureSignSession, SecureSignValidation};
use crate::{
    error::Answer,
    http::{Step, failure_kind, failure_phase, step},
    input,
    number::{Count, Time},
};
use countermark::facade;
use pyo3::prelude::*;
use std::sync::{Mutex, MutexGuard, PoisonError};

macro_rules! call {
    ($(#[$doc:meta])* $name:ident { $($result:tt)* }) => {
        $(#[$doc])*
        #[pyclass(module = "countermark", frozen)]
        pub(crate) struct $name(Mutex<facade::$name>);

        impl $name {
            pub(super) fn of(call: facade::$name) -> Self {
                Self(Mutex::new(call))
            }

            fn call(&self) -> MutexGuard<'_, facade::$name> {
                self.0.lock().unwrap_or_else(PoisonError::into_inner)
            }
        }

        #[pymethods]
        impl $name {
            /// What to do now: an `HttpRequest` to send, or `None` at the end.
            fn poll(&self, now_ms: Time) -> Option<Step> {
                step(self.call().poll(now_ms.0))
            }

            /// Feeds the answer: its HTTP status and whole body. Follow no redirect: feed it.
            fn on_response(&self, status: Count, body: &Bound<'_, PyAny>, now_ms: Time) -> Answer<()> {
                let body = input::bytes(body)?;
                Ok(self.call().on_response(status.0, body.as_bytes(), now_ms.0)?)
            }

            /// Feeds a failure of the transport, in the words of `Login.on_transport_error`.
            fn on_transport_error(&self, kind: &str, phase: &str, now_ms: Time) -> Answer<()> {
                let (kind, phase) = (failure_kind(kind)?, failure_phase(phase)?);
                Ok(self.call().on_transport_error(kind, phase, now_ms.0)?)
            }

            $($result)*

            fn __repr__(&self) -> &'static str {
                concat!("<", stringify!($name), ">")
            }
        }
    };
}

call! {
    /// Asks whether key, tenant and origin are good: ``POST /auth/validate``.
    SecureSignValidateCall {
        /// What the server confirmed.
        fn validation(&self) -> Answer<SecureSignValidation> {
            Ok(self.call().validation()?.into())
        }
    }
}

call! {
    /// Opens a signing session: ``POST /auth/session``.
    SecureSignSessionCall {
        /// The session, with a deep link that was checked.
        fn session(&self) -> Answer<SecureSignSession> {
            Ok(self.call().session()?.into())
        }

        /// What to keep until the callback comes.
        fn pending(&self) -> Answer<SecureSignPending> {
            Ok(SecureSignPending(self.call().pending()?))
        }
    }
}
