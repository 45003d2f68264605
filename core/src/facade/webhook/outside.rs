//! Verifying a long body whose HMAC a platform works out: a browser or a worker hashes faster than this code can there.
//!
//! Taking apart, comparing and judging stay here. Two calls do it: [`WebhookVerifier::outside`] says which bytes stand around the body,
//! and [`WebhookVerifier::verify_outside`] takes the MACs. A MAC is only ever compared with the claimed signatures, so a wrong one is a
//! mismatch; only who can make the platform give a right one can forge, and to them its every check lies open.

use super::{VerifiedWebhook, WebhookConfig, WebhookRequest, WebhookVerifier};
use crate::{
    error::{Error, ErrorCode, Result},
    facade::HashKind,
    secret::Secret,
    verify::{
        mac::Tag,
        webhook::{
            content::{Fill, SignedBytes},
            engine::Opened,
            key,
            plan::Plan,
            proof,
        },
    },
};
use alloc::{string::String, vec::Vec};

/// What to work out: the HMAC of `before`, the body, and `after`, under each of these keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideMac {
    /// Places among [`WebhookConfig::outside_keys`], in the order in which the MACs are wanted: of the first key, under which the
    /// message is known, and of the valid ones.
    pub keys: Vec<u32>,
    /// The signed bytes before the body.
    pub before: Vec<u8>,
    /// The signed bytes after the body.
    pub after: Vec<u8>,
}

/// A key for the platform's HMAC.
#[derive(Debug)]
pub struct OutsideKey {
    /// The id of the key.
    pub id: String,
    /// The bytes of the HMAC key.
    pub secret: Secret,
    /// The hash of the HMAC.
    pub hash: HashKind,
}

/// In place of a body that is elsewhere. Only its address matters.
static BODY: [u8; 1] = [0];

impl WebhookConfig {
    /// The keys for the platform's HMAC, of those that [`WebhookVerifier::new`] can use; none for a scheme that needs more of the body
    /// than one HMAC over it.
    ///
    /// # Errors
    /// `UNKNOWN_SCHEME`, `INVALID_CONFIG`.
    pub fn outside_keys(&self) -> Result<Vec<OutsideKey>> {
        let plan = super::plan(&self.scheme, self.spec.clone())?;
        let row = plan.row();
        let (true, Some(hash)) = (plan.bears_outside_mac(), row.hash.first()) else {
            return Ok(Vec::new());
        };
        let usable = self.keys.iter().filter(|key| {
            key::for_verifying(&row, &key.secret, key.encoding)
                .is_ok_and(|prepared| prepared.digest == row.digest)
        });
        usable
            .map(|key| {
                Ok(OutsideKey {
                    id: key.id.clone(),
                    secret: key::hmac_bytes(&row, &key.secret, key.encoding)?,
                    hash: HashKind::from(*hash),
                })
            })
            .collect()
    }
}

impl WebhookVerifier {
    /// Takes a request apart whose body is elsewhere; `None` when this verifier must see the body itself.
    ///
    /// # Errors
    /// Those of [`verify`](Self::verify) that come before the signature.
    pub fn outside(
        &self,
        request: &WebhookRequest<'_>,
        body_length: u32,
        now_ms: i64,
    ) -> Result<Option<OutsideMac>> {
        // An empty body is judged otherwise, and another would stand in its place.
        if !self.about.plan.bears_outside_mac() || self.kinds.ed25519 || body_length == 0 {
            return Ok(None);
        }
        self.check_length(body_length)?;
        let request = request.with_body(&BODY);
        let mut opened = Opened::new(&self.about.plan, &request);
        opened.read(self.kinds)?;
        let keys = self.ring.first_and_valid_at(now_ms);
        let keys = keys.map(|(place, _)| place as u32).collect();
        let (before, after) = around_body(&self.about.plan, &opened);
        Ok(Some(OutsideMac {
            keys,
            before,
            after,
        }))
    }

    /// Verifies a request whose body is elsewhere, with the MACs that [`outside`](Self::outside) asked for, at the same `now_ms`.
    ///
    /// # Errors
    /// As [`verify`](Self::verify); `INVALID_INPUT` for other MACs than those that were asked for.
    pub fn verify_outside(
        &self,
        request: &WebhookRequest<'_>,
        body_length: u32,
        macs: &[Vec<u8>],
        now_ms: i64,
    ) -> Result<VerifiedWebhook<()>> {
        let plan = &self.about.plan;
        self.check_length(body_length)?;
        let length = plan.row().hash.first().map_or(0, |hash| hash.length());
        let asked = self.ring.first_and_valid_at(now_ms).count();
        let fit = macs.len() == asked && macs.iter().all(|mac| mac.len() == length);
        if !fit || !plan.bears_outside_mac() || self.kinds.ed25519 || body_length == 0 {
            return Err(Error::with_detail(ErrorCode::InvalidInput, "MACs"));
        }
        let request = request.with_body(&BODY);
        let mut opened = Opened::new(plan, &request);
        opened.read(self.kinds)?;
        let mut keys = self.ring.first_and_valid_at(now_ms).zip(macs);
        let ((key, _), _) = keys
            .find(|((_, key), mac)| {
                key.is_valid_at(now_ms) && proof::is_proved_outside(&opened, &key.material, mac)
            })
            .ok_or(Error::new(ErrorCode::SignatureMismatch))?;
        // A message is known by its MAC under the first key, whichever matched.
        let mac = macs.first().map_or(Tag::new(&[]), |mac| Tag::new(mac));
        let proved = self.judge(&mut opened, key, &proof::Proof::Message(mac), now_ms)?;
        Ok(VerifiedWebhook { proved, body: () })
    }

    fn check_length(&self, body_length: u32) -> Result<()> {
        if body_length as usize > self.max_body {
            return Err(Error::with_detail(ErrorCode::TooLarge, "body"));
        }
        Ok(())
    }
}

/// The signed bytes on both sides of the body.
fn around_body(plan: &Plan, opened: &Opened<'_>) -> (Vec<u8>, Vec<u8>) {
    let fill = Fill {
        secret: &[],
        companion: &[],
        url: opened.context.request.url.unwrap_or_default(),
    };
    debug_assert!(plan.bears_outside_mac());
    opened.jobs().next().map_or_else(Default::default, |job| {
        let signed = SignedBytes {
            context: &opened.context,
            made: &job.made,
            fill,
        };
        let parts = signed.parts();
        let at = parts
            .iter()
            .position(|part| core::ptr::eq(part.as_ptr(), BODY.as_ptr()));
        let (before, rest) = parts.split_at(at.unwrap_or(parts.len()));
        (before.concat(), rest.get(1..).unwrap_or_default().concat())
    })
}

#[cfg(test)]
#[path = "outside_tests.rs"]
mod tests;
