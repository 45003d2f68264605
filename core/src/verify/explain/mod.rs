//! Why a webhook failed, for operators: known mistakes are undone one at a time, and the signature tells which fits.
//!
//! Verifying never comes here. [`causes`] is the table of answers; [`bodies`], [`rewritten`], [`objects`], [`events`], [`printed`],
//! [`forms`], [`urls`], [`hosts`], [`paths`], [`queries`], [`keys`], [`containers`], [`headers`] and [`requests`] hold the ideas, [`signs`],
//! [`times`], [`signature`], [`numbers`] and [`placeholders`] what is in plain sight.
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
mod hosts;
mod keys;
#[cfg(test)]
mod large_tests;
mod numbers;
mod objects;
mod paths;
mod placeholders;
mod printed;
mod queries;
mod requests;
mod rewritten;
mod signature;
mod signs;
mod spelling;
mod times;
mod urls;
#[cfg(test)]
mod work_tests;

use crate::{
    error::{Error, ErrorCode},
    limits::EXPLAIN_WORK_MAX,
    verify::{
        inspect::{candidates, content::Restored},
        webhook::{
            context::Request,
            engine::{self, Opened},
            key::{self, Material, Prepared, WebhookKey},
            plan::Plan,
            proof::{self, Proof},
            row::Place,
            signature::Kinds,
            template::Part,
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
    /// What would fit: a key encoding, a scheme id, a port, the header with the host, an origin, a time zone of no whole
    /// hours; may be empty.
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
    /// The oldest and the newest time that are accepted.
    window_ms: (i64, i64),
    /// What may still be hashed, in bytes.
    work: Cell<u64>,
    /// Whether an idea was left out because that was not enough.
    is_short: Cell<bool>,
    /// How many bytes were read and hashed, whatever was paid for them.
    #[cfg(test)]
    done: Cell<u64>,
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

/// The work that is left does not suffice for an attempt.
#[derive(Debug, Clone, Copy)]
struct TooDear;

/// How many bytes are read before a key is tried: a part that is a hash or a form takes the whole body, and so does a signature in it.
fn read_when_opened(plan: &Plan, request: &Request<'_>) -> u64 {
    let Request {
        url, query, body, ..
    } = request;
    let is_of_body =
        |part: &Part| matches!(part, Part::BodySha256 | Part::BodyCrc32 | Part::Form(_));
    let takes_body = matches!(plan.row().place, Place::Mailgun | Place::AdyenItems)
        || plan.parts.iter().flat_map(Part::flat).any(is_of_body);
    let of_body = if takes_body { body.len() } else { 0 };
    (of_body + url.map_or(0, str::len) + query.map_or(0, str::len)) as u64
}

impl<'a> Search<'a> {
    pub(crate) fn new(
        plan: &'a Plan,
        keys: &'a [WebhookKey],
        request: Request<'a>,
        now_ms: i64,
        window_ms: (i64, i64),
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
            window_ms,
            work: Cell::new(EXPLAIN_WORK_MAX),
            is_short: Cell::new(false),
            #[cfg(test)]
            done: Cell::new(0),
            fitted: Cell::new(false),
            causes: Vec::new(),
            restored: Restored::NOTHING,
        }
    }

    /// The causes of an error.
    pub(crate) fn run(mut self, error: &Error) -> Found {
        let whole = match error.code() {
            ErrorCode::TimestampTooOld | ErrorCode::TimestampTooNew => {
                times::find(&mut self);
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
    ///
    /// # Errors
    /// When the work that is left does not suffice to find out.
    fn proves(
        &self,
        plan: &Plan,
        request: &Request<'_>,
        keys: &[&Prepared],
    ) -> Result<Option<usize>, TooDear> {
        let digest = plan.row().digest;
        let kinds = Kinds {
            main: keys.iter().any(|key| key.digest == digest),
            ed25519: keys.iter().any(|key| key.digest != digest),
        };
        match self.open(plan, request, kinds)? {
            Some(opened) => self.proves_opened(&opened, keys),
            None => Ok(None),
        }
    }

    /// A request taken apart, if it can be.
    fn open<'r>(
        &self,
        plan: &'r Plan,
        request: &'r Request<'r>,
        kinds: Kinds,
    ) -> Result<Option<Opened<'r>>, TooDear> {
        let read = read_when_opened(plan, request);
        self.pay(read + ATTEMPT_COST)?;
        #[cfg(test)]
        self.note(read);
        Ok(engine::open(plan, request, kinds).ok())
    }

    /// As [`proves`](Self::proves).
    fn proves_opened(
        &self,
        opened: &Opened<'_>,
        keys: &[&Prepared],
    ) -> Result<Option<usize>, TooDear> {
        let Request { url, body, .. } = opened.context.request;
        let length = (body.len() + url.map_or(0, str::len)) as u64;
        // A MAC is made once, and a public key reads everything for each signature that it is to fit.
        let passes = keys.iter().map(|key| match key.material {
            Material::Public(_) => opened.jobs().map(|job| job.signatures.iter().count()).sum(),
            _ => 1,
        });
        let passes = passes.sum::<usize>() as u64;
        self.pay((length + ATTEMPT_COST) * passes)?;
        #[cfg(test)]
        self.note(length * passes);
        let at = keys
            .iter()
            .position(|key| proof::prove(opened, key, &mut Proof::Token))
            .filter(|_| proof::after_proof(opened).is_ok());
        if at.is_some() && opened.context.row.id == self.plan.row().id {
            self.fitted.set(true);
        }
        Ok(at)
    }

    /// Takes the cost of an attempt away, before it is made. What is too dear is left out: another idea may be cheaper.
    fn pay(&self, cost: u64) -> Result<(), TooDear> {
        let Some(left) = self.work.get().checked_sub(cost) else {
            self.is_short.set(true);
            return Err(TooDear);
        };
        self.work.set(left);
        Ok(())
    }

    /// Counts work where it is done.
    #[cfg(test)]
    fn note(&self, bytes: u64) {
        self.done.set(self.done.get() + bytes);
    }

    /// Whether a usable key proves a changed request.
    fn fits(&self, request: &Request<'_>) -> Result<bool, TooDear> {
        let keys: Vec<&Prepared> = self.usable.iter().map(|(_, key)| key).collect();
        let at = self.proves(self.plan, request, &keys)?;
        Ok(at.is_some())
    }

    /// Whether something is proved already.
    fn is_solved(&self) -> bool {
        self.causes
            .iter()
            .any(|cause| cause.certainty == Certainty::Proved)
    }

    /// Whether a cause was found already.
    fn has(&self, kind: CauseKind) -> bool {
        self.causes.iter().any(|cause| cause.kind == kind)
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
