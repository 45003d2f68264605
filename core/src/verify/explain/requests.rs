//! The ideas in the order in which they are tried. Each says whether the signature confirmed it.

use super::{
    Certainty, SCHEMES_MAX, Search, bodies,
    causes::CauseKind,
    keys::{self, Reading},
    signs, urls,
};
use crate::verify::{
    inspect::candidates,
    mac::Hash,
    webhook::{
        context::Request,
        key::{self, Prepared},
        plan::{Change, Plan},
        row::{Digest, Place, SignatureEncoding, TimeAt, TimeUnit},
        schemes,
        signature::Kinds,
        template::Part,
    },
};
use alloc::{borrow::ToOwned, vec::Vec};

/// A key of the ring that is not valid now.
pub(super) fn key_outside_validity(search: &mut Search<'_>) -> bool {
    let keys: Vec<&Prepared> = search.usable.iter().map(|(_, key)| key).collect();
    let Ok(Some(at)) = search.proves(search.plan, &search.request, &keys) else {
        return false;
    };
    let Some(key) = search
        .usable
        .get(at)
        .and_then(|(at, _)| search.keys.get(*at))
    else {
        return false;
    };
    let now_ms = search.now_ms;
    let seconds = |from: i64, to: i64| (i128::from(to) - i128::from(from)) / 1000;
    let (kind, amount) = match (key.not_before_ms, key.not_after_ms) {
        (Some(from), _) if now_ms < from => (CauseKind::KeyNotYetValid, seconds(now_ms, from)),
        (_, Some(to)) if to < now_ms => (CauseKind::KeyExpired, seconds(to, now_ms)),
        _ => return false,
    };
    search.prove(kind, &key.id).amount = i64::try_from(amount).unwrap_or(i64::MAX);
    true
}

/// One thing that the sender writes in another way than its scheme.
pub(super) fn signature_and_time(search: &mut Search<'_>) -> bool {
    use SignatureEncoding::{Base64, Base64Url, Base64UrlPadded, Hex};
    let row = search.plan.row();
    let mut changes = Vec::new();
    for (encoding, name) in [
        (Hex, "hex"),
        (Base64, "base64"),
        (Base64Url, "base64url"),
        (Base64UrlPadded, "base64url with padding"),
    ] {
        if encoding != row.encoding && row.digest != Digest::Token {
            let kind = CauseKind::SignatureOtherEncoding;
            changes.push((Change::Encoding(encoding), kind, name));
        }
    }
    for (hash, name) in [
        (Hash::Sha1, "sha1"),
        (Hash::Sha256, "sha256"),
        (Hash::Sha512, "sha512"),
    ] {
        if !row.hash.contains(&hash) && matches!(row.digest, Digest::Hmac | Digest::Hash) {
            changes.push((Change::Hash(hash), CauseKind::SignatureOtherHash, name));
        }
    }
    if !row.prefix.is_empty() {
        changes.push((Change::NoPrefix, CauseKind::SignaturePrefixMissing, ""));
    }
    match row.unit {
        _ if row.time == TimeAt::None => {}
        TimeUnit::Seconds => changes.push((
            Change::Unit(TimeUnit::Milliseconds),
            CauseKind::TimestampMilliseconds,
            "",
        )),
        TimeUnit::Milliseconds => changes.push((
            Change::Unit(TimeUnit::Seconds),
            CauseKind::TimestampSeconds,
            "",
        )),
        TimeUnit::Rfc3339 | TimeUnit::ImfFixdate => {}
    }
    changes.into_iter().any(|(change, kind, fits)| {
        let found = fits_changed(search, change);
        if found {
            search.prove(kind, "").fits = fits.to_owned();
        }
        found
    })
}

fn fits_changed(search: &Search<'_>, change: Change) -> bool {
    let Ok(plan) = search.plan.with(change) else {
        return false;
    };
    // A prepared key belongs to its hash.
    let keys = prepared(search, &plan, false);
    let keys: Vec<&Prepared> = keys.iter().collect();
    matches!(search.proves(&plan, &search.request, &keys), Ok(Some(_)))
}

/// All keys that another plan can use: as they are configured, and if asked as that plan has them.
fn prepared(search: &Search<'_>, plan: &Plan, also_default: bool) -> Vec<Prepared> {
    let row = plan.row();
    let mut keys = Vec::new();
    for key in search.keys {
        keys.extend(key::for_verifying(&row, &key.secret, key.encoding).ok());
        if also_default && key.encoding.is_some() {
            keys.extend(key::for_verifying(&row, &key.secret, None).ok());
        }
    }
    keys
}

/// A secret that is not the text that the sender has.
pub(super) fn key_readings(search: &mut Search<'_>) -> bool {
    // Pieces of a file are many, and may be too dear: apart.
    const WAYS: [keys::Way; 2] = [keys::readings, keys::pieces];
    let keys = search.keys;
    for (key, way) in keys.iter().flat_map(|key| WAYS.map(|way| (key, way))) {
        let readings = way(&search.plan.row(), &key.secret, key.encoding);
        let prepared: Vec<&Prepared> = readings.iter().map(|reading| &reading.key).collect();
        let at = search.proves(search.plan, &search.request, &prepared);
        let at = at.ok().flatten();
        if let Some(Reading { kind, fits, .. }) = at.and_then(|at| readings.get(at)) {
            // Beside a token nothing is signed, and a piece of a text may be the name of a member.
            let is_guess =
                *kind == CauseKind::KeyInText && search.plan.row().digest == Digest::Token;
            let certainty = if is_guess {
                Certainty::Likely
            } else {
                Certainty::Proved
            };
            search.add(*kind, certainty, &key.id).fits = (*fits).to_owned();
            return true;
        }
    }
    false
}

/// The field of a form in which a scheme's sender may put its JSON: GitHub if so configured, Slack for what people click.
fn form_field(scheme: &str) -> &'static str {
    match scheme {
        "github" | "github-sha1" | "slack" => "payload",
        _ => "",
    }
}

/// A body that is not the bytes that arrived.
pub(super) fn bodies(search: &mut Search<'_>) -> bool {
    let request = search.request;
    let field = form_field(search.plan.row().id);
    let mut signed = None;
    let stated = signs::stated_length(&request);
    let causes = bodies::find(request.body, field, stated, &mut |body| {
        // A body may be shorter than the one before, which was too dear.
        let fits = search.fits(&Request { body, ..request }).unwrap_or(false);
        if fits {
            signed = Some(body.to_vec());
        }
        fits
    });
    search.restored.body = signed;
    for (kind, added) in &causes {
        let is_field = *kind == CauseKind::BodyFormField;
        search
            .prove(*kind, if is_field { field } else { "" })
            .amount = if kind.info().unit.is_empty() {
            0
        } else {
            *added
        };
    }
    !causes.is_empty()
}

/// A URL that is not the one that the sender called.
pub(super) fn urls(search: &mut Search<'_>) -> bool {
    let request = search.request;
    let (true, Some(url)) = (search.plan.needs_url, request.url) else {
        return false;
    };
    let is_origin_signed = signs_origin(search.plan);
    let mut fits = |url: &str| {
        search.fits(&Request {
            url: Some(url),
            ..request
        })
    };
    let found = urls::find(
        url,
        request.query,
        request.headers,
        is_origin_signed,
        &mut fits,
    );
    let Some((url, changes)) = found else {
        return false;
    };
    for change in changes {
        search.prove(change.kind, "").fits = change.fits;
    }
    search.restored.url = Some(url);
    true
}

/// Whether a scheme signs what stands before the path of the URL.
pub(super) fn signs_origin(plan: &Plan) -> bool {
    let mut parts = plan.parts.iter().flat_map(Part::flat);
    parts.any(Part::needs_origin)
}

/// A method that is not the one of the sender: a redirect makes a GET of a POST, and so do tools that repeat a request.
pub(super) fn methods(search: &mut Search<'_>) -> bool {
    let request = search.request;
    let (true, Some(given)) = (search.plan.needs_method, request.method) else {
        return false;
    };
    for method in ["POST", "GET", "PUT"] {
        let changed = Request {
            method: Some(method),
            ..request
        };
        if method != given && search.fits(&changed).unwrap_or(false) {
            search.prove(CauseKind::MethodDiffers, "").fits = method.to_owned();
            search.restored.method = Some(method);
            return true;
        }
    }
    false
}

/// Another scheme of the table. One that the vendor's stronger signature beside it outdoes is no remedy: that it fits says that
/// secret and body are right.
pub(super) fn other_schemes(search: &mut Search<'_>) -> bool {
    let own = search.plan.row().id.to_owned();
    let request = search.request;
    let mut found = 0;
    let mut weaker = None;
    for row in schemes::all().filter(|row| row.id != own) {
        // Nothing is paid for what the names of the headers rule out.
        if row.place == Place::Header && !candidates::has_header(row, &request) {
            continue;
        }
        let Ok(plan) = Plan::of_table(row.id) else {
            continue;
        };
        let both = Kinds {
            main: true,
            ed25519: true,
        };
        let Ok(Some(opened)) = search.open(&plan, &request, both) else {
            continue;
        };
        let keys = prepared(search, &plan, true);
        let keys: Vec<&Prepared> = keys.iter().collect();
        let Ok(Some(_)) = search.proves_opened(&opened, &keys) else {
            continue;
        };
        if candidates::is_outdone(row.id, &search.request) || candidates::is_weaker(row.id, &own) {
            weaker = Some(row.headers.signature);
            continue;
        }
        search.prove(CauseKind::OtherScheme, "").fits = row.id.to_owned();
        found += 1;
        if found == SCHEMES_MAX {
            break;
        }
    }
    if let Some(header) = weaker.filter(|_| found == 0) {
        search.prove(CauseKind::WeakerSignatureGood, header);
    }
    found > 0 || weaker.is_some()
}
