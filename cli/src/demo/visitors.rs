//! Who visits: one record on the server for each visitor cookie.
//!
//! The record is the pre-login session and, after a login, the signed-in one. Its name changes whenever the visitor's
//! rights change, so a cookie that was planted before a login is worth nothing after it.

use super::{ending::Ending, links::LinkSet, pending::Pending, random};
use countermark::limits::AUTH_SESSION_LIFE_MS;
use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use subtle::ConstantTimeEq;

/// Bounds the memory: the visitor who was idle longest makes room, members last.
const VISITORS_MAX: usize = 20_000;

/// How long a sign-in is told again to who asks again: the life of the login. Of two clicks the browser reads the last answer only, and
/// one without network comes back late.
const SIGN_IN_MS: i64 = AUTH_SESSION_LIFE_MS;

const ANONYMOUS_IDLE_MS: i64 = 30 * 60_000;
const MEMBER_IDLE_MS: i64 = 8 * 60 * 60_000;

/// A person that is signed in.
#[derive(Clone)]
pub(super) struct Member {
    /// The name to greet.
    pub(super) name: String,
    /// Who it is: what the ID server or the signed link stated, never what was typed.
    pub(super) identity: String,
    /// What the statement rests on.
    pub(super) stated_by: &'static str,
    /// When, in Unix milliseconds.
    pub(super) since_ms: i64,
}

/// What the server remembers of one visitor.
pub(super) struct Visitor {
    /// The token that every form of this visitor carries.
    pub(super) csrf: String,
    /// The login that is under way.
    pub(super) pending: Option<Pending>,
    /// Held while a login is started.
    pub(super) starting: Arc<tokio::sync::Mutex<()>>,
    /// How the last login ended, when it was not by approval.
    pub(super) ended: Option<Ending>,
    /// Who is signed in.
    pub(super) member: Option<Member>,
    /// The links that this visitor made in the laboratory.
    pub(super) links: Vec<LinkSet>,
    /// Open event streams.
    pub(super) streams: usize,
    /// The record that a sign-in has put in the place of this one, and when.
    successor: Option<(String, i64)>,
    seen_ms: i64,
}

impl Visitor {
    fn new(now_ms: i64) -> io::Result<Self> {
        Ok(Self {
            csrf: random::token()?,
            pending: None,
            starting: Arc::default(),
            ended: None,
            member: None,
            links: Vec::new(),
            streams: 0,
            successor: None,
            seen_ms: now_ms,
        })
    }

    /// Whether a form carried this visitor's token.
    pub(super) fn has_csrf(&self, token: &str) -> bool {
        self.csrf.as_bytes().ct_eq(token.as_bytes()).into()
    }

    fn is_idle(&self, now_ms: i64) -> bool {
        if let Some((_, since_ms)) = self.successor {
            return now_ms - since_ms >= SIGN_IN_MS;
        }
        let life = if self.member.is_some() {
            MEMBER_IDLE_MS
        } else {
            ANONYMOUS_IDLE_MS
        };
        now_ms - self.seen_ms >= life
    }
}

/// All visitors.
#[derive(Default)]
pub(super) struct Visitors {
    records: Mutex<HashMap<String, Visitor>>,
}

impl Visitors {
    /// Whether the record exists.
    pub(super) fn knows(&self, id: &str, now_ms: i64) -> bool {
        self.with(id, now_ms, |_| ()).is_some()
    }

    /// Reads or changes a record; `None` if there is none, or if it was idle too long.
    pub(super) fn with<R>(
        &self,
        id: &str,
        now_ms: i64,
        job: impl FnOnce(&mut Visitor) -> R,
    ) -> Option<R> {
        let mut records = self.lock();
        let visitor = records.get_mut(id)?;
        if visitor.is_idle(now_ms) {
            records.remove(id);
            return None;
        }
        visitor.seen_ms = now_ms;
        Some(job(visitor))
    }

    /// Makes a record and gives its name.
    ///
    /// # Errors
    ///
    /// The operating system has no randomness to give.
    pub(super) fn create(&self, now_ms: i64) -> io::Result<String> {
        let (id, visitor) = (random::token()?, Visitor::new(now_ms)?);
        let mut records = self.lock();
        make_room(&mut records, now_ms);
        records.insert(id.clone(), visitor);
        Ok(id)
    }

    /// Replaces the record by a new one under a new name, signed in as `member` or not at all. The laboratory's links
    /// move along; nothing else of the old record does.
    ///
    /// # Errors
    ///
    /// The operating system has no randomness to give.
    pub(super) fn renew(
        &self,
        id: &str,
        member: Option<Member>,
        now_ms: i64,
    ) -> io::Result<String> {
        let (new_id, mut visitor) = (random::token()?, Visitor::new(now_ms)?);
        let mut records = self.lock();
        if let Some(old) = records.remove(id) {
            visitor.links = old.links;
        }
        visitor.member = member;
        make_room(&mut records, now_ms);
        records.insert(new_id.clone(), visitor);
        Ok(new_id)
    }

    /// Puts a record that is signed in as `member` in the place of this one, as [`renew`](Self::renew) does, but for who asks again within
    /// a moment, the same one. `None` if the old one is gone.
    ///
    /// # Errors
    ///
    /// The operating system has no randomness to give.
    pub(super) fn sign_in(
        &self,
        id: &str,
        member: Member,
        now_ms: i64,
    ) -> io::Result<Option<String>> {
        let (new_id, mut visitor) = (random::token()?, Visitor::new(now_ms)?);
        let mut records = self.lock();
        let Some(old) = records.get_mut(id).filter(|old| !old.is_idle(now_ms)) else {
            return Ok(None);
        };
        if let Some((successor, _)) = &old.successor {
            return Ok(Some(successor.clone()));
        }
        old.successor = Some((new_id.clone(), now_ms));
        old.member = None;
        visitor.links = std::mem::take(&mut old.links);
        visitor.member = Some(member);
        make_room(&mut records, now_ms);
        records.insert(new_id.clone(), visitor);
        Ok(Some(new_id))
    }

    // A panic while the lock was held leaves whole records behind, so the store stays usable.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Visitor>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn make_room(records: &mut HashMap<String, Visitor>, now_ms: i64) {
    if records.len() < VISITORS_MAX {
        return;
    }
    records.retain(|_, visitor| !visitor.is_idle(now_ms));
    while records.len() >= VISITORS_MAX {
        let first = records
            .iter()
            .min_by_key(|(_, v)| (v.member.is_some(), v.seen_ms))
            .map(|(id, _)| id.clone());
        first.and_then(|id| records.remove(&id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member() -> Member {
        Member {
            name: "Ann".into(),
            identity: "ann".into(),
            stated_by: "a test",
            since_ms: 0,
        }
    }

    #[test]
    fn a_login_changes_the_name_and_the_form_token() -> io::Result<()> {
        let visitors = Visitors::default();
        let before = visitors.create(0)?;
        let csrf = visitors.with(&before, 0, |v| v.csrf.clone());
        let after = visitors.renew(&before, Some(member()), 0)?;
        assert!(
            !visitors.knows(&before, 0),
            "the planted name must be worth nothing"
        );
        assert!(
            visitors
                .with(&after, 0, |v| v.member.is_some())
                .unwrap_or(false)
        );
        assert_ne!(visitors.with(&after, 0, |v| v.csrf.clone()), csrf);
        Ok(())
    }

    #[test]
    fn a_sign_in_is_told_again_for_a_moment() -> io::Result<()> {
        let visitors = Visitors::default();
        let before = visitors.create(0)?;
        let signed_in = visitors.sign_in(&before, member(), 0)?;
        let name = signed_in.clone().unwrap_or_default();
        assert_eq!(visitors.with(&name, 0, |v| v.member.is_some()), Some(true));
        assert_eq!(
            visitors.with(&before, 0, |v| v.member.is_some()),
            Some(false)
        );
        let last_ms = SIGN_IN_MS - 1;
        assert_eq!(visitors.sign_in(&before, member(), last_ms)?, signed_in);
        assert_eq!(visitors.sign_in(&before, member(), SIGN_IN_MS)?, None);
        assert!(!visitors.knows(&before, SIGN_IN_MS));
        Ok(())
    }

    #[test]
    fn idle_records_end() -> io::Result<()> {
        let visitors = Visitors::default();
        let anonymous = visitors.create(0)?;
        let signed_in = visitors.renew("none", Some(member()), 0)?;
        assert!(!visitors.knows(&anonymous, ANONYMOUS_IDLE_MS));
        assert!(visitors.knows(&signed_in, ANONYMOUS_IDLE_MS));
        assert!(!visitors.knows(&signed_in, ANONYMOUS_IDLE_MS + MEMBER_IDLE_MS));
        Ok(())
    }

    #[test]
    fn a_flood_of_visitors_neither_grows_the_store_nor_signs_members_out() -> io::Result<()> {
        let visitors = Visitors::default();
        let signed_in = visitors.renew("none", Some(member()), 0)?;
        for now_ms in 1..=(VISITORS_MAX as i64 + 3) {
            visitors.create(now_ms)?;
        }
        assert_eq!(visitors.lock().len(), VISITORS_MAX);
        assert!(visitors.knows(&signed_in, 1));
        Ok(())
    }

    #[test]
    fn the_form_token_must_be_whole() -> io::Result<()> {
        let visitor = Visitor::new(0)?;
        assert!(visitor.has_csrf(&visitor.csrf));
        assert!(!visitor.has_csrf(""));
        assert!(!visitor.has_csrf(&visitor.csrf[1..]));
        Ok(())
    }
}
