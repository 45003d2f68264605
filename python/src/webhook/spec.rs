//! A scheme of one's own.

use super::named;
use crate::{
    error::Answer,
    number::{Span, setting},
};
use countermark::facade::{
    self, Digest, HashKind, KeyEncoding, PairText, Repeats, SignatureEncoding, TimeUnit, UrlForm,
};
use pyo3::prelude::*;

/// A webhook scheme of your own: HMAC-SHA256 of the body in hex in one header, and what the keywords change of that.
#[pyclass(module = "countermark", frozen)]
pub(crate) struct SchemeSpec(pub(crate) facade::SchemeSpec);

/// The constructor has one keyword for each field of the facade's spec: text and numbers as they are, the rest by name.
macro_rules! spec {
    (plain { $($plain:ident: $type:ty),* } spans { $($span:ident),* } named { $($named:ident: $kind:ident),* }) => {
        #[pymethods]
        impl SchemeSpec {
            #[new]
            #[pyo3(signature = (id, signature_header, *, $($plain=None,)* $($span=None,)* $($named=None,)*))]
            fn new(
                id: &str,
                signature_header: &str,
                $($plain: Option<$type>,)*
                $($span: Option<Span>,)*
                $($named: Option<&str>,)*
            ) -> Answer<Self> {
                let mut spec = facade::SchemeSpec::new(id, signature_header);
                $(if let Some(value) = $plain {
                    spec.$plain = value;
                })*
                $(if let Some(value) = setting($span, stringify!($span))? {
                    spec.$span = value;
                })*
                $(if let Some(name) = $named {
                    spec.$named = named(stringify!($named), $kind::from_name(name))?;
                })*
                Ok(Self(spec))
            }

            fn __repr__(&self) -> String {
                format!("<SchemeSpec {:?}>", self.0.id)
            }
        }
    };
}

spec! {
    plain {
        signature_parameter: String, prefix: String, separator: String, signed: String, id_header: String,
        time_header: String, time_label: String, time_parameter: String, time_json: String, pairs_only: String, pairs_except: String, pairs_equals: String, pairs_join: String
    }
    spans { max_age_s, max_future_s }
    named {
        encoding: SignatureEncoding, digest: Digest, hash: HashKind, key: KeyEncoding, url: UrlForm,
        time_unit: TimeUnit, pairs_text: PairText, pairs_repeats: Repeats
    }
}
