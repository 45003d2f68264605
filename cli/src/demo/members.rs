//! The page behind the login. Only the server's own record of the visitor opens it: nothing in the address, a form or
//! a header says who somebody is.

use super::{
    cookies,
    failure::Failure,
    login, now_ms,
    pages::{self, Frame, MembersPage},
    site::Site,
    visit::{KnownVisit, Posted},
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use std::sync::Arc;

/// `GET /members`
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    visit: Result<KnownVisit, Failure>,
) -> Response {
    let Ok(visit) = visit else {
        return Redirect::to("/").into_response();
    };
    let page = site.visitors.with(&visit.id, now_ms(), |visitor| {
        let member = visitor.member.clone()?;
        Some(pages::respond(
            StatusCode::OK,
            &MembersPage {
                frame: Frame::new(&site, visitor, "members"),
                name: member.name,
                identity: member.identity,
                stated_by: member.stated_by,
                since: time_of_day(member.since_ms),
            },
        ))
    });
    page.flatten()
        .unwrap_or_else(|| Redirect::to("/").into_response())
}

/// `POST /logout`
pub(super) async fn sign_out(
    State(site): State<Arc<Site>>,
    posted: Posted,
) -> Result<Response, Failure> {
    login::leave(&site, &posted.visitor).await;
    let id = site.visitors.renew(&posted.visitor, None, now_ms())?;
    Ok(Site::redirect(
        "/",
        [cookies::set(cookies::VISITOR, &id, site.secure)],
    ))
}

fn time_of_day(unix_ms: i64) -> String {
    let minutes = unix_ms.div_euclid(60_000);
    format!(
        "{:02}:{:02} UTC",
        minutes.div_euclid(60).rem_euclid(24),
        minutes.rem_euclid(60)
    )
}

#[cfg(test)]
mod tests {
    use super::time_of_day;

    #[test]
    fn time_of_day_wraps_at_midnight() {
        assert_eq!(time_of_day(1_700_000_000_000), "22:13 UTC");
        assert_eq!(time_of_day(86_399_999), "23:59 UTC");
        assert_eq!(time_of_day(86_400_000), "00:00 UTC");
    }
}
