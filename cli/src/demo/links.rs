//! Signed links: the doors that they open, and the laboratory that makes good and bad ones to try.

use super::{
    cookies,
    failure::{self, Failure},
    link_door::{DIRECTORY, LinkDoor, Person, Profile},
    now_ms,
    pages::{self, Frame, LinksPage},
    site::Site,
    visit::{KnownVisit, Posted, Visit},
    visitors::Member,
};
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use std::sync::Arc;

/// The links of one profile.
#[derive(Clone)]
pub(super) struct LinkSet {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) about: &'static str,
    pub(super) links: Vec<Link>,
}

/// A link and what the verifier says of it.
#[derive(Clone)]
pub(super) struct Link {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) about: &'static str,
    /// The query, with what was changed in it marked.
    pub(super) parts: Vec<Part>,
    pub(super) href: String,
    pub(super) accepted: bool,
    /// The name of the error, or `VERIFIED`.
    pub(super) verdict: &'static str,
    /// The verdict as an operator's log would have it.
    pub(super) reason: String,
}

/// A piece of a query.
#[derive(Clone)]
pub(super) struct Part {
    pub(super) text: String,
    pub(super) marked: bool,
}

const ANN: Person = DIRECTORY[0];
const CLEO: Person = DIRECTORY[2];

/// Older than any profile allows.
const LONG_AGO_MS: i64 = 15 * 60_000;

/// Most people come from elsewhere and were never here before.
type MaybeKnown = Result<KnownVisit, Failure>;

/// `GET /enter/onelogin`
pub(super) async fn enter_onelogin(
    site: State<Arc<Site>>,
    visit: MaybeKnown,
    query: RawQuery,
) -> Result<Response, Failure> {
    enter(&site, &visit, Profile::OneLogin, query)
}

/// `GET /enter/countermark-v1`
pub(super) async fn enter_v1(
    site: State<Arc<Site>>,
    visit: MaybeKnown,
    query: RawQuery,
) -> Result<Response, Failure> {
    enter(&site, &visit, Profile::V1, query)
}

/// A link that verifies signs its person in, once, and leaves for an address without the person's data. Every other one
/// gets the same answer: why is for the log.
fn enter(
    site: &Site,
    visit: &MaybeKnown,
    profile: Profile,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let now = now_ms();
    let person = site
        .link_door
        .enter(profile, &query.unwrap_or_default(), now)
        .map_err(|error| {
            failure::log(error.code().name(), &error);
            Failure::LINK_REFUSED
        })?;
    let member = Member {
        name: format!("{} {}", person.first_name, person.last_name),
        identity: person.email.to_owned(),
        stated_by: profile.stated_by(),
        since_ms: now,
    };
    let id = site.visitors.renew(
        visit.as_ref().map_or("", |visit| &visit.id),
        Some(member),
        now,
    )?;
    Ok(Site::redirect(
        "/members",
        [
            cookies::set(cookies::VISITOR, &id, site.secure),
            cookies::remove(cookies::LOGIN, site.secure),
        ],
    ))
}

/// `GET /links`
pub(super) async fn show(State(site): State<Arc<Site>>, visit: Visit) -> Response {
    let page = site.visitors.with(&visit.id, now_ms(), |visitor| {
        let page = LinksPage {
            frame: Frame::new(&site, visitor, "links"),
            sets: &visitor.links,
        };
        pages::respond(StatusCode::OK, &page)
    });
    visit.remember(
        &site,
        page.unwrap_or_else(|| Redirect::to("/links").into_response()),
    )
}

/// `POST /links`: makes a set of links for this visitor.
pub(super) async fn make(
    State(site): State<Arc<Site>>,
    posted: Posted,
) -> Result<Response, Failure> {
    let now = now_ms();
    let sets =
        [Profile::OneLogin, Profile::V1].map(|profile| link_set(&site.link_door, profile, now));
    let sets = sets.into_iter().collect::<Result<_, _>>()?;
    site.visitors
        .with(&posted.visitor, now, |visitor| visitor.links = sets);
    Ok(Redirect::to("/links").into_response())
}

fn link_set(door: &LinkDoor, profile: Profile, now_ms: i64) -> countermark::Result<LinkSet> {
    let good = door.sign(profile, &ANN, now_ms)?;
    let old = door.sign(profile, &ANN, now_ms - LONG_AGO_MS)?;
    let used = door.sign(profile, &CLEO, now_ms)?;
    // Used up here and now; if an earlier set had the very same link, it was used up then.
    let _ = door.enter(profile, &used, now_ms);

    let link = |id, title, about, query: String, mark: &str| {
        let verdict = door.verdict(profile, &query, now_ms);
        Link {
            id,
            title,
            about,
            parts: marked(&query, mark),
            href: format!("{}?{query}", profile.path()),
            accepted: verdict.is_ok(),
            verdict: verdict
                .as_ref()
                .err()
                .map_or("VERIFIED", |error| error.code().name()),
            reason: verdict.map_or_else(
                |error| error.to_string(),
                |person| {
                    format!(
                        "signed for {} {}, {}",
                        person.first_name, person.last_name, person.email
                    )
                },
            ),
        }
    };
    let tampered = good.replace("lastname=Lee", "lastname=Leo");
    let shifted = good
        .replace("lastname=Lee", "lastname=Leebig")
        .replace("email=bigbob", "email=bob");
    Ok(LinkSet {
        id: profile.id(),
        title: profile.title(),
        about: profile.about(),
        links: vec![
            link(
                "good",
                "Good",
                "As the portal made it, a moment ago.",
                good,
                "",
            ),
            link(
                "expired",
                "Expired",
                "A sound signature, made a quarter of an hour ago.",
                old,
                "",
            ),
            link(
                "tampered",
                "Tampered",
                "One letter of the name was changed on the way.",
                tampered,
                "Leo",
            ),
            link(
                "shifted",
                "Shifted field boundary",
                profile.about_shifted(),
                shifted,
                "big",
            ),
            link(
                "replayed",
                "Replayed",
                "A good link that was opened once already.",
                used,
                "",
            ),
        ],
    })
}

/// The query in pieces, the first occurrence of `mark` standing out.
fn marked(query: &str, mark: &str) -> Vec<Part> {
    let part = |text: &str, marked| Part {
        text: text.to_owned(),
        marked,
    };
    match query.split_once(mark).filter(|_| !mark.is_empty()) {
        Some((before, after)) => vec![part(before, false), part(mark, true), part(after, false)],
        None => vec![part(query, false)],
    }
}
