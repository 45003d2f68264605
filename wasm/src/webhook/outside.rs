//! Verifying a long body, whose HMAC the platform works out faster than a module can. The small build hashes every body itself.

use super::{
    WebhookRequest,
    verify::{ASK_LIST, WebhookVerifier, of_headers, split},
};
use crate::{
    error::{OrThrow, Result},
    scratch,
    value::{array, bytes, list, made, object, some, whole},
};
use countermark::facade;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen]
impl WebhookVerifier {
    /// The keys for an HMAC of JavaScript's own, which are given once: `{hash, secret}` for each.
    #[wasm_bindgen(js_name = takeOutsideKeys)]
    pub fn take_outside_keys(&self) -> JsValue {
        array(self.outside_keys.take(), |key| {
            object([
                ("hash", some(key.hash.name())),
                ("secret", some(made(key.secret.expose()))),
            ])
        })
    }

    /// The bytes before and after a body that is elsewhere, and the places of the keys; nothing when the body has to be seen.
    pub fn outside(
        &self,
        request: JsValue,
        body_length: JsValue,
        now_ms: JsValue,
    ) -> Result<JsValue> {
        let (body_length, now_ms) = (whole(&body_length)?, whole(&now_ms)?);
        let wanted = WebhookRequest::of(&request)?
            .with(|request| self.verifier.outside(request, body_length, now_ms))
            .or_throw()?;
        Ok(wanted.map_or(JsValue::UNDEFINED, |wanted| {
            object([
                ("before", some(made(&wanted.before))),
                ("after", some(made(&wanted.after))),
                ("keys", some(array(wanted.keys, Into::into))),
            ])
        }))
    }

    /// As [`outside`](Self::outside), of headers in the scratch buffer as [`verify_scratch`](Self::verify_scratch) has them. The answer
    /// stands behind them there: the number of keys and their places, a byte each; the length of what is before the body, in two
    /// bytes, little endian; and what is before and after it.
    ///
    /// Gives the length of the answer, or 0 for a refusal; or -1: then ask [`outside`](Self::outside).
    #[wasm_bindgen(js_name = outsideScratch)]
    pub fn outside_scratch(&self, headers: i32, count: u32, body_length: u32, now_ms: f64) -> i32 {
        let wanted = scratch::with_parts([headers], |[headers]| {
            let headers = split(headers.unwrap_or_default(), count as usize)?;
            let request = of_headers(&headers);
            Some(self.verifier.outside(&request, body_length, now_ms as i64))
        });
        match wanted {
            Some(Ok(Some(wanted))) => packed(&wanted)
                .and_then(|answer| scratch::answer(headers, &answer))
                .unwrap_or(ASK_LIST),
            Some(Err(error)) => scratch::refused(&error),
            _ => ASK_LIST,
        }
    }

    /// The verdict with the MACs that [`outside_scratch`](Self::outside_scratch) asked for, which stand behind the same headers.
    #[wasm_bindgen(js_name = verifyMacsScratch)]
    pub fn verify_macs_scratch(
        &self,
        headers: i32,
        macs: i32,
        mac_count: u32,
        count: u32,
        body_length: u32,
        now_ms: f64,
    ) -> i32 {
        scratch::with_parts([headers, macs], |[headers, macs]| {
            let headers = split(headers.unwrap_or_default(), count as usize).unwrap_or_default();
            let macs = macs.unwrap_or_default();
            let length = macs.len().checked_div(mac_count as usize).unwrap_or(0);
            let macs: Vec<_> = macs.chunks(length.max(1)).map(<[u8]>::to_vec).collect();
            let request = of_headers(&headers);
            self.answer(
                self.verifier
                    .verify_outside(&request, body_length, &macs, now_ms as i64),
            )
        })
    }

    /// The verdict with the MACs that [`outside`](Self::outside) asked for.
    #[wasm_bindgen(js_name = verifyWithMacs)]
    pub fn verify_with_macs(
        &self,
        request: JsValue,
        body_length: JsValue,
        macs: JsValue,
        now_ms: JsValue,
    ) -> Result<i32> {
        let (body_length, now_ms) = (whole(&body_length)?, whole(&now_ms)?);
        let macs = list(&macs, bytes)?;
        Ok(WebhookRequest::of(&request)?.with(|request| {
            self.answer(
                self.verifier
                    .verify_outside(request, body_length, &macs, now_ms),
            )
        }))
    }
}

/// See [`WebhookVerifier::outside_scratch`]; nothing where a number is too large for it.
fn packed(wanted: &facade::OutsideMac) -> Option<Vec<u8>> {
    let mut answer = vec![u8::try_from(wanted.keys.len()).ok()?];
    for place in &wanted.keys {
        answer.push(u8::try_from(*place).ok()?);
    }
    answer.extend(u16::try_from(wanted.before.len()).ok()?.to_le_bytes());
    answer.extend(&wanted.before);
    answer.extend(&wanted.after);
    Some(answer)
}
