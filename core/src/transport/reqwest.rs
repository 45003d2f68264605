//! Exchanges over reqwest, with everything switched off that a browser would want.

use super::{BoxFuture, HttpReply, Transport, TransportFailure, tls};
use crate::{
    Error, ErrorCode, Result,
    facade::{FailureKind, FailurePhase, HttpRequest},
};
use alloc::{borrow::ToOwned as _, boxed::Box, string::String, sync::Arc, vec::Vec};
use core::{error::Error as StdError, time::Duration};
use reqwest::{
    Url,
    header::{HeaderName, HeaderValue},
};
use std::{
    io,
    net::IpAddr,
    sync::{PoisonError, RwLock},
};

/// How long an idle connection is kept: less than the 5 s after which Apache and Node close it, since a request that
/// meets a connection in the moment of its closing counts as perhaps sent.
const POOL_IDLE: Duration = Duration::from_secs(4);

/// Something that is no request cannot have been sent. The step machines never make one.
const UNUSABLE: TransportFailure = TransportFailure {
    kind: FailureKind::Unreachable,
    phase: FailurePhase::NotSent,
};

/// HTTP/1.1 over TLS (rustls with ring), and plain HTTP to loopback addresses only.
///
/// Redirects are not followed, nothing is retried, no cookies, no compression, and no proxy: variables such as
/// `HTTPS_PROXY` are ignored, because under CGI a visitor can set `HTTP_PROXY` (CVE-2016-5385). Where a proxy is needed,
/// implement [`Transport`] for it.
#[derive(Debug, Clone)]
pub struct HttpTransport {
    client: reqwest::Client,
    /// The same without a pool of connections.
    single_use: reqwest::Client,
    /// The last address, since a client asks one server again and again, and reading an address costs more than copying it.
    last_url: Arc<RwLock<Option<(String, Url)>>>,
}

impl HttpTransport {
    /// A transport that trusts the platform's root certificates and those in `extra_roots_pem` (may be empty), and that
    /// gives up connecting after `connect_timeout_ms`, whatever a request says. Nothing is started or connected here.
    ///
    /// # Errors
    ///
    /// `INVALID_CONFIG` when the roots cannot be read.
    pub fn new(extra_roots_pem: &[u8], connect_timeout_ms: u32) -> Result<Self> {
        let tls = tls::client_config(extra_roots_pem)?;
        let connect_timeout = Duration::from_millis(connect_timeout_ms.into());
        let client = |idle: usize| {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .connect_timeout(connect_timeout)
                .pool_idle_timeout(POOL_IDLE)
                .pool_max_idle_per_host(idle)
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .no_proxy()
                .http1_only()
                .build()
                .map_err(|_| Error::with_detail(ErrorCode::InvalidConfig, "transport"))
        };
        Ok(Self {
            client: client(usize::MAX)?,
            single_use: client(0)?,
            last_url: Arc::default(),
        })
    }

    async fn exchange(&self, request: &HttpRequest) -> Result<HttpReply, TransportFailure> {
        let outgoing = self.build(request)?;
        let mut reply = self
            .client
            .execute(outgoing)
            .await
            .map_err(|error| failure(&error, phase(&error)))?;
        // One byte more than the limit tells the step machine that there was more.
        let enough = (request.max_reply_bytes as usize).saturating_add(1);
        let mut body = Vec::new();
        while body.len() < enough {
            let chunk = reply
                .chunk()
                .await
                .map_err(|error| failure(&error, FailurePhase::MaybeSent))?;
            let Some(chunk) = chunk else { break };
            let room = chunk.len().min(enough - body.len());
            body.extend_from_slice(chunk.get(..room).unwrap_or_default());
        }
        Ok(HttpReply {
            status: reply.status().as_u16(),
            body,
        })
    }

    fn build(&self, request: &HttpRequest) -> Result<reqwest::Request, TransportFailure> {
        let method =
            reqwest::Method::from_bytes(request.method.as_bytes()).map_err(|_| UNUSABLE)?;
        let mut outgoing = reqwest::Request::new(method, self.address(&request.url)?);
        for header in &request.headers {
            let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| UNUSABLE)?;
            let value = HeaderValue::from_str(&header.value).map_err(|_| UNUSABLE)?;
            outgoing.headers_mut().append(name, value);
        }
        *outgoing.timeout_mut() = Some(Duration::from_millis(request.total_timeout_ms.into()));
        *outgoing.body_mut() = Some(request.body.clone().into());
        Ok(outgoing)
    }

    /// Reads an address that may be asked.
    fn address(&self, text: &str) -> Result<Url, TransportFailure> {
        let last = self.last_url.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, url)) = last.as_ref().filter(|(last, _)| last == text) {
            return Ok(url.clone());
        }
        drop(last);
        let url = Url::parse(text).map_err(|_| UNUSABLE)?;
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
            return Err(TransportFailure {
                kind: FailureKind::Tls,
                phase: FailurePhase::NotSent,
            });
        }
        let mut last = self
            .last_url
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *last = Some((text.to_owned(), url.clone()));
        Ok(url)
    }
}

impl Transport for HttpTransport {
    fn single_use(&self) -> Option<Arc<dyn Transport>> {
        Some(Arc::new(Self {
            client: self.single_use.clone(),
            single_use: self.single_use.clone(),
            last_url: Arc::clone(&self.last_url),
        }))
    }

    fn send<'a>(
        &'a self,
        request: &'a HttpRequest,
    ) -> BoxFuture<'a, Result<HttpReply, TransportFailure>> {
        Box::pin(self.exchange(request))
    }
}

fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost"
            || bare
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    })
}

/// Connecting ends before the first byte of a request; every other failure leaves open how far it came.
fn phase(error: &reqwest::Error) -> FailurePhase {
    if error.is_connect() || error.is_dns() || error.is_builder() {
        FailurePhase::NotSent
    } else {
        FailurePhase::MaybeSent
    }
}

/// The error of reqwest, whose text would hold the address, goes no further than here.
fn failure(error: &reqwest::Error, phase: FailurePhase) -> TransportFailure {
    let kind = if is_tls(error) {
        FailureKind::Tls
    } else if error.is_timeout() {
        FailureKind::Timeout
    } else {
        FailureKind::Unreachable
    };
    TransportFailure { kind, phase }
}

fn is_tls(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<rustls::Error>() {
            return true;
        }
        // `source` of an `io::Error` skips the error that it wraps.
        next = match error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    false
}
