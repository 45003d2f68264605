//! What a visitor is told when something does not work. Reasons go to the operator's log, never into an answer.

use super::{cookies, pages, site::Site};
use crate::output::note;
use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use countermark::{Error, ErrorCode};
use serde_json::json;
use std::{io, sync::Arc};

/// A refusal: the status, a stable code for programs, and texts for people.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failure {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    text: &'static str,
}

impl Failure {
    /// The login handle is not this visitor's, or of no login that is under way.
    pub(super) const UNKNOWN_HANDLE: Self = Self {
        status: StatusCode::NOT_FOUND,
        code: "UNKNOWN_HANDLE",
        title: "No login here",
        text: "There is no login under way in this browser. Start a new one.",
    };

    /// A form without the token of this visitor's page.
    pub(super) const FORGED_FORM: Self = Self {
        status: StatusCode::FORBIDDEN,
        code: "FORGED_FORM",
        title: "This form has expired",
        text: "Go back, load the page again, and send the form once more.",
    };

    /// Too many starts.
    pub(super) const TOO_MANY: Self = Self {
        status: StatusCode::TOO_MANY_REQUESTS,
        code: "RATE_LIMITED",
        title: "Too many attempts",
        text: "Please wait a minute, then try again.",
    };

    /// A signed link that was refused, for whatever reason.
    pub(super) const LINK_REFUSED: Self = Self {
        status: StatusCode::UNAUTHORIZED,
        code: "LINK_REFUSED",
        title: "This link cannot sign you in",
        text: "It may be old, used, or damaged. Go back to where you got it and open it again.",
    };

    /// The refusal for a bare status, such as the router gives.
    pub(super) fn from_status(status: StatusCode) -> Self {
        let (code, title, text) = match status {
            StatusCode::NOT_FOUND => ("NOT_FOUND", "Nothing here", "This address does not exist."),
            StatusCode::METHOD_NOT_ALLOWED => (
                "METHOD_NOT_ALLOWED",
                "Not that way",
                "This address is used by the site's own forms.",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => (
                "TOO_LARGE",
                "Too much at once",
                "The form was larger than this site accepts.",
            ),
            status if status.is_client_error() => (
                "BAD_REQUEST",
                "Not understood",
                "The request was not of the form that this site expects.",
            ),
            StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => (
                "UPSTREAM",
                "Login is not available",
                "The login service does not answer. Please try again in a moment.",
            ),
            _ => (
                "INTERNAL",
                "Something went wrong",
                "It is not your fault. Please try again later.",
            ),
        };
        Self {
            status,
            code,
            title,
            text,
        }
    }

    /// The status of the answer.
    pub(super) fn status(self) -> StatusCode {
        self.status
    }

    /// The sentence for people.
    pub(super) fn text(self) -> &'static str {
        self.text
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        log("internal fault", &error);
        Self::from_status(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        log(error.code().name(), &error);
        let title = "Login is not possible";
        let status = StatusCode::from_u16(error.code().info().http_status)
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let public = |text| Self {
            status,
            code: error.code().name(),
            title,
            text,
        };
        match error.code() {
            ErrorCode::UnknownHandle | ErrorCode::HandleExpired | ErrorCode::AlreadyConsumed => {
                Self::UNKNOWN_HANDLE
            }
            ErrorCode::InvalidSecsignId => {
                public("This is not a SecSign ID: only letters, digits and _ @ - . can be in it.")
            }
            ErrorCode::Busy => public(
                "A login for this SecSign ID is already open. Finish or cancel it first, or wait two minutes.",
            ),
            // One answer for an ID that is unknown, one that is frozen, and every other refusal: the difference is nobody's business but
            // its owner's, whom the app tells. That the server is out of reach says nothing of an ID.
            _ if status.is_client_error() => Self {
                status: StatusCode::UNAUTHORIZED,
                code: "LOGIN_REFUSED",
                title,
                text: "The login could not be started. Check the SecSign ID, and in the app whether it is frozen.",
            },
            _ => Self::from_status(status),
        }
    }
}

/// Tells the operator why. Errors of the core hold no secret, handle or received value.
pub(super) fn log(what: &str, why: &dyn std::fmt::Display) {
    note(format_args!("countermark demo: {what}: {why}"));
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Whether the caller is a program that asks for JSON.
pub(super) fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("application/json"))
}

/// Gives every refusal its body: JSON for a program that asks for it, a page for everyone else.
pub(super) async fn render(
    State(site): State<Arc<Site>>,
    request: Request,
    next: Next,
) -> Response {
    let wants_json = wants_json(request.headers());
    let visitor = cookies::read(request.headers(), cookies::VISITOR).map(str::to_owned);
    let mut response = next.run(request).await;
    let status = response.status();
    let failure = match response.extensions_mut().remove::<Failure>() {
        Some(failure) => failure,
        // The router refuses too: no such path, another method, a body over the limit.
        None if status.as_u16() >= 400 && !pages::is_page(&response) => {
            Failure::from_status(status)
        }
        None => return response,
    };
    let mut body = if wants_json {
        (
            status,
            Json(json!({"error": {"code": failure.code, "message": failure.text}})),
        )
            .into_response()
    } else {
        pages::notice(
            &site,
            visitor.as_deref(),
            status,
            failure.title,
            failure.text,
        )
    };
    // Keep what belongs to the refusal itself, such as `Allow` and a cookie that is taken back.
    for (name, value) in response.headers() {
        if name == header::ALLOW || name == header::SET_COOKIE {
            body.headers_mut().append(name, value.clone());
        }
    }
    body
}
