//! The login: the form, the access pass, and how it ends.
//!
//! The browser holds two cookies and neither says anything. One names the visitor's record on the server, the other is
//! the sealed session, which opens for this visitor and this service only. What the page shows comes from the record;
//! who is signed in comes from the ID server.

use super::{
    cookies,
    ending::Ending,
    failure::{self, Failure},
    gate::Standing,
    now_ms,
    pages::{self, EndedPage, Frame, LoginPage, WaitPage},
    pending::{Pending, ask, owned},
    site::Site,
    visit::{KnownVisit, Posted, Visit},
    visitors::Member,
};
use axum::{
    extract::{ConnectInfo, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use countermark::{
    facade::{AuthSession, normalize_secsign_id},
    limits::AUTH_SESSION_LIFE_MS,
};
use std::{net::SocketAddr, sync::Arc};

/// `GET /`
pub(super) async fn form(State(site): State<Arc<Site>>, visit: Visit) -> Result<Response, Failure> {
    let page = form_page(&site, &visit.id, StatusCode::OK, "", None);
    Ok(visit.remember(&site, page))
}

fn form_page(
    site: &Site,
    visitor: &str,
    status: StatusCode,
    typed: &str,
    problem: Option<&'static str>,
) -> Response {
    let page = site.visitors.with(visitor, now_ms(), |visitor| {
        let frame = Frame::new(site, visitor, "login");
        pages::respond(
            status,
            &LoginPage {
                frame,
                typed,
                problem,
                example_id: &site.example_id,
            },
        )
    });
    page.unwrap_or_else(|| Redirect::to("/").into_response())
}

/// `POST /login`: rings the phone.
pub(super) async fn start(
    State(site): State<Arc<Site>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    posted: Posted,
) -> Result<Response, Failure> {
    let typed = posted.field("secsignid").unwrap_or_default();
    match begin(&site, &posted, typed, peer).await {
        Ok(Some(handle)) => Ok(Site::redirect(
            "/login/wait",
            [cookies::set(cookies::LOGIN, &handle, site.secure)],
        )),
        Ok(None) => Ok(Redirect::to("/login/wait").into_response()),
        Err(failure) if posted.wants_json => Err(failure),
        Err(failure) => Ok(form_page(
            &site,
            &posted.visitor,
            failure.status(),
            typed,
            Some(failure.text()),
        )),
    }
}

/// Gives the handle of a new login, or nothing if this visitor has one open for the same ID: a second request would
/// make the server freeze the ID.
async fn begin(
    site: &Site,
    posted: &Posted,
    typed: &str,
    peer: SocketAddr,
) -> Result<Option<String>, Failure> {
    let secsign_id = normalize_secsign_id(typed)?;
    let now = now_ms();
    if let Some(open) = posted
        .handle
        .as_deref()
        .and_then(|handle| owned(site, &posted.visitor, handle).ok())
    {
        if open.secsign_id == secsign_id && open.known.is_none_or(|standing| !standing.is_final()) {
            return Ok(None);
        }
        withdraw(site, &open.session).await;
    }
    if !site.starts.allow(&peer.ip().to_string(), now) || !site.starts.allow(&secsign_id, now) {
        return Err(Failure::TOO_MANY);
    }
    let opened = site.gate.begin(&secsign_id, &posted.visitor).await?;
    let pending = Pending::new(opened.login, secsign_id, opened.access_pass, now);
    site.visitors.with(&posted.visitor, now, |visitor| {
        visitor.ended = None;
        visitor.pending = Some(pending);
    });
    Ok(Some(opened.handle))
}

/// `GET /login/wait`: the access pass.
pub(super) async fn wait(
    State(site): State<Arc<Site>>,
    visit: Result<KnownVisit, Failure>,
) -> Response {
    let Ok(visit) = visit else {
        return Redirect::to("/").into_response();
    };
    let now = now_ms();
    let page = site.visitors.with(&visit.id, now, |visitor| {
        let pending = visitor.pending.as_ref()?;
        Some(pages::respond(
            StatusCode::OK,
            &WaitPage {
                frame: Frame::new(&site, visitor, "login"),
                secsign_id: pending.secsign_id.clone(),
                service_address: &site.service_address,
                access_pass: pending.access_pass.clone(),
                state_text: pending.text(),
                left_ms: (pending.started_ms + AUTH_SESSION_LIFE_MS - now).max(0),
                life_ms: AUTH_SESSION_LIFE_MS,
                phone_for_id: site.phone_url_for(&pending.secsign_id),
            },
        ))
    });
    page.flatten()
        .unwrap_or_else(|| Redirect::to("/").into_response())
}

/// `POST /login/check`: the only way from an approval to a session.
pub(super) async fn check(
    State(site): State<Arc<Site>>,
    posted: Posted,
) -> Result<Response, Failure> {
    let handle = posted.handle.as_deref().ok_or(Failure::UNKNOWN_HANDLE)?;
    match ask(&site, &posted.visitor, handle).await? {
        Standing::Pending | Standing::Fetched => {
            site.visitors.with(&posted.visitor, now_ms(), |visitor| {
                visitor.pending.as_mut().map(Pending::note_impatience)
            });
            Ok(Redirect::to("/login/wait").into_response())
        }
        Standing::Approved(_) => finish(&site, &posted.visitor),
        Standing::Ended(ending) => Ok(end(&site, &posted.visitor, ending)),
    }
}

/// Turns an approval into a signed-in visitor, once: the record is taken out of the store in one step.
fn finish(site: &Site, visitor: &str) -> Result<Response, Failure> {
    let now = now_ms();
    let pending = site
        .visitors
        .with(visitor, now, |visitor| visitor.pending.take())
        .flatten();
    let Some(Pending {
        standing: Standing::Approved(identity),
        ..
    }) = pending
    else {
        return Err(Failure::UNKNOWN_HANDLE);
    };
    let member = Member {
        name: identity.clone(),
        identity,
        stated_by: "The ID server, after you confirmed on your phone",
        since_ms: now,
    };
    let id = site.visitors.renew(visitor, Some(member), now)?;
    Ok(Site::redirect(
        "/members",
        [
            cookies::set(cookies::VISITOR, &id, site.secure),
            cookies::remove(cookies::LOGIN, site.secure),
        ],
    ))
}

/// `POST /login/cancel`
pub(super) async fn cancel(
    State(site): State<Arc<Site>>,
    posted: Posted,
) -> Result<Response, Failure> {
    let handle = posted.handle.as_deref().ok_or(Failure::UNKNOWN_HANDLE)?;
    let open = owned(&site, &posted.visitor, handle)?;
    withdraw(&site, &open.session).await;
    Ok(end(&site, &posted.visitor, Ending::Canceled))
}

/// The visitor wants to leave: the login ends here whatever the ID server says, and expires there.
async fn withdraw(site: &Site, session: &AuthSession) {
    if let Err(error) = site.gate.cancel(session).await {
        failure::log("cancel", &error);
    }
}

fn end(site: &Site, visitor: &str, ending: Ending) -> Response {
    site.visitors.with(visitor, now_ms(), |visitor| {
        visitor.pending = None;
        visitor.ended = Some(ending);
    });
    Site::redirect(
        "/login/ended",
        [cookies::remove(cookies::LOGIN, site.secure)],
    )
}

/// `GET /login/ended`
pub(super) async fn ended(
    State(site): State<Arc<Site>>,
    visit: Result<KnownVisit, Failure>,
) -> Response {
    let Ok(visit) = visit else {
        return Redirect::to("/").into_response();
    };
    let page = site.visitors.with(&visit.id, now_ms(), |visitor| {
        let ending = visitor.ended?;
        let frame = Frame::new(&site, visitor, "login");
        Some(pages::respond(
            StatusCode::OK,
            &EndedPage {
                frame,
                title: ending.title(),
                text: ending.text(),
            },
        ))
    });
    page.flatten()
        .unwrap_or_else(|| Redirect::to("/").into_response())
}
