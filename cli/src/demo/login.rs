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
    pending::{Owned, Pending, ask, owned},
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
use std::{io, net::SocketAddr, sync::Arc};

/// `GET /`
///
/// A new record with each form: the visitor may have come with a cookie that somebody else has planted, and knows. Nobody can go on with what
/// was begun under the old one.
pub(super) async fn form(State(site): State<Arc<Site>>, visit: Visit) -> Result<Response, Failure> {
    let is_member = site
        .visitors
        .with(&visit.id, now_ms(), |visitor| visitor.member.is_some());
    let visit = if visit.is_new || is_member == Some(true) {
        visit
    } else {
        leave(&site, &visit.id).await;
        Visit {
            id: site.visitors.renew(&visit.id, None, now_ms())?,
            is_new: true,
        }
    };
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
    match begin(&site, &posted.visitor, typed, peer).await {
        Ok(handle) => Ok(Site::redirect(
            "/login/wait",
            [cookies::set(cookies::LOGIN, &handle, site.secure)],
        )),
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

/// Gives the handle of a new login, or of the one that this visitor has open for the same ID: a second request would make the server
/// freeze the ID. A form that is sent twice is two requests, and the browser reads the answer to the last one only. So one is carried out
/// at a time, and to its end whether or not anybody still waits for it.
async fn begin(
    site: &Arc<Site>,
    visitor: &str,
    typed: &str,
    peer: SocketAddr,
) -> Result<String, Failure> {
    let secsign_id = normalize_secsign_id(typed)?;
    let turn = site
        .visitors
        .with(visitor, now_ms(), |visitor| visitor.starting.clone())
        .ok_or(Failure::UNKNOWN_HANDLE)?;
    let (site, visitor) = (site.clone(), visitor.to_owned());
    let start = tokio::spawn(async move {
        let _turn = turn.lock().await;
        match open_login(&site, &visitor) {
            Some((handle, open)) if open.secsign_id == secsign_id && !open.is_over() => Ok(handle),
            other => {
                if let Some((_, open)) = other {
                    withdraw(&site, &open.session).await;
                }
                ring(&site, &visitor, secsign_id, peer).await
            }
        }
    });
    start.await.map_err(io::Error::other)?
}

/// The login that this visitor has open, with its handle.
fn open_login(site: &Site, visitor: &str) -> Option<(String, Owned)> {
    let handle = site.visitors.with(visitor, now_ms(), |visitor| {
        visitor.pending.as_ref().map(|open| open.handle.clone())
    })??;
    let open = owned(site, visitor, &handle).ok()?;
    Some((handle, open))
}

async fn ring(
    site: &Site,
    visitor: &str,
    secsign_id: String,
    peer: SocketAddr,
) -> Result<String, Failure> {
    let now = now_ms();
    if !site.starts.allow(&peer.ip().to_string(), now) || !site.starts.allow(&secsign_id, now) {
        return Err(Failure::TOO_MANY);
    }
    let opened = site.gate.begin(&secsign_id, visitor).await?;
    let handle = opened.handle.clone();
    let pending = Pending::new(opened, secsign_id, now)?;
    site.visitors.with(visitor, now, |visitor| {
        visitor.ended = None;
        visitor.pending = Some(pending);
    });
    Ok(handle)
}

/// The visitor leaves with a login open: nobody waits for it, so the phone need not ask any more. One that is only beginning is waited for, or
/// nobody could end it.
pub(super) async fn leave(site: &Site, visitor: &str) {
    let starting = site
        .visitors
        .with(visitor, now_ms(), |visitor| visitor.starting.clone());
    let Some(turn) = starting else { return };
    let _turn = turn.lock().await;
    if let Some((_, open)) = open_login(site, visitor).filter(|(_, open)| !open.is_over()) {
        withdraw(site, &open.session).await;
    }
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
                tag: pending.tag.clone(),
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
    visit: Result<KnownVisit, Failure>,
    posted: Result<Posted, Failure>,
) -> Result<Response, Failure> {
    match check_login(&site, posted).await {
        // One more click, on the page that the visitor is about to leave.
        Err(failure) if failure.status().is_client_error() && is_member(&site, visit) => {
            Ok(Redirect::to("/members").into_response())
        }
        result => result,
    }
}

fn is_member(site: &Site, visit: Result<KnownVisit, Failure>) -> bool {
    let signed_in = |visit: KnownVisit| {
        site.visitors
            .with(&visit.id, now_ms(), |visitor| visitor.member.is_some())
    };
    visit.ok().and_then(signed_in).unwrap_or_default()
}

async fn check_login(
    site: &Arc<Site>,
    posted: Result<Posted, Failure>,
) -> Result<Response, Failure> {
    let posted = posted?;
    let handle = posted.handle.as_deref().ok_or(Failure::UNKNOWN_HANDLE)?;
    match ask(site, &posted.visitor, handle).await? {
        Standing::Pending | Standing::Fetched => {
            site.visitors.with(&posted.visitor, now_ms(), |visitor| {
                visitor.pending.as_mut().map(Pending::note_impatience)
            });
            Ok(Redirect::to("/login/wait").into_response())
        }
        Standing::Approved(identity) => finish(site, &posted.visitor, identity),
        Standing::Ended(ending) => Ok(end(site, &posted.visitor, ending)),
    }
}

/// Turns an approval into a signed-in visitor: one, however often the button was pressed.
fn finish(site: &Site, visitor: &str, identity: String) -> Result<Response, Failure> {
    let now = now_ms();
    let member = Member {
        name: identity.clone(),
        identity,
        stated_by: "The ID server, after you confirmed on your phone",
        since_ms: now,
    };
    let id = site
        .visitors
        .sign_in(visitor, member, now)?
        .ok_or(Failure::UNKNOWN_HANDLE)?;
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
