//! Why a webhook failed, for operators: known mistakes are undone one at a time, and the signature tells which fits.
//!
//! Verifying never comes here. [`causes`] is the table of answers; [`bodies`], [`rewritten`], [`objects`], [`forms`],
//! [`urls`], [`queries`], [`keys`] and [`requests`] hold the ideas, [`signs`] and [`signature`] what is in plain sight.
//! Nothing here gives away a key, a MAC or a part of the body: an idea only learns whether a whole signature matched, which is
//! what a sender could learn from the verifier.

mod bodies;
pub(crate) mod causes;
pub(crate) mod checks;
mod escapes;
mod forms;
mod keys;
mod objects;
mod queries;
mod requests;
mod rewritten;
mod signature;
mod signs;
mod urls;

use crate::{
    error::{Error, ErrorCode},
    facade::WebhookKey,
    limits::{EXPLAIN_BODY_MAX, EXPLAIN_WORK_MAX},
    verify::{
        inspect::content::Restored,
        webhook::{
            context::Request,
            engine,
            key::{self, Prepared},
            plan::Plan,
            proof::{self, Proof},
            signature::Kinds,
        },
    },
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use causes::CauseKind;
use core::cell::Cell;

/// How sure a cause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Certainty {
    /// The signature matches once this mistake is undone, or the mistake is in plain sight.
    Proved,
    /// The request shows signs of it, but the signature could not tell.
    Likely,
    /// The request does not rule it out.
    Possible,
}

impl Certainty {
    /// The stable name, such as `proved`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Likely => "likely",
            Self::Possible => "possible",
        }
    }
}

/// One possible cause of a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookCause {
    /// What happened.
    pub kind: CauseKind,
    /// How sure it is.
    pub certainty: Certainty,
    /// What it happened to: the name of a header or parameter, the id of a key; may be empty.
    pub subject: String,
    /// What would fit: a key encoding, a scheme id, a port, the header with the host; may be empty.
    pub fits: String,
    /// How much, in the unit of the cause, such as bytes added or seconds ahead; 0 without a unit. Causes of one body
    /// that are named together share the amount of all of them.
    pub amount: i64,
}

/// A configuration and a request to look for causes in.
pub(crate) struct Search<'a> {
    plan: &'a Plan,
    /// All keys as configured.
    keys: &'a [WebhookKey],
    /// Those that can be used, whatever their validity, with their place in `keys`.
    usable: Vec<(usize, Prepared)>,
    request: Request<'a>,
    now_ms: i64,
    /// What may still be hashed, in bytes.
    work: Cell<u64>,
    /// Whether a signature was good under this scheme, once something was undone.
    fitted: Cell<bool>,
    causes: Vec<WebhookCause>,
    restored: Restored,
}

/// What a search has found.
pub(crate) struct Found {
    /// Whether a signature is good under this scheme, once a mistake is undone.
    pub(crate) fits: bool,
    /// The causes, the surest first.
    pub(crate) causes: Vec<WebhookCause>,
    /// Whether every idea could be tried.
    pub(crate) whole: bool,
    /// The request as it was signed, where an idea about body, URL or method was confirmed.
    pub(crate) restored: Restored,
}

impl Found {
    /// What there is to find in a request that is accepted.
    pub(crate) const NOTHING: Self = Self {
        fits: true,
        causes: Vec::new(),
        whole: true,
        restored: Restored::NOTHING,
    };
}

/// What one attempt costs beside its body, in bytes hashed: a public-key operation takes as long as some 16 KiB.
const ATTEMPT_COST: u64 = 16 * 1024;

/// Most schemes that are named: some differ in nothing that the request shows.
const SCHEMES_MAX: usize = 3;

impl<'a> Search<'a> {
    pub(crate) fn new(
        plan: &'a Plan,
        keys: &'a [WebhookKey],
        request: Request<'a>,
        now_ms: i64,
    ) -> Self {
        let row = plan.row();
        let prepare = |(at, key): (usize, &WebhookKey)| {
            let prepared = key::for_verifying(&row, &key.secret, key.encoding).ok()?;
            Some((at, prepared))
        };
        Self {
            plan,
            keys,
            usable: keys.iter().enumerate().filter_map(prepare).collect(),
            request,
            now_ms,
            work: Cell::new(EXPLAIN_WORK_MAX),
            fitted: Cell::new(false),
            causes: Vec::new(),
            restored: Restored::NOTHING,
        }
    }

    /// The causes of an error.
    pub(crate) fn run(mut self, error: &Error) -> Found {
        let whole = match error.code() {
            ErrorCode::TimestampTooOld | ErrorCode::TimestampTooNew => {
                signs::time(&mut self);
                true
            }
            ErrorCode::TooLarge => true,
            // Another reader would take the other value: a scheme that overlooks one of them is no remedy.
            code => self.try_ideas(code != ErrorCode::AmbiguousInput),
        };
        signs::of_error(&mut self, error);
        self.causes.sort_by_key(|cause| cause.certainty);
        Found {
            fits: self.fitted.get(),
            causes: self.causes,
            whole,
            restored: self.restored,
        }
    }

    /// Tries idea after idea until a signature matches.
    fn try_ideas(&mut self, of_other_schemes: bool) -> bool {
        if self.request.body.len() > EXPLAIN_BODY_MAX {
            return false;
        }
        const IDEAS: [fn(&mut Search<'_>) -> bool; 7] = [
            requests::key_outside_validity,
            requests::headers,
            requests::signature_and_time,
            requests::key_readings,
            requests::bodies,
            requests::urls,
            requests::methods,
        ];
        let found = IDEAS.iter().any(|idea| idea(self))
            || (of_other_schemes && requests::other_schemes(self));
        found || (self.work.get() > 0 && !rewritten::is_long_json(self.request.body))
    }

    /// The place of the key that proves a request, if any does.
    fn proves(&self, plan: &Plan, request: &Request<'_>, keys: &[&Prepared]) -> Option<usize> {
        let length = request.body.len() + request.url.map_or(0, str::len);
        let cost = (length as u64 + ATTEMPT_COST) * (1 + keys.len() as u64);
        self.work.set(self.work.get().saturating_sub(cost));
        if self.work.get() == 0 {
            return None;
        }
        let digest = plan.row().digest;
        let kinds = Kinds {
            main: keys.iter().any(|key| key.digest == digest),
            ed25519: keys.iter().any(|key| key.digest != digest),
        };
        let opened = engine::open(plan, request, kinds).ok()?;
        let at = keys
            .iter()
            .position(|key| proof::prove(&opened, key, &mut Proof::Token))?;
        proof::after_proof(&opened).ok()?;
        if plan.row().id == self.plan.row().id {
            self.fitted.set(true);
        }
        Some(at)
    }

    /// Whether a usable key proves a changed request.
    fn fits(&self, request: &Request<'_>) -> bool {
        let keys: Vec<&Prepared> = self.usable.iter().map(|(_, key)| key).collect();
        self.proves(self.plan, request, &keys).is_some()
    }

    /// Whether something is proved already.
    fn is_solved(&self) -> bool {
        self.causes
            .iter()
            .any(|cause| cause.certainty == Certainty::Proved)
    }

    fn add(&mut self, kind: CauseKind, certainty: Certainty, subject: &str) -> &mut WebhookCause {
        let at = self.causes.len();
        self.causes.push(WebhookCause {
            kind,
            certainty,
            subject: subject.to_owned(),
            fits: String::new(),
            amount: 0,
        });
        &mut self.causes[at]
    }

    fn prove(&mut self, kind: CauseKind, subject: &str) -> &mut WebhookCause {
        self.add(kind, Certainty::Proved, subject)
    }
}
