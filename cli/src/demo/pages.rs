//! The pages: one template each, compiled in, every value escaped by the template engine.

use super::{failure, links::LinkSet, now_ms, site::Site, visitors::Visitor};
use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};

/// What every page shows around its content.
pub(super) struct Frame<'a> {
    service_name: &'a str,
    phone_url: &'a str,
    csrf: String,
    signed_in: bool,
    here: &'static str,
}

impl<'a> Frame<'a> {
    /// The frame for this visitor; `here` marks the page in the navigation.
    pub(super) fn new(site: &'a Site, visitor: &Visitor, here: &'static str) -> Self {
        Self {
            service_name: &site.service_name,
            phone_url: &site.phone_url,
            csrf: visitor.csrf.clone(),
            signed_in: visitor.member.is_some(),
            here,
        }
    }

    /// Without forms.
    fn for_stranger(site: &'a Site) -> Self {
        Self {
            service_name: &site.service_name,
            phone_url: &site.phone_url,
            csrf: String::new(),
            signed_in: false,
            here: "",
        }
    }
}

#[derive(Template)]
#[template(path = "login.html")]
pub(super) struct LoginPage<'a> {
    pub(super) frame: Frame<'a>,
    /// What was typed the last time.
    pub(super) typed: &'a str,
    /// Why that did not work.
    pub(super) problem: Option<&'static str>,
    pub(super) example_id: &'a str,
}

#[derive(Template)]
#[template(path = "wait.html")]
pub(super) struct WaitPage<'a> {
    pub(super) frame: Frame<'a>,
    pub(super) secsign_id: String,
    pub(super) service_address: &'a str,
    /// Tells the stream which login this page shows.
    pub(super) tag: String,
    /// A `data:` address, for logins with an access pass.
    pub(super) access_pass: Option<String>,
    pub(super) state_text: &'static str,
    pub(super) left_ms: i64,
    pub(super) life_ms: i64,
    pub(super) phone_for_id: String,
}

#[derive(Template)]
#[template(path = "ended.html")]
pub(super) struct EndedPage<'a> {
    pub(super) frame: Frame<'a>,
    pub(super) title: &'static str,
    pub(super) text: &'static str,
}

#[derive(Template)]
#[template(path = "members.html")]
pub(super) struct MembersPage<'a> {
    pub(super) frame: Frame<'a>,
    pub(super) name: String,
    pub(super) identity: String,
    pub(super) stated_by: &'static str,
    /// The time of day.
    pub(super) since: String,
}

#[derive(Template)]
#[template(path = "links.html")]
pub(super) struct LinksPage<'a> {
    pub(super) frame: Frame<'a>,
    pub(super) sets: &'a [LinkSet],
}

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage<'a> {
    frame: Frame<'a>,
    title: &'static str,
    text: &'static str,
}

/// Marks an answer that has its body already, whatever its status.
#[derive(Clone, Copy)]
struct Page;

/// Whether the answer is one of our pages.
pub(super) fn is_page(response: &Response) -> bool {
    response.extensions().get::<Page>().is_some()
}

/// A page with a status.
pub(super) fn respond(status: StatusCode, page: &impl Template) -> Response {
    let mut response = match page.render() {
        Ok(body) => (status, Html(body)).into_response(),
        Err(error) => {
            failure::log("page", &error);
            (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong.").into_response()
        }
    };
    response.extensions_mut().insert(Page);
    response
}

/// A page with nothing but a message, for a visitor of this name or for a stranger.
pub(super) fn notice(
    site: &Site,
    visitor: Option<&str>,
    status: StatusCode,
    title: &'static str,
    text: &'static str,
) -> Response {
    let page = |frame| respond(status, &NoticePage { frame, title, text });
    let known = visitor.and_then(|id| {
        site.visitors
            .with(id, now_ms(), |visitor| page(Frame::new(site, visitor, "")))
    });
    known.unwrap_or_else(|| page(Frame::for_stranger(site)))
}
