//! A login that is under way: what the server remembers of it, and how it asks for news.

use super::{
    failure::Failure,
    gate::{self, Opened, Standing},
    now_ms, random,
    site::Site,
};
use countermark::facade::AuthSession;
use std::{io, sync::Arc, time::Duration};
use tokio::sync::Mutex;

/// Asking more often than this brings no news and only loads the ID server.
const ASK_AGAIN_MS: i64 = 500;

/// A login that is under way, as the server remembers it.
pub(super) struct Pending {
    /// Tells this login from every other one; compared with what is in the sealed handle.
    pub(super) login: String,
    /// The same for the page, which must not follow the login that came after its own.
    pub(super) tag: String,
    /// The sealed handle, once more for a browser that did not get it.
    pub(super) handle: String,
    pub(super) secsign_id: String,
    /// The picture as a `data:` address. From here only, so that no request can show another one.
    pub(super) access_pass: Option<String>,
    pub(super) started_ms: i64,
    asked_ms: Option<i64>,
    pub(super) standing: Standing,
    /// Why the last question had no answer.
    failure: Option<Failure>,
    /// The visitor has pressed the button before the phone had answered.
    was_impatient: bool,
    /// Held by whoever asks the ID server.
    turn: Arc<Mutex<()>>,
}

impl Pending {
    /// # Errors
    ///
    /// The operating system has no randomness to give.
    pub(super) fn new(opened: Opened, secsign_id: String, now_ms: i64) -> io::Result<Self> {
        Ok(Self {
            login: opened.login,
            tag: random::token()?,
            handle: opened.handle,
            secsign_id,
            access_pass: opened.access_pass,
            started_ms: now_ms,
            asked_ms: None,
            standing: Standing::Pending,
            failure: None,
            was_impatient: false,
            turn: Arc::default(),
        })
    }

    /// The visitor says that the phone has answered, and it has not.
    pub(super) fn note_impatience(&mut self) {
        self.was_impatient = true;
    }

    /// The sentence that the page shows.
    pub(super) fn text(&self) -> &'static str {
        if self.was_impatient && !self.standing.is_final() {
            "Not confirmed yet: answer on your phone, then press the button again"
        } else {
            self.standing.text()
        }
    }
}

/// How the login of this visitor stands: asks the ID server, unless the answer is final.
///
/// An approval is given out once, and the browser may go away while the answer is on its way. So one question is asked
/// at a time, and it is finished and its answer kept whether or not anybody still waits for it. Whoever asks too soon waits: an answer from
/// before would tell somebody who has just confirmed that they have not.
pub(super) async fn ask(
    site: &Arc<Site>,
    visitor: &str,
    handle: &str,
) -> Result<Standing, Failure> {
    let called_ms = now_ms();
    let turn = owned(site, visitor, handle)?.turn;
    let (site, visitor, handle) = (site.clone(), visitor.to_owned(), handle.to_owned());
    let question = tokio::spawn(async move {
        let _turn = turn.lock().await;
        let open = owned(&site, &visitor, &handle)?;
        if open.is_over() || open.asked_ms.is_some_and(|asked| asked >= called_ms) {
            return open.last;
        }
        let again_ms = open.asked_ms.map_or(0, |asked| asked + ASK_AGAIN_MS);
        let early_ms = (again_ms - now_ms()).clamp(0, ASK_AGAIN_MS);
        tokio::time::sleep(Duration::from_millis(early_ms.unsigned_abs())).await;
        let asked_ms = now_ms();
        let answer = site.gate.check(&open.session).await.map_err(Failure::from);
        site.visitors.with(&visitor, now_ms(), |visitor| {
            if let Some(pending) = visitor
                .pending
                .as_mut()
                .filter(|pending| pending.login == open.login)
            {
                pending.asked_ms = Some(asked_ms);
                pending.failure = answer.as_ref().err().copied();
                if let Ok(standing) = &answer {
                    pending.standing = standing.clone();
                }
            }
        });
        answer
    });
    question.await.map_err(io::Error::other)?
}

/// A login that this visitor has open.
pub(super) struct Owned {
    pub(super) session: AuthSession,
    login: String,
    pub(super) secsign_id: String,
    turn: Arc<Mutex<()>>,
    /// When the last question was asked.
    asked_ms: Option<i64>,
    /// Its answer.
    last: Result<Standing, Failure>,
}

impl Owned {
    /// Whether it is known to have ended.
    pub(super) fn is_over(&self) -> bool {
        matches!(&self.last, Ok(standing) if standing.is_final())
    }
}

/// Proves that the handle is of the login that this visitor has open.
pub(super) fn owned(site: &Site, visitor: &str, handle: &str) -> Result<Owned, Failure> {
    let now = now_ms();
    let session = site.gate.open(handle, visitor)?;
    let login = gate::login_of(&session);
    let found = site.visitors.with(visitor, now, |visitor| {
        let pending = visitor
            .pending
            .as_ref()
            .filter(|pending| pending.login == login)?;
        Some(Owned {
            session: session.clone(),
            login: pending.login.clone(),
            secsign_id: pending.secsign_id.clone(),
            turn: pending.turn.clone(),
            asked_ms: pending.asked_ms,
            last: pending
                .failure
                .map_or_else(|| Ok(pending.standing.clone()), Err),
        })
    });
    found.flatten().ok_or(Failure::UNKNOWN_HANDLE)
}
