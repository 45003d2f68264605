//! Whether a key proves a request that was taken apart, and what is left to check then.

use super::{
    content::{self, Fill, Made, SignedBytes},
    context::Context,
    covered::Covered,
    custom,
    engine::{Job, Opened},
    key::{Material, Prepared},
    plan::Plan,
    row::{Digest, SignatureEncoding, TimeAt, UrlForm},
    signature::Signature,
    template::Part,
    text, time, url,
};
use crate::{
    error::{Error, ErrorCode, Result},
    verify::{
        mac::{self, Hash, Tag},
        small::{Bytes, Few},
    },
};
use alloc::borrow::{Cow, ToOwned};

/// Whether the key proves every job; then `proof` is what identifies the message: the MACs, or for public keys a hash of
/// what was signed, since those signatures can be rewritten. A token identifies nothing.
///
/// A proof is written where it stays. Handed from call to call, it would be read in other pieces than it was just written in,
/// which is slow.
pub(crate) fn prove(opened: &Opened<'_>, key: &Prepared, proof: &mut Proof) -> bool {
    together(opened, proof, |job, proof| {
        prove_job(job, &opened.context, key, proof)
    }) || prove_other_spelling(opened, key, proof)
}

/// The same of what the scheme writes in two ways.
#[cold]
fn prove_other_spelling(opened: &Opened<'_>, key: &Prepared, proof: &mut Proof) -> bool {
    let context = &opened.context;
    let (Some(text), Some(job), Material::Mac(_)) = (
        custom::other_spelling(context),
        opened.jobs().next(),
        &key.material,
    ) else {
        return false;
    };
    let signed = SignedBytes {
        context,
        made: &Few::one(Made::Text(Cow::Owned(text))),
        fill: Fill {
            secret: &[],
            companion: key.companion.expose(),
            url: "",
        },
    };
    let claimed = Claimed {
        signatures: &job.signatures,
        digest: key.digest,
    };
    prove_bytes(signed, claimed, key, proof)
}

/// As [`prove`], with the MAC under this key as somebody else worked it out, see [`Plan::bears_outside_mac`].
pub(crate) fn is_proved_outside(opened: &Opened<'_>, key: &Prepared, mac: &[u8]) -> bool {
    let mut jobs = opened.jobs();
    let (Some(job), None, Material::Mac(_)) = (jobs.next(), jobs.next(), &key.material) else {
        return false;
    };
    let claimed = Claimed {
        signatures: &job.signatures,
        digest: key.digest,
    };
    any_equal(claimed, mac)
}

/// What identifies the message by its MAC under `key`, whether or not it carries that MAC.
///
/// A sender that rolls its secret signs with both. If the message were known by the MAC that matched, whoever strikes the
/// first signature out would have a message that was not seen before. So it is known by its MAC under the ring's first
/// key. `None` for what is not signed with a MAC, and for URLs of several forms: these carry one signature.
pub(crate) fn identify(opened: &Opened<'_>, key: &Prepared) -> Option<Proof> {
    let Material::Mac(keys) = &key.material else {
        return None;
    };
    let (_, mac) = keys.first()?;
    let context = &opened.context;
    if context.row.url != UrlForm::Exact {
        return None;
    }
    let mut proof = Proof::Token;
    let identified = together(opened, &mut proof, |job, proof| {
        let fill = Fill {
            secret: &[],
            companion: key.companion.expose(),
            url: context.request.url.unwrap_or_default(),
        };
        let signed = SignedBytes {
            context,
            made: &job.made,
            fill,
        };
        *proof = Proof::Message(mac.tag_of(&signed));
        true
    });
    identified.then_some(proof)
}

/// What identifies the message, where its sender sends the same bytes for two events.
///
/// The topic is not signed. It is taken in one spelling, so that a copy is not new in another case.
pub(crate) fn with_topic(topic: Option<&[u8]>, proof: &Proof) -> Proof {
    let (Proof::Message(tag), Some(topic)) = (proof, topic) else {
        return *proof;
    };
    let topic = topic.to_ascii_lowercase();
    Proof::Message(mac::digest(Hash::Sha256, &[tag, &topic]))
}

/// Whether each job is proved; then `proof` is that of all.
fn together(
    opened: &Opened<'_>,
    proof: &mut Proof,
    prove: impl Fn(&Job<'_>, &mut Proof) -> bool,
) -> bool {
    let mut jobs = opened.jobs();
    if !jobs.next().is_some_and(|job| prove(job, proof)) {
        return false;
    }
    for job in jobs {
        let mut other = Proof::Token;
        if !prove(job, &mut other) {
            return false;
        }
        *proof = match (&*proof, &other) {
            (Proof::Message(all), Proof::Message(other)) => {
                Proof::Message(mac::digest(Hash::Sha256, &[all, other]))
            }
            _ => Proof::Token,
        };
    }
    true
}

/// What a key has proved.
#[derive(Clone, Copy)]
pub(crate) enum Proof {
    /// That the sender made this message; the tag is the same for each copy of it.
    Message(Tag),
    /// That the sender knows the token.
    Token,
}

fn prove_job(job: &Job<'_>, context: &Context<'_>, key: &Prepared, proof: &mut Proof) -> bool {
    let claimed = Claimed {
        signatures: &job.signatures,
        digest: key.digest,
    };
    if claimed.iter().next().is_none() {
        return false;
    }
    let secret = if let Material::Secret(secret) = &key.material {
        secret.expose()
    } else {
        &[]
    };
    let mut prove = |url: &str| {
        let fill = Fill {
            secret,
            companion: key.companion.expose(),
            url,
        };
        let signed = SignedBytes {
            context,
            made: &job.made,
            fill,
        };
        prove_bytes(signed, claimed, key, proof)
    };
    let url = context.request.url.unwrap_or_default();
    match context.row.url {
        UrlForm::Exact => prove(url),
        form => url::forms(url, form).any(|url| prove(&url)),
    }
}

/// The candidates of the kind that a key can verify.
#[derive(Clone, Copy)]
struct Claimed<'s> {
    signatures: &'s Few<Signature>,
    digest: Digest,
}

impl<'s> Claimed<'s> {
    fn iter(self) -> impl Iterator<Item = &'s [u8]> {
        let of_kind = move |signature: &&Signature| signature.digest == self.digest;
        let signatures = self.signatures.iter().filter(of_kind);
        signatures.map(|signature| &*signature.bytes)
    }
}

fn prove_bytes(
    signed: SignedBytes<'_, '_>,
    claimed: Claimed<'_>,
    key: &Prepared,
    proof: &mut Proof,
) -> bool {
    let mut message = |proved: bool, tag: &Tag| {
        if proved {
            *proof = Proof::Message(*tag);
        }
        proved
    };
    match &key.material {
        Material::Mac(keys) => keys.iter().any(|(_, key)| {
            let tag = key.tag_of(&signed);
            message(any_equal(claimed, &tag), &tag)
        }),
        Material::Secret(secret) if key.digest == Digest::Token => {
            *proof = Proof::Token;
            any_equal(claimed, secret.expose())
        }
        Material::Secret(_) => {
            let parts = signed.parts();
            claimed.iter().any(|claimed| {
                plain_hash(claimed.len(), &parts)
                    .is_some_and(|tag| message(mac::equal(&tag, claimed), &tag))
            })
        }
        Material::Public(public) => {
            let parts = signed.parts();
            // Once for all signatures: the body may be long.
            let joined = match &*parts {
                [part] => Cow::Borrowed(*part),
                parts => Cow::Owned(parts.concat()),
            };
            let proved = claimed
                .iter()
                .any(|claimed| public.verify(&joined, claimed));
            proved && message(true, &mac::digest(Hash::Sha256, &parts))
        }
        Material::Private(_) => false,
    }
}

/// Compares with every candidate, without stopping at the first that fits.
fn any_equal(claimed: Claimed<'_>, tag: &[u8]) -> bool {
    claimed
        .iter()
        .fold(false, |found, claimed| found | mac::equal(claimed, tag))
}

/// Why no key proved the request: a collision attack on the SHA-1 of a scheme that signs with it alone, or a signature that
/// does not fit.
#[cold]
pub(crate) fn refusal<'k>(
    opened: &Opened<'_>,
    mut keys: impl Iterator<Item = &'k Prepared>,
) -> Error {
    let attacked = |key| {
        opened
            .jobs()
            .any(|job| is_collision(job, &opened.context, key))
    };
    Error::new(if keys.any(attacked) {
        ErrorCode::CollisionDetected
    } else {
        ErrorCode::SignatureMismatch
    })
}

fn is_collision(job: &Job<'_>, context: &Context<'_>, key: &Prepared) -> bool {
    let Material::Secret(secret) = &key.material else {
        return false;
    };
    let is_sha1 = |signature: &Signature| signature.bytes.len() == Hash::Sha1.length();
    if key.digest != Digest::Hash || !job.signatures.iter().any(is_sha1) {
        return false;
    }
    let url = context.request.url.unwrap_or_default();
    url::forms(url, context.row.url).any(|url| {
        let fill = Fill {
            secret: secret.expose(),
            companion: key.companion.expose(),
            url: &url,
        };
        let signed = SignedBytes {
            context,
            made: &job.made,
            fill,
        };
        mac::sha1_guarded(&signed.parts()).is_err()
    })
}

/// The plain hash of that length; a SHA-1 collision attack counts as no match.
pub(crate) fn plain_hash(length: usize, parts: &[&[u8]]) -> Option<Tag> {
    match length {
        20 => mac::sha1_guarded(parts).ok().map(|bytes| Tag::new(&bytes)),
        32 => Some(mac::digest(Hash::Sha256, parts)),
        64 => Some(mac::digest(Hash::Sha512, parts)),
        _ => None,
    }
}

/// What is left to check once the signature is good: the hash of a body that is signed through its hash, that there is one item of
/// Adyen's, and the time that stands in a JSON body. Gives the time.
///
/// # Errors
/// `BODY_HASH_MISMATCH`, `AMBIGUOUS_INPUT`, `MALFORMED_BODY`, `MALFORMED_TIMESTAMP`.
pub(crate) fn after_proof(opened: &Opened<'_>) -> Result<Option<i64>> {
    let context = &opened.context;
    for part in &context.plan.parts {
        let Part::Form(Some(name)) = part else {
            continue;
        };
        let Some(claimed) = content::body_hash(context.request.url.unwrap_or_default(), name)?
        else {
            continue;
        };
        let claimed = text::decode(&claimed, SignatureEncoding::Hex).unwrap_or_else(Bytes::new);
        if !mac::equal(
            &claimed,
            &mac::digest(Hash::Sha256, &[context.request.body]),
        ) {
            return Err(Error::with_detail(
                ErrorCode::BodyHashMismatch,
                name.clone(),
            ));
        }
    }
    // Each item has a signature of its own: whoever has seen some could make new batches of them, and each would be new. Adyen sends one
    // at a time.
    if opened.jobs().nth(1).is_some() {
        return Err(Error::with_detail(
            ErrorCode::AmbiguousInput,
            "notificationItems",
        ));
    }
    let TimeAt::Json(member) = context.row.time else {
        return Ok(opened.timestamp_ms);
    };
    let malformed = Error::with_detail(ErrorCode::MalformedTimestamp, member.to_owned());
    match custom::json(context.request.body)?.get(member) {
        None => Err(malformed),
        Some(value) => {
            let text = value.number().or(value.text()).unwrap_or_default();
            time::parse(text.as_bytes(), context.row.unit, false)
                .map(Some)
                .ok_or(malformed)
        }
    }
}

/// Whether the whole body is covered, be it by a checksum or as a form.
pub(crate) fn covers_body(plan: &Plan) -> bool {
    plan.covers
        .iter()
        .any(|part| matches!(part, Covered::Body | Covered::BodyChecksum | Covered::Form))
}
