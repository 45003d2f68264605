//! The site: what it is made of, and every address that it has.

use super::{
    events, failure, gate::Gate, limiter::Limiter, link_door::LinkDoor, links, login, members,
    security_headers, static_files, visitors::Visitors,
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderValue, StatusCode, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Redirect, Response},
    routing::{MethodRouter, get, post},
};
use std::sync::Arc;
use tokio::sync::watch;

/// Longest form that is read: a token, an ID, and room.
const BODY_MAX: usize = 8 * 1024;

/// Everything that handlers share.
pub(super) struct Site {
    /// Shown on the phone and in the pages. From the command line, never from a request.
    pub(super) service_name: String,
    /// Shown on the phone. From the command line, never from a request.
    pub(super) service_address: String,
    /// The phone page of the ID server in this process.
    pub(super) phone_url: String,
    /// The ID that the login page suggests.
    pub(super) example_id: String,
    /// Whether visitors come by https, so that cookies are for https only.
    pub(super) secure: bool,
    pub(super) visitors: Visitors,
    pub(super) starts: Limiter,
    pub(super) gate: Gate,
    pub(super) link_door: LinkDoor,
    /// Turns true when the process is asked to stop.
    pub(super) stopping: watch::Receiver<bool>,
}

impl Site {
    /// 303 to an address of this site, with cookies.
    pub(super) fn redirect<const N: usize>(
        to: &'static str,
        cookies: [Option<HeaderValue>; N],
    ) -> Response {
        let mut response = Redirect::to(to).into_response();
        for cookie in cookies.into_iter().flatten() {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }

    /// The page of one ID on the phone. The characters of an ID need no encoding in a query.
    pub(super) fn phone_url_for(&self, secsign_id: &str) -> String {
        format!("{}requests?secsignid={secsign_id}", self.phone_url)
    }
}

/// The router: GET shows, POST changes. The one exception is a signed link, which is a login by nature.
pub(super) fn router(site: Arc<Site>) -> Router {
    Router::new()
        .route("/", once_asked(get(login::form)))
        .route("/login", post(login::start))
        .route("/login/wait", get(login::wait))
        .route("/login/events", only_get(get(events::follow)))
        .route("/login/check", post(login::check))
        .route("/login/cancel", post(login::cancel))
        .route("/login/ended", get(login::ended))
        .route("/members", get(members::show))
        .route("/logout", post(members::sign_out))
        .route("/links", get(links::show).post(links::make))
        .route(
            "/enter/onelogin",
            once_asked(only_get(get(links::enter_onelogin))),
        )
        .route(
            "/enter/countermark-v1",
            once_asked(only_get(get(links::enter_v1))),
        )
        .route("/assets/site.css", get(static_files::style))
        .route("/assets/wait.js", get(static_files::wait_script))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(from_fn_with_state(site.clone(), failure::render))
        .layer(from_fn_with_state(site.clone(), security_headers::add))
        .with_state(site)
}

/// Without the HEAD that comes with GET: a link scanner that asks for the head must not use up a login.
fn only_get<S: Clone + Send + Sync + 'static>(route: MethodRouter<S>) -> MethodRouter<S> {
    route.head(async || (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET")]))
}

/// Without what a browser fetches before anybody has asked for it: that must not use up a link, nor end the login that is open. The browser
/// comes again.
fn once_asked<S: Clone + Send + Sync + 'static>(route: MethodRouter<S>) -> MethodRouter<S> {
    route.layer(from_fn(async |request: Request, next: Next| {
        let purpose = request.headers().get("sec-purpose");
        if purpose.is_some_and(|purpose| purpose.as_bytes().starts_with(b"prefetch")) {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        next.run(request).await
    }))
}
