//! What a handler learns about its caller: the visitor's record, and for a change of state the proof that the
//! visitor's own page asked for it.

use super::{
    cookies,
    failure::{self, Failure},
    now_ms,
    site::Site,
};
use axum::{
    Form, RequestExt,
    extract::{FromRequest, FromRequestParts, Request},
    http::{header, request::Parts},
    response::{IntoResponse, Response},
};
use std::sync::Arc;

/// A visitor, known or new.
pub(super) struct Visit {
    /// The name of the record.
    pub(super) id: String,
    /// Whether the record was made just now, so that the answer must set the cookie.
    pub(super) is_new: bool,
}

impl FromRequestParts<Arc<Site>> for Visit {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Failure> {
        match known_visitor(parts, site) {
            Some(id) => Ok(Self { id, is_new: false }),
            None => Ok(Self {
                id: site.visitors.create(now_ms())?,
                is_new: true,
            }),
        }
    }
}

impl Visit {
    /// Gives a new visitor the cookie.
    pub(super) fn remember(&self, site: &Site, mut response: Response) -> Response {
        if self.is_new {
            if let Some(cookie) = cookies::set(cookies::VISITOR, &self.id, site.secure) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
        }
        response
    }
}

/// A visitor that was here before.
pub(super) struct KnownVisit {
    /// The name of the record.
    pub(super) id: String,
}

impl FromRequestParts<Arc<Site>> for KnownVisit {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Failure> {
        known_visitor(parts, site)
            .map(|id| Self { id })
            .ok_or(Failure::UNKNOWN_HANDLE)
    }
}

fn known_visitor(parts: &Parts, site: &Site) -> Option<String> {
    cookies::read(&parts.headers, cookies::VISITOR)
        .filter(|id| site.visitors.knows(id, now_ms()))
        .map(str::to_owned)
}

/// A form that this visitor's own page has sent: it carries the page's token.
pub(super) struct Posted {
    /// The name of the visitor's record.
    pub(super) visitor: String,
    /// The value of the sealed-login cookie, if there is one.
    pub(super) handle: Option<String>,
    /// Whether a program asks, which wants refusals as JSON.
    pub(super) wants_json: bool,
    fields: Vec<(String, String)>,
}

impl Posted {
    /// The value of a field that occurs exactly once.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        field(&self.fields, name)
    }
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut values = fields
        .iter()
        .filter(|(key, _)| key == name)
        .map(|(_, value)| value.as_str());
    values.next().filter(|_| values.next().is_none())
}

impl FromRequest<Arc<Site>> for Posted {
    type Rejection = Failure;

    async fn from_request(mut request: Request, site: &Arc<Site>) -> Result<Self, Failure> {
        let known = request
            .extract_parts_with_state::<KnownVisit, _>(site)
            .await;
        let handle = cookies::read(request.headers(), cookies::LOGIN).map(str::to_owned);
        let wants_json = failure::wants_json(request.headers());
        let Form(fields) = request
            .extract::<Form<Vec<(String, String)>>, _>()
            .await
            .map_err(|rejection| Failure::from_status(rejection.into_response().status()))?;
        let visitor = known.map_err(|_| Failure::FORGED_FORM)?.id;
        let token = field(&fields, "csrf").unwrap_or_default();
        match site
            .visitors
            .with(&visitor, now_ms(), |record| record.has_csrf(token))
        {
            Some(true) => Ok(Self {
                visitor,
                handle,
                wants_json,
                fields,
            }),
            _ => Err(Failure::FORGED_FORM),
        }
    }
}
