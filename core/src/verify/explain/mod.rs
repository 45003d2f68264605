//! Why a webhook failed, for operators: known mistakes are undone one at a time, and the signature tells which fits.
//!
//! Verifying never comes here. [`causes`] is the table of answers; [`bodies`], [`rewritten`], [`objects`], [`events`], [`printed`],
//! [`forms`], [`urls`], [`queries`], [`keys`], [`containers`], [`headers`] and [`requests`] hold the ideas, [`signs`], [`signature`],
//! [`numbers`] and [`placeholders`] what is in plain sight.
//! Nothing here gives away a key, a MAC or a part of the body: an idea only learns whether a whole signature matched, which is
//! what a sender could learn from the verifier.

mod bodies;
pub(crate) mod causes;
pub(crate) mod checks;
mod containers;
mod escapes;
mod events;
mod forms;
mod headers;
mod keys;
#[cfg(test)]
mod large_tests;
mod numbers;
mod objects;
mod placeholders;
mod printed;
mod queries;
mod requests;
mod rewritten;
mod signature;
mod signs;
mod urls;

use crate::{
    error::{Error, ErrorCode},
    limits::EXPLAIN_WORK_MAX,
    verify::{
        inspect::{candidates, content::Restored},
        webhook::{
            context::Request,
            engine,
            key::{self, Prepared, WebhookKey},
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
    /// How much, in the unit of the cause, such as bytes added or seconds ahead; negative for what is missing or behind, 0 without a
    /// unit. Causes of one body that are named together share the amount of all of them.
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
    /// Whether an idea was left out because that was not enough.
    is_short: Cell<bool>,
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
            is_short: Cell::new(false),
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
            ErrorCode::AmbiguousInput => self.try_ideas(false),
            // Nor is one that signs less than this, whose signature is there.
            ErrorCode::MissingContext => {
                self.try_ideas(!candidates::has_header(&self.plan.row(), &self.request))
            }
            _ => self.try_ideas(true),
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
        const IDEAS: [fn(&mut Search<'_>) -> bool; 7] = [
            requests::key_outside_validity,
            headers::headers,
            requests::signature_and_time,
            requests::key_readings,
            requests::bodies,
            requests::urls,
            requests::methods,
        ];
        let found = IDEAS.iter().any(|idea| idea(self))
            || (of_other_schemes && requests::other_schemes(self));
        found || !(self.is_short.get() || rewritten::is_long_json(self.request.body))
    }

    /// The place of the key that proves a request, if any does.
    fn proves(&self, plan: &Plan, request: &Request<'_>, keys: &[&Prepared]) -> Option<usize> {
        let digest = plan.row().digest;
        let kinds = Kinds {
            main: keys.iter().any(|key| key.digest == digest),
            ed25519: keys.iter().any(|key| key.digest != digest),
        };
        self.pay(ATTEMPT_COST)?;
        let opened = engine::open(plan, request, kinds).ok()?;
        let length = request.body.len() + request.url.map_or(0, str::len);
        self.pay((length as u64 + ATTEMPT_COST) * keys.len() as u64)?;
        let at = keys
            .iter()
            .position(|key| proof::prove(&opened, key, &mut Proof::Token))?;
        proof::after_proof(&opened).ok()?;
        if plan.row().id == self.plan.row().id {
            self.fitted.set(true);
        }
        Some(at)
    }

    /// Takes the cost of an attempt away. What is too dear is left out: another idea may be cheaper.
    fn pay(&self, cost: u64) -> Option<()> {
        let left = self.work.get().checked_sub(cost);
        match left {
            Some(left) => self.work.set(left),
            None => self.is_short.set(true),
        }
        left.map(|_| ())
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
