//! The event stream that lets the waiting page follow its login. It only tells: a session is made by `POST /login/check`.

use super::{
    cookies, failure::Failure, gate::Standing, now_ms, pending::ask, site::Site, visit::KnownVisit,
};
use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use countermark::limits::POLL_INTERVAL_MS;
use futures_util::stream;
use serde_json::json;
use std::{convert::Infallible, sync::Arc, time::Duration};

/// Two tabs and a reload; more is nobody's habit.
const STREAMS_MAX: usize = 4;

/// A stream asks for longer than a session lives, then ends.
const QUESTIONS_MAX: u32 = 90;

/// What a page is told whose login made room for another one: that of another tab, whose cookies it has.
const REPLACED: &str = "Another login has replaced this one: go on in its tab, or reload this page";

/// `GET /login/events?TAG`, the tag being that of the login whose access pass the page shows.
pub(super) async fn follow(
    State(site): State<Arc<Site>>,
    RawQuery(tag): RawQuery,
    visit: KnownVisit,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let handle = cookies::read(&headers, cookies::LOGIN)
        .ok_or(Failure::UNKNOWN_HANDLE)?
        .to_owned();
    let first = ask(&site, &visit.id, &handle).await?;
    let is_shown = site.visitors.with(&visit.id, now_ms(), |visitor| {
        let open = visitor.pending.as_ref();
        open.is_some_and(|open| tag.as_deref() == Some(&open.tag))
    });
    if is_shown != Some(true) {
        let news = Event::default().event("replaced").data(REPLACED);
        return Ok(Sse::new(stream::iter([Ok::<_, Infallible>(news)])).into_response());
    }
    let slot = Slot::take(&site, &visit.id)?;
    let follower = Follower {
        site,
        handle,
        slot,
        first: Some(first),
        asked: 0,
        is_over: false,
    };
    let events = stream::unfold(follower, |follower| follower.tell());
    Ok(Sse::new(events)
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
        .into_response())
}

struct Follower {
    site: Arc<Site>,
    handle: String,
    slot: Slot,
    /// The answer that was had before the stream began.
    first: Option<Standing>,
    asked: u32,
    is_over: bool,
}

impl Follower {
    /// The next event, and the follower for the one after it.
    async fn tell(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        if self.is_over {
            return None;
        }
        let standing = match self.first.take() {
            Some(standing) => standing,
            None => self.ask().await?,
        };
        self.is_over = standing.is_final();
        let news = json!({"state": standing.name(), "text": standing.text(), "final": standing.is_final()});
        Some((
            Ok(Event::default().event("state").data(news.to_string())),
            self,
        ))
    }

    /// Asks after a pause. While the ID server is out of reach the page keeps showing what it knows.
    async fn ask(&mut self) -> Option<Standing> {
        while self.asked < QUESTIONS_MAX {
            let pause = Duration::from_millis(POLL_INTERVAL_MS.unsigned_abs());
            let mut stopping = self.site.stopping.clone();
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stopping.wait_for(|stopping| *stopping) => return None,
            }
            self.asked += 1;
            match ask(&self.site, &self.slot.visitor, &self.handle).await {
                Ok(standing) => return Some(standing),
                Err(failure) if failure.status().is_server_error() => {}
                Err(_) => return None,
            }
        }
        None
    }
}

/// One of the visitor's streams; gives itself back.
struct Slot {
    site: Arc<Site>,
    visitor: String,
}

impl Slot {
    fn take(site: &Arc<Site>, visitor: &str) -> Result<Self, Failure> {
        let taken = site.visitors.with(visitor, now_ms(), |visitor| {
            let free = visitor.streams < STREAMS_MAX;
            visitor.streams += usize::from(free);
            free
        });
        match taken {
            Some(true) => Ok(Self {
                site: site.clone(),
                visitor: visitor.to_owned(),
            }),
            Some(false) => Err(Failure::TOO_MANY),
            None => Err(Failure::UNKNOWN_HANDLE),
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.site.visitors.with(&self.visitor, now_ms(), |visitor| {
            visitor.streams = visitor.streams.saturating_sub(1);
        });
    }
}
