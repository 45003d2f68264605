//! The phone in the browser: which page a request gets, and what a button does. Plain forms; the script only refreshes.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Form, Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::emulator::Emulator;
use super::icons::Symbol;
use super::phone_pages as pages;
use super::session::parse_number;
use super::state::Action;

type Server = State<Arc<Emulator>>;

/// Nothing but the page's own files, and no page may frame it.
const POLICY: &str = "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// All routes.
pub(crate) fn router(emulator: Arc<Emulator>) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/requests", get(requests))
        .route("/request/{number}", get(request))
        .route("/open", post(open))
        .route("/decide", post(decide))
        .route("/reactivate", post(reactivate))
        .route("/symbol/{file}", get(symbol))
        .route(
            "/phone.css",
            get(|| async { asset("text/css; charset=UTF-8", include_str!("phone/phone.css")) }),
        )
        .route(
            "/phone.js",
            get(|| async {
                asset(
                    "text/javascript; charset=UTF-8",
                    include_str!("phone/phone.js"),
                )
            }),
        )
        .fallback(|| async { failure(StatusCode::NOT_FOUND, "There is no such page.") })
        .layer(from_fn(guard))
        .layer(DefaultBodyLimit::max(16 << 10))
        .with_state(emulator)
}

/// Refuses what another site makes the browser send, and sets the headers of every answer.
async fn guard(request: Request<Body>, next: Next) -> Response {
    let foreign =
        request.method() != "GET" && request.method() != "HEAD" && !is_own(request.headers());
    let mut response = if foreign {
        failure(StatusCode::FORBIDDEN, "This was sent from another site.")
    } else {
        next.run(request).await
    };
    let headers = [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    let fresh = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(fresh);
    response
}

/// Browsers tell with every form where it was sent from (`Sec-Fetch-Site` only on loopback and over TLS). A program that tells nothing is no browser.
fn is_own(headers: &HeaderMap) -> bool {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    let same_site =
        text("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    let same_origin = match (text("origin"), text("host")) {
        (Some(origin), Some(host)) => origin
            .split_once("://")
            .is_some_and(|(_, authority)| authority == host),
        (Some(_), None) => false,
        (None, _) => true,
    };
    same_site && same_origin
}

fn asset(content_type: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, content_type)], text)
}

fn failure(status: StatusCode, text: &str) -> Response {
    (status, Html(pages::failure(text))).into_response()
}

#[derive(Deserialize)]
struct Who {
    #[serde(default)]
    secsignid: String,
}

impl Who {
    /// As a person types it: blanks around and capitals do not matter.
    fn id(&self) -> String {
        self.secsignid.trim().to_ascii_lowercase()
    }
}

async fn home() -> Html<String> {
    Html(pages::home("", false))
}

async fn requests(State(emulator): Server, Query(who): Query<Who>) -> Response {
    let id = who.id();
    let mut state = emulator.lock();
    if !state.store.exists(&id, &state.policy) {
        return (
            StatusCode::NOT_FOUND,
            Html(pages::home(&who.secsignid, true)),
        )
            .into_response();
    }
    let now_ms = state.clock.now_ms();
    let frozen = state.store.is_frozen(&id);
    let state = &mut *state;
    let sessions = state.store.sessions_of(&id, now_ms, &state.policy);
    Html(pages::requests(
        &id,
        frozen,
        &sessions,
        now_ms,
        &state.policy,
    ))
    .into_response()
}

async fn request(State(emulator): Server, Path(number): Path<String>) -> Response {
    let mut state = emulator.lock();
    let now_ms = state.clock.now_ms();
    let state = &mut *state;
    match parse_number(&number)
        .and_then(|number| state.store.session(number, now_ms, &state.policy))
    {
        Some(session) => Html(pages::request(session, now_ms, &state.policy)).into_response(),
        None => failure(
            StatusCode::NOT_FOUND,
            "There is no such request, or it is long over.",
        ),
    }
}

#[derive(Deserialize)]
struct Open {
    session: String,
}

/// Loading a request tells the server that the phone has it.
async fn open(State(emulator): Server, Form(form): Form<Open>) -> Response {
    act(&emulator, &form.session, Action::Fetch)
}

#[derive(Deserialize)]
struct Decide {
    session: String,
    /// A symbol's number, `approve` where there is no access pass, or `deny`.
    answer: String,
}

async fn decide(State(emulator): Server, Form(form): Form<Decide>) -> Response {
    let chosen = {
        let mut state = emulator.lock();
        let now_ms = state.clock.now_ms();
        let state = &mut *state;
        let session =
            parse_number(&form.session).and_then(|n| state.store.session(n, now_ms, &state.policy));
        session.and_then(|session| match (form.answer.as_str(), session.choices) {
            ("deny", _) => Some(Action::Deny),
            ("approve", None) => Some(Action::Approve),
            (number, Some(choices)) => {
                let symbol = number
                    .parse()
                    .ok()
                    .and_then(Symbol::new)
                    .filter(|symbol| choices.contains(symbol))?;
                Some(if symbol == session.symbol {
                    Action::Approve
                } else {
                    Action::WrongSymbol
                })
            }
            _ => None,
        })
    };
    match chosen {
        Some(action) => act(&emulator, &form.session, action),
        None => failure(
            StatusCode::BAD_REQUEST,
            "There is no such request or symbol.",
        ),
    }
}

/// Whatever comes of it, the request's page shows it.
fn act(emulator: &Emulator, number: &str, action: Action) -> Response {
    let Some(number) = parse_number(number) else {
        return failure(StatusCode::BAD_REQUEST, "There is no such request.");
    };
    let mut state = emulator.lock();
    let now_ms = state.clock.now_ms();
    let state = &mut *state;
    match state.store.act(number, action, now_ms, &state.policy) {
        Some(_) => Redirect::to(&format!("/request/{number}")).into_response(),
        None => failure(
            StatusCode::NOT_FOUND,
            "There is no such request, or it is long over.",
        ),
    }
}

async fn reactivate(State(emulator): Server, Form(who): Form<Who>) -> Response {
    let id = who.id();
    if !emulator.lock().store.freeze(&id, false) {
        return failure(StatusCode::NOT_FOUND, "There is no such ID.");
    }
    // Only IDs that exist come here, and their characters need no encoding in a query.
    Redirect::to(&format!("/requests?secsignid={id}")).into_response()
}

async fn symbol(Path(file): Path<String>) -> Response {
    let symbol = file
        .strip_suffix(".png")
        .and_then(|number| number.parse().ok())
        .and_then(Symbol::new);
    match symbol {
        Some(symbol) => {
            let headers = [
                (header::CONTENT_TYPE, "image/png"),
                (header::CACHE_CONTROL, "max-age=86400, immutable"),
            ];
            (headers, symbol.png()).into_response()
        }
        None => failure(StatusCode::NOT_FOUND, "There is no such symbol."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(pairs: &[(&'static str, &'static str)]) -> bool {
        is_own(
            &pairs
                .iter()
                .map(|&(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v)))
                .collect(),
        )
    }

    #[test]
    fn forms_of_other_sites_are_refused() {
        assert!(own(&[("host", "127.0.0.1:7000")]));
        assert!(own(&[
            ("host", "127.0.0.1:7000"),
            ("origin", "http://127.0.0.1:7000")
        ]));
        assert!(own(&[
            ("host", "h"),
            ("origin", "http://h"),
            ("sec-fetch-site", "same-origin")
        ]));
        assert!(!own(&[("host", "h"), ("origin", "null")]));
        assert!(!own(&[
            ("host", "h"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site")
        ]));
        assert!(!own(&[
            ("host", "127.0.0.1:7000"),
            ("origin", "http://127.0.0.1:7001")
        ]));
        assert!(!own(&[
            ("host", "127.0.0.1:7000"),
            ("origin", "http://evil.example")
        ]));
        assert!(!own(&[("host", "h"), ("sec-fetch-site", "cross-site")]));
        assert!(!own(&[("host", "h"), ("sec-fetch-site", "same-site")]));
    }
}
